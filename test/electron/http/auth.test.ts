import { describe, expect, test } from 'vitest';
import { type Endpoint, endpoints } from '../../../shared/contracts/app-api.ts';
import { bearer, createTinyApp, ownHost, token } from '../../support/tiny-app.ts';

const statusOf = async (response: Response) => {
  const body = (await response.json()) as { error?: { code: string } };
  return `${response.status} ${body.error?.code ?? 'fine'}`;
};

describe('token', () => {
  test('every endpoint but health and the sign-in needs it', async () => {
    const app = createTinyApp();
    const passed: string[] = [];
    for (const { method, path } of Object.values(endpoints) as Endpoint[]) {
      const response = await app.ask(path, { method, headers: {} });
      if (response.status !== 401) passed.push(`${response.status} ${path}`);
    }
    expect(passed).toEqual(['200 /api/health', '400 /api/sign-in']);
    for (const path of ['/api/events', '/api/metrics', '/api/openapi.json', '/api/none', '/api']) {
      expect((await app.ask(path, { headers: {} })).status, path).toBe(401);
    }
  });

  test('a refusal says how to sign in, and what was wrong', async () => {
    const app = createTinyApp();
    const missing = await app.ask('/api/workspaces', { headers: {} });
    expect(missing.headers.get('www-authenticate')).toBe('Bearer realm="skein"');
    const { error } = (await missing.json()) as { error: { message: string; advice: string } };
    expect(error.message).toContain('no token');
    expect(error.advice).toContain('skein token');
    const wrong = await app.ask('/api/workspaces', { headers: { authorization: 'Bearer nonsense' } });
    expect(JSON.stringify(await wrong.json())).toContain('not the right one');
  });

  test.each([
    ['', '401 unauthorized'],
    ['Bearer ', '401 unauthorized'],
    [`Basic ${token}`, '401 unauthorized'],
    [`Bearer ${token}x`, '401 unauthorized'],
    [`Bearer ${token.slice(1)}`, '401 unauthorized'],
    [`Bearer ${token.toUpperCase()}`, '401 unauthorized'],
    [`Bearer ${token} ${token}`, '401 unauthorized'],
    [`Bearer ${token}`, '200 fine'],
    [`bearer  ${token}`, '200 fine'],
  ])('authorization %j gives %s', async (authorization, expected) => {
    expect(await statusOf(await createTinyApp().ask('/api/workspaces', { headers: { authorization } }))).toBe(
      expected,
    );
  });

  test('x-dev-bypass counts only in development', async () => {
    const headers = { 'x-dev-bypass': '1' };
    expect((await createTinyApp({ dev: true }).ask('/api/workspaces', { headers })).status).toBe(200);
    const refused = await createTinyApp({ dev: false }).ask('/api/workspaces', { headers });
    expect(refused.status).toBe(401);
    expect(JSON.stringify(await refused.json())).toContain('--dev');
    const zero = await createTinyApp({ dev: true }).ask('/api/workspaces', {
      headers: { 'x-dev-bypass': '0' },
    });
    expect(zero.status).toBe(401);
  });

  test('no other spelling of a path goes round it', async () => {
    const app = createTinyApp();
    for (const path of [
      '/%61pi/workspaces',
      '/api/%77orkspaces',
      '/./api/workspaces',
      '/x/../api/workspaces',
    ]) {
      expect((await app.ask(path, { headers: {} })).status, path).toBe(401);
    }
    for (const path of ['//api/workspaces', '/API/workspaces', '/api%2fworkspaces', '/api;/workspaces']) {
      const response = await app.ask(path, { headers: {} });
      expect(await response.text(), path).not.toContain('recent');
    }
  });

  test('an app that answers without a token must be told so', () => {
    expect(() => createTinyApp({ token: '' })).toThrow('token');
    expect(() => createTinyApp({ token: '', trusted: true })).not.toThrow();
  });
});

