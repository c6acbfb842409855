/** Worktrees and clones that are not open are found and offered, and nothing else is. */
import { existsSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Host } from '../../../electron/host/host-contract.ts';
import { fill } from './support/folders.ts';
import { openEngine, startHost, until } from './support/hosts.ts';
import { makeRepository } from './support/repositories.ts';

/** Opens a folder and waits until it is known what it is a replica of. */
async function openReplica(host: Host, folder: string) {
  const opened = await openEngine(host, folder);
  await until(host, () =>
    host.workspaces().some(({ id, workspace }) => id === opened.id && workspace !== null),
  );
  return opened;
}

const listed = async (host: Host, id: string) =>
  (await host.replicas.list(id)).replicas.map(({ folder, kind, branch, state }) => ({
    folder,
    kind,
    branch,
    state,
  }));

test('a worktree is offered from git’s own list, and is linked once it is open', async () => {
  const place = makeRepository();
  const folder = place.worktree('feature');
  const { host } = await startHost(place);
  const { id } = await openReplica(host, place.project);
  const offered = { folder, kind: 'worktree', branch: 'feature', state: 'offered' };
  expect(await listed(host, id)).toEqual([offered]);
  const other = await openReplica(host, folder);
  expect(await listed(host, id)).toEqual([{ ...offered, state: 'open' }]);
  expect(await listed(host, other.id)).toEqual([
    { folder: place.project, kind: 'worktree', branch: 'main', state: 'open' },
  ]);
  expect(host.workspaces().map(({ engine }) => engine?.replication.peers().length)).toEqual([1, 1]);
});

test('a clone is offered once it was open here, and only while its folder is there', async () => {
  const place = makeRepository();
  const folder = place.clone('copy');
  const { host } = await startHost(place);
  const { id } = await openReplica(host, place.project);
  expect(await listed(host, id)).toEqual([]);
  const other = await openReplica(host, folder);
  const clone = { folder, kind: 'clone', branch: null };
  expect(await listed(host, id)).toEqual([{ ...clone, state: 'open' }]);
  await host.close(other.id);
  expect(await listed(host, id)).toEqual([{ ...clone, state: 'offered' }]);
  renameSync(folder, `${folder}-elsewhere`);
  expect(await listed(host, id)).toEqual([]);
});

test('a worktree that git lists still though its folder is gone is not offered', async () => {
  const place = makeRepository();
  rmSync(place.worktree('gone'), { recursive: true });
  const { host } = await startHost(place);
  const { id } = await openReplica(host, place.project);
  expect(await listed(host, id)).toEqual([]);
});

test('what git lists but is another workspace is not offered', async () => {
  const place = makeRepository();
  const pages = place.worktree('pages');
  place.git('-C', pages, 'checkout', '--quiet', '--orphan', 'website');
  place.git('-C', pages, 'commit', '--quiet', '--message', 'Another beginning');
  const stranger = makeRepository({ 'AGENTS.md': '# Others\n' });
  const { host } = await startHost(place);
  const { id } = await openReplica(host, place.project);
  // A repository may come from anywhere, and so may its list of worktrees.
  fill(place.project, { '.git/worktrees/trap/gitdir': `${stranger.project}/.git\n` });
  fill(place.project, { '.git/worktrees/trap/HEAD': 'ref: refs/heads/main\n' });
  fill(place.project, { '.git/worktrees/trap/commondir': '../..\n' });
  expect(await listed(host, id)).toEqual([]);
});

test('a workspace deep inside a repository has its replicas at the same place of the others', async () => {
  const place = makeRepository({ 'app/AGENTS.md': '# Agents\n' });
  const folder = place.worktree('feature');
  const { host } = await startHost(place);
  const link = join(place.home, 'shortcut');
  symlinkSync(join(place.project, 'app'), link);
  const { id } = await openReplica(host, link);
  expect(await listed(host, id)).toMatchObject([{ folder: join(folder, 'app'), state: 'offered' }]);
});

test('one that is declined is hidden, stays so over a restart, and is found again', async () => {
  const place = makeRepository();
  const folder = place.worktree('feature');
  const first = await startHost(place);
  const { id } = await openReplica(first.host, place.project);
  const [offer] = (await first.host.replicas.list(id)).replicas;
  expect(await first.host.replicas.hide(offer!.id, true)).toMatchObject({ ok: true });
  expect(await listed(first.host, id)).toMatchObject([{ folder, state: 'hidden' }]);
  await first.host.stop();
  const { host } = await startHost(place);
  await openReplica(host, place.project);
  expect(await listed(host, id)).toMatchObject([{ folder, state: 'hidden' }]);
  await host.replicas.hide(offer!.id, false);
  expect(await listed(host, id)).toMatchObject([{ folder, state: 'offered' }]);
  await host.replicas.hide(offer!.id, true);
  await openReplica(host, folder);
  expect(await listed(host, id)).toMatchObject([{ folder, state: 'open' }]);
});

test('a folder without a repository, and one without a commit, have no replicas', async () => {
  const place = makeRepository();
  const { host } = await startHost(place);
  const plain = fill(join(place.home, 'plain'), { 'AGENTS.md': '# Agents\n' });
  const { id } = await openReplica(host, plain);
  expect(await host.replicas.list(id)).toEqual({ share: 'shared', replicas: [] });
  expect(await host.replicas.list('nobody')).toEqual({ share: 'shared', replicas: [] });
});

test('how they share is said in skein.json of each that is open, and taken out again', async () => {
  const place = makeRepository();
  const folder = place.worktree('feature');
  const { host } = await startHost(place);
  const { id } = await openReplica(host, place.project);
  await openReplica(host, folder);
  writeFileSync(join(folder, 'skein.json'), '{\n  // ours\n  "locale": "fr"\n}\n');
  const read = (at: string) => readFileSync(join(at, 'skein.json'), 'utf8');
  expect(await host.replicas.share(id, 'staged')).toMatchObject({
    ok: true,
    value: { share: 'staged', replicas: [{ folder, share: 'staged' }] },
  });
  expect(JSON.parse(read(place.project))).toEqual({ share: 'staged' });
  expect(read(folder)).toContain('// ours');
  expect(read(folder)).toContain('"share": "staged"');
  expect(await host.replicas.share(id, 'shared')).toMatchObject({ ok: true, value: { share: 'shared' } });
  expect([read(place.project), read(folder)].some((text) => text.includes('share'))).toBe(false);
});

test('a choice that is held already writes nothing; a broken skein.json is named with its folder', async () => {
  const place = makeRepository();
  const { host } = await startHost(place);
  const { id, engine } = await openReplica(host, place.project);
  await host.replicas.share(id, 'shared');
  expect(existsSync(join(place.project, 'skein.json'))).toBe(false);
  writeFileSync(join(place.project, 'skein.json'), '{ broken');
  await engine.scan();
  const refused = await host.replicas.share(id, 'staged');
  expect(refused).toMatchObject({ ok: false, error: { code: 'settings-broken' } });
  expect(refused.ok ? '' : refused.error.message).toContain(`In ${place.project}: `);
});
