/** All exchanges of one replica: who is asked when, what is known of each, and what outlives a restart. */
import { describe, expect, test } from 'vitest';
import type { HomeSide } from '../../../electron/engine/replicate/exchange.ts';
import type { PeerLink } from '../../../electron/engine/replicate/link.ts';
import { createLinkStates } from '../../../electron/engine/replicate/link-states.ts';
import { createReplicator } from '../../../electron/engine/replicate/replicator.ts';
import type { Page } from '../../../shared/contracts/peer-protocol.ts';
import { countMissing, formatVector, type Vector } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, problem } from '../../../shared/result.ts';
import { allRights } from '../../support/memory-network.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { createLogFixture } from './log-fixture.ts';

const [ours, theirs] = ['a'.repeat(16), 'b'.repeat(16)] as const;
const unreachable = problem('peer-unreachable', 'B', 'B does not answer.', 'It is asked again.');

function setUp() {
  const { sql, clock } = createLogFixture(1);
  const states = createLinkStates(sql);
  const it = {
    clock,
    states,
    vector: {} as Vector,
    /** Questions, with the id of whom they went to. */
    questions: [] as string[],
    away: new Set<string>(),
    /** Links of which was found out how far they are apart. */
    measured: [] as string[],
    news: 0,
  };
  const pageOf = (since: Vector): Page => ({
    changes:
      (since[ours] ?? 0) < (it.vector[ours] ?? 0)
        ? [
            {
              node: ours,
              sequence: it.vector[ours] ?? 0,
              hlc: String(it.vector[ours]).padStart(32, '0'),
              kind: 'hidden',
            },
          ]
        : [],
    watermark: '',
    has_more: false,
    node_id: ours,
    vector: formatVector(it.vector),
    now_ms: clock.nowMs(),
  });
  const home: HomeSide = {
    vector: () => it.vector,
    offered: () => it.vector,
    page: (_, since) => pageOf(since),
    turn: async () => undefined,
    expectMany: () => undefined,
    readAhead: () => undefined,
    parted: () => [],
    ahead(link, vector) {
      it.measured.push(link.id);
      return { changes: countMissing(it.vector, vector), bytes: 10 * countMissing(it.vector, vector) };
    },
    scope: () => '',
    at: () => pageOf({}),
    unasked: () => [],
    noteHidden: () => undefined,
    take: async () => ok({ conflicts: 0, problems: [], parted: [], cut: false }),
    awaited: () => [],
    contents: () => [],
    takeContents: async () => ok(null),
  };
  const linkTo = (id: string, name = id.toUpperCase()): PeerLink => {
    const held: Record<string, number> = {};
    const ask = <Value>(question: string, answer: () => Value) => {
      it.questions.push(`${id} ${question}`);
      return it.away.has(id) ? err(unreachable) : ok(answer());
    };
    return {
      id,
      name,
      rights: () => allRights,
      watermark: async () => err(unreachable),
      changes: async () => ask('changes', () => ({ ...pageOf({}), changes: [], ...said(held) })),
      push: async ({ changes }) =>
        ask('push', () => {
          for (const { node, sequence } of changes) held[node] = sequence;
          return { accepted: true, conflicts: [], new_watermark: '', problems: [], ...said(held) };
        }),
      hidden: async () => err(unreachable),
      contents: async () => ok({ contents: [] }),
    };
  };
  const said = (held: Vector) => ({ node_id: theirs, vector: formatVector(held), now_ms: clock.nowMs() });
  const replicator = createReplicator({
    clock,
    random: createSeededRandom(1),
    home,
    settings: () => ({ intervalMs: limits.syncIntervalMs, batchSize: 10, mostRows: 1_000, retries: 3 }),
    states,
    changed() {
      it.news += 1;
    },
  });
  const asked = async (): Promise<string[]> => {
    await clock.advance(0);
    return it.questions.splice(0);
  };
  return Object.assign(it, { replicator, linkTo, said, asked });
}

