/** The whole app over loopback: real host, real engine, real folder. Every endpoint of the table is asked. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runDoctor } from '../../../electron/host/doctor.ts';
import { createHost } from '../../../electron/host/host.ts';
import type { Host } from '../../../electron/host/host-contract.ts';
import type { HostOptions } from '../../../electron/host/host-options.ts';
import { createSignInCodes } from '../../../electron/host/sign-in-codes.ts';
import { type App, createApp } from '../../../electron/http/app.ts';
import { listenForPeers } from '../../../electron/http/peer/peer-server.ts';
import { type RunningServer, startServer } from '../../../electron/http/server.ts';
import { endpoints } from '../../../shared/contracts/app-api.ts';
import { type Client, createClient } from '../../../shared/contracts/client.ts';
import { changedEvent } from '../../../shared/contracts/events.ts';
import type { Problem, Result } from '../../../shared/result.ts';
import { startEmbeddingServer } from '../../support/embedding-server.ts';
import { useGitLab } from '../../support/git-lab.ts';
import { headingsOf, whileLocked } from '../../support/held-notes.ts';
import { token } from '../../support/tiny-app.ts';
import { removeFolder, unmanagedFolder } from '../../support/unmanaged-folder.ts';
import { until } from '../../support/until.ts';
import { expectShape, reference } from './reference-answers.ts';

useGitLab();

const timestamp = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/;
const md5 = (text: string) => createHash('md5').update(text).digest('hex');
const silent = { info: () => {}, warn: () => {}, error: () => {} };

let outer = '';
let workspace = '';
let host: Host;
let app: App;
let server: RunningServer;
let client: Client;
let deviceOptions: Omit<HostOptions, 'dataFolder'>;
const asked = new Set<string>();
const hosts: string[] = [];

const url = (path: string) => `http://127.0.0.1:${server.port}${path}`;
const get = (path: string) => fetch(url(path), { headers: { 'x-dev-bypass': '1' } });
const save = (path: string, text: string) => writeFileSync(join(workspace, path), text);

/** A file that lies still, so that the first scan need not wait for it to settle. */
function saveLongAgo(path: string, text: string): void {
  save(path, text);
  utimesSync(join(workspace, path), 1_700_000_000, 1_700_000_000);
}

const call: Client['call'] = (name, input) => {
  asked.add(name);
  return client.call(name, input);
};

