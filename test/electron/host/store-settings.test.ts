/** Which store a device uses: what may be set, where passwords are looked for, and what is kept. */
import { describe, expect, test } from 'vitest';
import type { JsonStore } from '../../../electron/host/json-store.ts';
import { addressOf, openStore } from '../../../electron/host/knowledge/store/open-store.ts';
import {
  createStoreSettings,
  storedStoreShape,
} from '../../../electron/host/knowledge/store/store-settings.ts';
import { checkStoreUrl } from '../../../electron/host/knowledge/store/store-url.ts';
import { embeddedChoice } from '../../../shared/domain/knowledge/store-choice.ts';
import { ok } from '../../../shared/result.ts';
import { must } from '../../support/device.ts';

const nobody = () => [];

type Stored = { store: ReturnType<typeof storedStoreShape.parse> };

function makeSettings(env: NodeJS.ProcessEnv = {}): {
  settings: ReturnType<typeof createStoreSettings>;
  file(): string;
} {
  let value: Stored = { store: storedStoreShape.parse(undefined) };
  const file: JsonStore<Stored> = {
    current: () => value,
    change: async (update) => {
      value = update(value);
      return ok(value);
    },
    settle: async () => {},
  };
  return { settings: createStoreSettings(file, env), file: () => JSON.stringify(value) };
}

describe('an address', () => {
  test.each([
    ['chroma', 'http://127.0.0.1:8000', 'http://127.0.0.1:8000/'],
    [
      'chroma',
      'https://chroma.example.org/below?tenant=a&database=b',
      'https://chroma.example.org/below?tenant=a&database=b',
    ],
    ['pgvector', 'postgres://me@db.example.org:5433/notes', 'postgres://me@db.example.org:5433/notes'],
    ['pgvector', 'postgresql://db/notes?sslmode=require', 'postgresql://db/notes?sslmode=require'],
  ] as const)('of %s may be %s', (kind, url, kept) => {
    expect(checkStoreUrl(kind, url)).toEqual(ok(kept));
  });

  test.each([
    ['chroma', 'localhost:8000'],
    ['chroma', 'file:///etc/passwd'],
    ['chroma', 'postgres://db/notes'],
    ['chroma', 'http://me@chroma.example.org'],
    ['chroma', 'http://chroma.example.org/#x'],
    ['pgvector', 'http://127.0.0.1:5432'],
    ['pgvector', 'postgres://me:secret@db/notes'],
    ['pgvector', 'postgres://me@db/notes?password=secret'],
    ['pgvector', 'postgres://me@db/notes?sslrootcert=/etc/shadow'],
    ['pgvector', ''],
  ] as const)('of %s may not be %s, and what is said of it holds no password', (kind, url) => {
    const checked = checkStoreUrl(kind, url);
    expect(checked).toMatchObject({ ok: false, error: { code: 'bad-input' } });
    expect(JSON.stringify(checked)).not.toContain('secret');
  });
});

