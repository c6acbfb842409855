/** A judge that never finds anything proves nothing: each checker against a healthy world, damaged in its way. */
import { describe, expect, test } from 'vitest';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import type { Sql } from '../../electron/engine/ports.ts';
import { boardFile, settingsFile } from './actions.ts';
import { checkers, type Judged } from './judge.ts';
import { playScenario } from './scenario.ts';

type Damage = {
  name: string;
  checker: keyof typeof checkers;
  damage: (world: Judged) => void | Promise<void>;
  says: RegExp;
};

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = ({ disk }: Judged, path: string): string =>
  new TextDecoder().decode(disk.read(path) ?? new Uint8Array());
const rewrite = (world: Judged, path: string, change: (text: string) => string): void =>
  world.disk.agentWrite(path, bytesOf(change(textOf(world, path))), 'rename').finish();

const run = (sql: Sql, text: string): void => void sql.prepare(text).run();
const newestOf = (path: string): string => `(SELECT max(position) FROM log WHERE path = '${path}')`;
const anyReport = /<!-- skein:[0-9a-f]{32} -->/;

const damages: readonly Damage[] = [
  {
    name: 'the newest change of a file is gone',
    checker: 'logEqualsDisk',
    damage: ({ sql }) => run(sql, `DELETE FROM log WHERE position = ${newestOf('AGENTS.md')}`),
    says: /AGENTS\.md: the log says [0-9a-f]{8}, the disk holds [0-9a-f]{8}/,
  },
  {
    name: 'two files hold each other’s text',
    checker: 'logEqualsDisk',
    damage: (world) => {
      const [one, other] = [textOf(world, 'AGENTS.md'), textOf(world, 'HANDOFF.md')];
      rewrite(world, 'AGENTS.md', () => other);
      rewrite(world, 'HANDOFF.md', () => one);
    },
    says: /HANDOFF\.md: the log says [0-9a-f]{8}, the disk holds [0-9a-f]{8}/,
  },
  {
    name: 'a file is gone and the log does not know',
    checker: 'logEqualsDisk',
    damage: ({ disk }) => disk.agentDelete('HANDOFF.md'),
    says: /HANDOFF\.md: the log says [0-9a-f]{8}, the disk holds nothing/,
  },
  {
    name: 'a version that stood long was never recorded',
    checker: 'nothingThatStoodIsMissing',
    damage: ({ sql }) => run(sql, `DELETE FROM log WHERE path = 'HANDOFF.md'`),
    says: /HANDOFF\.md: a version that stood from \d+ to \d+ ms is not in the log \(by agent\)/,
  },
  {
    name: 'a deletion that stood long was never recorded',
    checker: 'nothingThatStoodIsMissing',
    damage: ({ sql }) => run(sql, `DELETE FROM log WHERE path = 'ROADMAP.md' AND kind = 'deleted'`),
    says: /ROADMAP\.md: a version that stood from \d+ to \d+ ms is not in the log \(by engine\)/,
  },
  {
    name: 'an engine renames over what an agent just wrote',
    checker: 'nothingDisplacedIsLost',
    async damage({ disk }) {
      disk.agentWrite('AGENTS.md', bytesOf('the only copy of a line'), 'rename').finish();
      const { files } = disk.mount();
      const ours = await files.writeTemporary('', bytesOf('ours'), 0o644);
      if (ours.ok) await files.rename(ours.value.path, 'AGENTS.md');
    },
    says: /AGENTS\.md: what an agent wrote was displaced at \d+ ms and is nowhere/,
  },
  {
    name: 'an engine removes what it moved aside, and what an agent wrote into it there',
    checker: 'nothingDisplacedIsLost',
    async damage({ disk }) {
      const { files } = disk.mount();
      disk.agentWrite('AGENTS.md', bytesOf('the only copy of a line'), 'in-place').finish();
      await files.rename('AGENTS.md', '.skein-1.tmp');
      await files.remove('.skein-1.tmp');
    },
    says: /\.skein-1\.tmp: what an agent wrote was displaced/,
  },
  {
    name: 'a version that was prepared beside the loop was thrown away',
    checker: 'nothingPreparedIsLost',
    damage: ({ sql, prepared }) =>
      run(sql, `UPDATE content SET hash = 'gone' WHERE hash = '${prepared[0]?.hash}'`),
    says: /the version [0-9a-f]{8} was prepared at [\d.]+ ms and is not in the log/,
  },
  {
    name: 'a version that stood for five milliseconds is recorded',
    checker: 'nothingHalfWrittenIsLogged',
    damage(world) {
      const [moment] = world.moments;
      const hash = nodeCodec.sha256(moment?.bytes ?? new Uint8Array());
      run(
        world.sql,
        `UPDATE content SET hash = '${hash}' WHERE id = (SELECT content FROM files WHERE path = 'HANDOFF.md')`,
      );
    },
    says: /HANDOFF\.md: a half-written version that stood for 5 ms is in the log/,
  },
  {
    name: 'the moment without a file in the middle of a save is recorded',
    checker: 'nothingHalfWrittenIsLogged',
    damage: ({ sql }) => run(sql, `UPDATE log SET content = NULL WHERE position = ${newestOf('HANDOFF.md')}`),
    says: /HANDOFF\.md: an absence that stood for 3 ms is in the log/,
  },
  {
    name: 'a report of ours counts as a change of somebody',
    checker: 'ownWritesAreOurs',
    damage: ({ sql }) => run(sql, `UPDATE log SET agent = 'unknown' WHERE path = '${boardFile}'`),
    says: /position \d+: what Skein wrote into SYNC_STATUS\.md is said to be by unknown/,
  },
  {
    name: 'a row in the middle is gone',
    checker: 'logIsWellFormed',
    damage: ({ sql }) => run(sql, 'DELETE FROM log WHERE position = 3'),
    says: /position 4 has sequence 4, expected 3/,
  },
  {
    name: 'a stamp goes back',
    checker: 'logIsWellFormed',
    damage: ({ sql }) => run(sql, `UPDATE log SET stamp = '0' WHERE position = 3`),
    says: /stamp \w+ does not follow \w+/,
  },
  {
    name: 'a change forgot its parent',
    checker: 'logIsWellFormed',
    damage: ({ sql }) => run(sql, `UPDATE log SET parents = '' WHERE position = ${newestOf('AGENTS.md')}`),
    says: /\(AGENTS\.md\) does not follow its file's head/,
  },
  {
    name: 'a parent does not exist',
    checker: 'logIsWellFormed',
    damage: ({ sql }) => run(sql, `UPDATE log SET parents = 'abc' WHERE position = ${newestOf('AGENTS.md')}`),
    says: /has a parent that is not there/,
  },
  {
    name: 'a change followed other bytes',
    checker: 'logIsWellFormed',
    damage: ({ sql }) => run(sql, `UPDATE log SET previous = NULL WHERE position = ${newestOf('AGENTS.md')}`),
    says: /followed other bytes than its parent/,
  },
  {
    name: 'a change changes nothing',
    checker: 'logIsWellFormed',
    damage: ({ sql }) =>
      run(sql, `UPDATE log SET content = previous WHERE position = ${newestOf('AGENTS.md')}`),
    says: /\(AGENTS\.md\) changes nothing/,
  },
  {
    name: 'two versions hold each other’s bytes',
    checker: 'contentIsWhole',
    damage: ({ sql }) =>
      run(
        sql,
        'UPDATE content SET packed = (SELECT packed FROM content c WHERE c.id = 3 - content.id) WHERE id < 3',
      ),
    says: /content [0-9a-f]{64} does not hold its bytes/,
  },
  {
    name: 'a version lost its bytes',
    checker: 'contentIsWhole',
    damage: ({ sql }) => run(sql, 'UPDATE content SET packed = NULL WHERE id = 1'),
    says: /content [0-9a-f]{64} does not hold its bytes/,
  },
  {
    name: 'a folded change is pending again',
    checker: 'eachChangeIsFoldedOnce',
    damage: ({ sql }) =>
      run(
        sql,
        'UPDATE log SET consolidation = NULL WHERE position = (SELECT min(position) FROM log WHERE consolidation > position)',
      ),
    says: /is folded 1 times, expected 0/,
  },
  {
    name: 'two consolidations fold the same changes',
    checker: 'eachChangeIsFoldedOnce',
    damage: ({ sql }) =>
      run(
        sql,
        `UPDATE consolidations SET (covers, changes) = (SELECT covers, changes FROM consolidations WHERE state <> 'undone' ORDER BY position LIMIT 1)
         WHERE position = (SELECT max(position) FROM consolidations WHERE state <> 'undone')`,
      ),
    says: /is folded 2 times, expected 1/,
  },
  {
    name: 'an undone consolidation stands again',
    checker: 'eachChangeIsFoldedOnce',
    damage: ({ sql }) => run(sql, `UPDATE consolidations SET state = 'written' WHERE state = 'undone'`),
    says: /is folded 2 times, expected 1/,
  },
  {
    name: 'a consolidation counts one too many',
    checker: 'eachChangeIsFoldedOnce',
    damage: ({ sql }) => run(sql, 'UPDATE consolidations SET changes = changes + 1'),
    says: /consolidation \w+ covers (\d+) changes, says \d+/,
  },
  {
    name: 'a report stands twice in the file',
    checker: 'reportsStandOnce',
    damage: (world) => rewrite(world, boardFile, (text) => text + text),
    says: /held a report twice/,
  },
  {
    name: 'a report is gone from the file',
    checker: 'reportsStandOnce',
    damage: (world) => rewrite(world, boardFile, (text) => text.replace(anyReport, '')),
    says: /report \w+ is not in SYNC_STATUS\.md/,
  },
  {
    name: 'the file holds a report that was undone',
    checker: 'reportsStandOnce',
    damage: ({ sql }) => run(sql, `UPDATE consolidations SET state = 'undone'`),
    says: /holds report \w+, which does not stand/,
  },
  {
    name: 'a report was never marked as written',
    checker: 'reportsStandOnce',
    damage: ({ sql }) => run(sql, `UPDATE consolidations SET state = 'waiting' WHERE state = 'written'`),
    says: /report \w+ is still waiting/,
  },
  {
    name: 'work in the report file is outstanding',
    checker: 'reportsStandOnce',
    damage: ({ sql }) => run(sql, `UPDATE consolidations SET file_work = 'remove' WHERE state = 'undone'`),
    says: /report \w+ waits for its remove/,
  },
  {
    name: 'a line of an agent is gone',
    checker: 'agentLinesRemain',
    damage: (world) => rewrite(world, boardFile, (text) => text.replace(/- note \d+ of an agent\n/, '')),
    says: /SYNC_STATUS\.md lost the line "- note \d+ of an agent"/,
  },
  {
    name: 'a line of a person is gone from skein.json',
    checker: 'settingsAreTheFile',
    damage: (world) => rewrite(world, settingsFile, (text) => text.replace(/\/\/ remark.*\n/, '')),
    says: /skein\.json lost the line "\/\/ remark \d+ of a person"/,
  },
  {
    name: 'skein.json is no longer JSON',
    checker: 'settingsAreTheFile',
    damage: (world) => rewrite(world, settingsFile, (text) => text.replace('{', '')),
    says: /skein\.json is broken/,
  },
  {
    name: 'the engine follows other settings than the file says',
    checker: 'settingsAreTheFile',
    damage: (world) =>
      rewrite(world, settingsFile, (text) => text.replace(/"reports_kept": \d+/, '"reports_kept": 7')),
    says: /other settings are in force/,
  },
  {
    name: 'a temporary file is left',
    checker: 'noLitter',
    damage: (world) => rewrite(world, 'docs/.skein-0123.tmp', () => 'half'),
    says: /docs\/\.skein-0123\.tmp was left behind/,
  },
  {
    name: 'an intent is left',
    checker: 'noLitter',
    damage: ({ sql }) =>
      run(sql, `INSERT INTO own_writes (path, content, evidence) VALUES ('AGENTS.md', 1, '{}')`),
    says: /intent for AGENTS\.md was left behind/,
  },
];

describe('a damaged world', () => {
  test.each(damages)('$checker: $name', async ({ checker, damage, says }) => {
    const found: string[] = [];
    await playScenario([], async (world) => {
      expect(checkers[checker]?.(world)).toEqual([]);
      await damage(world);
      found.push(...(checkers[checker]?.(world) ?? []));
    });
    expect(found).toContainEqual(expect.stringMatching(says));
  });

  test('is damaged in each way that there is a checker for', () => {
    expect([...new Set(damages.map(({ checker }) => checker))].toSorted()).toEqual(
      Object.keys(checkers).toSorted(),
    );
  });
});