describe('a peer that is added', () => {
  test('is asked once there is somebody who runs it, and at once from then on', async () => {
    const it = setUp();
    it.replicator.addPeer(it.linkTo('b'));
    expect(await it.asked()).toEqual([]);
    it.replicator.start();
    expect(await it.asked()).toEqual(['b changes']);
    it.replicator.addPeer(it.linkTo('c'));
    expect(await it.asked()).toEqual(['c changes']);
  });

  test('takes the place of the one of its id: nobody asks that any more, and what was known stays', async () => {
    const it = setUp();
    it.replicator.start();
    it.replicator.addPeer(it.linkTo('b'));
    const [{ sinceMs } = { sinceMs: -1 }] = it.replicator.peers();
    await it.clock.advance(1_000);
    it.questions.length = 0;
    it.replicator.addPeer(it.linkTo('b', 'B, renamed'));
    expect(it.replicator.peers()).toMatchObject([{ id: 'b', name: 'B, renamed', sinceMs }]);
    await it.clock.advance(limits.syncIntervalMs + 1);
    expect(await it.asked()).toEqual(['b changes', 'b changes']);
  });

  test('can be looked at without finding out how far all others are apart', () => {
    const it = setUp();
    for (const id of ['b', 'c', 'd']) it.replicator.addPeer(it.linkTo(id));
    it.vector = { [ours]: 3 };
    expect(it.replicator.peer('c')).toEqual(it.replicator.peers()[1]);
    it.measured.length = 0;
    expect(it.replicator.peer('c')).toMatchObject({ id: 'c', ahead: 3, aheadBytes: 30 });
    expect(it.replicator.peer('nobody')).toBeUndefined();
    expect(new Set(it.measured)).toEqual(new Set(['c']));
  });

  test('costs no reading of sizes until somebody asks for its bytes', () => {
    const it = setUp();
    it.replicator.addPeer(it.linkTo('b'));
    it.vector = { [ours]: 3 };
    const peer = it.replicator.peer('b');
    expect([peer?.ahead, it.measured]).toEqual([3, []]);
    expect([peer?.aheadBytes, it.measured]).toEqual([30, ['b']]);
  });

  test('is asked again from time to time, and no more when all stops', async () => {
    const it = setUp();
    it.replicator.addPeer(it.linkTo('b'));
    it.replicator.start();
    await it.clock.advance(2 * limits.syncIntervalMs + 1);
    expect(await it.asked()).toEqual(['b changes', 'b changes', 'b changes']);
    it.replicator.stop();
    it.replicator.wake();
    await it.clock.advance(10 * limits.syncIntervalMs);
    expect(await it.asked()).toEqual([]);
  });
});

describe('a peer that goes', () => {
  test('is asked no more and forgotten when it is removed', async () => {
    const it = setUp();
    it.replicator.start();
    it.replicator.addPeer(it.linkTo('b'));
    await it.asked();
    it.replicator.removePeer('b');
    await it.clock.advance(10 * limits.syncIntervalMs);
    expect(await it.asked()).toEqual([]);
    expect(it.replicator.peers()).toEqual([]);
    expect(it.states.known()).toEqual([]);
    expect(await it.replicator.syncWith('b')).toMatchObject({ ok: false, error: { code: 'not-found' } });
  });

  test('is removed twice, and was never there, without harm', () => {
    const it = setUp();
    for (const id of ['b', 'b', 'never']) it.replicator.removePeer(id);
    expect(it.replicator.links()).toEqual([]);
  });

  test('in the middle of an exchange leaves nothing behind when that ends', async () => {
    const it = setUp();
    it.replicator.start();
    const link = it.linkTo('b');
    let answer: () => void = () => {};
    const changes: PeerLink['changes'] = async (...question) => {
      await new Promise<void>((resolve) => {
        answer = resolve;
      });
      return link.changes(...question);
    };
    it.replicator.addPeer({ ...link, changes });
    await it.asked();
    it.replicator.removePeer('b');
    answer();
    await it.clock.advance(10 * limits.syncIntervalMs);
    expect(it.states.known()).toEqual([]);
    expect(it.questions).toEqual(['b changes']);
  });

  test('for a while is known when it comes again', async () => {
    const it = setUp();
    it.replicator.addPeer(it.linkTo('b'));
    it.replicator.hear('b', it.said({ [theirs]: 4 }));
    it.replicator.suspend('b');
    expect(it.replicator.peers()).toEqual([]);
    it.replicator.addPeer(it.linkTo('b'));
    expect(it.replicator.peers()).toMatchObject([{ behind: 4, ahead: 0 }]);
  });

  test('while nobody looked is forgotten with the others that nobody keeps', () => {
    const it = setUp();
    for (const id of ['kept', 'gone', 'linked']) it.replicator.addPeer(it.linkTo(id));
    for (const id of ['kept', 'gone']) it.replicator.suspend(id);
    it.replicator.forgetOthers((id) => id === 'kept');
    expect(it.states.known().toSorted()).toEqual(['kept', 'linked']);
  });
});

