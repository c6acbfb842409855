/** What a file should hold: the same on every replica that has the same rows, whatever the order in which they came. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { contentOf } from '../../../electron/engine/log/content-store.ts';
import { createHistory } from '../../../electron/engine/log/history.ts';
import { awaitedContents } from '../../../electron/engine/replicate/awaited.ts';
import { type FilePlan, planFile } from '../../../electron/engine/replicate/plan-file.ts';
import type { Change } from '../../../shared/domain/change.ts';
import type { ConflictStrategy } from '../../../shared/domain/settings.ts';
import { stampMillis } from '../../../shared/domain/stamp.ts';
import { limits } from '../../../shared/limits.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { toText } from '../core-fixture.ts';
import { createLogFixture, type LogFixture } from './log-fixture.ts';

const path = 'HANDOFF.md';
const base = '# Journal\n\n- one\n- two\n';

function planOf(log: LogFixture, strategy: ConflictStrategy = 'merge'): FilePlan {
  return planFile(
    {
      find: createHistory(log.sql),
      heads: log.heads,
      contents: log.contents,
      sha256: nodeCodec.sha256,
      strategy: () => strategy,
      isLocal: (node) => node === log.node(),
      isAged: (stamp) => log.clock.nowMs() - stampMillis(stamp) > limits.agedVersionDays * 86_400_000,
    },
    path,
  );
}

const textIn = (log: LogFixture, plan: FilePlan): string | null | undefined => {
  if (plan.kind === 'wait') return undefined;
  if (plan.kind === 'join') return toText(plan.bytes);
  return plan.content === null ? null : log.text(plan.content);
};

/** Logs that have one version in common and then write apart from each other. */
function apart(texts: readonly (string | null)[], before: string | null = base) {
  const clock = createFakeClock();
  const logs = texts.map((_, index) => createLogFixture(index + 1, clock));
  const [first, ...others] = logs as [LogFixture, ...LogFixture[]];
  if (before !== null) first.write(path, before);
  for (const log of others) log.take(first.page({}).changes);
  const changes = logs.map((log, index) => log.write(path, texts[index] ?? null) as Change);
  return { logs, changes };
}

/** As an exchange does: rows, then the bytes that did not come along. */
const gather = (into: LogFixture, from: readonly LogFixture[]): void => {
  for (const log of from) {
    if (log === into) continue;
    into.take(log.page(into.vector()).changes);
    for (const hash of awaitedContents(into.sql).hashes()) {
      const bytes = log.contents.get(hash);
      if (bytes !== undefined) into.contents.put(contentOf(nodeCodec, bytes));
    }
  }
};

describe('one version', () => {
  test('is followed', () => {
    const log = createLogFixture(1);
    const change = log.write(path, base);
    expect(planOf(log)).toEqual({
      kind: 'follow',
      content: change.content,
      heads: [change.stamp],
      losers: [],
    });
  });

  test('that is a deletion removes the file', () => {
    const log = createLogFixture(1);
    log.write(path, base);
    log.write(path, null);
    expect(planOf(log)).toMatchObject({ kind: 'follow', content: null });
  });

  test('that nobody wrote is waited for', () => {
    expect(planOf(createLogFixture(1))).toEqual({ kind: 'wait', missing: [] });
  });

  test('written twice with the same bytes is one version for all that it stands for', () => {
    const { logs, changes } = apart(['# same\n', '# same\n']);
    const [one] = logs as [LogFixture];
    gather(one, logs);
    expect(planOf(one)).toMatchObject({ kind: 'follow', content: changes[0]?.content, losers: [] });
    expect(one.heads.of(path)).toHaveLength(2);
  });
});