describe('host name', () => {
  test.each([
    ['evil.example', '403 forbidden-origin'],
    ['evil.example:7420', '403 forbidden-origin'],
    ['127.0.0.1:7421', '403 forbidden-origin'],
    ['127.0.0.1', '403 forbidden-origin'],
    ['localhost:7420.evil.example', '403 forbidden-origin'],
    ['localhost.:7420', '403 forbidden-origin'],
    ['localhost:7420', '200 fine'],
    ['LOCALHOST:7420', '200 fine'],
    [ownHost, '200 fine'],
  ])('Host %s gives %s', async (host, expected) => {
    const app = createTinyApp();
    expect(await statusOf(await app.ask('/api/health', { headers: { ...bearer, host } }))).toBe(expected);
  });

  test('a request line with a host of its own is refused too, and so is the page', async () => {
    const app = createTinyApp();
    const headers = { host: ownHost };
    const byLine = await app.fetch(new Request('http://evil.example/api/health', { headers }));
    expect(byLine.status).toBe(403);
    expect((await app.ask('/', { headers: { host: 'evil.example' } })).status).toBe(403);
  });

  test('the allowed hosts are asked at every request', async () => {
    const hosts: string[] = [];
    const app = createTinyApp({ allowedHosts: () => hosts });
    expect((await app.ask('/api/health')).status).toBe(403);
    hosts.push(ownHost);
    expect((await app.ask('/api/health')).status).toBe(200);
  });
});

describe('origin', () => {
  test.each([
    ['https://evil.example', '403 forbidden-origin'],
    ['null', '403 forbidden-origin'],
    ['', '403 forbidden-origin'],
    ['http://localhost:3000', '403 forbidden-origin'],
    ['http://localhost:7420', '403 forbidden-origin'],
    [`https://${ownHost}`, '403 forbidden-origin'],
    ['skein://app', '403 forbidden-origin'],
    [`http://${ownHost}`, '200 fine'],
  ])('Origin %j gives %s', async (origin, expected) => {
    const app = createTinyApp();
    expect(await statusOf(await app.ask('/api/workspaces', { headers: { ...bearer, origin } }))).toBe(
      expected,
    );
  });

  test('no preflight of another site is answered with permission', async () => {
    const response = await createTinyApp().ask('/api/sync/consolidate', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
    });
    expect(response.status).toBe(403);
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  test.each([
    ['cross-site', 403],
    ['same-site', 403],
    ['same-origin', 200],
    ['none', 200],
  ])('Sec-Fetch-Site %s gives %i', async (site, expected) => {
    const headers = { ...bearer, 'sec-fetch-site': site };
    expect((await createTinyApp().ask('/api/workspaces', { headers })).status).toBe(expected);
  });

  test('another site may link to the page, not load it, and never reach the API', async () => {
    const app = createTinyApp();
    const link = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    };
    expect((await app.ask('/', { headers: link })).status).not.toBe(403);
    expect((await app.ask('/', { headers: { ...link, 'sec-fetch-dest': 'iframe' } })).status).toBe(403);
    expect((await app.ask('/', { headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
    expect((await app.ask('/api/health', { headers: link })).status).toBe(403);
  });
});

describe('trusted', () => {
  const trusted = () => createTinyApp({ trusted: true, token: '' });
  const desktop = (headers: Record<string, string>) => new Request('skein://app/api/workspaces', { headers });

  test('the desktop shell needs no token and may name its own origin', async () => {
    const app = trusted();
    expect((await app.fetch(desktop({}))).status).toBe(200);
    expect((await app.fetch(desktop({ origin: 'skein://app' }))).status).toBe(200);
  });

  test('pages of others stay outside', async () => {
    const app = trusted();
    expect((await app.fetch(desktop({ origin: 'https://evil.example' }))).status).toBe(403);
    expect((await app.fetch(desktop({ 'sec-fetch-site': 'cross-site' }))).status).toBe(403);
  });
});

test('every answer carries the security headers', async () => {
  const app = createTinyApp();
  const answers = await Promise.all([
    app.ask('/api/health'),
    app.ask('/api/none'),
    app.ask('/api/health', { headers: { host: 'evil.example' } }),
    app.ask('/'),
    app.ask('/none.js'),
  ]);
  for (const { headers } of answers) {
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cache-control')).toBe('no-store');
  }
});
