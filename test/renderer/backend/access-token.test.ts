import { describe, expect, it } from 'vitest';
import { keepToken, takeToken } from '../../../renderer/src/backend/access-token.ts';

function aPage(hash: string) {
  const kept = new Map<string, string>();
  const addresses: string[] = [];
  return {
    kept,
    addresses,
    location: { hash, pathname: '/changes', search: '?agent=human' },
    history: {
      state: { entry: '7' },
      replaceState: (_state: unknown, _unused: string, url: string) => void addresses.push(url),
    },
    storage: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    },
  };
}

describe('the access token', () => {
  it('is taken from the address, kept, and leaves the address bar', () => {
    const page = aPage('#token=abc123');
    expect(takeToken(page)).toBe('abc123');
    expect(page.addresses).toEqual(['/changes?agent=human']);
    expect(takeToken({ ...page, location: { ...page.location, hash: '' } })).toBe('abc123');
  });

  it('is missing when nobody gave one', () => {
    const page = aPage('');
    expect(takeToken(page)).toBeNull();
    expect(page.addresses).toEqual([]);
  });

  it('replaces the kept one when a new one comes', () => {
    const page = aPage('#token=new');
    keepToken(page.storage, 'old');
    expect(takeToken(page)).toBe('new');
    expect([...page.kept.values()]).toEqual(['new']);
  });

  it.each([
    ['  abc123\n', 'abc123'],
    ['http://127.0.0.1:7420/#token=abc123', 'abc123'],
  ])('understands what people paste: %j', (pasted, token) => {
    const page = aPage('');
    keepToken(page.storage, pasted);
    expect(takeToken(page)).toBe(token);
  });
});
