import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { foldActivity } from '../../../electron/http/handlers/activity.ts';
import { inProcessSend } from '../../../electron/http/in-process-send.ts';
import { viewerDays } from '../../../electron/http/viewer-days.ts';
import type { Output } from '../../../shared/contracts/app-api.ts';
import { createClient } from '../../../shared/contracts/client.ts';
import { limits } from '../../../shared/limits.ts';
import { type Problem, problem } from '../../../shared/result.ts';
import { asOrdinaryUser, permissionBitsMissing, temporaryFolder } from '../../support/temporary-folder.ts';
import { bearer, createTinyApp, ownHost } from '../../support/tiny-app.ts';
import { tinyParty } from '../../support/tiny-locks.ts';
import { tinyDevice, tinyPeer } from '../../support/tiny-peers.ts';
import { tinyReplica } from '../../support/tiny-replicas.ts';

/** The app with one workspace, reached as every real caller reaches it: by the typed client. */
function createSession(options: Parameters<typeof createTinyApp>[0] = {}) {
  const app = createTinyApp(options);
  const engine = app.host.add('one');
  const { call } = createClient(inProcessSend(app.fetch, `http://${ownHost}`), bearer);
  return { app, engine, call };
}

function valueIn<Value>(result: { ok: true; value: Value } | { ok: false; error: Problem }): Value {
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const codeOf = (result: { ok: boolean; error?: Problem }) => result.error?.code;

describe('choice of workspace', () => {
  test('none open, unknown, broken, named, and the first', async () => {
    const app = createTinyApp();
    const { call } = createClient(inProcessSend(app.fetch, `http://${ownHost}`), bearer);
    expect(codeOf(await call('getStatus', {}))).toBe('no-workspace');
    const reason = problem('database-newer', 'log.db', 'The log is newer.', 'Update Skein.');
    app.host.addBroken('broken', reason);
    app.host.add('fine');
    expect(codeOf(await call('getStatus', {}))).toBe('database-newer');
    expect(codeOf(await call('getStatus', { workspace: 'other' }))).toBe('not-found');
    expect(valueIn(await call('getStatus', { workspace: 'fine' })).workspace.id).toBe('fine');
    const listed = valueIn(await call('listWorkspaces', {}));
    expect(listed.workspaces.map(({ id, state, problem: it }) => [id, state, it?.code])).toEqual([
      ['broken', 'error', 'database-newer'],
      ['fine', 'watching', undefined],
    ]);
    expect(listed.recent).toEqual([{ folder: '/folders/old', name: 'old' }]);
  });

  test('no workspace is 409 on the wire', async () => {
    expect((await createTinyApp().ask('/api/sync/status')).status).toBe(409);
  });
});

describe('pages', () => {
  async function walk(
    limit: number,
    page: (cursor: number | undefined) => Promise<{ changes: { position: number }[]; next: number | null }>,
  ) {
    const positions: number[] = [];
    let pages = 0;
    for (let cursor: number | undefined; ; pages += 1) {
      const { changes, next } = await page(cursor);
      expect(changes.length).toBeLessThanOrEqual(limit);
      positions.push(...changes.map(({ position }) => position));
      if (next === null) return { positions, pages: pages + 1 };
      cursor = next;
    }
  }

  test.each([1, 2, 3, 5, 6])('of %i walk the whole log both ways, with no empty last one', async (limit) => {
    const { engine, call } = createSession();
    for (let count = 1; count <= 6; count += 1) engine.write({ path: 'a.md', content: `${count}` });
    const back = await walk(limit, async (before) => valueIn(await call('listChanges', { before, limit })));
    expect(back).toEqual({ positions: [6, 5, 4, 3, 2, 1], pages: Math.ceil(6 / limit) });
    const on = await walk(limit, async (after) =>
      valueIn(await call('listChanges', { after: after ?? 0, limit })),
    );
    expect(on).toEqual({ positions: [1, 2, 3, 4, 5, 6], pages: Math.ceil(6 / limit) });
    const pending = await walk(limit, async (after) =>
      valueIn(await call('listPending', { limit, ...(after === undefined ? {} : { after }) })),
    );
    expect(pending).toEqual(on);
    const versions = await walk(limit, async (before) =>
      valueIn(await call('listVersions', { path: 'a.md', before, limit })),
    );
    expect(versions).toEqual(back);
  });

  test('the history of consolidations has its pages too', async () => {
    const { engine, call } = createSession();
    for (let count = 1; count <= 3; count += 1) {
      engine.write({ path: 'a.md', content: `${count}` });
      valueIn(await call('consolidate', {}));
    }
    const first = valueIn(await call('listConsolidations', { limit: 2 }));
    expect([first.consolidations.length, first.total]).toEqual([2, 3]);
    const second = valueIn(await call('listConsolidations', { limit: 2, before: first.next! }));
    expect([second.consolidations.length, second.next]).toEqual([1, null]);
  });

  test('every filter reaches the log', async () => {
    const { engine, call } = createSession();
    engine.write({ path: 'a.md', content: '1', agent: 'gemini-cli', fileClass: 'journal' });
    const b = engine.write({ path: 'b.md', content: '1', baseline: true });
    const filters = [
      { path: 'a.md' },
      { agent: 'gemini-cli' },
      { file_class: 'journal' },
      { to_ms: b.atMs },
      { pending: 'true' as const },
      { before: 2 },
    ];
    for (const filter of filters) {
      const { changes } = valueIn(await call('listChanges', filter));
      expect(
        changes.map(({ file_path }) => file_path),
        JSON.stringify(filter),
      ).toEqual(['a.md']);
    }
    for (const filter of [{ from_ms: b.atMs }, { pending: '0' as const }, { after: 1 }]) {
      const { changes } = valueIn(await call('listChanges', filter));
      expect(
        changes.map(({ file_path }) => file_path),
        JSON.stringify(filter),
      ).toEqual(['b.md']);
    }
    expect(valueIn(await call('listChanges', { kind: 'deleted' })).changes).toEqual([]);
  });
});

describe('one change', () => {
  test('with its neighbours in time and in its file', async () => {
    const { engine, call } = createSession();
    for (const path of ['a.md', 'b.md', 'a.md', 'c.md', 'a.md'])
      engine.write({ path, content: `${Math.random()}` });
    const it = valueIn(await call('getChange', { position: 3 }));
    expect(it.earlier.map(({ position }) => position)).toEqual([2, 1]);
    expect(it.later.map(({ position }) => position)).toEqual([4, 5]);
    expect([it.earlier_of_file?.position, it.later_of_file?.position]).toEqual([1, 5]);
    expect(valueIn(await call('getChange', { position: 2 })).earlier_of_file).toBeNull();
    expect(codeOf(await call('getChange', { position: 77 }))).toBe('not-found');
  });

  test('what it did to its file', async () => {
    const { engine, call } = createSession();
    engine.write({ path: 'a.md', content: 'one\ntwo\n' });
    engine.write({ path: 'a.md', content: 'one\n2\n' });
    engine.write({ path: 'a.md', content: null });
    const sums = async (position: number) => {
      const { added, removed } = valueIn(await call('getChangeDiff', { position }));
      return [added, removed];
    };
    expect(await sums(1)).toEqual([2, 0]);
    expect(await sums(2)).toEqual([1, 1]);
    expect(await sums(3)).toEqual([0, 2]);
    expect(codeOf(await call('getChangeDiff', { position: 9 }))).toBe('not-found');
  });

  test('a version that the retention took is said, not shown as empty', async () => {
    const { engine, call } = createSession();
    const old = engine.write({ path: 'a.md', content: 'one\n' });
    engine.write({ path: 'a.md', content: 'two\n' });
    engine.collect(old.content!);
    expect(codeOf(await call('getChangeDiff', { position: 2 }))).toBe('content-collected');
    expect(codeOf(await call('getContent', { path: 'a.md', version: 'latest~1' }))).toBe('content-collected');
    const { changes } = valueIn(await call('listVersions', { path: 'a.md' }));
    expect(changes.map(({ restorable }) => restorable)).toEqual([true, false]);
    expect(changes[0]?.old_checksum).toBeNull();
  });
});

describe('versions of a file', () => {
  test('text as text with its byte order mark, other bytes as base64', async () => {
    const { engine, call } = createSession();
    engine.write({ path: 'a.md', content: '\ufeffgrüße\r\n' });
    expect(valueIn(await call('getContent', { path: 'a.md' }))).toMatchObject({
      encoding: 'utf-8',
      content: '\ufeffgrüße\r\n',
    });
    engine.write({ path: 'a.md', content: Buffer.from([0xff, 0x00, 0x41]) });
    expect(valueIn(await call('getContent', { path: 'a.md', version: 'latest' }))).toMatchObject({
      encoding: 'base64',
      content: '/wBB',
    });
    const diff = valueIn(await call('getDiff', { path: 'a.md' }));
    expect(diff.notes.join(' ')).toContain('not text');
  });

  test('a deletion has no content, and says where to look', async () => {
    const { engine, call } = createSession();
    engine.write({ path: 'a.md', content: 'a' });
    engine.write({ path: 'a.md', content: null });
    const result = await call('getContent', { path: 'a.md' });
    expect(result).toMatchObject({ ok: false, error: { code: 'not-found' } });
    expect(valueIn(await call('getContent', { path: 'a.md', version: 'latest~1' })).content).toBe('a');
  });

  test('compare any two, or the latest with the one before', async () => {
    const { engine, call } = createSession();
    for (const content of ['1\n', '2\n', '3\n']) engine.write({ path: 'a.md', content });
    const ends = (it: Output<'getDiff'>) => [it.from?.position, it.to.position];
    expect(ends(valueIn(await call('getDiff', { path: 'a.md' })))).toEqual([2, 3]);
    expect(ends(valueIn(await call('getDiff', { path: 'a.md', from: 'latest~2' })))).toEqual([1, 3]);
    expect(ends(valueIn(await call('getDiff', { path: 'a.md', from: 'latest', to: 'latest~2' })))).toEqual([
      3, 1,
    ]);
    expect(ends(valueIn(await call('getDiff', { path: 'a.md', to: 'latest~2' })))).toEqual([undefined, 1]);
    expect(codeOf(await call('getDiff', { path: 'b.md' }))).toBe('not-found');
    expect(codeOf(await call('listVersions', { path: 'b.md' }))).toBe('not-tracked');
  });

  test('restore is a change of its own, by the one who asked', async () => {
    const { engine, call } = createSession();
    engine.write({ path: 'a.md', content: '1' });
    engine.write({ path: 'a.md', content: '2' });
    const first = valueIn(await call('restore', { path: 'a.md', version: 'latest~1' }));
    expect(first).toMatchObject({ unchanged: false, change: { agent_owner: 'human', position: 3 } });
    const again = valueIn(await call('restore', { path: 'a.md', version: 'latest', agent: 'claude-code' }));
    expect(again).toEqual({ unchanged: true, change: null });
  });
});

describe('files', () => {
  test('their state, problems and pending changes; deleted ones have no checksum', async () => {
    const { engine, call } = createSession();
    engine.write({ path: 'a.md', content: 'a', baseline: true });
    engine.write({ path: 'b.md', content: 'a' });
    engine.write({ path: 'c.md', content: 'a', baseline: true });
    engine.write({ path: 'd.md', content: 'a', baseline: true });
    engine.write({ path: 'd.md', content: null });
    engine.fileProblems.set('c.md', problem('too-large', 'c.md', 'It is too large.', 'Split it.'));
    const { files } = valueIn(await call('listFiles', {}));
    expect(files.map(({ file_path, state, deleted }) => [file_path, state, deleted])).toEqual([
      ['a.md', 'synced', false],
      ['b.md', 'out_of_sync', false],
      ['c.md', 'error', false],
      ['d.md', 'out_of_sync', true],
    ]);
    const { count, checksums } = valueIn(await call('listChecksums', {}));
    expect([count, Object.keys(checksums)]).toEqual([3, ['a.md', 'b.md', 'c.md']]);
  });
});

describe('watching', () => {
  test('pause and resume answer with the new state, and a scan of a paused one is refused', async () => {
    const { call } = createSession();
    expect(valueIn(await call('pause', {}))).toMatchObject({ running: false, state: 'paused' });
    expect(codeOf(await call('scan', {}))).toBe('paused');
    expect(valueIn(await call('resume', {}))).toMatchObject({ running: true, state: 'watching' });
    expect(valueIn(await call('scan', {}))).toEqual({ files: 0, changes: 0, duration_ms: 1 });
  });

  test('consolidations: run, find by the beginning of the stamp, take back once', async () => {
    const { engine, call } = createSession();
    expect(valueIn(await call('consolidate', {}))).toMatchObject({
      status: 'nothing_pending',
      changes_consolidated: 0,
      consolidation: null,
    });
    engine.write({ path: 'a.md', content: 'a' });
    const { consolidation } = valueIn(await call('consolidate', {}));
    const { stamp } = consolidation!;
    const found = valueIn(await call('getConsolidation', { stamp: stamp.slice(0, 20) }));
    expect(found.report).toContain('Consolidation');
    expect(codeOf(await call('getConsolidation', { stamp: 'ffffff' }))).toBe('not-found');
    const change = valueIn(await call('getChange', { position: 1 })).change;
    expect([change.consolidation, change.pending]).toEqual([stamp, false]);
    const undone = valueIn(await call('undoConsolidation', { stamp }));
    expect([undone.consolidation.state, undone.changes_pending_again]).toEqual(['undone', 1]);
    expect(codeOf(await call('undoConsolidation', { stamp }))).toBe('already-undone');
  });
});

describe('settings and workspaces', () => {
  test('skein.json: read, change, refuse', async () => {
    const { call } = createSession();
    expect(valueIn(await call('getSettings', {}))).toMatchObject({ from_file: {}, file_exists: false });
    const changes = { consolidation_threshold: 9 };
    expect(valueIn(await call('changeSettings', { changes })).settings.consolidation_threshold).toBe(9);
    expect(valueIn(await call('getSettings', {})).from_file).toEqual(changes);
    expect(codeOf(await call('changeSettings', { changes: { locale: 'xx' } }))).toBe('bad-input');
  });

  test('the installation: one key changes, the others stay; a wrong value is refused', async () => {
    const { app, call } = createSession();
    expect(valueIn(await call('changeAppSettings', { theme: 'dark' }))).toEqual({
      notifications: 'summary',
      theme: 'dark',
      start_at_login: false,
    });
    expect(valueIn(await call('getAppSettings', {})).theme).toBe('dark');
    const refused = await app.send('PUT', '/api/app-settings', { theme: 'pink' });
    expect(refused.status).toBe(400);
  });

  test('open, open the sample, close', async () => {
    const { call } = createSession();
    expect(valueIn(await call('openWorkspace', { folder: '/folders/two' })).id).toBe('two');
    expect(codeOf(await call('openWorkspace', { folder: '/elsewhere' }))).toBe('not-a-folder');
    expect(valueIn(await call('openSample', {})).id).toBe('sample');
    expect(valueIn(await call('closeWorkspace', { id: 'two' }))).toEqual({ closed: true });
    expect(valueIn(await call('closeWorkspace', { id: 'two' }))).toEqual({ closed: false });
  });

  test('health and doctor', async () => {
    const check = { name: 'disk', state: 'ok' as const, message: 'Fine.', advice: '', mendable: false };
    const { call } = createSession({ runDoctor: async () => [check] });
    expect(valueIn(await call('getHealth', {}))).toEqual({ status: 'ok', version: '9.9.9', name: 'skein' });
    expect(valueIn(await call('runDoctor', {}))).toEqual({ checks: [check] });
  });
});

describe('replicas', () => {
  test('are listed, hidden, shown, and share as chosen', async () => {
    const { app, call } = createSession();
    app.host.replicas.known.push(tinyReplica('0123456789abcdef'));
    const listed = async () => valueIn(await call('listReplicas', { workspace: 'one' }));
    expect(await listed()).toMatchObject({ share: 'shared', replicas: [{ state: 'offered' }] });
    expect(await call('hideReplica', { id: '0123456789abcdef' })).toEqual({
      ok: true,
      value: { hidden: true },
    });
    expect((await listed()).replicas[0]?.state).toBe('hidden');
    valueIn(await call('hideReplica', { id: '0123456789abcdef', hidden: false }));
    expect((await listed()).replicas[0]?.state).toBe('offered');
    expect(valueIn(await call('shareReplicas', { share: 'staged' })).share).toBe('staged');
  });

  test('of a workspace that is not open, or with an id that is none, are refused', async () => {
    const { call } = createSession();
    expect(codeOf(await call('listReplicas', { workspace: 'other' }))).toBe('not-found');
    expect(codeOf(await call('shareReplicas', { workspace: 'other', share: 'shared' }))).toBe('not-found');
    expect(codeOf(await call('hideReplica', { id: '../../etc/passwd' }))).toBe('bad-input');
    expect(codeOf(await call('hideReplica', { id: '0123456789abcdef' }))).toBe('disk-full');
  });
});

test('the lag of peers is that of the peers that are listed', async () => {
  const { app, call } = createSession();
  expect(valueIn(await call('getPeerLag', {}))).toEqual({ from_ms: 1, to_ms: 3, peers: [] });
  app.host.peers.known.push(tinyPeer(tinyDevice('B'), { behind: 4 }));
  expect(valueIn(await call('getPeerLag', {})).peers).toEqual([
    { id: tinyDevice('B'), points: [{ at_ms: 2, behind: 4, ahead: 0 }] },
  ]);
});

describe('activity', () => {
  const at = (text: string) => Date.parse(`${text}:00Z`);
  const days = (viewer: Parameters<typeof viewerDays>[0]) => valueIn(viewerDays(viewer));

  test('folds into the days of the viewer', () => {
    const buckets = [
      { bucketMs: at('2026-11-20T23:45'), agent: 'claude-code', changes: 2 },
      { bucketMs: at('2026-11-21T00:00'), agent: 'claude-code', changes: 3 },
      { bucketMs: at('2026-11-21T00:00'), agent: 'codex-local', changes: 9 },
    ];
    const daysAt = (offset: number) =>
      foldActivity(buckets, days({ utc_offset_minutes: offset })).days.map(({ day, changes_by_agent }) => [
        day,
        changes_by_agent,
      ]);
    expect(daysAt(0)).toEqual([
      ['2026-11-20', { 'claude-code': 2 }],
      ['2026-11-21', { 'claude-code': 3, 'codex-local': 9 }],
    ]);
    expect(daysAt(15)).toEqual([['2026-11-21', { 'claude-code': 5, 'codex-local': 9 }]]);
    expect(daysAt(-15)).toEqual([['2026-11-20', { 'claude-code': 5, 'codex-local': 9 }]]);
    expect(foldActivity(buckets, days({})).agents).toEqual([
      { agent: 'codex-local', changes: 9 },
      { agent: 'claude-code', changes: 5 },
    ]);
    expect(foldActivity([], days({}))).toEqual({ days: [], agents: [] });
  });

  test('over the API: within a range, and not over too long a one', async () => {
    const { engine, call } = createSession();
    engine.write({ path: 'a.md', content: 'a', atMs: at('2026-11-20T10:00') });
    engine.write({ path: 'a.md', content: 'b', atMs: at('2026-11-20T23:50') });
    const range = { from_ms: at('2026-11-20T00:00'), to_ms: at('2026-11-21T00:00') };
    expect(valueIn(await call('getActivity', { ...range, utc_offset_minutes: 60 })).days).toEqual([
      { day: '2026-11-20', changes_by_agent: { 'claude-code': 1 } },
      { day: '2026-11-21', changes_by_agent: { 'claude-code': 1 } },
    ]);
    expect(valueIn(await call('getActivity', { ...range, time_zone: 'Asia/Kathmandu' })).days).toEqual([
      { day: '2026-11-20', changes_by_agent: { 'claude-code': 1 } },
      { day: '2026-11-21', changes_by_agent: { 'claude-code': 1 } },
    ]);
    expect(valueIn(await call('getActivity', {})).agents).toEqual([{ agent: 'claude-code', changes: 2 }]);
    expect(codeOf(await call('getActivity', { from_ms: 0 }))).toBe('bad-input');
  });
});

describe('folders', () => {
  function home() {
    const folder = temporaryFolder();
    for (const name of ['beta/.git', 'Alpha', '.config', 'item 10', 'item 9', 'worktree']) {
      mkdirSync(join(folder, name), { recursive: true });
    }
    writeFileSync(join(folder, 'file.txt'), '');
    writeFileSync(join(folder, 'worktree', '.git'), 'gitdir: elsewhere');
    symlinkSync(join(folder, 'beta'), join(folder, 'zlink'));
    symlinkSync(join(folder, 'nowhere'), join(folder, 'dangling'));
    return { folder, ...createSession({ homeFolder: folder }) };
  }

  test('starts at home: folders only, by name, hidden ones last, repositories marked', async () => {
    const { folder, call } = home();
    const listed = valueIn(await call('listFolders', {}));
    expect(listed.folder).toBe(folder);
    expect(listed.parent).toBe(join(folder, '..'));
    expect(listed.folders.map(({ name, repository }) => [name, repository])).toEqual([
      ['Alpha', false],
      ['beta', true],
      ['item 9', false],
      ['item 10', false],
      ['worktree', true],
      ['zlink', true],
      ['.config', false],
    ]);
    expect(valueIn(await call('listFolders', { folder: listed.folders[1]!.folder })).folders).toEqual([
      { name: '.git', folder: join(folder, 'beta', '.git'), repository: false },
    ]);
  });

  test('the root has no parent', async () => {
    expect(valueIn(await home().call('listFolders', { folder: '/' })).parent).toBeNull();
  });

  test('shows a bounded number of rows', async () => {
    const { folder, call } = home();
    for (let count = 0; count < limits.folderRows + 5; count += 1)
      mkdirSync(join(folder, 'Alpha', `${count}`));
    const { folders } = valueIn(await call('listFolders', { folder: join(folder, 'Alpha') }));
    expect(folders).toHaveLength(limits.folderRows);
  });

  test('what cannot be listed says why', async () => {
    const { folder, call } = home();
    expect(codeOf(await call('listFolders', { folder: join(folder, 'none') }))).toBe('not-found');
    expect(codeOf(await call('listFolders', { folder: join(folder, 'file.txt') }))).toBe('not-a-folder');
    expect(codeOf(await call('listFolders', { folder: 'relative/../..' }))).toBe('bad-input');
    expect(codeOf(await call('listFolders', { folder: '/tmp\0/x' }))).toBe('bad-input');
  });

  test.skipIf(permissionBitsMissing)('a forbidden folder says so', async () => {
    const { folder, call } = home();
    mkdirSync(join(folder, 'closed'), { mode: 0o000 });
    const result = await asOrdinaryUser(() => call('listFolders', { folder: join(folder, 'closed') }));
    expect(codeOf(result)).toBe('no-permission');
  });
});

describe('the lock', () => {
  test('is shown with its holders, and broken when they are still the ones that were seen', async () => {
    const { app, call } = createSession();
    expect(valueIn(await call('getLock', {})).holders).toEqual([]);
    app.host.locks.holders.push(tinyParty('turn-1'));
    expect(valueIn(await call('getLock', { workspace: 'one' })).holders).toMatchObject([
      { id: 'turn-1', token: 7 },
    ]);
    expect(codeOf(await call('breakLock', { holders: ['turn-2'] }))).toBe('changed-meanwhile');
    expect(codeOf(await call('breakLock', { holders: [] }))).toBe('bad-input');
    expect(valueIn(await call('breakLock', { holders: ['turn-1'] })).holders).toEqual([]);
    expect(codeOf(await call('getLock', { workspace: 'other' }))).toBe('not-found');
  });
});
