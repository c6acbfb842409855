/** Tokens of remotes over HTTP: they go in, and never come out. */
import { expect, test } from 'vitest';
import { inProcessSend } from '../../../electron/http/in-process-send.ts';
import { createClient } from '../../../shared/contracts/client.ts';
import { must } from '../../support/device.ts';
import { bearer, createTinyApp, ownHost } from '../../support/tiny-app.ts';

function createSession() {
  const app = createTinyApp();
  return { app, ...createClient(inProcessSend(app.fetch, `http://${ownHost}`), bearer) };
}

test('are kept, named without themselves, and forgotten; the screen hears of it', async () => {
  const { app, call } = createSession();
  const heard: string[] = [];
  app.host.onChanged(({ topics }) => void heard.push(...topics));
  const kept = must(await call('keepGitToken', { host: 'git.example.org/team/site.git', token: 'secret-1' }));
  const named = {
    origin: 'https://git.example.org',
    username: 'x-access-token',
    place: 'file',
    usable: true,
  };
  expect(kept).toEqual(named);
  const listed = must(await call('listGitTokens', {}));
  expect(listed).toMatchObject({
    place: 'file',
    reason: expect.stringContaining('desktop app'),
    tokens: [named],
  });
  expect(must(await call('forgetGitToken', { host: 'git.example.org' }))).toEqual({ forgotten: true });
  expect(must(await call('forgetGitToken', { host: 'git.example.org' }))).toEqual({ forgotten: false });
  expect(must(await call('listGitTokens', {})).tokens).toEqual([]);
  expect(heard).toContain('app-settings');
  expect(JSON.stringify([kept, listed])).not.toContain('secret-1');
});

test.each([
  [{ host: 'git.example.org', token: 'two\nlines' }, 'token'],
  [{ host: 'git.example.org', token: 'fine-1', username: 'a\0b' }, 'username'],
  [{ host: 'ssh://git.example.org/site.git', token: 'fine-1' }, 'the address'],
  [{ host: 'git.example.org', token: '' }, 'token'],
])('%j is refused, and not repeated', async (input, subject) => {
  const { call } = createSession();
  const refused = await call('keepGitToken', input);
  expect(refused).toMatchObject({ ok: false, error: { code: 'bad-input' } });
  const words = JSON.stringify(refused);
  expect(words).toContain(subject);
  for (const secret of ['two', 'fine-1']) expect(words).not.toContain(secret);
});