describe('versions side by side', () => {
  test('are merged, whoever looks, and the merge is nobody’s loss', () => {
    const { logs } = apart([`${base}- from a\n`, `${base}- from b\n`]);
    for (const log of logs) gather(log, logs);
    const plans = logs.map((log) => planOf(log));
    expect(plans).toMatchObject([
      { kind: 'join', how: 'merge', losers: [] },
      { kind: 'join', how: 'merge', losers: [] },
    ]);
    const [text, other] = logs.map((log) => textIn(log, planOf(log)));
    expect(other).toBe(text);
    expect(text?.split('\n')).toEqual(expect.arrayContaining(['- one', '- two', '- from a', '- from b']));
  });

  test('a deletion gives way to an edit', () => {
    const { logs } = apart([null, `${base}- still needed\n`]);
    for (const log of logs) {
      gather(log, logs);
      expect(textIn(log, planOf(log))).toBe(`${base}- still needed\n`);
    }
  });

  test('that cannot be merged: the newest stays whole, the other is named with what both come from', () => {
    const { logs, changes } = apart(['aaa\n', 'bbb\n'], 'x\n');
    const [one] = logs as [LogFixture];
    gather(one, logs);
    const newest = changes.toSorted((a, b) => (a.stamp < b.stamp ? 1 : -1))[0];
    expect(textIn(one, planOf(one))).toBe(one.text(newest?.content ?? null));
    expect(planOf(one)).toMatchObject({
      losers: [
        {
          winner: newest?.stamp,
          loser: changes.find((it) => it !== newest)?.stamp,
          base: nodeCodec.sha256(Buffer.from('x\n')),
        },
      ],
    });
  });

  test('the one that is named as the winner is one that somebody changed', () => {
    const { logs, changes } = apart([
      base,
      '# Another\n\n- nothing in common\n',
      '# A third\n\n- with neither\n',
    ]);
    const [one] = logs as [LogFixture];
    gather(one, logs);
    const plan = planOf(one);
    expect(plan.kind === 'wait' ? [] : plan.losers.map(({ winner }) => winner)).not.toContain(
      changes[0]?.stamp,
    );
  });
});

test('of more versions than are merged at once the oldest wait in the inbox', () => {
  const log = createLogFixture(1);
  const all = Array.from({ length: limits.mergedVersions + 3 }, (_, index) =>
    log.write(path, `${base}- entry ${index}\n`, { parents: [] }),
  );
  const plan = planOf(log);
  const lost = plan.kind === 'wait' ? [] : plan.losers.map(({ loser }) => loser);
  expect(lost).toEqual(expect.arrayContaining(all.slice(0, 3).map(({ stamp }) => stamp)));
  expect(plan).toMatchObject({ kind: 'join', heads: { length: limits.mergedHeads } });
});

describe('a version whose bytes are not here', () => {
  test('keeps nobody else’s from the file, and counts once they come', () => {
    const { logs, changes } = apart([`${base}- from a\n`, `${base}- from b\n`]);
    const [one, other] = logs as [LogFixture, LogFixture];
    const rows = other.page(one.vector()).changes;
    one.take(rows.map((row) => ('body' in row ? { ...row, body: undefined } : row)) as typeof rows);
    expect(planOf(one)).toMatchObject({
      kind: 'follow',
      content: changes[0]?.content,
      heads: [changes[0]?.stamp],
    });
    one.contents.put({
      hash: changes[1]?.content ?? '',
      size: 0,
      pack: () => ({ md5: 'x', packed: nodeCodec.compress(Buffer.from(`${base}- from b\n`)) }),
    });
    expect(planOf(one)).toMatchObject({
      kind: 'join',
      heads: expect.arrayContaining([changes[0]?.stamp, changes[1]?.stamp]),
    });
  });

  test('is waited for when there is no other', () => {
    const log = createLogFixture(1);
    const other = createLogFixture(2, log.clock);
    other.write(path, base);
    const rows = other.page({}).changes;
    log.take(rows.map((row) => ('body' in row ? { ...row, body: undefined } : row)) as typeof rows);
    expect(planOf(log)).toMatchObject({ kind: 'wait' });
  });
});

