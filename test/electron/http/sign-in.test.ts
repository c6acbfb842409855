/** Signing in over real connections, as a browser and as a stranger on the same machine. */
import { request } from 'node:http';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { listenOnLoopback } from '../../../electron/http/loopback.ts';
import { limits } from '../../../shared/limits.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { bearer, createTinyApp, token } from '../../support/tiny-app.ts';
import { createTinyHost } from '../../support/tiny-host.ts';

type Answer = { status: number; headers: NodeJS.Dict<string | string[]>; body: Record<string, unknown> };

/** A Skein that listens; it ends with the test. */
async function listen() {
  const listening = await listenOnLoopback({
    host: createTinyHost(),
    token,
    dev: true,
    staticFolder: join(temporaryFolder(), 'none'),
    dataFolder: temporaryFolder(),
    env: {},
    log: { error: () => {} },
    port: 0,
  });
  if (!listening.ok) throw new Error(listening.error.message);
  onTestFinished(() => listening.value.close());
  const { port } = listening.value;
  /** Sends exactly these headers, which `fetch` would not let us do. */
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    send(port, path, typeof body === 'string' ? body : JSON.stringify(body), headers);
  const createCode = async () => {
    const made = await post('/api/sign-in/codes', {}, bearer);
    expect(made).toMatchObject({ status: 200, body: { valid_seconds: limits.signInCodeMs / 1_000 } });
    return String(made.body['code']);
  };
  return { port, post, createCode, ownOrigin: `http://127.0.0.1:${port}` };
}

function send(port: number, path: string, body: string, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path, method: 'POST', agent: false },
      async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk as Buffer);
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: JSON.parse(text) });
      },
    );
    asked.on('error', reject);
    for (const [name, value] of Object.entries({ 'content-type': 'application/json', ...headers }))
      asked.setHeader(name, value);
    asked.end(body);
  });
}

const codeOf = ({ body }: Answer): string | undefined =>
  (body['error'] as { code: string } | undefined)?.code;

test('a code is exchanged for the token, once, and nothing keeps the answer', async () => {
  const { post, createCode, ownOrigin } = await listen();
  const code = await createCode();
  const fromPage = { origin: ownOrigin, 'sec-fetch-site': 'same-origin' };
  const first = await post('/api/sign-in', { code }, fromPage);
  expect(first).toMatchObject({ status: 200, body: { token } });
  expect(first.headers['cache-control']).toBe('no-store');
  const replay = await post('/api/sign-in', { code }, fromPage);
  expect(replay.status).toBe(401);
  expect(JSON.stringify(replay.body)).toContain('skein open');
  expect(JSON.stringify(replay.body)).not.toContain(token);
});

test('of many who come at once with the same code one signs in', async () => {
  const { post, createCode } = await listen();
  const code = await createCode();
  const answers = await Promise.all(Array.from({ length: 10 }, () => post('/api/sign-in', { code })));
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array(9).fill(401)]);
});

test('only who has the token makes a code', async () => {
  const { post } = await listen();
  expect((await post('/api/sign-in/codes', {})).status).toBe(401);
  const wrong = await post('/api/sign-in/codes', {}, { authorization: `Bearer ${token}x` });
  expect(codeOf(wrong)).toBe('unauthorized');
});

test('pages of others neither exchange a code nor make one, and use none up', async () => {
  const { port, post, createCode } = await listen();
  const code = await createCode();
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: `http://localhost:${port}` },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { host: 'evil.example' },
    { host: `evil.example:${port}` },
  ]) {
    const exchanged = await post('/api/sign-in', { code }, headers);
    expect([exchanged.status, codeOf(exchanged)], JSON.stringify(headers)).toEqual([403, 'forbidden-origin']);
    expect((await post('/api/sign-in/codes', {}, { ...bearer, ...headers })).status).toBe(403);
  }
  const asForm = { 'content-type': 'text/plain' };
  expect((await post('/api/sign-in', { code }, asForm)).status).toBe(400);
  expect((await post('/api/sign-in', { code })).status).toBe(200);
});

test('wrong codes are refused, then slowed down, whoever sends them', async () => {
  const { post, createCode } = await listen();
  const code = await createCode();
  for (let guess = 0; guess < limits.wrongSignInCodes; guess += 1)
    expect((await post('/api/sign-in', { code: `${guess}`.padStart(32, '0') })).status).toBe(401);
  const refused = await post('/api/sign-in', { code });
  expect([refused.status, codeOf(refused)]).toEqual([429, 'rate-limited']);
  expect(refused.headers['retry-after']).toBe('60');
  expect(JSON.stringify(refused.body)).toContain('skein token');
});

test.each([
  ['{}', 400],
  ['{"code":1}', 400],
  ['{"code":{"$ne":""}}', 400],
  [`{"code":"${'a'.repeat(300)}"}`, 400],
  ['{"code":"', 400],
  [`{"code":"${'a'.repeat(limits.openRequestBytes)}"}`, 413],
])('%.30s is no sign-in', async (body, expected) => {
  const { post } = await listen();
  expect((await post('/api/sign-in', body)).status).toBe(expected);
});

test('where nobody signs in there is no code to make or use', async () => {
  const trusted = createTinyApp({ trusted: true, token: '' });
  for (const [path, body] of [
    ['/api/sign-in/codes', {}],
    ['/api/sign-in', { code: '' }],
  ] as const) {
    const response = await trusted.send('POST', path, body);
    expect([response.status, await response.text()]).toEqual([404, expect.not.stringContaining('token')]);
  }
});
