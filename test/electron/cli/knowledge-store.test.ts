/** The store on the command line: shown, chosen, checked, and never told a password. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePlace } from '../../support/cli-place.ts';
import { freePort } from '../../support/servers/chroma-server.ts';

const textBelow = (folder: string): string =>
  (readdirSync(folder, { recursive: true }) as string[])
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'latin1'))
    .join('');

test('the store is this device until another one is chosen, which is checked at once', {
  timeout: 60_000,
}, async () => {
  const place = makePlace();
  const usual = await place.skein(['knowledge', 'store']);
  expect(usual).toMatchObject({ code: 0, out: 'The vectors are searched on this device.\n' });
  const url = `http://127.0.0.1:${await freePort()}`;
  const chosen = await place.skein(['knowledge', 'store', 'chroma', '--url', url]);
  expect(chosen).toMatchObject({ code: 0 });
  expect(chosen.out).toMatch(/State +does not answer as it should; meanwhile this device is searched/);
  expect(chosen.out).toMatch(/cannot be reached: nobody listens there/);
  const json = JSON.parse((await place.skein(['knowledge', 'store', '--json'])).out);
  expect(json).toMatchObject({ kind: 'chroma', url: `${url}/`, state: 'failing', held: null });
  expect((await place.skein(['knowledge', 'store', 'embedded'])).out).toBe(usual.out);
});

test.each([
  [['qdrant'], /There is no store "qdrant"/],
  [['--url', 'http://127.0.0.1:8000'], /An address, patterns or a check belong to a store on a server/],
  [['embedded', '--check'], /An address, patterns or a check belong to a store on a server/],
  [['chroma', '--url', 'nowhere'], /This is no address of a chroma store/],
  [['pgvector', '--url', 'postgres://me:sesame@db/notes'], /The address holds a login/],
])('%j is refused, and no password is kept or shown', async (args, why) => {
  const place = makePlace();
  const refused = await place.skein(['knowledge', 'store', ...args]);
  expect(refused.code).not.toBe(0);
  expect(refused.errors).toMatch(why);
  expect(refused.out + refused.errors + textBelow(place.home)).not.toContain('sesame');
});

test('another machine is named and agreed to before anything goes there', async () => {
  const place = makePlace();
  const url = 'http://chroma.invalid:80/below';
  const asked = await place.skein(['knowledge', 'store', 'chroma', '--url', url]);
  expect(asked).toMatchObject({ code: 5, out: expect.stringMatching(/would be sent to chroma\.invalid,/) });
  expect(JSON.parse((await place.skein(['knowledge', 'store', '--json'])).out).kind).toBe('embedded');
  const chosen = await place.skein(['knowledge', 'store', 'chroma', '--url', url, '--yes']);
  expect(chosen.out).toMatch(/Address +http:\/\/chroma\.invalid\/below/);
});

test('a check chooses nothing', async () => {
  const place = makePlace();
  const url = `http://127.0.0.1:${await freePort()}`;
  const checked = await place.skein(['knowledge', 'store', 'chroma', '--url', url, '--check']);
  expect(checked.code).not.toBe(0);
  expect(checked.errors).toMatch(/cannot be reached: nobody listens there/);
  expect(JSON.parse((await place.skein(['knowledge', 'store', '--json'])).out).kind).toBe('embedded');
});

test('the address in the environment may hold a password, which is shown and kept nowhere', async () => {
  const place = makePlace();
  const port = await freePort();
  const env = { KNOWLEDGE_STORE_URL: `postgres://me:sesame@127.0.0.1:${port}/notes` };
  Object.assign(place.env, env);
  const chosen = await place.skein(['knowledge', 'store', 'pgvector']);
  expect(chosen.out).toContain(`postgres://me@127.0.0.1:${port}/notes`);
  expect(chosen.out).toMatch(/cannot be reached/);
  expect(chosen.out + chosen.errors + textBelow(place.home)).not.toContain('sesame');
});
