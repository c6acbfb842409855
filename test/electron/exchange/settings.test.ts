import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readExchangeSettings } from '../../../electron/host/knowledge/exchange/exchange-settings.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const token = 'shared-by-these-clusters-0123456789';
const on = { ENABLE_GLOBAL_KNOWLEDGE_SYNC: 'true' };
const read = (env: Record<string, string>) => readExchangeSettings({ ...on, ...env }, '/data');

test('off unless it is true, and a value that is neither is said', () => {
  for (const value of [undefined, '', 'false', 'FALSE']) {
    const env = value === undefined ? {} : { ENABLE_GLOBAL_KNOWLEDGE_SYNC: value };
    expect(readExchangeSettings(env, '/data')).toEqual({ settings: undefined, complaints: [] });
  }
  const { settings, complaints } = readExchangeSettings({ ENABLE_GLOBAL_KNOWLEDGE_SYNC: 'yes' }, '/data');
  expect(settings).toBeUndefined();
  expect(complaints).toEqual([expect.stringContaining('neither true nor false')]);
});

test('the defaults are those of the documented table', () => {
  expect(read({})).toEqual({
    complaints: [],
    settings: {
      folder: '/data/storage/knowledge',
      peers: [],
      timeoutMs: 30_000,
      intervalMs: 300_000,
      token: undefined,
      listen: undefined,
    },
  });
});

test('what is set counts', () => {
  const { settings, complaints } = read({
    KNOWLEDGE_INDEX_DIR: '/srv/indexes',
    GLOBAL_KNOWLEDGE_SYNC_PEERS: ' http://a:7421, https://b/base ,,http://a:7421/',
    GLOBAL_KNOWLEDGE_SYNC_TIMEOUT: '2.5',
    GLOBAL_KNOWLEDGE_SYNC_INTERVAL_MINUTES: '60',
    GLOBAL_KNOWLEDGE_SYNC_TOKEN: token,
    GLOBAL_KNOWLEDGE_SYNC_LISTEN: '[::1]:7421',
  });
  expect(complaints).toEqual([]);
  expect(settings).toEqual({
    folder: '/srv/indexes',
    peers: ['http://a:7421/', 'https://b/base/'],
    timeoutMs: 2_500,
    intervalMs: 3_600_000,
    token,
    listen: { host: '::1', port: 7421 },
  });
});

test('a folder that holds our keys, or a home, is given to nobody', () => {
  const home = temporaryFolder();
  mkdirSync(join(home, 'data'));
  symlinkSync(home, join(home, 'data', 'link'));
  for (const folder of ['.', '..', '/', home, 'link']) {
    const env = { ...on, HOME: home, KNOWLEDGE_INDEX_DIR: folder };
    const { settings, complaints } = readExchangeSettings(env, join(home, 'data'));
    expect(settings?.folder).toBe(join(home, 'data', 'storage', 'knowledge'));
    expect(complaints).toEqual([expect.stringContaining('KNOWLEDGE_INDEX_DIR')]);
  }
});

const bad: [string, Record<string, string>][] = [
  ['GLOBAL_KNOWLEDGE_SYNC_TIMEOUT', { GLOBAL_KNOWLEDGE_SYNC_TIMEOUT: '0' }],
  ['GLOBAL_KNOWLEDGE_SYNC_TIMEOUT', { GLOBAL_KNOWLEDGE_SYNC_TIMEOUT: '-1' }],
  ['GLOBAL_KNOWLEDGE_SYNC_TIMEOUT', { GLOBAL_KNOWLEDGE_SYNC_TIMEOUT: '30s' }],
  ['GLOBAL_KNOWLEDGE_SYNC_INTERVAL_MINUTES', { GLOBAL_KNOWLEDGE_SYNC_INTERVAL_MINUTES: '1e9' }],
  ['GLOBAL_KNOWLEDGE_SYNC_PEERS', { GLOBAL_KNOWLEDGE_SYNC_PEERS: 'a:7421' }],
  ['GLOBAL_KNOWLEDGE_SYNC_PEERS', { GLOBAL_KNOWLEDGE_SYNC_PEERS: 'file:///etc/passwd' }],
  ['GLOBAL_KNOWLEDGE_SYNC_PEERS', { GLOBAL_KNOWLEDGE_SYNC_PEERS: 'http://name:password@a' }],
  ['GLOBAL_KNOWLEDGE_SYNC_PEERS', { GLOBAL_KNOWLEDGE_SYNC_PEERS: 'http://a/?q=1' }],
  ['GLOBAL_KNOWLEDGE_SYNC_TOKEN', { GLOBAL_KNOWLEDGE_SYNC_TOKEN: 'short' }],
  ['GLOBAL_KNOWLEDGE_SYNC_LISTEN', { GLOBAL_KNOWLEDGE_SYNC_LISTEN: '0.0.0.0:7421' }],
  [
    'GLOBAL_KNOWLEDGE_SYNC_LISTEN',
    { GLOBAL_KNOWLEDGE_SYNC_LISTEN: '7421', GLOBAL_KNOWLEDGE_SYNC_TOKEN: token },
  ],
  [
    'GLOBAL_KNOWLEDGE_SYNC_LISTEN',
    { GLOBAL_KNOWLEDGE_SYNC_LISTEN: 'a:99999', GLOBAL_KNOWLEDGE_SYNC_TOKEN: token },
  ],
];

test.each(bad)('a bad %s is said in one sentence, and the default counts', (name, env) => {
  const { settings, complaints } = read(env);
  expect(complaints).toHaveLength(1);
  expect(complaints[0]).toMatch(new RegExp(`^${name} [^.]*(\\d\\.[^.]*)*\\.$`));
  expect(settings).toEqual({ ...read({}).settings, token: settings?.token });
});

test('a password in an address is not repeated in the complaint', () => {
  expect(read({ GLOBAL_KNOWLEDGE_SYNC_PEERS: 'http://name:password@a' }).complaints.join()).not.toContain(
    'password',
  );
});
