/** An exchange with another side that is only numbers of rows, for the tests of what is asked and given. */
import { expect } from 'vitest';
import {
  createExchange,
  type HomeSide,
  type LinkState,
} from '../../../electron/engine/replicate/exchange.ts';
import type { PeerLink } from '../../../electron/engine/replicate/link.ts';
import type { Contents, Page, Push, Row } from '../../../shared/contracts/peer-protocol.ts';
import { formatVector, parseVector, type Vector } from '../../../shared/domain/vector.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { allRights } from '../../support/memory-network.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';

export const [here, there] = ['a'.repeat(16), 'b'.repeat(16)] as const;
export const unreachable = problem('peer-unreachable', 'B', 'B does not answer.', 'It is asked again.');
export const full = problem('disk-full', 'the log', 'The disk is full.', 'Make room.');

const rowsOf = (node: string, from: number, to: number): Row[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => ({
    node,
    sequence: from + index + 1,
    hlc: String(from + index + 1).padStart(32, '0'),
    kind: 'hidden' as const,
  }));

const vectorOf = (text: string): Vector => {
  const parsed = parseVector(text);
  return parsed.ok ? parsed.value : {};
};

const nothingHidden: Pick<HomeSide, 'scope' | 'at' | 'unasked' | 'noteHidden'> = {
  scope: () => '',
  at: () => expect.unreachable('nothing is hidden'),
  unasked: () => [],
  noteHidden: () => undefined,
};

/** Both sides as numbers of rows; each question to the other side is noted and may be answered differently. */
export function setUp(
  options: { batchSize?: number; mostRows?: number; ours?: number; theirs?: number } = {},
) {
  const clock = createFakeClock();
  const asked: string[] = [];
  const it = {
    clock,
    asked,
    ours: { [here]: options.ours ?? 0 } as Record<string, number>,
    theirs: { [there]: options.theirs ?? 0 } as Record<string, number>,
    awaited: [] as string[],
    /** Rows of one page that we take; the rest is cut off. */
    takenAtOnce: Number.POSITIVE_INFINITY,
    answers: new Map<string, Result<never>>(),
    rights: { ...allRights },
    problems: [] as Problem[],
    /** Nodes of which a page shows another run than ours. */
    parted: (): string[] => [],
    /** Runs in the middle of a question. */
    during: (_question: string): void => undefined,
    changed: (_state: LinkState): void => undefined,
    /** What the other side says that it holds after a push. */
    pushed: (): Vector => it.theirs,
    contents: (hashes: readonly string[]): Contents => ({
      contents: hashes.map((hash) => ({ hash, body: null })),
    }),
  };
  const said = (vector: Vector) => ({
    node_id: there,
    vector: formatVector(vector),
    now_ms: clock.nowMs() + 5_000,
  });
  const pageOf = (from: Vector, node: string, since: Vector, limit: number): Page => {
    const rows = rowsOf(node, since[node] ?? 0, Math.min(from[node] ?? 0, (since[node] ?? 0) + limit));
    const reached = (since[node] ?? 0) + rows.length;
    return { ...said(from), changes: rows, watermark: '', has_more: reached < (from[node] ?? 0) };
  };
  const home: HomeSide = {
    vector: () => ({ ...it.ours }),
    offered: () => ({ ...it.ours }),
    page: (_, since, limit) => pageOf(it.ours, here, since, limit),
    turn: async () => undefined,
    expectMany: () => undefined,
    readAhead: () => undefined,
    parted: () => [],
    ahead: () => ({ changes: 0, bytes: 0 }),
    ...nothingHidden,
    async take({ changes }) {
      const before = it.ours[there] ?? 0;
      const rows = changes.slice(0, it.takenAtOnce);
      it.ours[there] = Math.max(before, ...rows.map(({ sequence }) => sequence));
      return ok({
        conflicts: 0,
        problems: it.problems,
        parted: it.parted(),
        cut: rows.length < changes.length,
      });
    },
    awaited: () => it.awaited,
    contents: (_, hashes) => hashes.map((hash) => ({ hash, body: null })),
    async takeContents({ contents }) {
      asked.push(`got ${contents.length} contents`);
      return ok(null);
    },
  };
  const answer = <Value>(question: string, value: () => Value): Result<Value> => {
    asked.push(question);
    const failure = it.answers.get(question.split(' ')[0] ?? '');
    if (failure !== undefined) return failure;
    const answered = ok(value());
    it.during(question);
    return answered;
  };
  const link: PeerLink = {
    id: 'b',
    name: 'B',
    rights: () => it.rights,
    watermark: async () => err(unreachable),
    changes: async (since, limit) =>
      answer(`changes ${since}`, () => pageOf(it.theirs, there, vectorOf(since), limit)),
    push: async (push: Push) =>
      answer(`push ${push.changes.length}`, () => {
        it.theirs[here] = Math.max(it.theirs[here] ?? 0, ...push.changes.map(({ sequence }) => sequence));
        return {
          accepted: true,
          conflicts: [],
          new_watermark: '',
          vector: formatVector(it.pushed()),
          problems: [],
        };
      }),
    hidden: async () => err(unreachable),
    contents: async (hashes) => answer(`contents ${hashes.length}`, () => it.contents(hashes)),
  };
  const exchange = createExchange(
    {
      clock,
      random: createSeededRandom(1),
      home,
      settings: () => ({
        intervalMs: 60_000,
        batchSize: options.batchSize ?? 10,
        mostRows: options.mostRows ?? 1_000,
        retries: 3,
      }),
      changed: (state) => it.changed(state),
    },
    link,
    {},
  );
  return Object.assign(it, { exchange });
}
