/** `skein knowledge worker` on a real PostgreSQL: what it says, how it ends, and what it outlives. */
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makePlace, type Place, type Started } from '../../support/cli-place.ts';
import { startEmbeddingServer } from '../../support/embedding-server.ts';
import { makeOutbox, type OutboxPlace, workerRole } from '../../support/outbox-place.ts';
import { type PostgresServer, postgresMissing, startPostgres } from '../../support/postgres-server.ts';

const whyNot = postgresMissing === undefined ? '' : ` (skipped: ${postgresMissing})`;
/** One look at least; then only a notification wakes it. */
const onlyNotifications = ['--poll', '3600'];

describe.skipIf(postgresMissing !== undefined)(`a worker on a PostgreSQL${whyNot}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.remove());

  async function makeBoth(): Promise<{ place: Place; outbox: OutboxPlace; env: NodeJS.ProcessEnv }> {
    const outbox = await makeOutbox(server);
    return { place: makePlace(), outbox, env: { SKEIN_OUTBOX_URL: outbox.url } };
  }

  /** Paths of what a search in the index finds. */
  async function find(place: Place, question: string, more: readonly string[] = []): Promise<string[]> {
    const args = ['search', '--index', join(place.dataFolder, 'outbox'), ...more, question, '--json'];
    const found = JSON.parse((await place.skein(args)).out) as { passages?: { path: string }[] };
    return found.passages?.map(({ path }) => path) ?? [];
  }

  test('indexes what is due and ends, with --once; search finds it, and so does its id', async () => {
    const { place, outbox, env } = await makeBoth();
    await outbox.write('notes/lamp', '# Lamps\n\nA lamp burns paraffin.');
    await outbox.write('notes/sea', 'The anchor holds the ship.');
    const ran = await place.skein(['knowledge', 'worker', '--once'], { env });
    expect(ran).toMatchObject({ code: 0, out: '2 notes indexed, all up to date.\n' });
    expect((await find(place, 'paraffin'))[0]).toBe('notes/lamp');
    expect(await find(place, 'anchor lamp', ['--path', 'notes/s*'])).toEqual(['notes/sea']);
    expect(await find(place, 'anchor')).toContain('notes/sea');
    const again = await place.json(['knowledge', 'worker', '--once'], { env });
    expect(again).toMatchObject({ indexed: 0, notes: 2, behind: 0, failing: 0, stuck: [], stopped: null });
    const shown = await place.skein(['search', '--index', `${place.dataFolder}/outbox`, 'paraffin']);
    expect(shown.out).toContain('notes/lamp:1');
    expect(await place.skein(['search', '--index', 'nowhere', 'lamp'])).toMatchObject({ code: 3 });
    expect(
      await place.skein(['search', '--index', `${place.dataFolder}/outbox`, '--agent', 'human', 'lamp']),
    ).toMatchObject({ code: 2 });
  });

  test('uses the server that this device uses where it is told to, and search does then, too', async () => {
    const { place, outbox, env } = await makeBoth();
    const model = await startEmbeddingServer();
    await outbox.write('notes/lamp', 'A lamp burns paraffin.');
    await place.skein(['knowledge', 'embedder', 'ollama', '--model', 'small', '--url', model.url]);
    await place.skein(['knowledge', 'worker', '--once'], { env });
    const atChoice = model.asked.length;
    expect(await find(place, 'paraffin', ['--by', 'meaning'])).toEqual(['notes/lamp']);
    expect(model.asked).toHaveLength(atChoice);
    const worker = ['knowledge', 'worker', '--once', '--embedder', 'device'];
    expect(await place.skein(worker, { env })).toMatchObject({
      code: 0,
      out: '1 note indexed, all up to date.\n',
    });
    expect(
      model.asked
        .slice(atChoice)
        .flatMap(({ texts }) => texts)
        .join(),
    ).toContain('A lamp burns paraffin.');
    expect(await find(place, 'what burns', ['--by', 'meaning'])).toEqual(['notes/lamp']);
    expect(model.asked.at(-1)?.texts.join()).toContain('what burns');
    // And back: nothing is asked any more.
    await place.skein(['knowledge', 'worker', '--once'], { env });
    const asked = model.asked.length;
    expect(await find(place, 'paraffin', ['--by', 'meaning'])).toEqual(['notes/lamp']);
    expect(model.asked).toHaveLength(asked);
  });

  test('says why a server does not embed, and goes on where it was once it does', async () => {
    const { place, outbox, env } = await makeBoth();
    const model = await startEmbeddingServer();
    await outbox.write('notes/lamp', 'A lamp burns paraffin.');
    await place.skein(['knowledge', 'embedder', 'ollama', '--model', 'small', '--url', model.url]);
    await model.stop();
    const worker = ['knowledge', 'worker', '--once', '--embedder', 'device'];
    const ran = await place.skein(worker, { env });
    expect(ran).toMatchObject({
      code: 1,
      out: expect.stringContaining('0 notes indexed, 1 to go, 1 failed.'),
    });
    expect(ran.out).toContain('nobody listens there');
    await model.start();
    await place.skein(['knowledge', 'retry', '--outbox'], { env });
    expect(await place.skein(worker, { env })).toMatchObject({
      code: 0,
      out: '1 note indexed, all up to date.\n',
    });
  });

  test('names the machine that gets the text, and sends none where only some files may go there', async () => {
    const { place, outbox, env } = await makeBoth();
    const model = await startEmbeddingServer();
    await outbox.write('notes/lamp', 'A lamp burns paraffin.');
    // An address of this machine by which Skein does not know it.
    const url = model.url.replace('127.0.0.1', '[::ffff:127.0.0.1]');
    const choose = ['knowledge', 'embedder', 'ollama', '--model', 'small', '--url', url, '--yes', '--only'];
    await place.skein([...choose, 'AGENTS.md']);
    const worker = ['knowledge', 'worker', '--once', '--embedder', 'device'];
    const asked = model.asked.length;
    const refused = await place.skein(worker, { env });
    expect(refused).toMatchObject({ code: 2, errors: expect.stringContaining('--only all') });
    expect(model.asked).toHaveLength(asked);
    await place.skein([...choose, 'all']);
    expect(await place.skein(worker, { env })).toMatchObject({
      code: 0,
      errors: expect.stringContaining('Their text goes to [::ffff:127.0.0.1]'),
    });
  });

  test('hears of an edit by a notification, and ends in order when it is told to', async () => {
    const { place, outbox, env } = await makeBoth();
    const worker = listenTo(place.start(['knowledge', 'worker', '--json', ...onlyNotifications], { env }));
    await said(worker, '"indexed":0');
    await outbox.write('a', 'the first edit');
    await said(worker, '"indexed":1');
    await outbox.write('a', 'the second edit');
    await said(worker, '"indexed":2');
    worker.child.kill('SIGTERM');
    const ended = await worker.ended;
    expect(ended).toMatchObject({ code: 0, errors: '' });
    expect(ended.out).toContain('"stopped": "SIGTERM"');
    expect(await outbox.run('SELECT FROM skein.queue WHERE taken_by IS NOT NULL')).toEqual([]);
    expect(await find(place, 'second')).toEqual(['a']);
  });

  test('says that its server is gone, once, and goes on when it is back', async () => {
    const { place, outbox, env } = await makeBoth();
    const worker = listenTo(place.start(['knowledge', 'worker', '--json', '--poll', '1'], { env }));
    await said(worker, '"indexed":0');
    await server.kill();
    await said(worker, 'does not answer');
    await server.start();
    await outbox.write('a', 'written after the crash');
    await said(worker, '"indexed":1');
    worker.child.kill('SIGINT');
    const { code, errors } = await worker.ended;
    expect(code).toBe(0);
    expect(errors.trim().split('\n')).toEqual([
      expect.stringContaining(`The PostgreSQL at 127.0.0.1:${server.port} does not answer`),
      `127.0.0.1:${server.port} is back.`,
    ]);
    expect(await find(place, 'crash')).toEqual(['a']);
  });

  test('shares one index with others, whoever of them is killed when', { timeout: 120_000 }, async () => {
    const { place, outbox, env } = await makeBoth();
    const start = () => listenTo(place.start(['knowledge', 'worker', '--json', '--poll', '1'], { env }));
    const count = async (where: string) =>
      (await outbox.run(`SELECT FROM skein.queue WHERE ${where}`)).length;
    // Until two rounds met a worker in the middle of a note.
    for (let round = 0, left = 0; left < 2; round += 1) {
      const pair = [start(), start()];
      await said(pair[0] as Told, '"indexed":');
      await outbox.run(
        `INSERT INTO notes SELECT nth, concat('of ', $1::text, 'x', nth) FROM generate_series(1, 40) nth
         ON CONFLICT (id) DO UPDATE SET content = excluded.content`,
        [round],
      );
      while ((await count('taken_by IS NOT NULL')) === 0 && (await count('news > done')) > 0)
        await new Promise(setImmediate);
      for (const { child } of pair) child.kill('SIGKILL');
      await Promise.all(pair.map(({ ended }) => ended));
      if ((await count('taken_by IS NOT NULL')) > 0) left += 1;
    }
    // What the dead had is free once their leases are over.
    await outbox.run(`UPDATE skein.queue SET next_at = '-infinity'`);
    expect(await place.json(['knowledge', 'worker', '--once'], { env })).toMatchObject({ behind: 0 });
    for (const { id, content } of await outbox.run('SELECT id, content FROM notes'))
      expect(await find(place, String(content), ['--by', 'words', '-n', '1'])).toEqual([id]);
  });

  test('has stuck notes shown and tried again', async () => {
    const { place, outbox, env } = await makeBoth();
    await place.skein(['knowledge', 'worker', '--once'], { env });
    await outbox.write('a', 'one');
    await outbox.run(`INSERT INTO skein.queue (index_name, note_id, failures, failing_since, next_at, problem)
      SELECT index_name, 'a', 3, now(), now() + interval '5 min',
        '{"code": "unreadable", "message": "It is not to be read.", "subject": "a", "advice": "Mend it."}'
      FROM skein.indexes`);
    const status = await place.skein(['knowledge', 'status', '--outbox'], { env });
    expect(status.out).toContain('1 stuck.\na: It is not to be read. Mend it.');
    expect(await place.json(['knowledge', 'status', '--outbox'], { env })).toMatchObject({
      indexes: [{ behind: 1, failing: 1, stuck: [{ note: 'a', failures: 3 }] }],
    });
    expect(await place.json(['knowledge', 'retry', 'b', '--outbox'], { env })).toEqual({ retried: 0 });
    expect(await place.json(['knowledge', 'retry', '--outbox'], { env })).toEqual({ retried: 1 });
    await place.skein(['knowledge', 'worker', '--once'], { env });
    expect(await find(place, 'one')).toEqual(['a']);
  });

  test.each([
    ['a wrong password', 'unauthorized', (url: URL) => Object.assign(url, { password: 'hunter2' })],
    ['no such database', 'not-found', (url: URL) => Object.assign(url, { pathname: '/nowhere' })],
    ['nobody at that address', 'peer-unreachable', (url: URL) => Object.assign(url, { port: '1' })],
    ['an address of something else', 'bad-input', (url: URL) => new URL(`https://u:hunter2@${url.host}/`)],
  ])('says what is wrong: %s; and never a password', async (_, code, change) => {
    const { place, outbox } = await makeBoth();
    const env = { SKEIN_OUTBOX_URL: String(change(new URL(outbox.url))) };
    for (const flags of [[], ['--json']]) {
      const { code: exit, out, errors } = await place.skein(['knowledge', 'worker', ...flags], { env });
      expect(exit).not.toBe(0);
      for (const secret of ['hunter2', workerRole.password, encodeURIComponent(workerRole.password)])
        expect(out + errors).not.toContain(secret);
      if (flags.length > 0) expect(JSON.parse(out)).toMatchObject({ error: { code } });
    }
  });

  test.each([
    ['no such table', 'DROP TABLE notes CASCADE', 'not-found', /relation "notes" does not exist/],
    ['no tables of the workers', 'DROP SCHEMA skein CASCADE', 'not-found', /skein/],
    ['a missing right', 'REVOKE ALL ON notes FROM skein_worker', 'no-permission', /permission denied.*notes/],
    ['a missing column', 'ALTER TABLE outbox DROP transaction_id', 'not-found', /transaction_id/],
  ])('says what is wrong: %s', async (_, statement, code, words) => {
    const { place, outbox, env } = await makeBoth();
    await outbox.run(statement);
    await outbox.run('SELECT 1');
    const runs = [await place.skein(['knowledge', 'worker', '--once', '--json'], { env })];
    // Events are asked for from the second time on.
    if (runs[0]?.code === 0)
      runs.push(await place.skein(['knowledge', 'worker', '--once', '--json'], { env }));
    const { error } = JSON.parse(runs.at(-1)?.out ?? '') as { error: { code: string; message: string } };
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) });
  });

  test('takes no password among its arguments', async () => {
    const { place, outbox } = await makeBoth();
    const { code, errors } = await place.skein(['knowledge', 'worker', '--outbox', outbox.url]);
    expect(code).toBe(2);
    expect(errors).toContain('SKEIN_OUTBOX_URL');
    expect(errors).not.toContain(encodeURIComponent(workerRole.password));
    expect(await place.skein(['knowledge', 'worker'])).toMatchObject({ code: 2 });
  });
});

type Told = Started & { text: string; more: EventEmitter };

/** Keeps all that a worker says. */
function listenTo(started: Started): Told {
  const told: Told = { ...started, text: '', more: new EventEmitter() };
  for (const stream of [started.child.stdout, started.child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      told.text += chunk.toString();
      told.more.emit('said');
    });
  return told;
}

/** Resolves when the worker has said so. */
async function said(worker: Told, words: string): Promise<void> {
  const gone = worker.ended.then(({ out, errors }) => {
    throw new Error(`The worker ended: ${out}${errors}`);
  });
  while (!worker.text.includes(words)) await Promise.race([once(worker.more, 'said'), gone]);
  gone.catch(() => {});
}
