/** What a command says while it works on the index itself, because no Skein runs. */
import { expect, test } from 'vitest';
import { makePlace } from '../../support/cli-place.ts';
import { startEmbeddingServer } from '../../support/embedding-server.ts';

test.each([
  ['rebuild', 'The new index: 0 of 1 note'],
  ['retry', '1 note to be indexed.'],
])('%s says how far it is for as long as it takes', async (name, words) => {
  const place = makePlace();
  const server = await startEmbeddingServer();
  place.write('AGENTS.md', '# Agents\n\nTombstones stay.\n');
  await place.skein(['knowledge', 'embedder', 'ollama', '--url', server.url, '--model', 'small']);
  await place.skein(['knowledge', 'rebuild']);
  if (name === 'retry') place.write('AGENTS.md', '# Agents\n\nTombstones stay for ever.\n');
  const begun = Promise.withResolvers<void>();
  server.misbehave = () => begun.promise.then(() => false);
  const { child, ended } = place.start(['knowledge', name]);
  child.stderr?.on('data', (chunk) => String(chunk).includes(words) && begun.resolve());
  const { code, errors } = await ended;
  expect([code, errors.split(words).length]).toEqual([0, 2]);
});

test('what is through at once says nothing but the answer', async () => {
  const place = makePlace();
  place.write('AGENTS.md', '# Agents\n\nTombstones stay.\n');
  expect(await place.skein(['knowledge', 'rebuild'])).toMatchObject({ code: 0, errors: '' });
});
