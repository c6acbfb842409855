import { afterEach, describe, expect, it } from 'vitest';
import { type Backend, openBackend } from '../../../renderer/src/backend/backend.ts';

const opened: Backend[] = [];
afterEach(() => {
  for (const backend of opened.splice(0)) backend.live.close();
});

function open(protocol: string, hash: string) {
  const requests: { path: string; headers: Headers }[] = [];
  const backend = openBackend({
    protocol,
    fetch: async (input, init) => {
      requests.push({ path: String(input), headers: new Headers(init?.headers) });
      return Response.json({ theme: 'dark' });
    },
    location: { hash, pathname: '/', search: '' },
    history: { state: null, replaceState: () => {} },
    storage: { getItem: () => null, setItem: () => {} },
    shell: undefined,
    after: () => () => {},
  });
  opened.push(backend);
  return { backend, requests };
}

describe('the door to the engine', () => {
  it('sends the token with every request of a browser', async () => {
    const { backend, requests } = open('http:', '#token=abc');
    const answer = await backend.client.call('getAppSettings', {});
    expect(answer).toEqual({ ok: true, value: { theme: 'dark' } });
    expect(requests.map((request) => request.headers.get('authorization'))).toEqual([
      'Bearer abc',
      'Bearer abc',
    ]);
    expect(requests.map((request) => request.path).sort()).toEqual(['/api/app-settings', '/api/events']);
  });

  it('needs none in the desktop, where the shell answers', async () => {
    const { requests, backend } = open('skein:', '#token=abc');
    await backend.client.call('getAppSettings', {});
    expect(requests.every((request) => !request.headers.has('authorization'))).toBe(true);
  });
});
