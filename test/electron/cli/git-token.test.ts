/** Tokens on the command line: they come by standard input, and nothing ever shows them. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { askAt } from '../../../electron/cli/ask.ts';
import { makePlace, type Place } from '../../support/cli-place.ts';
import { memoryStream } from '../../support/cli-streams.ts';
import { filesThatSay } from '../../support/files-that-say.ts';
import { permissionBitsMissing } from '../../support/temporary-folder.ts';
import { tellSecret } from '../../support/told-secret.ts';

const token = 'ghp_not_for_others';

const setToken = (place: Place, ...args: string[]) =>
  tellSecret(place, token, ['git', 'token', 'set', ...args]);

test('a token is kept, listed without itself, and forgotten, while no Skein runs', async () => {
  const place = makePlace();
  expect(await place.skein(['git', 'token'])).toMatchObject({
    code: 3,
    out: 'No token is kept: git looks for logins by itself.\n',
  });
  const kept = await setToken(place, 'git.example.org', '--username', 'ada');
  expect(kept).toMatchObject({ code: 0, out: 'Kept for https://git.example.org, in a file of your own.\n' });
  expect([kept.out, kept.errors, kept.seen].join()).not.toContain(token);
  const listed = await place.skein(['git', 'token', 'list']);
  expect(listed.out).toMatch(/^HOST +NAME +KEPT\nhttps:\/\/git\.example\.org +ada +in a file of your own\n$/);
  const file = join(place.dataFolder, 'git-logins.json');
  if (!permissionBitsMissing) expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(filesThatSay(place.home, token)).toEqual([file]);
  expect(await place.skein(['git', 'token', 'forget', 'git.example.org'])).toMatchObject({ code: 0 });
  expect(await place.skein(['git', 'token', 'forget', 'git.example.org'])).toMatchObject({ code: 3 });
  expect(filesThatSay(place.home, token)).toEqual([]);
});

test('the Skein that runs keeps it, and its log does not know it', async () => {
  const place = makePlace();
  const serving = await place.serve();
  const kept = await setToken(place, 'https://git.example.org/team/site.git', '--json');
  expect(JSON.parse(kept.out)).toEqual({
    origin: 'https://git.example.org',
    username: 'x-access-token',
    place: 'file',
    usable: true,
  });
  expect(await place.json(['git', 'token', 'list'])).toMatchObject({ place: 'file', tokens: [{}] });
  await serving.stop();
  expect(serving.rest() + serving.errors() + kept.errors).not.toContain(token);
});

test('what is no token, and no host, is refused', async () => {
  const place = makePlace();
  const noHost = await setToken(place, 'ssh://git@git.example.org/site.git');
  expect(noHost.code).toBe(2);
  expect(noHost.errors).toContain('is no address that a login can be kept for');
  expect(noHost.errors + noHost.out).not.toContain(token);
});

test('what a person types does not show', async () => {
  const typed = Object.assign(new PassThrough(), { isTTY: true });
  const errors = memoryStream();
  const answer = askAt(typed, errors)('Token for git.example.org: ', { hidden: true });
  typed.write(`${token}\n`);
  expect(await answer).toBe(token);
  expect(errors.text()).toBe('Token for git.example.org: \n');
});
