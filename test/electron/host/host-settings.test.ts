import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openHostSettings, readHostSettings, withRecent } from '../../../electron/host/host-settings.ts';
import { limits } from '../../../shared/limits.ts';
import { fill, temporaryFolder } from './support/folders.ts';
import { createMemoryLog } from './support/memory-log.ts';

const nowMs = Date.UTC(2026, 10, 21, 9, 30, 5);
const defaults = { notifications: 'summary', theme: 'system', start_at_login: false };

async function open(folder: string) {
  const log = createMemoryLog();
  return { store: await openHostSettings(folder, { log, nowMs }), log };
}

test('without a file the defaults hold and nothing is written', async () => {
  const folder = temporaryFolder();
  const { store } = await open(folder);
  expect(store.current()).toEqual({
    app: defaults,
    open: [],
    recent: [],
    hiddenReplicas: [],
    embedder: { kind: 'builtin' },
    store: { choice: { kind: 'embedded' }, device: '' },
  });
  expect(readdirSync(folder)).toEqual([]);
});

test('what was changed is there after a restart', async () => {
  const folder = temporaryFolder();
  const { store } = await open(folder);
  await store.change((it) => ({ ...it, app: { ...it.app, theme: 'dark' } }));
  const again = await open(folder);
  expect(again.store.current().app).toEqual({ ...defaults, theme: 'dark' });
  expect(readdirSync(folder)).toEqual(['settings.json']);
});

test('changes at the same time all count', async () => {
  const { store } = await open(temporaryFolder());
  const names = Array.from({ length: 12 }, (_, number) => `project-${number}`);
  await Promise.all(
    names.map((name) =>
      store.change((it) => ({ ...it, open: [...it.open, { id: name, folder: `/${name}`, name }] })),
    ),
  );
  expect(store.current().open.map(({ name }) => name)).toEqual(names);
});

const broken: Record<string, string> = {
  'half a file': '{"app": {"theme": "da',
  'another shape': '{"open": "all of them"}',
  'no object': '[1, 2, 3]',
  empty: '',
  'far too large': ' '.repeat(limits.settingsBytes + 1),
};
for (const [name, text] of Object.entries(broken)) {
  test(`broken settings are set aside and said: ${name}`, async () => {
    const folder = fill(temporaryFolder(), { 'settings.json': text });
    const { store, log } = await open(folder);
    expect(store.current().app).toEqual(defaults);
    const aside = 'settings.broken-2026-11-21T09-30-05Z.json';
    expect(readdirSync(folder)).toEqual([aside]);
    expect(readFileSync(join(folder, aside), 'utf8')).toBe(text);
    expect(log.lines).toEqual([expect.objectContaining({ level: 'warn' })]);
  });
}

test('settings that cannot even be set aside are not fatal', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'settings.json'));
  const { store } = await open(folder);
  expect(store.current().app).toEqual(defaults);
});

test('what a newer Skein wrote survives', async () => {
  const folder = fill(temporaryFolder(), { 'settings.json': '{"peers":{"allowed":true}}' });
  const { store } = await open(folder);
  await store.change((it) => ({
    ...it,
    recent: withRecent(it.recent, { id: 'a', folder: '/a', name: 'a' }),
  }));
  expect(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8'))).toMatchObject({
    peers: { allowed: true },
  });
});

test('what could not be written does not count, and the next change works again', async () => {
  const folder = join(temporaryFolder(), 'data');
  mkdirSync(folder);
  const { store } = await open(folder);
  rmSync(folder, { recursive: true });
  const dark = await store.change((it) => ({ ...it, app: { ...it.app, theme: 'dark' } }));
  expect(dark).toMatchObject({ ok: false, error: { code: 'not-found' } });
  expect(store.current().app.theme).toBe('system');
  mkdirSync(folder);
  await store.change((it) => ({ ...it, app: { ...it.app, theme: 'light' } }));
  expect((await readHostSettings(folder))?.app.theme).toBe('light');
});

test('a recent workspace stands once, by its last spelling, at the head, in a bounded list', () => {
  const many = Array.from({ length: 30 }, (_, number) => ({
    id: `${number}`,
    folder: `/${number}`,
    name: `${number}`,
  }));
  const recent = withRecent(many, { id: '7', folder: '/link-to-7', name: 'seven' });
  expect(recent[0]).toEqual({ id: '7', folder: '/link-to-7', name: 'seven' });
  expect(recent.filter(({ id }) => id === '7')).toHaveLength(1);
  expect(recent).toHaveLength(limits.recentWorkspaces);
});
