/** Trees compared here and by git itself: the same paths, entries and order. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TreeChange, TreeEntry } from '../../electron/engine/git/repository.ts';
import { must } from '../support/device.ts';
import { openStore } from '../support/open-repository.ts';
import { git, gitMissing, makeRepository } from './git-subjects.ts';

/** Names that meet: one is a folder here and a file there, and bytes stand in another order than their letters. */
const name = fc.constantFrom('a', 'a.b', 'a-', 'b', 'B', 'ä', '𐀀', '\uFB00');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const entry = fc.record({
  mode: fc.constantFrom('100644', '100755', '120000', '160000'),
  id: fc.constantFrom('1'.repeat(40), '2'.repeat(40), '3'.repeat(40)),
});

/** Files, of which none lies in another. */
const files = fc
  .uniqueArray(fc.tuple(path, entry), { selector: ([it]) => it, maxLength: 12 })
  .map((all) => all.filter(([it]) => !all.some(([other]) => it.startsWith(`${other}/`))));

function compareByGit(folder: string, from: string, to: string): TreeChange[] {
  const parts = git(folder, 'diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', from, to).split(
    '\0',
  );
  const side = (mode = '', id = ''): TreeEntry | undefined => (mode === '000000' ? undefined : { mode, id });
  return Array.from({ length: Math.floor(parts.length / 2) }, (_, nth) => {
    const [before, after, beforeId, afterId] = (parts[2 * nth] ?? '').slice(1).split(' ');
    return { path: parts[2 * nth + 1] ?? '', before: side(before, beforeId), after: side(after, afterId) };
  });
}

describe.skipIf(gitMissing)('what differs between two trees', () => {
  test('is what git says, in its order', async () => {
    const folder = makeRepository();
    const { store } = await openStore(folder);
    let differences = 0;
    await fc.assert(
      fc.asyncProperty(files, files, async (one, other) => {
        const [from, to] = [
          must(await store.storeTree(undefined, new Map(one))),
          must(await store.storeTree(undefined, new Map(other))),
        ];
        const changes = must(await store.compare(from, to));
        differences += changes.length;
        expect(changes).toEqual(compareByGit(folder, from, to));
      }),
      { numRuns: 60, examples: [[[['a', entryOf('1')]], [['a/a', entryOf('2')]]]] },
    );
    expect(differences).toBeGreaterThan(100);
  });

  test('is told in the modes that there are today', async () => {
    const { store } = await openStore(makeRepository());
    const [none, old] = [
      must(await store.storeTree(undefined, new Map())),
      must(await store.storeTree(undefined, new Map([['a.md', { mode: '100664', id: '1'.repeat(40) }]]))),
    ];
    expect(must(await store.compare(none, old))).toMatchObject([{ after: { mode: '100644' } }]);
  });
});

const entryOf = (digit: string): TreeEntry => ({ mode: '100644', id: digit.repeat(40) });
