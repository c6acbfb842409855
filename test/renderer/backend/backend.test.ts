import { afterEach, describe, expect, it } from 'vitest';
import { type Backend, openBackend } from '../../../renderer/src/backend/backend.ts';

const opened: Backend[] = [];
afterEach(() => {
  for (const backend of opened.splice(0)) backend.live.close();
});

async function open(protocol: string, hash: string) {
  const requests: { path: string; headers: Headers }[] = [];
  const kept = new Map<string, string>();
  const backend = await openBackend({
    protocol,
    fetch: async (input, init) => {
      requests.push({ path: String(input), headers: new Headers(init?.headers) });
      return Response.json(input === '/api/sign-in' ? { token: 'abc' } : { theme: 'dark' });
    },
    location: { hash, pathname: '/', search: '' },
    history: { state: null, replaceState: () => {} },
    storage: {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
    },
    shell: undefined,
    after: () => () => {},
  });
  opened.push(backend);
  return { backend, requests };
}

describe('the door to the engine', () => {
  it('signs a browser in, then sends the token with every request', async () => {
    const { backend, requests } = await open('http:', '#code=c0de');
    const answer = await backend.client.call('getAppSettings', {});
    expect(answer).toEqual({ ok: true, value: { theme: 'dark' } });
    expect(requests.map(({ path, headers }) => [path, headers.get('authorization')])).toEqual([
      ['/api/sign-in', null],
      ['/api/events', 'Bearer abc'],
      ['/api/app-settings', 'Bearer abc'],
    ]);
  });

  it('needs none in the desktop, where the shell answers', async () => {
    const { requests, backend } = await open('skein:', '#code=c0de');
    await backend.client.call('getAppSettings', {});
    expect(requests.map(({ path }) => path)).toEqual(['/api/events', '/api/app-settings']);
    expect(requests.every((request) => !request.headers.has('authorization'))).toBe(true);
  });
});
