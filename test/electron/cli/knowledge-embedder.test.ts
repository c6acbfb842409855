/** The embedder on the command line: shown, checked in plain words, chosen, and its key by standard input only. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePlace, type Place } from '../../support/cli-place.ts';
import { startEmbeddingServer } from '../../support/embedding-server.ts';
import { filesThatSay } from '../../support/files-that-say.ts';
import { tellSecret } from '../../support/told-secret.ts';

const secret = 'sk-not-for-others';

const setKey = (place: Place, ...args: string[]) =>
  tellSecret(place, secret, ['knowledge', 'key', 'set', ...args]);

test('is shown, checked, chosen, and left again, while no Skein runs', async () => {
  const place = makePlace();
  const server = await startEmbeddingServer();
  expect(await place.skein(['knowledge', 'embedder'])).toMatchObject({
    code: 0,
    out: 'The built-in embedder: nothing leaves this process.\n',
  });
  const at = ['--url', server.url];
  const missing = await place.skein(['knowledge', 'embedder', 'ollama', ...at, '--check']);
  expect(missing.code).not.toBe(0);
  expect(missing.errors).toContain(
    'runs, but does not have the model nomic-embed-text. It has small:latest.',
  );
  expect(missing.errors).toContain('ollama pull nomic-embed-text');
  const good = await place.skein(['knowledge', 'embedder', 'ollama', ...at, '--model', 'small', '--check']);
  expect(good.out).toContain('answers and has small: 48 numbers a vector.');
  expect(await place.json(['knowledge', 'embedder'])).toMatchObject({ kind: 'builtin', check: null });
  const chosen = await place.skein([
    ...['knowledge', 'embedder', 'ollama', ...at, '--model', 'small', '--rate', '600', '--price', '0.02'],
  ]);
  expect(chosen.out).toMatch(/Notes go to +this machine only/);
  expect(chosen.out).toMatch(/At most +600 requests a minute/);
  expect(await place.json(['knowledge', 'embedder'])).toMatchObject({
    kind: 'ollama',
    model: 'small',
    price_per_million: 0.02,
    check: { dimensions: 48, differs: false },
  });
  const free = ['--model', 'small', '--rate', 'none', '--price', 'none'];
  const lifted = await place.skein(['knowledge', 'embedder', 'ollama', ...at, ...free]);
  expect([lifted.code, lifted.errors]).toEqual([0, '']);
  expect(lifted.out).not.toMatch(/At most|Price/);
  server.version = 'bbbbbbbbbbbb0000';
  expect((await place.skein(['knowledge', 'embedder'])).out).toContain('small is another model there now');
  const left = await place.skein(['knowledge', 'embedder', 'builtin']);
  expect(left.out).toContain('nothing leaves this process');
});

test('indexes the notes of a workspace, and says what that took', async () => {
  const place = makePlace();
  const server = await startEmbeddingServer();
  place.write('AGENTS.md', '# Agents\n\nTombstones stay, so that a laptop learns of deletions.\n');
  await place.skein(['knowledge', 'rebuild']);
  await place.skein(['knowledge', 'embedder', 'ollama', '--url', server.url, '--model', 'small']);
  await place.skein(['knowledge', 'rebuild']);
  const status = await place.skein(['knowledge', 'status']);
  expect(status.out).toMatch(/Model +ollama\/small@aaaaaaaaaaaa\/48/);
  expect(status.out).toMatch(/Notes go to +127\.0\.0\.1:\d+, on this machine/);
  expect(status.out).toMatch(/Asked +\d+ times?, \d+ tokens/);
  expect((await place.skein(['search', '--by', 'meaning', 'tombstones'])).out).toContain('AGENTS.md');
});

test('on another machine is not chosen where nobody can be asked, and the host is named', async () => {
  const place = makePlace();
  const refused = await place.skein(['knowledge', 'embedder', 'openai']);
  expect(refused.code).toBe(5);
  expect(refused.out).toContain('would be sent to api.openai.com');
  const yes = ['--url', 'http://embed.invalid:9/v1', '--yes'];
  const unreachable = await place.skein(['knowledge', 'embedder', 'openai', ...yes]);
  expect(unreachable.code).not.toBe(0);
  expect(unreachable.errors).toContain('embed.invalid:9');
  expect(await place.json(['knowledge', 'embedder'])).toMatchObject({ kind: 'builtin' });
});

test('what makes no sense is refused', async () => {
  const place = makePlace();
  for (const args of [
    ['--model', 'small'],
    ['builtin', '--check'],
    ['ollama', '--url', 'https://ada:secret@host'],
    ['ollama', '--rate', 'often'],
    ['ollama', '--price', '-1'],
    ['gemini'],
  ]) {
    const refused = await place.skein(['knowledge', 'embedder', ...args]);
    expect([args, refused.code]).toEqual([args, 2]);
    expect(refused.errors + refused.out).not.toContain('secret');
  }
});

test('its key is kept, named by where it comes from, and forgotten; no argument, setting or answer has it', async () => {
  const place = makePlace();
  const server = await startEmbeddingServer();
  await place.skein(['knowledge', 'embedder', 'ollama', '--url', server.url, '--model', 'small']);
  const kept = await setKey(place);
  expect(kept).toMatchObject({ code: 0, out: 'Kept in a file of your own.\n' });
  expect([kept.out, kept.errors, kept.seen].join()).not.toContain(secret);
  expect(filesThatSay(place.home, secret)).toEqual([join(place.dataFolder, 'embedder-keys.json')]);
  expect((await place.skein(['knowledge', 'key'])).out).toBe('Key: in a file of your own.\n');
  server.asked.length = 0;
  const shown = await place.skein(['knowledge', 'embedder', '--json']);
  expect(shown.out).not.toContain(secret);
  expect(server.asked).toMatchObject([{ key: `Bearer ${secret}` }]);
  expect(await place.skein(['knowledge', 'key', 'forget'])).toMatchObject({ code: 0, out: 'Forgotten.\n' });
  expect(await place.skein(['knowledge', 'key', 'forget'])).toMatchObject({ code: 3 });
  expect(filesThatSay(place.home, secret)).toEqual([]);
});