async function valueIn<Value>(answer: Promise<Result<Value>>): Promise<Value> {
  const result = await answer;
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

const failureIn = async (answer: Promise<Result<unknown>>): Promise<Problem | undefined> => {
  const result = await answer;
  return result.ok ? undefined : result.error;
};

const pendingCount = async () => (await valueIn(call('listPending', {}))).count;

beforeAll(async () => {
  outer = unmanagedFolder();
  workspace = join(outer, 'harbour');
  mkdirSync(join(workspace, 'docs'), { recursive: true });
  execFileSync('git', ['init', '--quiet', workspace]);
  saveLongAgo('AGENTS.md', '# Agents\n');
  saveLongAgo('SYNC_STATUS.md', '# Status\n\nOurs.\n');
  saveLongAgo('docs/passation_codex.md', 'Start\n');
  const env = { ...process.env, HOME: outer };
  const dataFolder = join(outer, 'data');
  deviceOptions = { version: '1.0.0', env, log: silent, reopen: false };
  const created = await createHost({ ...deviceOptions, dataFolder });
  if (!created.ok) throw new Error(created.error.message);
  host = created.value;
  app = createApp({
    host,
    token,
    signInCodes: createSignInCodes(),
    allowedHosts: () => hosts,
    dev: true,
    staticFolder: join(outer, 'none'),
    homeFolder: outer,
    runDoctor: () => runDoctor({ dataFolder, env, host }),
  });
  const started = await startServer(app.fetch, { port: 0, host: '127.0.0.1' });
  if (!started.ok) throw new Error(started.error.message);
  server = started.value;
  hosts.push(`127.0.0.1:${server.port}`);
  client = createClient((path, init) => fetch(url(path), init as RequestInit), {
    authorization: `Bearer ${token}`,
  });
});

afterAll(async () => {
  app?.close();
  await server?.close();
  await host?.stop();
  removeFolder(outer);
});

describe('from an empty Skein to a consolidated report', () => {
  test('nothing is open; the folder browser finds the repository', async () => {
    expect(await valueIn(call('getHealth', {}))).toEqual({ status: 'ok', version: '1.0.0', name: 'skein' });
    expect((await valueIn(call('listWorkspaces', {}))).workspaces).toEqual([]);
    expect((await failureIn(call('getStatus', {})))?.code).toBe('no-workspace');
    const { folders } = await valueIn(call('listFolders', {}));
    expect(folders).toContainEqual({ name: 'harbour', folder: workspace, repository: true });
    expect((await failureIn(call('openWorkspace', { folder: join(outer, 'missing') })))?.code).toMatch(
      /not-found|not-a-folder/,
    );
  });

  test('a folder opens with what it holds as its baseline', async () => {
    const opened = await valueIn(call('openWorkspace', { folder: workspace }));
    expect(opened).toMatchObject({ name: 'harbour', folder: workspace, pending_changes: 0, problem: null });
    const listed = await valueIn(call('listWorkspaces', {}));
    expect(listed.workspaces.map(({ id }) => id)).toEqual([opened.id]);
    const { files } = await valueIn(call('listFiles', {}));
    expect(files.map(({ file_path, state, file_class }) => [file_path, state, file_class])).toEqual([
      ['AGENTS.md', 'synced', 'instructions'],
      ['SYNC_STATUS.md', 'synced', 'status'],
      ['docs/passation_codex.md', 'synced', 'journal'],
    ]);
    const { changes } = await valueIn(call('listChanges', {}));
    expect(changes.every(({ baseline, pending }) => baseline && !pending)).toBe(true);
  });

  test('an edit arrives by itself, is told to listeners, and is pending in the documented shape', async () => {
    const stream = await get('/api/events');
    const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
    save('AGENTS.md', '# Agents\n\nBe kind.\n');
    let heard = '';
    while (!heard.includes('"changes"')) heard += (await reader.read()).value ?? '';
    await reader.cancel();
    const data = /data: (\{"workspace.*"changes".*)\n/.exec(heard)?.[1] ?? '';
    expect(changedEvent.parse(JSON.parse(data)).topics).toContain('changes');
    save('docs/passation_codex.md', 'Start\nNext\n');
    await expect.poll(pendingCount, { timeout: 10_000 }).toBe(2);
    const pending = await (await get('/api/sync/pending-changes')).json();
    expectShape(pending, reference.pending, 'pending');
    expect(pending.changes[0]).toMatchObject({
      file_path: 'AGENTS.md',
      event_type: 'modified',
      timestamp: expect.stringMatching(timestamp),
      old_checksum: md5('# Agents\n'),
      new_checksum: md5('# Agents\n\nBe kind.\n'),
      size: 19,
      pending: true,
      restorable: true,
    });
    expect(pending.changes[1].agent_owner).toMatch(/codex/);
  });

  test('GET /api/sync/status as documented', async () => {
    const status = await (await get('/api/sync/status')).json();
    expectShape(status, reference.status, 'status');
    expect(status).toMatchObject({
      running: true,
      pending_changes: 2,
      last_consolidation: null,
      checksums_tracked: 3,
      consolidation_threshold: 5,
      check_interval_seconds: 30,
      report_file: 'SYNC_STATUS.md',
    });
    expect(status.watched_files).toBeGreaterThanOrEqual(3);
    expect(status.next_trigger.changes_missing).toBe(3);
    expect((await valueIn(call('getStatus', {}))).state).toMatch(/watching|polling/);
  });

  test('GET /api/sync/checksums as documented', async () => {
    const answer = await (await get('/api/sync/checksums')).json();
    expect(Object.keys(answer)).toEqual(['count', 'checksums']);
    expect(answer.count).toBe(3);
    const [example] = Object.values(reference.checksums.checksums);
    for (const [path, entry] of Object.entries(answer.checksums as Record<string, Record<string, string>>)) {
      expectShape(entry, example, path);
      expect(entry['checksum']).toBe(md5(readFileSync(join(workspace, path), 'utf8')));
      expect(entry['last_modified']).toMatch(timestamp);
    }
    expect((await valueIn(call('listChecksums', {}))).count).toBe(3);
  });

  test('what one change did, around it, and its versions', async () => {
    const { changes } = await valueIn(call('listPending', {}));
    const { position, stamp } = changes[0]!;
    const around = await valueIn(call('getChange', { position }));
    expect(around.change.stamp).toBe(stamp);
    expect(around.earlier_of_file?.baseline).toBe(true);
    const diff = await valueIn(call('getChangeDiff', { position }));
    expect([diff.added, diff.removed]).toEqual([2, 0]);
    expect(diff.hunks[0]?.lines.filter(({ kind }) => kind === 'added').length).toBe(2);
    const versions = await valueIn(call('listVersions', { path: 'AGENTS.md' }));
    expect(versions.changes.map((change) => change.event_type)).toEqual(['modified', 'created']);
    const content = await valueIn(call('getContent', { path: 'AGENTS.md', version: stamp.slice(0, 20) }));
    expect([content.encoding, content.content]).toEqual(['utf-8', '# Agents\n\nBe kind.\n']);
    const between = await valueIn(call('getDiff', { path: 'AGENTS.md', from: 'latest~1', to: 'latest' }));
    expect([between.added, between.from?.position]).toEqual([2, around.earlier_of_file?.position]);
  });

  test('POST /api/sync/consolidate as documented, and its history', async () => {
    const response = await fetch(url('/api/sync/consolidate'), {
      method: 'POST',
      headers: { 'x-dev-bypass': '1' },
    });
    const outcome = await response.json();
    expectShape(outcome, reference.consolidate, 'consolidate');
    expect(outcome).toMatchObject({
      status: 'success',
      trigger: { trigger_type: 'manual', conditions_met: { pending_changes: 2 } },
      changes_consolidated: 2,
      consolidation: { state: 'written', files: 2 },
    });
    expect(outcome.trigger.timestamp).toMatch(timestamp);
    const status = await (await get('/api/sync/status')).json();
    expect(status).toMatchObject({ pending_changes: 0, last_consolidation: outcome.trigger.timestamp });
    const { stamp } = outcome.consolidation;
    const history = await valueIn(call('listConsolidations', {}));
    expect([history.total, history.consolidations[0]?.stamp]).toEqual([1, stamp]);
    const { report } = await valueIn(call('getConsolidation', { stamp: stamp.slice(0, 16) }));
    expect(report).toContain('AGENTS.md');
    expect(readFileSync(join(workspace, 'SYNC_STATUS.md'), 'utf8')).toContain(report.trim().split('\n')[0]);
    const folded = await valueIn(call('listChanges', { consolidation: stamp, agent: '' }));
    expect(folded.changes.map(({ file_path }) => file_path)).toContain('AGENTS.md');
    expect(await valueIn(call('consolidate', {}))).toMatchObject({
      status: 'nothing_pending',
      changes_consolidated: 0,
      consolidation: null,
    });
  });

  test('a consolidation is taken back once', async () => {
    const { consolidations } = await valueIn(call('listConsolidations', { limit: 1 }));
    const { stamp } = consolidations[0]!;
    const undone = await valueIn(call('undoConsolidation', { stamp }));
    expect([undone.consolidation.state, undone.changes_pending_again]).toEqual(['undone', 2]);
    expect(await pendingCount()).toBe(2);
    expect((await failureIn(call('undoConsolidation', { stamp })))?.code).toBe('already-undone');
    expect(readFileSync(join(workspace, 'SYNC_STATUS.md'), 'utf8')).toBe('# Status\n\nOurs.\n');
  });

  test('restore puts a version back, as a change of its own', async () => {
    const restored = await valueIn(call('restore', { path: 'AGENTS.md', version: 'latest~1' }));
    expect(restored).toMatchObject({ unchanged: false, change: { agent_owner: 'human', pending: true } });
    expect(readFileSync(join(workspace, 'AGENTS.md'), 'utf8')).toBe('# Agents\n');
    expect(await valueIn(call('restore', { path: 'AGENTS.md', version: 'latest' }))).toMatchObject({
      unchanged: true,
    });
    expect((await failureIn(call('restore', { path: '../x.md', version: 'latest' })))?.code).toBe(
      'hostile-path',
    );
    expect((await failureIn(call('restore', { path: 'none.md', version: 'latest' })))?.code).toMatch(
      /not-found|not-tracked/,
    );
  });

  test('a scan finds what a pause hid', async () => {
    expect(await valueIn(call('pause', {}))).toMatchObject({ running: false, state: 'paused' });
    save('ROADMAP.md', '# Later\n');
    expect(await valueIn(call('resume', {}))).toMatchObject({ running: true });
    await expect
      .poll(
        async () => {
          await valueIn(call('scan', {}));
          return (await valueIn(call('listFiles', {}))).files.map(({ file_path }) => file_path);
        },
        { timeout: 10_000 },
      )
      .toContain('ROADMAP.md');
  });

  test('activity counts what was done today', async () => {
    const { days, agents } = await valueIn(call('getActivity', { utc_offset_minutes: 60 }));
    expect(days.length).toBeGreaterThanOrEqual(1);
    expect(agents.reduce((sum, { changes }) => sum + changes, 0)).toBeGreaterThanOrEqual(4);
  });
});

describe('the rest of the table', () => {
  test('skein.json changes on the disk, keeping its comments', async () => {
    save('skein.json', '{\n  // ours\n  "locale": "fr"\n}\n');
    await expect
      .poll(async () => (await valueIn(call('getSettings', {}))).settings.locale, { timeout: 10_000 })
      .toBe('fr');
    const changes = { consolidation_threshold: 9, locale: null };
    const { settings } = await valueIn(call('changeSettings', { changes }));
    expect([settings.consolidation_threshold, settings.locale]).toEqual([9, 'en']);
    const text = readFileSync(join(workspace, 'skein.json'), 'utf8');
    expect(text).toContain('// ours');
    expect(text).not.toContain('"fr"');
    const refused = await failureIn(call('changeSettings', { changes: { locale: 'xx' } }));
    expect(refused?.code).toMatch(/bad-input|settings-broken/);
    expect((await valueIn(call('getSettings', {}))).file_exists).toBe(true);
  });

  test('settings of the installation', async () => {
    const before = await valueIn(call('getAppSettings', {}));
    const after = await valueIn(call('changeAppSettings', { theme: 'dark' }));
    expect(after).toEqual({ ...before, theme: 'dark' });
  });

  test('a code made with the token signs a browser in', async () => {
    const { code } = await valueIn(call('createSignInCode', {}));
    expect(await valueIn(call('signIn', { code }))).toEqual({ token });
  });

  test('the doctor answers', async () => {
    const { checks } = await valueIn(call('runDoctor', {}));
    expect(checks.length).toBeGreaterThan(3);
  });

  test('metrics of the real engine', async () => {
    const text = await (await get('/api/metrics')).text();
    expect(text).toMatch(/^sync_changes_detected_total\{file_type="passation",agent="codex[\w-]*"\} 1$/m);
    expect(text).toContain('sync_consolidations_triggered_total{trigger_type="manual"} 1\n');
    expect(text).toMatch(/^sync_status\{file_path="AGENTS\.md"\} 0$/m);
    expect(text).toMatch(/^sync_check_duration_seconds_count [1-9]\d*$/m);
    expect(text).toMatch(/^sync_consolidation_duration_seconds_count [1-9]\d*$/m);
    expect(text).not.toContain('agent="skein"');
  });

  test('the sample opens beside it, each by its id, and closes', async () => {
    const sample = await valueIn(call('openSample', {}));
    const first = (await valueIn(call('listWorkspaces', {}))).workspaces[0]!;
    expect(first.name).toBe('harbour');
    expect((await valueIn(call('getStatus', { workspace: sample.id }))).workspace.folder).toBe(sample.folder);
    expect(await valueIn(call('closeWorkspace', { id: sample.id }))).toEqual({ closed: true });
    expect((await failureIn(call('getStatus', { workspace: sample.id })))?.code).toBe('not-found');
    expect((await failureIn(call('getStatus', {})))?.code).toBeUndefined();
  });

  test('a device pairs over the API, is changed, asked, and revoked', async () => {
    const other = await createHost({ ...deviceOptions, dataFolder: join(outer, 'other'), listenForPeers });
    if (!other.ok) throw new Error(other.error.message);
    await other.value.peers.changeNetwork({ name: 'desk', bind: 'loopback' });
    const invited = await other.value.peers.invite();
    if (!invited.ok) throw new Error(invited.error.message);
    const { code, addresses } = invited.value;
    expect(await valueIn(call('getNetwork', {}))).toMatchObject({ listening: null, discovery: false });
    expect(await valueIn(call('changeNetwork', { name: 'lap' }))).toMatchObject({ device: { name: 'lap' } });
    expect(await valueIn(call('listNearby', {}))).toEqual({ discovery: false, devices: [] });
    expect((await failureIn(call('invitePeer', {})))?.code).toBe('peer-refused');
    expect((await failureIn(call('confirmPairing', { match: true })))?.code).toBe('not-found');
    const answered = await valueIn(call('answerInvitation', { code: code ?? '', address: addresses[0] }));
    expect(answered.pairing).toMatchObject({ state: 'comparing', peer: { name: 'desk' } });
    expect((await valueIn(call('getPairing', {}))).pairing?.check).toBe(other.value.peers.pairing()?.check);
    const confirming = call('confirmPairing', { match: true });
    await other.value.peers.confirm({ match: true });
    expect((await valueIn(confirming)).pairing?.state).toBe('paired');
    const [peer] = (await valueIn(call('listPeers', {}))).peers;
    const id = peer?.id ?? '';
    expect(await valueIn(call('changePeer', { id, name: 'the desk' }))).toMatchObject({ name: 'the desk' });
    const workspaces = (await valueIn(call('listWorkspaces', {}))).workspaces;
    const shared = await valueIn(
      call('shareWithPeer', { id, workspace_id: workspaces[0]?.workspace_id ?? '' }),
    );
    expect(shared.workspaces).toMatchObject([{ name: 'harbour', write: true, trusted: false }]);
    const { results } = await valueIn(call('syncPeers', { peer: id }));
    expect(results).toMatchObject([{ name: 'the desk', problem: { code: 'peer-refused' } }]);
    const lag = await valueIn(call('getPeerLag', {}));
    expect(lag.peers.map((it) => it.id)).toEqual([id]);
    expect(lag.from_ms).toBeLessThanOrEqual(lag.to_ms);
    expect(await valueIn(call('revokePeer', { id }))).toEqual({ revoked: true });
    expect((await valueIn(call('cancelPairing', {}))).pairing?.state).toBe('paired');
    await other.value.stop();
  });

  test('the inbox is empty, and what is not there cannot be decided', async () => {
    expect(await valueIn(call('listConflicts', { state: 'all' }))).toEqual({ conflicts: [], open: 0 });
    expect(await valueIn(call('listApprovals', {}))).toEqual({ changes: [] });
    const [loser, path] = ['0'.repeat(32), 'AGENTS.md'];
    expect((await failureIn(call('getConflict', { path, loser })))?.code).toBe('not-found');
    expect((await failureIn(call('resolveConflict', { path, loser, how: 'keep' })))?.code).toBe('not-found');
    expect((await failureIn(call('resolveConflict', { path, loser, how: 'write' })))?.code).toBe('bad-input');
    const decision = call('decideApprovals', { stamps: [loser], verdict: 'approve' });
    expect((await failureIn(decision))?.code).toBe('not-found');
  });

  test('a workspace alone has no other replicas, and says how it would share with them', async () => {
    expect(await valueIn(call('listReplicas', {}))).toEqual({ share: 'shared', replicas: [] });
    expect(await valueIn(call('shareReplicas', { share: 'staged' }))).toEqual({
      share: 'staged',
      replicas: [],
    });
    expect((await valueIn(call('getSettings', {}))).from_file['share']).toBe('staged');
    expect((await valueIn(call('shareReplicas', { share: 'shared' }))).share).toBe('shared');
    expect(await valueIn(call('hideReplica', { id: '0123456789abcdef' }))).toEqual({ hidden: true });
  });

  test('nobody holds the lock, so there is nothing to break', async () => {
    expect(await valueIn(call('getLock', {}))).toMatchObject({
      lease_seconds: 300,
      holders: [],
      waiting: [],
    });
    expect(await call('breakLock', { holders: ['nobody'] })).toMatchObject({
      ok: false,
      error: { code: 'changed-meanwhile' },
    });
  });

  test('a hundred notes at once are one commit, and each is told of its own', async () => {
    const notes = await whileLocked(workspace, 100, (it) => valueIn(call('addNote', { text: `N ${it}` })));
    expect(new Set(notes.map(({ head }) => head)).size).toBe(1);
    expect(headingsOf(workspace, notes)).toEqual(notes.map((_, note) => `# N ${note}`));
  });
  test('a repository without a remote is committed to, and says that there is none to pull from', async () => {
    expect(await valueIn(call('addNote', { text: 'Here' }))).toMatchObject({ success: true, pushed: false });
    expect(await valueIn(call('commitGit', { paths: ['nothing.md'] }))).toMatchObject({
      head: null,
      paths: [],
    });
    for (const name of ['pullGit', 'pushGit'] as const)
      expect(await valueIn(call(name, {}))).toMatchObject({
        success: false,
        message: "Remote 'origin' not found",
      });
    expect((await failureIn(call('previewPull', {})))?.code).toBe('remote-missing');
    expect(await valueIn(call('cancelGit', {}))).toMatchObject({ running: null, remote_address: null });
    expect(await valueIn(call('getGit', {}))).toMatchObject({ last_commit: { success: true } });
  });

  test('the token of a remote is kept, listed without itself, and forgotten', async () => {
    const kept = await call('keepGitToken', { host: 'git.example.org', token: 'only-for-git' });
    expect(kept.ok).toBe(true);
    const listed = await valueIn(call('listGitTokens', {}));
    expect(listed).toMatchObject({ place: 'file', tokens: [{ origin: 'https://git.example.org' }] });
    expect(JSON.stringify([kept, listed])).not.toContain('only-for-git');
    expect(await valueIn(call('forgetGitToken', { host: 'git.example.org' }))).toEqual({ forgotten: true });
  });

  test('the notes are searched, and their index says how it stands', async () => {
    save('AGENTS.md', '# Agents\n\nTombstones stay, so that a laptop learns of deletions.\n');
    const find = async () => valueIn(call('search', { q: 'why tombstones', mode: 'hybrid', limit: 5 }));
    await until(async () => (await find()).passages[0]?.text.includes('Tombstones') === true);
    const [first] = (await find()).passages;
    expect(first).toMatchObject({
      file_class: 'instructions',
      line: 1,
      headings: ['Agents'],
      why: { words: 1 },
    });
    expect(first?.marks.map(([from, to]) => first.text.slice(from, to))).toEqual(['Tombstones']);
    expect((await failureIn(call('search', { q: 'x', path: '[' })))?.code).toBe('bad-input');
    expect((await failureIn(call('search', { q: '' })))?.code).toBe('bad-input');
    const similar = await valueIn(call('findSimilar', { path: 'AGENTS.md', line: 3 }));
    expect(similar.passages.every(({ path }) => path !== 'AGENTS.md')).toBe(true);
    expect((await failureIn(call('findSimilar', { path: 'NONE.md', line: 1 })))?.code).toBe('not-found');
    expect(await valueIn(call('getKnowledge', {}))).toMatchObject({ problem: null, behind: 0, stuck: [] });
    const { notes } = await valueIn(call('listIndexedNotes', {}));
    expect(notes).toContainEqual(
      expect.objectContaining({ path: 'AGENTS.md', state: 'current', passages: 1 }),
    );
    expect(await valueIn(call('retryNotes', {}))).toEqual({ retried: 0 });
    expect(await valueIn(call('rebuildKnowledge', {}))).toMatchObject({ state: 'rebuilding' });
    expect(await valueIn(call('checkKnowledgeStore', {}))).toMatchObject({
      kind: 'embedded',
      state: 'ready',
    });
    expect(await valueIn(call('chooseKnowledgeStore', { kind: 'embedded' }))).toMatchObject({
      kind: 'embedded',
      url: null,
      problem: null,
    });
    expect((await valueIn(call('getStoreChoice', {}))).kind).toBe('embedded');
    const nowhere = { kind: 'chroma', url: 'nowhere' } as const;
    expect((await failureIn(call('tryKnowledgeStore', nowhere)))?.code).toBe('bad-input');
    expect((await failureIn(call('syncKnowledge', {})))?.code).toBe('not-found');
    await until(async () => (await valueIn(call('getKnowledge', {}))).state === 'current');
    while (!(await (await get('/api/metrics')).text()).includes('\nsync_knowledge_stuck_notes 0\n'));
  });

  test('a server that embeds is checked and chosen, and its key is kept and forgotten', async () => {
    const { url } = await startEmbeddingServer();
    const said = { kind: 'ollama' as const, url, model: 'small' };
    expect(await valueIn(call('checkEmbedder', said))).toMatchObject({ local: true, dimensions: 48 });
    const kept = await valueIn(call('keepEmbedderKey', { url, key: 'only-for-embedding' }));
    expect(await valueIn(call('chooseEmbedder', said))).toMatchObject({ key: { from: 'file' } });
    const shown = await valueIn(call('getEmbedder', {}));
    expect(JSON.stringify([kept, shown])).not.toContain('only-for-embedding');
    expect(await valueIn(call('forgetEmbedderKey', {}))).toEqual({ forgotten: true });
    expect(await valueIn(call('chooseEmbedder', { kind: 'builtin' }))).toMatchObject({ kind: 'builtin' });
  });

  test('every endpoint of the table was asked', () => {
    expect([...asked].toSorted()).toEqual(Object.keys(endpoints).toSorted());
  });
});
