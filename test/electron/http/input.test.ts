import { describe, expect, test } from 'vitest';
import { checkNotePath } from '../../../shared/domain/note-path.ts';
import { limits } from '../../../shared/limits.ts';
import type { Problem } from '../../../shared/result.ts';
import { oddNames } from '../../support/odd-names.ts';
import { bearer, createTinyApp } from '../../support/tiny-app.ts';

async function problemOf(response: Response): Promise<Problem & { status: number }> {
  const { error } = (await response.json()) as { error: Problem };
  return { ...error, status: response.status };
}

/** Every request that names a file. */
async function askAbout(app: ReturnType<typeof createTinyApp>, path: string, more = ''): Promise<Response[]> {
  const query = `path=${encodeURIComponent(path)}${more}`;
  return [
    await app.ask(`/api/content?${query}`),
    await app.ask(`/api/diff?${query}`),
    await app.ask(`/api/versions?${query}`),
    await app.ask(`/api/changes?${query}`),
    await app.send('POST', `/api/restore?version=latest${more}`, { path }),
  ];
}

describe('query and path', () => {
  test.each([
    ['/api/changes?limit=0', 'limit'],
    ['/api/changes?limit=1001', 'limit'],
    ['/api/changes?limit=ten', 'limit'],
    ['/api/changes?limit=1.5', 'limit'],
    ['/api/changes?before=NaN', 'before'],
    ['/api/changes?before=Infinity', 'before'],
    ['/api/changes?kind=exploded', 'kind'],
    ['/api/changes?pending=maybe', 'pending'],
    ['/api/changes?consolidation=xyz', 'consolidation'],
    ['/api/changes/abc', 'position'],
    ['/api/changes/1%00', 'position'],
    ['/api/activity?utc_offset_minutes=9000', 'utc_offset_minutes'],
    ['/api/activity?time_zone=Europe/Atlantis', 'time_zone'],
    [`/api/activity?time_zone=${'x'.repeat(65)}`, 'time_zone'],
    [`/api/versions?path=${'a'.repeat(4097)}`, 'path'],
    ['/api/content', 'path'],
    ['/api/content?path=', 'path'],
    [`/api/sync/status?workspace=${'w'.repeat(65)}`, 'workspace'],
    ['/api/changes?limit=1&limit=2', 'limit'],
    ['/api/changes/1?position=2', 'position'],
  ])('%s is bad input at %s', async (path, field) => {
    const app = createTinyApp();
    app.host.add('one');
    const problem = await problemOf(await app.ask(path));
    expect(problem).toMatchObject({ status: 400, code: 'bad-input', subject: field });
    expect(problem.message).toContain(field);
    expect(problem.message).not.toContain('NaN');
    expect(problem.advice).not.toBe('');
  });

  test('an empty value counts as absent', async () => {
    const app = createTinyApp();
    app.host.add('one').write({ path: 'a.md', content: 'a' });
    const response = await app.ask('/api/changes?agent=&before=&workspace=&limit=');
    expect(((await response.json()) as { changes: unknown[] }).changes).toHaveLength(1);
  });

  test.each([
    '../../etc/passwd',
    '/etc/passwd',
    'a/../../b.md',
    'C:\\Windows\\win.ini',
    'a\\b.md',
    '.git/config',
    '.GIT/config',
    'docs/.git/hooks/x',
    'a\u0000b.md',
    'con.md',
    'a//b.md',
    './a.md',
    'a'.repeat(1025),
  ])('the hostile path %j reaches no handler', async (path) => {
    const app = createTinyApp();
    app.host.add('one').write({ path: 'a:b.md', content: 'a' });
    for (const answer of await askAbout(app, path)) {
      expect(await problemOf(answer)).toMatchObject({ status: 400, code: 'hostile-path' });
    }
  });

  test.each(oddNames)('a path that the log holds is that file, were it called %j', async (path) => {
    const app = createTinyApp();
    app.host.add('one').write({ path, content: 'a' });
    app.host.add('two');
    expect((await askAbout(app, path)).map(({ status }) => status)).toEqual(Array(5).fill(200));
    const [elsewhere] = await askAbout(app, path, '&workspace=two');
    expect(elsewhere?.status).toBe(checkNotePath(path).ok ? 404 : 400);
  });

  test('names of prototypes are only names', async () => {
    const app = createTinyApp();
    app.host.add('one');
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      expect((await app.ask(`/api/sync/status?workspace=${name}`)).status, name).toBe(404);
      expect((await app.ask(`/api/changes?${name}=1`)).status, name).toBe(200);
      expect((await app.ask(`/api/changes/${name}`)).status, name).toBe(400);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('body', () => {
  test.each([
    ['{', 'JSON'],
    ['{"changes":', 'JSON'],
    ['[]', 'object'],
    ['null', 'object'],
    ['"text"', 'object'],
    ['7', 'object'],
    ['{"__proto__": {"polluted": 1}}', '__proto__'],
    ['{"changes": {"__proto__": {"polluted": 1}}}', '__proto__'],
    [`${'['.repeat(200_000)}`, 'JSON'],
    [`{"changes":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_001)}`, 'JSON'],
  ])('%.40s is bad input', async (body, why) => {
    const app = createTinyApp();
    app.host.add('one');
    const problem = await problemOf(await app.send('PUT', '/api/settings', body));
    expect(problem).toMatchObject({ status: 400, code: 'bad-input', subject: 'body' });
    expect(problem.message).toContain(why);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('bytes that are not UTF-8 are bad input', async () => {
    const response = await createTinyApp().ask('/api/settings', {
      method: 'PUT',
      body: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
      headers: { ...bearer, 'content-type': 'application/json' },
    });
    expect((await problemOf(response)).code).toBe('bad-input');
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonx'])(
    'what a form can send (%s) is refused',
    async (type) => {
      const response = await createTinyApp().ask('/api/workspaces', {
        method: 'POST',
        body: '{"folder":"/folders/one"}',
        headers: { ...bearer, 'content-type': type },
      });
      expect(await problemOf(response)).toMatchObject({ status: 400, code: 'bad-input', subject: 'body' });
    },
  );

  test('no body at all is an empty one, as curl -X POST sends it', async () => {
    const app = createTinyApp();
    app.host.add('one');
    expect((await app.ask('/api/sync/consolidate', { method: 'POST' })).status).toBe(200);
    expect((await app.ask('/api/sync/consolidate?workspace=one', { method: 'POST' })).status).toBe(200);
  });

  test('one byte over the limit is refused, with or without its length in a header', async () => {
    const app = createTinyApp();
    const over = `{"folder":"${'a'.repeat(limits.requestBytes - 11)}"}`.slice(0, limits.requestBytes + 1);
    expect(over).toHaveLength(limits.requestBytes + 1);
    const byCount = await app.send('POST', '/api/workspaces', over);
    expect(await problemOf(byCount)).toMatchObject({ status: 413, code: 'too-large' });
    const byHeader = await app.ask('/api/workspaces', {
      method: 'POST',
      body: '{}',
      headers: { ...bearer, 'content-type': 'application/json', 'content-length': '99999999' },
    });
    expect((await problemOf(byHeader)).status).toBe(413);
  });

  test('an endless body is not read to its end', async () => {
    let sent = 0;
    const body = new ReadableStream({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536));
      },
    });
    const init = {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { ...bearer, 'content-type': 'application/json' },
    };
    expect((await createTinyApp().ask('/api/workspaces', init as never)).status).toBe(413);
    expect(sent).toBeLessThan(limits.requestBytes * 2);
  });

  test('a body that breaks off is bad input', async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) });
    const init = {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { ...bearer, 'content-type': 'application/json' },
    };
    expect((await problemOf(await createTinyApp().ask('/api/workspaces', init as never))).code).toBe(
      'bad-input',
    );
  });

  test('a field in the query and in the body is refused rather than guessed', async () => {
    const app = createTinyApp();
    const response = await app.send('POST', '/api/sync/consolidate?workspace=one', { workspace: 'two' });
    expect(await problemOf(response)).toMatchObject({ status: 400, subject: 'workspace' });
  });
});

