/** Writes to files that git moved: both lines are recorded, together or not at all. */
import { describe, expect, test } from 'vitest';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { createAppender, type NewChange } from '../../../electron/engine/log/append.ts';
import { carrying } from '../../../electron/engine/log/carry.ts';
import { contentOf, createContentStore } from '../../../electron/engine/log/content-store.ts';
import { createHeads } from '../../../electron/engine/log/heads.ts';
import { createKnownFiles } from '../../../electron/engine/log/known-files.ts';
import { openLog } from '../../../electron/engine/log/open-log.ts';
import { createLogReader } from '../../../electron/engine/log/reader.ts';
import type { Sql } from '../../../electron/engine/ports.ts';
import { copyDatabase } from '../../support/copy-database.ts';
import { createCrashingSql } from '../../support/crashing-sql.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { openFreshLog } from '../../support/fresh-log.ts';
import { Crash, createLife, type Life } from '../../support/life.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { evidence, someStat, toBytes, toText } from '../core-fixture.ts';

const [shared, branch] = ['# List\n\n- one\n- two\n', '# List\n\n- branch\n- one\n- two\n'];

function open(base: Sql = openFreshLog(), life: Life = createLife()) {
  const sql = createCrashingSql(base, life);
  const random = createSeededRandom('carry');
  const node = openLog(base, random);
  const contents = createContentStore(sql, nodeCodec);
  const known = createKnownFiles(sql);
  const raw = createAppender({ sql, clock: createFakeClock(), random, contents }, () => node);
  return {
    base,
    known,
    append: carrying({ sql, codec: nodeCodec, contents, known }, raw),
    heads: createHeads(base),
    reader: createLogReader(base, createContentStore(base, nodeCodec)),
  };
}

const edit = (text: string | null, more: Partial<NewChange> = {}): NewChange => ({
  kind: text === null ? 'deleted' : 'modified',
  path: 'a.md',
  fileClass: 'note',
  content: text === null ? null : contentOf(nodeCodec, toBytes(text)),
  previous: null,
  parents: [],
  evidence: [evidence('rule', 'claude-code')],
  stat: someStat,
  consolidation: null,
  baseline: false,
  ...more,
});

/** A file of which git put the text of a branch in the place of what is shared. */
function displaced() {
  const log = open();
  const first = log.append.change(edit(shared));
  const home = { content: first.content, heads: [first.stamp], branch: 'main' };
  log.append.local(edit(branch), {
    heads: [first.stamp],
    displaced: { shared: first.content, home },
  });
  return { ...log, first, home };
}

const linesOf = ({ reader }: Pick<ReturnType<typeof open>, 'reader'>) =>
  reader
    .changes({ after: 0, limit: 20 })
    .map(({ content, local }) => [content && toText(reader.content(content)), local ? 'here' : 'shared']);

describe('a write to a file that git moved', () => {
  test('is a version here, and the edit alone is a change for all', () => {
    const log = displaced();
    const change = log.append.change(edit(`${branch}- three\n`, { parents: [log.first.stamp] }));
    expect(linesOf(log).slice(2)).toEqual([
      [`${shared}- three\n`, 'shared'],
      [`${branch}- three\n`, 'here'],
    ]);
    expect(change).toMatchObject({ local: false, parents: [log.first.stamp], previous: log.first.content });
    expect(log.heads.of('a.md')).toEqual([change.stamp]);
    expect(log.known.get('a.md')).toMatchObject({
      heads: [change.stamp],
      displaced: { shared: change.content, home: log.home },
    });
  });

  test('that makes it what is shared ends the displacement and tells nobody', () => {
    const log = displaced();
    expect(log.append.change(edit(shared))).toMatchObject({ local: true, consolidation: 0 });
    expect(log.known.get('a.md')).toMatchObject({ heads: [log.first.stamp] });
    expect(log.known.get('a.md')?.displaced).toBeUndefined();
    expect(log.heads.of('a.md')).toEqual([log.first.stamp]);
  });

  test('stays here when the file was deleted, or bytes that are needed are gone', () => {
    const gone = displaced();
    expect(gone.append.change(edit(null))).toMatchObject({ local: true, kind: 'deleted' });
    const collected = displaced();
    collected.base.exec(`UPDATE content SET packed = NULL WHERE hash = '${collected.first.content}'`);
    const again = open(collected.base);
    expect(again.append.change(edit(`${branch}- three\n`))).toMatchObject({ local: true });
    expect(again.known.get('a.md')?.displaced).toEqual({
      shared: collected.first.content,
      home: collected.home,
    });
  });

  test('is there whole or not at all, wherever the process dies', () => {
    const { base, first } = displaced();
    for (let step = 0; ; step++) {
      const image = copyDatabase(base);
      let reached = 0;
      const life = createLife((point) => {
        if (reached++ === step) throw new Crash(point);
      });
      let survived = true;
      try {
        open(image, life).append.change(edit(`${branch}- three\n`));
      } catch (failure) {
        if (!(failure instanceof Crash)) throw failure;
        survived = false;
      }
      const after = open(image);
      const lines = linesOf(after);
      expect([2, 4]).toContain(lines.length);
      const file = after.known.get('a.md');
      expect(file?.heads).toEqual(after.heads.of('a.md'));
      expect(file?.displaced?.home.heads).toEqual([first.stamp]);
      if (survived) return expect(step).toBeGreaterThan(8);
    }
  });
});
