/** Peers that are asked for embeddings: none of them holds up an index, whatever it does. */
import { expect, test } from 'vitest';
import type { SharedAnswer } from '../../../electron/engine/knowledge/knowledge-ports.ts';
import {
  createSharedEmbeddings,
  type EmbeddingGiver,
} from '../../../electron/host/knowledge/shared-embeddings.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, problem } from '../../../shared/result.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const question = { model: 'm', dimensions: 4, note: 'a.md', hashes: ['x'], asked: [] as string[] };
const noRoute = problem('not-found', 'desk', 'desk has no POST /sync/embeddings.', 'Update Skein.');

type Giver = EmbeddingGiver & { asked: number };

function giver(id: string, answer: EmbeddingGiver['ask']): Giver {
  const it: Giver = {
    id,
    name: `the ${id}`,
    asked: 0,
    ask(asked) {
      it.asked += 1;
      return answer(asked);
    },
  };
  return it;
}
const vector = new Uint8Array([1]);
const honest = (id: string): Giver => giver(id, async () => ok([{ hash: 'x', vector }]));
const silent = (id: string): Giver => giver(id, () => new Promise(() => {}));
const old = (id: string): Giver => giver(id, async () => err(noRoute));

function start(...givers: Giver[]) {
  const clock = createFakeClock();
  const shared = createSharedEmbeddings({ clock, givers: () => givers }).of('workspace');
  return { clock, shared };
}

const answerOf = (id: string): SharedAnswer => ({
  id,
  name: `the ${id}`,
  embeddings: [{ hash: 'x', vector }],
});

test('one after another, and undefined when all were asked', async () => {
  const { shared } = start(honest('desk'), honest('tower'));
  expect(await shared.ask(question)).toEqual(answerOf('desk'));
  expect(await shared.ask({ ...question, asked: ['desk'] })).toEqual(answerOf('tower'));
  expect(await shared.ask({ ...question, asked: ['desk', 'tower'] })).toBeUndefined();
});

test('one that says nothing is waited for once, then left alone for a while, and the next one is asked', async () => {
  const [slow, desk] = [silent('tower'), honest('desk')];
  const { clock, shared } = start(slow, desk);
  const first = shared.ask(question);
  await clock.advance(limits.sharedWaitMs);
  expect(await first).toEqual(answerOf('desk'));
  expect(await shared.ask(question)).toEqual(answerOf('desk'));
  expect(slow.asked).toBe(1);
  await clock.advance(limits.sharedRestMs);
  const later = shared.ask(question);
  await clock.advance(limits.sharedWaitMs);
  expect(await later).toEqual(answerOf('desk'));
  expect(slow.asked).toBe(2);
});

test('one that does not know the question, or refuses it, counts as having nothing', async () => {
  const before = old('tower');
  const { shared } = start(before);
  expect(await shared.ask(question)).toBeUndefined();
  expect(await shared.ask(question)).toBeUndefined();
  expect(before.asked).toBe(1);
});

test('one that was caught in a lie is not asked for that model again, for no workspace', async () => {
  const liar = honest('tower');
  const clock = createFakeClock();
  const all = createSharedEmbeddings({ clock, givers: () => [liar] });
  all.of('one').distrust({ id: 'tower', model: 'm' });
  expect(await all.of('other').ask(question)).toBeUndefined();
  await clock.advance(limits.sharedRestMs);
  expect(await all.of('one').ask(question)).toBeUndefined();
  expect(await all.of('one').ask({ ...question, model: 'another' })).toEqual(answerOf('tower'));
});
