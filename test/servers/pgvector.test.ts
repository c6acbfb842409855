/** The suite of stores on PostgreSQL with pgvector, and what befalls such a server. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openPgvectorStore } from '../../electron/adapters/pgvector-store.ts';
import { must } from '../support/device.ts';
import { type PgvectorServer, startPgvector } from '../support/servers/pgvector-server.ts';
import { type StoredRow, testStoreLife } from '../support/stores/store-life.ts';
import { give, keysIn, passage, testStore } from '../support/stores/store-suite.ts';
import { testWords } from '../support/stores/word-suite.ts';
import { makeVectors } from '../support/vectors.ts';

let server: PgvectorServer;
let opened = 0;

beforeAll(async () => {
  server = await startPgvector();
});
afterAll(() => server?.stop());

const another = (): string => {
  opened += 1;
  return `skein-test-${opened}`;
};

function openStore(name = another(), making = 'one') {
  const store = openPgvectorStore({ url: server.url, space: { name, making } });
  onTestFinished(() => store.close());
  return store;
}

async function openEmpty(name = another(), making = 'one') {
  const store = openStore(name, making);
  must(await store.look());
  return store;
}

testStore('a table of PostgreSQL', { open: openEmpty, refusesOtherVectors: true });
testWords('a table of PostgreSQL', openEmpty);

const contents = (name: string): Promise<StoredRow[]> =>
  server.query<StoredRow>(
    `SELECT key, note, headings::text, line, last_line AS "lastLine", vector::text
     FROM skein_vectors."${name}-one" ORDER BY key COLLATE "C"`,
  );

describe('PostgreSQL', () => {
  testStoreLife({
    open: openStore,
    contents,
    empty: async (name) => void (await server.query(`TRUNCATE skein_vectors."${name}-one"`)),
    kill: () => server.kill(),
    start: () => server.start(),
  });

  test('is found by other programs: note, headings and lines stand with each passage', async () => {
    const name = another();
    const vector = makeVectors(1, 8, 'one')[0] as Float32Array;
    await give(await openEmpty(name), { added: [passage('k', vector, { headings: ['A', 'B'] })] });
    expect(await contents(name)).toMatchObject([
      { key: 'k', note: 'notes/a.md', headings: '["A", "B"]', line: 1, lastLine: 3 },
    ]);
  });

  test('is left as it was by a check', async () => {
    const name = another();
    const schemas = () => server.query('SELECT nspname FROM pg_namespace ORDER BY nspname');
    const before = await schemas();
    must(await openStore(name).check());
    expect(await schemas()).toEqual(before);
    const tables = await server.query(`SELECT to_regclass('skein_vectors."${name}-one"') AS it`);
    expect(tables).toEqual([{ it: null }]);
  });

  test('takes a passage of which a heading has a NUL in it, which PostgreSQL keeps nowhere', async () => {
    const name = another();
    const vector = makeVectors(1, 8, 'one')[0] as Float32Array;
    const store = await openEmpty(name);
    await give(store, { added: [passage('k', vector, { headings: ['A\0B'] })] });
    await give(store, { moved: [passage('k', vector, { headings: ['C\0D'], line: 2 })] });
    expect(await contents(name)).toMatchObject([{ headings: '["C\ufffdD"]', line: 2 }]);
  });

  test('is near to nothing with a passage that has no direction', async () => {
    const store = await openEmpty();
    await give(store, { added: [passage('k', new Float32Array(8))] });
    const vector = makeVectors(1, 8, 'one')[0] as Float32Array;
    expect(must(await store.find({ vector, notes: undefined, atMost: 5 }))).toEqual([
      { key: 'k', cosine: 0 },
    ]);
  });

  test('can be searched by its index, without comparing all', async () => {
    const name = another();
    const vectors = makeVectors(200, 16, 'plan');
    const store = await openEmpty(name);
    await give(store, { added: vectors.map((vector, nth) => passage(`k${nth}`, vector)) });
    must(await store.settle());
    const plan = await server.query<Record<string, string>>(
      `BEGIN; SET LOCAL enable_seqscan = off; EXPLAIN SELECT key FROM skein_vectors."${name}-one" ORDER BY vector <=> '[${[...(vectors[0] ?? [])].join(',')}]' LIMIT 5; COMMIT`,
    );
    expect(plan.map((row) => Object.values(row).join()).join('\n')).toContain(`${name}-one_near`);
  });

  test('forgets what this device had there for another model, and nothing of others', async () => {
    const name = another();
    const vector = makeVectors(1, 8, 'one')[0] as Float32Array;
    const former = await openEmpty(name, 'old');
    const other = await openEmpty(another(), 'old');
    const now = await openEmpty(name, 'new');
    for (const store of [former, other, now]) await give(store, { added: [passage('k', vector)] });
    must(await now.settle());
    expect(await keysIn(now)).toEqual(['k']);
    expect(await keysIn(other)).toEqual(['k']);
    expect(await keysIn(former)).toEqual([]);
  });
});