describe('the choice', () => {
  test('is this device until another one is made, and is kept', async () => {
    const { settings, file } = makeSettings();
    expect(settings.choice()).toEqual(embeddedChoice);
    must(await settings.choose({ kind: 'chroma', url: 'http://127.0.0.1:8000' }));
    expect(settings.choice()).toEqual({ kind: 'chroma', url: 'http://127.0.0.1:8000/', only: [] });
    expect(storedStoreShape.parse(JSON.parse(file()).store).choice).toEqual(settings.choice());
  });

  test('is not made where the address is refused', async () => {
    const { settings, file } = makeSettings();
    const refused = await settings.choose({ kind: 'pgvector', url: 'postgres://me:secret@db/notes' });
    expect(refused.ok).toBe(false);
    expect(settings.choice()).toEqual(embeddedChoice);
    expect(file()).not.toContain('secret');
  });

  test('that nobody understands is this device', () => {
    expect(storedStoreShape.parse({ choice: { kind: 'cloud' } }).choice).toEqual(embeddedChoice);
  });

  test.each([
    ['pgvector', 'postgres://me@db.example.org/notes', 'db.example.org'],
    ['pgvector', 'postgres://127.0.0.1@db.example.org:5433/notes', 'db.example.org:5433'],
    ['chroma', 'https://Chroma.Example.org:443/below', 'chroma.example.org'],
    ['chroma', 'http://127.0.0.1.example.org:8000', '127.0.0.1.example.org:8000'],
  ] as const)('of %s at %s is made only by who names the machine', async (kind, url, host) => {
    const { settings } = makeSettings();
    for (const agreed of [undefined, 'another.example.org']) {
      const refused = await settings.choose({ kind, url }, agreed);
      expect(refused).toMatchObject({ error: { code: 'no-permission', subject: host } });
      expect(settings.choice()).toEqual(embeddedChoice);
    }
    must(await settings.choose({ kind, url }, host));
    expect(settings.choice().kind).toBe(kind);
  });

  test.each(['postgres://me:secret@db.example.org/notes', 'postgres://localhost/notes?host=db.example.org'])(
    'of the address in the environment, %s, is made only by who names the machine',
    async (address) => {
      const { settings } = makeSettings({ KNOWLEDGE_STORE_URL: address });
      const refused = await settings.choose({ kind: 'pgvector', url: null });
      expect(refused).toMatchObject({ error: { code: 'no-permission', subject: 'db.example.org' } });
      must(await settings.choose({ kind: 'pgvector', url: null }, 'db.example.org'));
    },
  );

  test('keeps from another machine what it, or anybody else, does not select, and nothing from this one', async () => {
    const { settings } = makeSettings();
    const only = () => [['docs/**'], []];
    const place = { id: '0123456789abcdef', name: 'Hafen' };
    must(await settings.choose({ kind: 'chroma', url: 'http://127.0.0.1:8000', only: ['*.md'] }));
    expect(settings.plan(place, only).only).toEqual([]);
    const away = { kind: 'chroma', url: 'http://chroma.example.org' } as const;
    must(await settings.choose({ ...away, only: ['*.md'] }, 'chroma.example.org'));
    expect(settings.plan(place, only).only).toEqual([['*.md'], ['docs/**'], []]);
    const refused = await settings.choose({ ...away, only: ['['] }, 'chroma.example.org');
    expect(refused).toMatchObject({ error: { code: 'bad-input', subject: '[' } });
  });

  test('names places that no other device and workspace has, and that last', async () => {
    const [one, other] = [makeSettings().settings, makeSettings().settings];
    for (const it of [one, other]) must(await it.choose({ kind: 'chroma', url: null }));
    const place = { id: '0123456789abcdef', name: 'Hafen & Büro' };
    expect(one.plan(place, nobody).space).toMatch(/^skein-hafen-b-ro-[0-9a-f]{8}-01234567$/);
    expect(one.plan(place, nobody).space).not.toBe(other.plan(place, nobody).space);
    expect(one.plan(place, nobody).space).not.toBe(
      one.plan({ ...place, id: 'fedcba9876543210' }, nobody).space,
    );
    const before = one.plan(place, nobody).space;
    must(await one.choose(embeddedChoice));
    must(await one.choose({ kind: 'pgvector', url: null }));
    expect(one.plan(place, nobody).space).toBe(before);
  });
});

describe('without an address in the settings', () => {
  const plan = { choice: { kind: 'pgvector', url: null } as const, space: 'skein-x' };

  test('the environment says it, and what is shown of it holds no password', () => {
    const env = { KNOWLEDGE_STORE_URL: 'postgres://me:secret@db/notes' };
    expect(addressOf(plan.choice, env)).toBe('postgres://me@db/notes');
    expect(openStore(plan, { env, making: 'm' })?.place).not.toContain('secret');
  });

  test('and none there, each question is answered with what to do', async () => {
    const store = openStore(plan, { env: {}, making: 'm' });
    expect(await store?.look()).toMatchObject({
      error: { code: 'bad-input', advice: expect.stringMatching(/KNOWLEDGE_STORE_URL/) },
    });
    expect(addressOf(plan.choice, {})).toBeNull();
  });
});