describe('a strategy', () => {
  const decide = (strategy: ConflictStrategy) => {
    const { logs, changes } = apart([`${base}- from a\n`, `${base}- from b\n`]);
    for (const log of logs) gather(log, logs);
    const newest =
      changes[0] !== undefined && changes[1] !== undefined && changes[0].stamp > changes[1].stamp ? 0 : 1;
    return {
      newest,
      texts: logs.map((log) => textIn(log, planOf(log, strategy))),
      plans: logs.map((log) => planOf(log, strategy)),
    };
  };
  const [fromA, fromB] = [`${base}- from a\n`, `${base}- from b\n`];

  test('last-writer-wins takes the newest everywhere', () => {
    const { newest, texts } = decide('last-writer-wins');
    expect(texts).toEqual(newest === 0 ? [fromA, fromA] : [fromB, fromB]);
  });

  test('prefer-local and prefer-remote take what they say, and each keeps the other for a person', () => {
    expect(decide('prefer-local').texts).toEqual([fromA, fromB]);
    expect(decide('prefer-remote').texts).toEqual([fromB, fromA]);
    for (const strategy of ['prefer-local', 'prefer-remote', 'last-writer-wins'] as const)
      for (const plan of decide(strategy).plans)
        expect(plan).toMatchObject({ losers: [{ base: nodeCodec.sha256(Buffer.from(base)) }] });
  });

  test('that replicas do not share comes to an end: of choices the newest counts', () => {
    const { logs } = apart([fromA, fromB]);
    for (const log of logs) gather(log, logs);
    for (const log of logs) {
      const plan = planOf(log, 'prefer-local');
      if (plan.kind === 'join')
        log.write(path, toText(plan.bytes) ?? null, { parents: plan.heads, joins: plan.how });
    }
    for (const log of logs) gather(log, logs);
    const [one, other] = logs.map((log) => textIn(log, planOf(log, 'prefer-local')));
    expect(one).toBe(other);
  });
});

/** As the retention does. */
function letGo(log: LogFixture, ...hashes: (string | null | undefined)[]): void {
  for (const hash of hashes)
    log.sql.prepare('UPDATE content SET packed = NULL WHERE hash = ?').run(hash ?? null);
  log.contents.forgetRecent();
}

/** Every version that the retention may let go: none of a head, and none while several stand side by side. */
function letGoOld(log: LogFixture): void {
  if (log.heads.of(path).length > 1) return;
  const old = log.sql.prepare<{ hash: string }>(
    'SELECT hash FROM content WHERE id NOT IN (SELECT l.content FROM heads h JOIN log l ON l.stamp = h.stamp WHERE l.content IS NOT NULL)',
  );
  letGo(log, ...old.all().map(({ hash }) => hash));
}

function settle(log: LogFixture): void {
  const plan = planOf(log);
  if (plan.kind === 'follow' && plan.wanted !== undefined) log.contents.want(plan.wanted);
  if (plan.kind === 'join')
    log.write(path, toText(plan.bytes) ?? null, { parents: plan.heads, joins: plan.how });
}