describe('routes', () => {
  test('an unknown one is 404 in JSON', async () => {
    const app = createTinyApp();
    for (const [method, path] of [
      ['GET', '/api/none'],
      ['POST', '/api/sync/status'],
      ['DELETE', '/api/changes/1'],
      ['GET', '/api'],
      ['GET', '/api/'],
    ] as const) {
      expect(await problemOf(await app.ask(path, { method })), path).toMatchObject({
        status: 404,
        code: 'not-found',
      });
    }
  });

  test('HEAD answers like GET, without a body', async () => {
    const app = createTinyApp();
    const response = await app.ask('/api/health', { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('');
  });

  test('a failure that nobody expected is logged whole and told without its inside', async () => {
    const logged: unknown[] = [];
    const app = createTinyApp({
      runDoctor: () => Promise.reject(new Error('secret inside')),
      log: { error: (...parts) => logged.push(...parts) },
    });
    const problem = await problemOf(await app.ask('/api/doctor'));
    expect(problem).toMatchObject({ status: 500, code: 'internal', subject: 'GET /api/doctor' });
    expect(JSON.stringify(problem)).not.toContain('secret');
    expect(JSON.stringify(logged)).toContain('secret inside');
  });

  test('an answer that breaks the contract is found in development', async () => {
    const broken = [{ name: 'disk', state: 'exploded' }] as never;
    const logged: unknown[] = [];
    const log = { error: (...parts: unknown[]) => logged.push(...parts) };
    const strict = createTinyApp({ dev: true, runDoctor: async () => broken, log });
    expect((await strict.ask('/api/doctor')).status).toBe(500);
    expect(JSON.stringify(logged)).toContain('state');
    const lax = createTinyApp({ dev: false, runDoctor: async () => broken });
    expect((await lax.ask('/api/doctor')).status).toBe(200);
  });
});
