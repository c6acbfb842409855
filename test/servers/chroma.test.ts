/** The suite of stores on a real ChromaDB server, and what befalls such a server. */
import { createServer } from 'node:http';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { openChromaStore } from '../../electron/adapters/chroma-store.ts';
import { must } from '../support/device.ts';
import { type ChromaServer, freePort, startChroma } from '../support/servers/chroma-server.ts';
import { type StoredRow, testStoreLife } from '../support/stores/store-life.ts';
import { give, keysIn, passage, testStore } from '../support/stores/store-suite.ts';
import { testWords } from '../support/stores/word-suite.ts';
import { makeVectors } from '../support/vectors.ts';

let server: ChromaServer;
let opened = 0;

beforeAll(async () => {
  server = await startChroma();
});
afterAll(() => server?.stop());

const another = (): string => {
  opened += 1;
  return `skein-test-${opened}`;
};

const openStore = (name = another(), making = 'one') =>
  openChromaStore({ url: server.url, token: undefined, space: { name, making } });

testStore('a collection of ChromaDB', { open: async () => openStore(), refusesOtherVectors: true });
testWords('a collection of ChromaDB', async () => openStore());

const collections = (): string =>
  `${server.url}/api/v2/tenants/default_tenant/databases/default_database/collections`;

async function ask(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${collections()}${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return answer.json();
}

const idOf = async (name: string): Promise<string> =>
  ((await ask('GET', `/${name}-one`)) as { id: string }).id;

type Got = { ids: string[]; metadatas: Record<string, unknown>[]; embeddings: number[][] };

async function contents(name: string): Promise<StoredRow[]> {
  const got = (await ask('POST', `/${await idOf(name)}/get`, {
    include: ['metadatas', 'embeddings'],
  })) as Got;
  const rows = got.ids.map((key, nth) => {
    const { note, headings, line, last_line: lastLine } = got.metadatas[nth] ?? {};
    return {
      key,
      note,
      headings,
      line,
      lastLine,
      vector: (got.embeddings[nth] ?? []).join(' '),
    } as StoredRow;
  });
  return rows.toSorted((one, other) => (one.key < other.key ? -1 : 1));
}

describe('ChromaDB', () => {
  testStoreLife({
    open: openStore,
    contents,
    empty: async (name) => void (await ask('DELETE', `/${name}-one`)),
    kill: () => server.kill(),
    start: () => server.start(),
  });

  test('is found by other programs: note, headings and lines stand with each passage', async () => {
    const name = another();
    const store = openStore(name);
    await give(store, {
      added: [passage('k', makeVectors(1, 8, 'one')[0] as Float32Array, { headings: ['A', 'B'] })],
    });
    expect(await contents(name)).toMatchObject([
      { key: 'k', note: 'notes/a.md', headings: 'A › B', line: 1, lastLine: 3 },
    ]);
  });

  test('forgets what this device had there for another model, and nothing of others', async () => {
    const name = another();
    const [former, other, now] = [
      openStore(name, 'old'),
      openStore(another(), 'old'),
      openStore(name, 'new'),
    ];
    for (const store of [former, other, now])
      await give(store, { added: [passage('k', makeVectors(1, 8, 'one')[0] as Float32Array)] });
    must(await now.settle());
    expect(await keysIn(now)).toEqual(['k']);
    expect(await keysIn(other)).toEqual(['k']);
    expect(must(await openStore(name, 'old').look()).count).toBe(0);
  });
});

const openAt = (url: string, token?: string) =>
  openChromaStore({ url, token, space: { name: 'skein-test', making: 'one' } });

test('a check makes nothing there', async () => {
  const name = another();
  must(await openStore(name).check());
  const listed = (await ask('GET', '?limit=1000')) as { name: string }[];
  expect(listed.filter((it) => it.name.startsWith(name))).toEqual([]);
});

describe.each(['look', 'check'] as const)('what is wrong is said by %s', (question) => {
  test('nobody listens there', async () => {
    const store = openAt(`http://127.0.0.1:${await freePort()}`);
    expect(await store[question]()).toMatchObject({
      error: {
        code: 'peer-unreachable',
        message: expect.stringMatching(/^ChromaDB at http.* cannot be reached: nobody listens there\.$/),
      },
    });
  });

  test.each(['database', 'tenant'])('the %s is not there', async (part) => {
    const store = openAt(`${server.url}?${part}=nowhere`);
    expect(await store[question]()).toMatchObject({
      error: { code: 'not-found', message: expect.stringMatching(/does not have what the address names/) },
    });
  });

  /** As a proxy in front of a server does it. */
  async function startGate(
    answer: (token: unknown) => { status: number; headers?: Record<string, string>; body?: string },
  ) {
    const gate = createServer((request, response) => {
      const { status, headers = {}, body = '' } = answer(request.headers['x-chroma-token']);
      response.writeHead(status, headers).end(body);
    });
    const port = await freePort();
    await new Promise<void>((resolve) => gate.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void gate.close());
    return `http://127.0.0.1:${port}`;
  }

  test('the token is wrong, which nobody reads anywhere', async () => {
    const url = await startGate((token) => ({ status: token === 'right' ? 200 : 401 }));
    const answer = await openAt(url, 'secret-token')[question]();
    expect(answer).toMatchObject({
      error: { code: 'unauthorized', advice: expect.stringMatching(/CHROMA_TOKEN/) },
    });
    expect(JSON.stringify(answer)).not.toContain('secret-token');
  });

  test('it is another server', async () => {
    const url = await startGate(() => ({ status: 200, body: '<html>' }));
    expect(await openAt(url)[question]()).toMatchObject({ error: { code: 'unreadable' } });
  });

  test('it sends us elsewhere, where the token does not follow', async () => {
    const seen: unknown[] = [];
    const other = await startGate((token) => {
      seen.push(token);
      return { status: 200 };
    });
    const url = await startGate(() => ({ status: 307, headers: { location: other } }));
    expect(await openAt(url, 'secret-token')[question]()).toMatchObject({ error: { code: 'peer-refused' } });
    expect(seen).toEqual([]);
  });
});
