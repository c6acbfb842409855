/** Hearing a peer's news: again and again until it is stopped, whatever the stream does. */
import { expect, test } from 'vitest';
import type { StreamListener } from '../../../../electron/adapters/peer-stream.ts';
import { readNews } from '../../../../electron/host/peers/news-reader.ts';
import { limits } from '../../../../shared/limits.ts';
import { problem } from '../../../../shared/result.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { createSeededRandom } from '../../../support/seeded-random.ts';

const gone = problem('peer-unreachable', 'lap', 'lap is not there.', 'It is tried again.');

function setUp(begin: (on: StreamListener) => void = () => {}) {
  const clock = createFakeClock();
  const it = { clock, streams: [] as StreamListener[], cut: 0, opened: 0, heard: [] as string[] };
  const stop = readNews({
    clock,
    random: createSeededRandom(1),
    connection: {
      follow(_, on) {
        it.streams.push(on);
        begin(on);
        return () => {
          it.cut += 1;
        };
      },
    },
    path: () => '/sync/news',
    opened() {
      it.opened += 1;
    },
    heard: (vector) => void it.heard.push(vector),
  });
  return Object.assign(it, { stop });
}

test('news are told; what cannot be read is none', () => {
  const it = setUp((on) => on.open());
  const [stream] = it.streams;
  stream?.event('news', '{"vector":"0"}');
  for (const data of ['', 'null', '{"vector":1}', '{"vector"']) stream?.event('news', data);
  stream?.event('ping', '{"vector":"1"}');
  expect(it).toMatchObject({ opened: 1, heard: ['0'] });
});

test('a stream that ends is opened again, later each time, until one opens', async () => {
  const it = setUp();
  it.streams.at(-1)?.end(gone);
  await it.clock.advance(limits.syncIntervalMs);
  expect(it.streams).toHaveLength(2);
});

test('who is stopped follows no more', () => {
  const it = setUp();
  it.stop();
  expect(it.cut).toBe(1);
});

test('who is stopped while it waits for the next try makes none, also when the last ended as it began', async () => {
  const it = setUp((on) => on.end(gone));
  expect(it.streams).toHaveLength(1);
  it.stop();
  await it.clock.advance(10 * limits.syncIntervalMs);
  expect(it.streams).toHaveLength(1);
});