describe('news', () => {
  test('of ours go to all, and to none that has them already', async () => {
    const it = setUp();
    for (const id of ['b', 'c']) it.replicator.addPeer(it.linkTo(id));
    it.replicator.start();
    await it.asked();
    it.vector = { [ours]: 1 };
    it.replicator.answered('c', {}, { [ours]: 1 });
    it.replicator.wake();
    expect(await it.asked()).toEqual(['b push']);
    it.replicator.wake();
    expect(await it.asked()).toEqual([]);
  });

  test('that others wrote go only to whoever lacks them, and are asked for on the way', async () => {
    const it = setUp();
    for (const id of ['b', 'c']) it.replicator.addPeer(it.linkTo(id));
    it.replicator.start();
    await it.asked();
    it.vector = { [ours]: 1 };
    it.replicator.hear('c', it.said({ [ours]: 1 }));
    it.replicator.relay();
    expect(await it.asked()).toEqual(['b changes', 'b push']);
  });

  test('of a peer are asked for from that one', async () => {
    const it = setUp();
    for (const id of ['b', 'c']) it.replicator.addPeer(it.linkTo(id));
    it.replicator.start();
    await it.asked();
    it.replicator.wakePeer('c');
    it.replicator.wakePeer('never');
    expect(await it.asked()).toEqual(['c changes']);
  });

  test('move nobody before all begins', async () => {
    const it = setUp();
    it.replicator.addPeer(it.linkTo('b'));
    it.vector = { [ours]: 1 };
    it.replicator.wake();
    it.replicator.relay();
    it.replicator.wakePeer('b');
    expect(await it.asked()).toEqual([]);
  });
});

describe('who asks for it', () => {
  test('gets an exchange with all, each with its own outcome', async () => {
    const it = setUp();
    for (const id of ['b', 'c']) it.replicator.addPeer(it.linkTo(id));
    it.vector = { [ours]: 1 };
    it.away.add('c');
    expect(await it.replicator.syncAll()).toEqual([
      { peer: 'b', result: { ok: true, value: { pulled: 0, pushed: 1, conflicts: 0, durationMs: 0 } } },
      { peer: 'c', result: { ok: false, error: unreachable } },
    ]);
    expect(it.replicator.peers()).toMatchObject([
      { id: 'b', failures: 0, ahead: 0, pushed: 1 },
      { id: 'c', failures: 1, ahead: 1, problem: unreachable },
    ]);
  });

  test('gets one with one, in one direction', async () => {
    const it = setUp();
    for (const id of ['b', 'c']) it.replicator.addPeer(it.linkTo(id));
    it.vector = { [ours]: 1 };
    await it.replicator.syncWith('b', 'take');
    expect(await it.asked()).toEqual(['b changes']);
    await it.replicator.syncWith('b', 'give');
    expect(await it.asked()).toEqual(['b push']);
    expect(await it.replicator.syncWith('never')).toMatchObject({ error: { code: 'not-found' } });
  });
});

test('what a peer says is kept at once, and everybody hears that it is another', () => {
  const it = setUp();
  it.replicator.addPeer(it.linkTo('b'));
  it.replicator.hear('b', it.said({ [theirs]: 3 }));
  it.replicator.answered('b', { [theirs]: 3 }, { [ours]: 2 });
  it.replicator.answered('never', {}, {});
  const { state } = it.states.meet({ id: 'b', name: 'B' }, 0);
  expect(state).toMatchObject({ node: theirs, vector: { [theirs]: 3, [ours]: 2 } });
  expect(it.news).toBeGreaterThan(0);
  expect(it.replicator.link('b')?.name).toBe('B');
});
