/** A judge that never finds anything proves nothing: each checker against a healthy network, damaged in its way. */
import { describe, expect, test } from 'vitest';
import type { Sql } from '../../../electron/engine/ports.ts';
import { checkers, type Judged } from './judge.ts';
import { noFaults, type Plan } from './plan.ts';
import type { Replica } from './replica.ts';
import { runNetworkSeed } from './run-seed.ts';

type Damage = {
  name: string;
  checker: keyof typeof checkers;
  damage: (network: Judged, second: Replica) => void;
  says: RegExp;
};

const run = (sql: Sql, text: string): void => void sql.prepare(text).run();
const write = ({ disk }: Replica, path: string, text: string): void =>
  disk.agentWrite(path, new TextEncoder().encode(text), 'rename').finish();
const textOf = ({ disk }: Replica, path: string): string => new TextDecoder().decode(disk.read(path));

const damages: readonly Damage[] = [
  {
    name: 'nothing came to rest',
    checker: 'settled',
    damage: (network) => Object.assign(network, { settled: false }),
    says: /something still moved/,
  },
  {
    name: 'one replica holds another byte',
    checker: 'sameFiles',
    damage: (_, second) => write(second, 'HANDOFF.md', `${textOf(second, 'HANDOFF.md')}!`),
    says: /HANDOFF\.md: R0 holds ".*, R1 "/,
  },
  {
    name: 'one replica lacks a file',
    checker: 'sameFiles',
    damage: (_, second) => second.disk.agentDelete('HANDOFF.md'),
    says: /HANDOFF\.md: R0 holds ".*, R1 nothing/,
  },
  {
    name: 'one log lacks its newest row',
    checker: 'logsAgree',
    damage: (_, { sql }) => run(sql, 'DELETE FROM log WHERE position = (SELECT max(position) FROM log)'),
    says: /R1 lacks the row/,
  },
  {
    name: 'one log says another content',
    checker: 'logsAgree',
    damage: (_, { sql }) => run(sql, 'UPDATE log SET content = NULL WHERE position = 2'),
    says: /R1 lacks the row/,
  },
  {
    name: 'a sequence has a gap',
    checker: 'sequencesHaveNoGap',
    damage: (_, { sql }) => run(sql, 'DELETE FROM log WHERE position = 2'),
    says: /R1: after \w+:\d+ came \d+/,
  },
  {
    name: 'a child came before its parent',
    checker: 'stampsRespectCausality',
    damage: (_, { sql }) => run(sql, "UPDATE log SET parents = 'f00' WHERE position = 2"),
    says: /R1: \w+ came before its parent f00/,
  },
  {
    name: 'a parent is younger than its child',
    checker: 'stampsRespectCausality',
    damage: (_, { sql }) =>
      run(
        sql,
        "UPDATE log SET stamp = '0' WHERE position = (SELECT min(position) FROM log WHERE length(parents) = 32)",
      ),
    says: /R1: 0 is not younger than its parent/,
  },
  {
    name: 'a change stands on one of another file',
    checker: 'stampsRespectCausality',
    damage: (_, { sql }) =>
      run(
        sql,
        "UPDATE log SET path = 'other.md' WHERE stamp = (SELECT parents FROM log WHERE length(parents) = 32 LIMIT 1)",
      ),
    says: /stands on a change of other\.md/,
  },
  {
    name: 'a head is forgotten',
    checker: 'headsAreRight',
    damage: (_, { sql }) => run(sql, "DELETE FROM heads WHERE path = 'HANDOFF.md'"),
    says: /R1: the head HANDOFF\.md \w+ is not known as one/,
  },
  {
    name: 'an old version counts as a head',
    checker: 'headsAreRight',
    damage: (_, { sql }) =>
      run(
        sql,
        "INSERT INTO heads SELECT path, stamp FROM log WHERE path = 'HANDOFF.md' ORDER BY position LIMIT 1",
      ),
    says: /is known as a head and is none/,
  },
  {
    name: 'what lies on the disk stands for an old version',
    checker: 'headsAreRight',
    damage: (_, { sql }) => run(sql, "UPDATE files SET head = 'f00' WHERE path = 'HANDOFF.md'"),
    says: /what lies at HANDOFF\.md does not stand for its head/,
  },
  {
    name: 'a version lost its bytes',
    checker: 'contentsAreWhole',
    damage: (_, { sql }) => run(sql, 'UPDATE content SET packed = NULL WHERE id = 1'),
    says: /R1: content \w+ does not hold its bytes/,
  },
  {
    name: 'a version has the wrong size',
    checker: 'contentsAreWhole',
    damage: (_, { sql }) => run(sql, 'UPDATE content SET size = size + 1 WHERE id = 1'),
    says: /R1: content \w+ does not hold its bytes/,
  },
  {
    name: 'one inbox holds what the other does not',
    checker: 'inboxesAgree',
    damage: (_, { sql }) =>
      run(
        sql,
        "INSERT INTO conflicts (path, loser, winner, base, at_ms, state) VALUES ('ROADMAP.md', 'f00', 'f01', NULL, 0, 'open')",
      ),
    says: /the inbox of R0 lacks ROADMAP\.md f00 open/,
  },
  {
    name: 'a person is asked about what a merge settles',
    checker: 'noNeedlessConflict',
    damage: (_, { sql }) => {
      run(sql, 'UPDATE log SET merge = 0');
      run(
        sql,
        `INSERT INTO conflicts (path, loser, winner, base, at_ms, state) SELECT 'HANDOFF.md', min(stamp), max(stamp), (SELECT hash FROM content WHERE id = l.content), 0, 'open'
         FROM log l WHERE path = 'HANDOFF.md'`,
      );
    },
    says: /the inbox of R1 asks about HANDOFF\.md \w+, which a merge settles/,
  },
  {
    name: 'a line of a journal is gone everywhere',
    checker: 'journalLinesRemain',
    damage: ({ replicas, journalLines }) => {
      const [line] = [...(journalLines.get('HANDOFF.md') ?? [])];
      for (const replica of replicas)
        write(replica, 'HANDOFF.md', textOf(replica, 'HANDOFF.md').replace(`${line}\n`, ''));
    },
    says: /HANDOFF\.md: the line "- R\d .*" is neither in the file nor in the inbox/,
  },
  {
    name: 'a version that stood long was never recorded',
    checker: 'versionsAreRecorded',
    damage: (_, { sql }) => run(sql, "DELETE FROM log WHERE path = 'HANDOFF.md'"),
    says: /R1: HANDOFF\.md: a version that stood from \d+.* is not in the log/,
  },
  {
    name: 'rows came again to one who had them',
    checker: 'nothingComesTwice',
    damage: ({ traffic }) => {
      traffic.arrived.again += 1;
    },
    says: /1 of \d+ rows came twice/,
  },
  {
    name: 'a temporary file is left',
    checker: 'noLitter',
    damage: (_, second) => write(second, 'docs/.skein-0123.tmp', 'half'),
    says: /R1: docs\/\.skein-0123\.tmp was left behind/,
  },
  {
    name: 'an intent is left',
    checker: 'noLitter',
    damage: (_, { sql }) =>
      run(sql, "INSERT INTO own_writes (path, content, evidence) VALUES ('AGENTS.md', 1, '{}')"),
    says: /R1: the intent for AGENTS\.md was left behind/,
  },
  {
    name: 'something went wrong inside an engine',
    checker: 'noFaultOfOurs',
    damage: (_, { faultsOfOurs }) => faultsOfOurs.push('R1: it broke'),
    says: /R1: it broke/,
  },
  {
    name: 'one replica thinks that a folded change is pending',
    checker: 'consolidationsAgree',
    damage: (_, { sql }) => run(sql, 'UPDATE log SET consolidation = NULL'),
    says: /change \w+ is in the report R0: \w{32}, R1: none/,
  },
  {
    name: 'a report file lacks a report',
    checker: 'reportsStandOnce',
    damage: (_, second) => write(second, 'SYNC_STATUS.md', '# Mine\n'),
    says: /SYNC_STATUS\.md of R1 lacks report \w{32}/,
  },
  {
    name: 'a report file holds a report twice',
    checker: 'reportsStandOnce',
    damage: (_, second) => write(second, 'SYNC_STATUS.md', textOf(second, 'SYNC_STATUS.md').repeat(2)),
    says: /SYNC_STATUS\.md of R1 holds report \w{32} twice/,
  },
  {
    name: 'a withdrawn report stays in its file',
    checker: 'reportsStandOnce',
    damage: (_, { sql }) => run(sql, "UPDATE consolidations SET state = 'undone'"),
    says: /SYNC_STATUS\.md of R1 holds report \w{32}, which was withdrawn/,
  },
  {
    name: 'a file that is at home counts as of another branch',
    checker: 'homesAreShared',
    damage: (_, { sql, tree }) =>
      run(sql, `UPDATE files SET displaced = 1, home_branch = '${tree.branch}' WHERE path = 'HANDOFF.md'`),
    says: /HANDOFF\.md of R1 is at home on \w+, and is not what is shared/,
  },
];

/** Two replicas and a calm network; whatever they write is merged. */
const plan: Plan = {
  replicas: 2,
  topology: 'pair',
  edges: [{ one: 0, other: 1, mutual: true, trusted: true }],
  steps: 40,
  consolidates: true,
  faults: noFaults,
};

describe('a damaged network', () => {
  test.each(damages)('$checker: $name', async ({ checker, damage, says }) => {
    const found: string[] = [];
    await runNetworkSeed(7, {
      plan,
      onCalm(network) {
        const [, second] = network.replicas;
        if (second === undefined) throw new Error('There are two replicas.');
        expect(checkers[checker]?.(network)).toEqual([]);
        second.sql.exec('PRAGMA foreign_keys = OFF');
        damage(network, second);
        found.push(...(checkers[checker]?.(network) ?? []));
      },
    });
    expect(found).toContainEqual(expect.stringMatching(says));
  });

  test('is damaged in each way that there is a checker for', () => {
    expect([...new Set(damages.map(({ checker }) => checker))].toSorted()).toEqual(
      Object.keys(checkers).toSorted(),
    );
  });
});
