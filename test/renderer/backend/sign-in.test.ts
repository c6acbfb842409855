import { describe, expect, it } from 'vitest';
import { codeIn, keepToken, readToken, signIn } from '../../../renderer/src/backend/sign-in.ts';
import { createClient } from '../../../shared/contracts/client.ts';
import { problem } from '../../../shared/result.ts';

const refusal = problem('unauthorized', 'sign-in address', 'Used.', 'Make another.');

/** A page at an address, and an engine that knows one code; `events` is what happened in order. */
function aPage(hash: string) {
  const kept = new Map<string, string>();
  const events: string[] = [];
  const place = {
    location: { hash, pathname: '/changes', search: '?agent=human' },
    history: {
      state: { entry: '7' },
      replaceState: (_state: unknown, _unused: string, url: string) => void events.push(`address ${url}`),
    },
    storage: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    },
  };
  const client = createClient(async (path, { method, body }) => {
    events.push(`${method} ${path} ${body}`);
    return body === '{"code":"c0de"}'
      ? Response.json({ token: 'abc123' })
      : Response.json({ error: refusal }, { status: 401 });
  }, {});
  return { place, client, events };
}

describe('signing in', () => {
  it('takes the code out of the address first, then exchanges it for the token and keeps that', async () => {
    const { place, client, events } = aPage('#code=c0de');
    expect(await signIn(place, client)).toBeUndefined();
    expect(events).toEqual(['address /changes?agent=human', 'POST /api/sign-in {"code":"c0de"}']);
    expect(readToken(place.storage)).toBe('abc123');
  });

  it('does nothing without a code', async () => {
    for (const hash of ['', '#content', '#token=abc123']) {
      const { place, client, events } = aPage(hash);
      expect(await signIn(place, client)).toBeUndefined();
      expect([events, readToken(place.storage)]).toEqual([[], null]);
    }
  });

  it('says why a code did not work; a token that was there stays, and the code leaves all the same', async () => {
    const { place, client, events } = aPage('#code=used');
    keepToken(place.storage, 'abc123');
    expect(await signIn(place, client)).toEqual(refusal);
    expect(events[0]).toBe('address /changes?agent=human');
    expect(readToken(place.storage)).toBe('abc123');
  });

  it('replaces the kept token when a new one comes', async () => {
    const { place, client } = aPage('#code=c0de');
    keepToken(place.storage, 'old');
    await signIn(place, client);
    expect(readToken(place.storage)).toBe('abc123');
  });

  it('keeps a pasted token without the space around it', () => {
    const { place } = aPage('');
    keepToken(place.storage, '  abc123\n');
    expect(readToken(place.storage)).toBe('abc123');
  });

  it.each([
    ['http://127.0.0.1:7420/?workspace=w#code=c0de', 'c0de'],
    ['#code=c0de', 'c0de'],
    ['#code=', ''],
    ['http://127.0.0.1:7420/?code=c0de', null],
    ['c0de', null],
  ])('reads the code of %j', (address, code) => {
    expect(codeIn(address)).toBe(code);
  });
});
