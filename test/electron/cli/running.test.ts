/** Commands against a Skein that runs, and the serving itself. */

import { once } from 'node:events';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makePlace, type Place, type Serving } from '../../support/cli-place.ts';

async function tokenOf(place: Place): Promise<string> {
  return (await place.skein(['token'])).out.trim();
}

/** Makes the running Skein compare its files with the log now, so that no test waits for a watcher. */
async function scan(place: Place, { url }: Serving): Promise<void> {
  const headers = { authorization: `Bearer ${await tokenOf(place)}`, 'content-type': 'application/json' };
  const answer = await fetch(`${url}/api/sync/scan`, { method: 'POST', headers, body: '{}' });
  expect(answer.status).toBe(200);
}

describe('skein serve', () => {
  test('serves the app API on the port that it tells, and stops cleanly when asked', async () => {
    const place = makePlace();
    place.write('AGENTS.md', 'one\n');
    const serving = await place.serve();
    expect(serving).toMatchObject({ url: `http://127.0.0.1:${serving.port}`, pid: serving.child.pid });
    const health = await fetch(`${serving.url}/api/health`);
    expect(await health.json()).toMatchObject({ status: 'ok', name: 'skein' });
    expect(await place.json(['status'])).toMatchObject({ running: true, checksums_tracked: 1 });
    expect(await serving.stop()).toBe(0);
    expect(JSON.parse(serving.rest())).toEqual({ stopped: 'SIGTERM' });
    expect(existsSync(join(place.dataFolder, 'running.json'))).toBe(false);
  });

  test('stops at Ctrl+C too', async () => {
    const serving = await makePlace().serve();
    expect(await serving.stop('SIGINT')).toBe(0);
  });

  test('refuses requests without the token, and x-dev-bypass unless started with --dev', async () => {
    const place = makePlace();
    const bypass = { headers: { 'x-dev-bypass': '1' } };
    const serving = await place.serve();
    expect((await fetch(`${serving.url}/api/sync/status`)).status).toBe(401);
    expect((await fetch(`${serving.url}/api/sync/status`, bypass)).status).toBe(401);
    await serving.stop();
    const dev = await place.serve(['--dev']);
    expect((await fetch(`${dev.url}/api/sync/status`, bypass)).status).toBe(200);
  });

  test('has the status name ten problems, and count the others', async () => {
    const place = makePlace();
    place.write('memory-bank/AGENTS.md', 'one\n');
    for (let nth = 1; nth <= 13; nth++)
      symlinkSync('/etc/hostname', join(place.repository, `memory-bank/note-${nth}.md`));
    await place.serve();
    expect(await place.json<{ problems: unknown[] }>(['status'])).toMatchObject({
      problems: Array.from({ length: 13 }, () => expect.objectContaining({ code: 'link-leaves' })),
    });
    const { out } = await place.skein(['status']);
    expect(out.match(/problem:/g)).toHaveLength(10);
    expect(out).toContain('and 3 more problems; all of them with --json');
  });

  test('watches nothing with AUTOSYNC_ENABLED=0', async () => {
    const place = makePlace();
    await place.serve([], { env: { AUTOSYNC_ENABLED: '0' } });
    expect(await place.json(['status'])).toMatchObject({ state: 'disabled' });
  });

  test('a second one on the same data folder is told which one runs', async () => {
    const place = makePlace();
    const serving = await place.serve();
    const second = await place.spawn(['serve', '--port', '0']);
    expect(second).toMatchObject({ code: 1, out: '' });
    expect(second.errors).toContain(`process ${serving.pid} at ${serving.url}`);
  });

  test('a busy port is said, and nothing is left behind', async () => {
    const place = makePlace();
    const holder = createServer().listen(0, '127.0.0.1');
    onTestFinished(() => void holder.close());
    await once(holder, 'listening');
    const { port } = holder.address() as { port: number };
    const ran = await place.spawn(['serve', '--port', String(port)]);
    expect(ran.code).toBe(1);
    expect(ran.errors).toContain(`ort ${port}`);
    expect(ran.errors).toContain('--port 0');
    expect(await place.skein(['status'])).toMatchObject({ code: 0 });
  });

  test('a folder that is none ends with 4, and nothing is left running', async () => {
    const place = makePlace();
    const ran = await place.spawn(['serve', 'nowhere', '--port', '0']);
    expect(ran).toMatchObject({ code: 4, out: '', errors: expect.stringContaining('nowhere') });
    expect(await place.json(['serve', 'nowhere', '--port', '0'])).toMatchObject({
      error: { code: 'not-a-folder' },
    });
  });

  test('outside of a repository opens what was open before', async () => {
    const place = makePlace();
    await (await place.serve()).stop();
    await place.serve([], { cwd: place.home });
    expect(await place.json(['status'])).toMatchObject({ workspace: { folder: place.repository } });
  });
});

describe('a command', () => {
  test('sees what the running Skein sees', async () => {
    const place = makePlace();
    place.write('AGENTS.md', 'one\n');
    const serving = await place.serve();
    place.write('AGENTS.md', 'two\n');
    await scan(place, serving);
    expect(await place.json(['pending'])).toMatchObject({ count: 1 });
    expect((await place.skein(['show', 'AGENTS.md@latest~1'])).out).toBe('one\n');
    expect(await place.skein(['restore', 'AGENTS.md@latest~1'])).toMatchObject({ code: 0 });
    expect(place.read('AGENTS.md')).toBe('one\n');
    expect(await place.json(['consolidate'])).toMatchObject({ status: 'success', changes_consolidated: 2 });
    expect((await place.spawn(['status'])).out).toContain('watching');
  });

  test('reaches the only workspace from anywhere, and no other one by name', async () => {
    const place = makePlace();
    await place.serve();
    expect(await place.skein(['status'], { cwd: place.home })).toMatchObject({ code: 0 });
    mkdirSync(join(place.home, 'other'));
    const named = await place.skein(['status', '--workspace', join(place.home, 'other')]);
    expect(named).toMatchObject({ code: 4, errors: expect.stringContaining(place.repository) });
  });

  test('asks which of several workspaces is meant, and takes its id', async () => {
    const place = makePlace();
    await place.serve();
    mkdirSync(join(place.home, 'other'));
    const opened = await place.json<{ url: string; workspace: string }>(['open', '--print', '../other']);
    expect(opened.url).toContain(`/?workspace=${opened.workspace}#code=`);
    expect(await place.skein(['status'], { cwd: place.home })).toMatchObject({ code: 4, out: '' });
    const chosen = await place.json(['status', '--workspace', opened.workspace], { cwd: place.home });
    expect(chosen).toMatchObject({ workspace: { name: 'other' } });
    expect(await place.json(['status'])).toMatchObject({ workspace: { name: 'site' } });
  });

  test('pauses and resumes the watching', async () => {
    const place = makePlace();
    await place.serve();
    expect(await place.json(['pause'])).toMatchObject({ state: 'paused' });
    expect(await place.json(['resume'])).toMatchObject({ running: true });
    expect(await place.json(['status'])).not.toMatchObject({ state: 'paused' });
  });

  test('finds nobody where a killed Skein left its announcement', async () => {
    const place = makePlace();
    const serving = await place.serve();
    await serving.stop('SIGKILL');
    expect(existsSync(join(place.dataFolder, 'running.json'))).toBe(true);
    expect((await place.skein(['status'])).out).toContain('Skein is not running');
  });

  test('lets the running Skein examine itself', async () => {
    const place = makePlace();
    await place.serve();
    expect(await place.skein(['doctor'])).toMatchObject({ code: 0 });
  });
});
