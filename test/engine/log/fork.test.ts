/** Two runs under one node id: the later one moves to an id that everybody works out alike. */
import { describe, expect, test } from 'vitest';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { forkNode, isOfRun, moveAside } from '../../../electron/engine/log/fork.ts';
import { formatStamp } from '../../../shared/domain/stamp.ts';
import { createLogFixture, type LogFixture } from '../replicate/log-fixture.ts';

const node = 'ab'.repeat(8);
const stampOf = (millis: number, of = node): string => formatStamp({ millis, counter: 0, node: of });

describe('the node id of a run that moved', () => {
  test('follows from its first change alone', () => {
    expect(forkNode(nodeCodec, stampOf(1))).toBe(forkNode(nodeCodec, stampOf(1)));
    expect(forkNode(nodeCodec, stampOf(1))).not.toBe(forkNode(nodeCodec, stampOf(2)));
    expect(forkNode(nodeCodec, stampOf(1))).toMatch(/^[0-9a-f]{16}$/);
  });

  test.each<[string, string, string, string | undefined, boolean]>([
    ['a change that was stamped there', node, stampOf(5), stampOf(4), true],
    ['the first one of a run that moved', forkNode(nodeCodec, stampOf(5)), stampOf(5), undefined, true],
    ['a later one of a run that moved', forkNode(nodeCodec, stampOf(5)), stampOf(6), stampOf(5), true],
    ['another first one', forkNode(nodeCodec, stampOf(5)), stampOf(6), undefined, false],
    ['one of a third node', forkNode(nodeCodec, stampOf(5)), stampOf(6, 'c'.repeat(16)), stampOf(5), false],
    ['a stranger in a run that never moved', node, stampOf(6, 'c'.repeat(16)), stampOf(5), false],
  ])('%s', (_, of, stamp, before, expected) => {
    expect(isOfRun(nodeCodec, of, stamp, before)).toBe(expected);
  });
});

describe('a run that moves', () => {
  const written = (): { log: LogFixture; former: string } => {
    const log = createLogFixture(1);
    for (const text of ['one', 'two', 'three', 'four']) {
      log.clock.jump(1);
      log.write('a.md', text);
    }
    return { log, former: log.node() };
  };

  test('counts from 1 and keeps its stamps; what came before it stays', () => {
    const { log, former } = written();
    const stamps = log.rows().map(({ stamp }) => stamp);
    const moved = moveAside({ sql: log.sql, codec: nodeCodec }, former, 3);
    expect(moved).toEqual({ node: forkNode(nodeCodec, stamps[2] ?? ''), count: 2 });
    expect(log.vector()).toEqual({ [former]: 2, [moved.node]: 2 });
    expect(log.rows().map(({ stamp }) => stamp)).toEqual(stamps);
    expect(log.heads.of('a.md')).toEqual([stamps[3]]);
  });

  test('and folded changes of itself still folds them', () => {
    const { log, former } = written();
    const { position } = log.append.record('consolidated', {});
    log.sql
      .prepare(
        `INSERT INTO consolidations (position, trigger_type, conditions, covers, changes, files, agents, report, locale, state)
         VALUES (?, 'manual', '{}', ?, 4, 1, '[]', '', 'en', 'skipped')`,
      )
      .run(position, JSON.stringify({ [former]: [[1, 4]], other: [[7, 9]] }));
    const { node: fork } = moveAside({ sql: log.sql, codec: nodeCodec }, former, 3);
    const covers =
      log.sql.prepare<{ covers: string }>('SELECT covers FROM consolidations').get()?.covers ?? '';
    expect(JSON.parse(covers)).toEqual({ [former]: [[1, 2]], [fork]: [[1, 2]], other: [[7, 9]] });
  });
});
