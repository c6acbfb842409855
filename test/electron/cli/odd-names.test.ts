/** Files with odd names on the command line: what a table or a message says can be pasted into a shell. */
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { ChangeJson } from '../../../shared/contracts/shapes.ts';
import { makePlace, type Place } from '../../support/cli-place.ts';
import { oddNames } from '../../support/odd-names.ts';

const inRules = (names: readonly string[]): string[] => names.map((name) => `.claude/rules/${name}`);

/** Each file was first seen with `one` and then became `two`. */
async function oddPlace(paths: readonly string[]): Promise<Place> {
  const place = makePlace();
  for (const path of paths) place.write(path, `one ${path}\n`);
  await place.skein(['status']);
  for (const path of paths) place.write(path, `two ${path}\n`);
  return place;
}

/** The words that a shell makes of what a person pasted. */
const pasted = (text: string): string[] =>
  execFileSync('bash', ['-c', `printf '%s\\0' ${text}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);

describe.skipIf(process.platform !== 'linux')('a file with an odd name', () => {
  test('is shown, compared and put back by its name and version', async () => {
    const paths = inRules(oddNames);
    const place = await oddPlace(paths);
    await place.serve();
    for (const path of paths) {
      const { changes } = await place.json<{ changes: ChangeJson[] }>(['log', path]);
      expect(changes.map(({ file_path }) => file_path)).toEqual([path, path]);
      const first = changes[1]?.stamp;
      expect((await place.skein(['show', `${path}@${first}`])).out).toBe(`one ${path}\n`);
      const patch = await place.skein(['diff', `${path}@${first}..latest`]);
      execFileSync('git', ['apply', '--check', '-R', '-'], { cwd: place.repository, input: patch.bytes });
      expect(await place.skein(['restore', `${path}@${first}`])).toMatchObject({ code: 0, errors: '' });
      expect(place.read(path)).toBe(`one ${path}\n`);
    }
  });

  test('stands in the tables so that it can be pasted', async () => {
    const paths = inRules(['line\nbreak.md', 'rtl\u202edm.md', 'space ', 'tab\there.md']);
    const place = await oddPlace(paths);
    for (const command of ['files', 'log', 'pending']) {
      const { out } = await place.skein([command]);
      const words = out.match(/\$?'(?:[^'\\]|\\.)*'/g) ?? [];
      expect([...new Set(words.flatMap(pasted))].toSorted()).toEqual(paths);
    }
  });

  test('is quoted in every command that a message proposes', async () => {
    const path = '.claude/rules/"quote\'s & $(id).md';
    const place = await oddPlace([path]);
    const proposed = (text: string) => pasted(/skein (?:log|restore) (.*?)(?:`|$)/m.exec(text)?.[1] ?? '');
    const wrong = await place.skein(['show', `${path}@latest~9`]);
    expect(wrong).toMatchObject({ code: 3, out: '' });
    expect(proposed(wrong.errors)).toEqual([path]);
    expect(proposed((await place.skein(['show', `${path}@{3d}`])).errors)).toEqual([path]);
    expect(proposed((await place.skein(['restore', path])).errors)).toEqual([path]);
    expect(proposed((await place.skein(['restore', `${path}@latest~1`])).out)).toEqual([`${path}@latest~1`]);
  });

  test('that nobody has stays refused by name', async () => {
    const place = await oddPlace(inRules(['a:b.md']));
    for (const path of ['docs/a:c.md', '../secret', '.git/config', '.claude/rules/a:b.md/../../../x']) {
      expect(await place.skein(['show', path])).toMatchObject({
        out: '',
        errors: expect.stringMatching(/^error: /),
      });
    }
    expect(await place.skein(['restore', 'docs/a:c.md@latest'])).toMatchObject({ code: 2 });
  });
});
