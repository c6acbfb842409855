/** A real PostgreSQL with roles and passwords, and without pgvector: what is wrong is said, never with a password. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { openPgvectorStore } from '../../electron/adapters/pgvector-store.ts';
import { type PostgresServer, postgresMissing, startPostgres } from '../support/postgres-server.ts';
import { freePort } from '../support/servers/chroma-server.ts';

describe.skipIf(postgresMissing !== undefined)(`PostgreSQL ${postgresMissing ?? ''}`, () => {
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server?.remove());

  async function lookAt(url: string) {
    const store = openPgvectorStore({ url, space: { name: 'skein-test', making: 'one' } });
    onTestFinished(() => store.close());
    const found = await store.look();
    if (found.ok) throw new Error('It was let in.');
    expect(await store.check()).toEqual(found);
    expect(JSON.stringify(found.error) + store.place).not.toContain('sesame');
    return found.error;
  }

  test('the password is wrong', async () => {
    const url = server.url('postgres', { name: 'postgres', password: 'sesame' });
    expect(await lookAt(url)).toMatchObject({
      code: 'unauthorized',
      advice: expect.stringMatching(/PGPASSWORD/),
    });
  });

  test('there is no password', async () => {
    vi.stubEnv('PGPASSWORD', undefined);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await lookAt(`postgres://postgres@127.0.0.1:${server.port}/postgres`)).toMatchObject({
      code: 'unauthorized',
    });
  });

  test('the password of PGPASSWORD is taken', async () => {
    vi.stubEnv('PGPASSWORD', new URL(server.url('postgres')).password.replaceAll('%20', ' '));
    onTestFinished(() => void vi.unstubAllEnvs());
    expect((await lookAt(`postgres://postgres@127.0.0.1:${server.port}/postgres`)).code).not.toBe(
      'unauthorized',
    );
  });

  test('the name of the role has a percent sign that encodes nothing', async () => {
    const error = await lookAt(`postgres://m%e:sesame@127.0.0.1:${server.port}/postgres`);
    expect(error).toMatchObject({ code: 'unauthorized', message: expect.stringContaining('m%e') });
  });

  test('the database is not there', async () => {
    expect(await lookAt(server.url('nowhere'))).toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/has no database nowhere/),
    });
  });

  test('pgvector is not installed', async () => {
    expect(await lookAt(server.url('postgres'))).toMatchObject({
      code: 'not-found',
      message: expect.stringMatching(/has no extension pgvector/),
      advice: expect.stringMatching(/[Ii]nstall it on that server/),
    });
  });

  test('nobody listens there', async () => {
    const error = await lookAt(`postgres://me:sesame@127.0.0.1:${await freePort()}/notes`);
    expect(error).toMatchObject({ code: 'peer-unreachable' });
  });
});
