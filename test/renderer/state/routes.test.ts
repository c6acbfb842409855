import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Route, readRoute, writeRoute } from '../../../renderer/src/state/routes.ts';

function read(address: string): Route {
  const url = new URL(address, 'http://skein');
  return readRoute(url.pathname, url.search);
}

describe('addresses', () => {
  it.each<[string, Route]>([
    ['/', { view: 'overview' }],
    ['/sync-dashboard.html', { view: 'overview' }],
    ['/index.html', { view: 'overview' }],
    ['/files', { view: 'files' }],
    ['/reports', { view: 'reports' }],
    ['/settings', { view: 'settings' }],
    ['/welcome', { view: 'welcome' }],
    ['/change/42', { view: 'change', position: 42 }],
    ['/report/01ab', { view: 'report', stamp: '01ab' }],
    ['/knowledge', { view: 'knowledge' }],
    ['/similar/docs/a.md?line=12', { view: 'similar', path: 'docs/a.md', line: 12 }],
    ['/similar/docs/a.md', { view: 'similar', path: 'docs/a.md', line: 1 }],
    ['/activity', { view: 'activity', days: 30 }],
    ['/activity?days=365', { view: 'activity', days: 365 }],
    ['/activity?days=12', { view: 'activity', days: 30 }],
  ])('%s', (address, route) => {
    expect(read(address)).toEqual(route);
  });

  it.each([
    '/change/first',
    '/change/',
    '/report',
    '/file',
    '/similar',
    '/search/deep',
    '/nowhere',
    '/files/deep',
  ])('that lead nowhere say so: %s', (address) => {
    expect(read(address)).toEqual({ view: 'unknown', address: new URL(address, 'http://skein').pathname });
  });

  it('drop filters that make no sense', () => {
    expect(read('/changes?kind=renamed&day=yesterday&agent=&path=a.md')).toEqual({
      view: 'changes',
      filter: { path: 'a.md', agent: undefined, kind: undefined, fileClass: undefined, day: undefined },
    });
  });

  it.each([
    ['12', { first: 12, last: 12 }],
    ['12-30', { first: 12, last: 30 }],
    ['30-12', undefined],
    ['0', undefined],
    ['here', undefined],
    ['', undefined],
  ])('of a file with the lines %j', (lines, expected) => {
    expect(read(`/file/a.md?lines=${lines}`)).toMatchObject({ view: 'file', lines: expected });
  });

  it('lead back to the lines of a file', () => {
    for (const lines of [
      { first: 3, last: 3 },
      { first: 3, last: 9 },
    ]) {
      expect(read(writeRoute({ view: 'file', path: 'a.md', lines }))).toMatchObject({ lines });
    }
  });

  it('keep all of a search, and drop what makes no sense', () => {
    const ask = {
      text: 'why & how? ',
      by: 'meaning',
      path: 'docs/**',
      agent: 'human',
      fileClass: 'note',
      days: 7,
    } as const;
    expect(read(writeRoute({ view: 'search', ask }))).toEqual({ view: 'search', ask });
    expect(read('/search?q=&by=luck&class=poem&days=2&path=')).toEqual({ view: 'search', ask: {} });
    expect(writeRoute({ view: 'search', ask: {} })).toBe('/search');
  });

  it('carry the workspace only when asked to', () => {
    expect(writeRoute({ view: 'files' })).toBe('/files');
    expect(writeRoute({ view: 'files' }, 'w2')).toBe('/files?workspace=w2');
  });

  it('survive percent signs that are no encoding', () => {
    expect(readRoute('/file/100%.md', '')).toMatchObject({ view: 'file', path: '100%.md' });
  });

  it('lead back to where they were written from, whatever the path', () => {
    const part = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .filter((it) => !/[/\\]|^\.{1,2}$/.test(it));
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (parts) => {
        const path = parts.join('/').trim();
        fc.pre(path !== '' && path === parts.join('/') && path.isWellFormed());
        expect(read(writeRoute({ view: 'file', path }))).toMatchObject({ view: 'file', path });
      }),
    );
  });

  it('keep every filter', () => {
    const filter = {
      path: 'docs/é.md',
      agent: 'human',
      kind: 'created',
      fileClass: 'note',
      day: '2026-11-21',
    } as const;
    expect(read(writeRoute({ view: 'changes', filter }))).toEqual({ view: 'changes', filter });
  });
});