describe('when the retention let go of versions', () => {
  /** Both hold a merge of two versions; one of these is deleted by somebody who never saw the merge. */
  function mergedAndDeleted() {
    const { logs, changes } = apart([
      `${base}- from a
`,
      `${base}- from b
`,
      null,
    ]);
    const [one, other, third] = logs as [LogFixture, LogFixture, LogFixture];
    third.take(one.page(third.vector()).changes);
    third.write(path, null);
    one.take(other.page(one.vector()).changes);
    settle(one);
    other.take(one.page(other.vector()).changes);
    one.clock.jump(400 * 86_400_000);
    return { one, other, third, changes };
  }

  test('of which somebody deleted one, whoever has them says what the file is, and the others take that', () => {
    const { one, other, third, changes } = mergedAndDeleted();
    letGo(other, changes[1]?.content);
    for (const log of [one, other]) log.take(third.page(log.vector()).changes);
    expect(textIn(one, planOf(one))).not.toBe(textIn(other, planOf(other)));
    expect(planOf(one)).toMatchObject({ kind: 'join', how: 'choice' });
    expect(planOf(other)).toMatchObject({ kind: 'follow' });
    settle(one);
    gather(other, [one]);
    expect(textIn(other, planOf(other))).toBe(textIn(one, planOf(one)));
  });

  test('what is young needs no such word: everybody has it', () => {
    const { logs } = apart([
      null,
      `${base}- from b
`,
    ]);
    const [one] = logs as [LogFixture];
    gather(one, logs);
    one.clock.jump((limits.agedVersionDays - 1) * 86_400_000);
    expect(planOf(one)).toMatchObject({ kind: 'follow' });
  });

  test('the version that both come from counts only while it is here', () => {
    const { logs } = apart([
      `${base}- from a
`,
      `${base}- from a\n- from b\n`,
    ]);
    const [one, other] = logs as [LogFixture, LogFixture];
    for (const log of logs) gather(log, logs);
    one.clock.jump(400 * 86_400_000);
    letGo(other, nodeCodec.sha256(Buffer.from(base)));
    expect(planOf(one)).toMatchObject({ kind: 'join', how: 'choice' });
    expect(planOf(other)).toMatchObject({ kind: 'follow', wanted: nodeCodec.sha256(Buffer.from(base)) });
  });

  const doing = fc.record({
    by: fc.integer({ min: 0, max: 2 }),
    what: fc.constantFrom('add', 'add', 'write anew', 'delete', 'settle'),
    from: fc.option(fc.integer({ min: 0, max: 2 })),
    lets: fc.boolean(),
  });

  test('replicas that let go of what they like, and met in any order, come to the same bytes', () => {
    fc.assert(
      fc.property(fc.array(doing, { minLength: 2, maxLength: 12 }), (script) => {
        const { logs } = apart([base, base, base]);
        for (const [index, { by, what, from, lets }] of script.entries()) {
          const log = logs[by] as LogFixture;
          log.clock.jump(100 * 86_400_000);
          if (lets) letGoOld(log);
          if (from !== null) gather(log, [logs[from] as LogFixture]);
          settle(log);
          const before = textIn(log, planOf(log)) ?? '';
          if (what === 'add') log.write(path, `${before}- turn ${index}\n`);
          if (what === 'write anew') log.write(path, `# Turn ${index}\n`);
          if (what === 'delete') log.write(path, null);
        }
        for (let round = 0; round < 6; round++) {
          for (const log of logs) gather(log, logs);
          for (const log of logs) settle(log);
        }
        const plans = logs.map((log) => planOf(log));
        expect(plans.map(({ kind }) => kind)).toEqual(['follow', 'follow', 'follow']);
        expect(new Set(logs.map((log) => textIn(log, planOf(log)))).size).toBe(1);
      }),
      { numRuns: 40 },
    );
  });
});

/** Lines that replicas add to their copies of a journal, in turns; now and then one gets what another has, and settles it. */
const turns = fc.array(
  fc.record({
    by: fc.integer({ min: 0, max: 2 }),
    at: fc.nat({ max: 6 }),
    from: fc.option(fc.integer({ min: 0, max: 2 })),
  }),
  { minLength: 1, maxLength: 12 },
);

test('replicas that met in any order, and merged at any moment, come to the same bytes with every line in them', () => {
  fc.assert(
    fc.property(turns, (script) => {
      const { logs } = apart([base, base, base]);
      const written: string[] = [];
      for (const [index, { by, at, from }] of script.entries()) {
        const log = logs[by] as LogFixture;
        if (from !== null) gather(log, [logs[from] as LogFixture]);
        settle(log);
        const lines = (textIn(log, planOf(log)) ?? '').split('\n');
        const line = `- turn ${index} of replica ${by} about ${['deploy', 'review', 'cache'][by]}`;
        lines.splice(Math.min(2 + at, lines.length - 1), 0, line);
        written.push(line);
        log.write(path, lines.join('\n'));
      }
      // Whoever settles makes a row that the others must hear of, too.
      for (let round = 0; round < 6; round++) {
        for (const log of logs) gather(log, logs);
        for (const log of logs) settle(log);
      }
      const texts = logs.map((log) => textIn(log, planOf(log)) ?? '');
      expect(new Set(texts).size).toBe(1);
      expect(texts[0]?.split('\n')).toEqual(expect.arrayContaining(written));
      for (const log of logs) expect(planOf(log)).toMatchObject({ kind: 'follow', losers: [] });
    }),
    { numRuns: 15 },
  );
});
