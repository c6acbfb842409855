import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { openGit } from '../../../electron/adapters/git-command.ts';
import {
  caseFolds,
  ensureReplica,
  placeInRepository,
  readReplica,
  replicaId,
  replicaKey,
} from '../../../electron/host/workspace-id.ts';
import { fill, temporaryFolder } from './support/folders.ts';

const nowMs = Date.UTC(2026, 10, 21);

/** Runs git with an identity of its own and without the user's configuration. */
function git(folder: string, ...args: string[]): string {
  const identity = [
    '-c',
    'user.name=Tester',
    '-c',
    'user.email=tester@skein.invalid',
    '-c',
    'commit.gpgSign=false',
  ];
  return execFileSync('git', ['-C', folder, ...identity, ...args], {
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();
}

function makeRepository(): string {
  const folder = fill(temporaryFolder(), { 'AGENTS.md': '#', 'docs/api/AGENTS.md': '#' });
  git(folder, 'init', '--quiet');
  git(folder, 'add', '.');
  git(folder, 'commit', '--quiet', '--message', 'first');
  return folder;
}

/** The replica of a folder as a fresh data folder would know it. */
async function replicaOf(folder: string, replicaFolder = temporaryFolder()) {
  const facts = { folder, realFolder: folder, name: basename(folder), git: openGit(folder), nowMs };
  const replica = await ensureReplica(replicaFolder, facts);
  if (!replica.ok) throw new Error(replica.error.message);
  return replica.value;
}

test('the id of a replica is stable and short', async () => {
  const folder = temporaryFolder();
  expect(await replicaId(folder)).toMatch(/^[0-9a-f]{16}$/);
  expect(await replicaId(`${folder}/`)).toBe(await replicaId(folder));
});

test('a moved folder is another replica, and the old one when it is back', async () => {
  const folder = join(temporaryFolder(), 'project');
  mkdirSync(folder);
  const before = await replicaId(folder);
  renameSync(folder, `${folder}-moved`);
  expect(await replicaId(`${folder}-moved`)).not.toBe(before);
  renameSync(`${folder}-moved`, folder);
  expect(await replicaId(folder)).toBe(before);
});

test('letter case counts only where the disk tells it apart', () => {
  expect(replicaKey('/Users/me/Project', true)).toBe(replicaKey('/users/ME/project', true));
  expect(replicaKey('/home/me/Project', false)).not.toBe(replicaKey('/home/me/project', false));
});

test('the two Unicode forms of one name are one folder', () => {
  expect(replicaKey('/home/me/caf\u00e9', false)).toBe(replicaKey('/home/me/cafe\u0301', false));
});

test.runIf(process.platform === 'linux')('a disk that tells letter case apart is seen as such', () => {
  expect(caseFolds(temporaryFolder())).toBe(false);
  expect(caseFolds('/')).toBe(false);
});

test('clones of one repository share the workspace, and a linked worktree does', async () => {
  const origin = makeRepository();
  const clone = join(temporaryFolder(), 'clone');
  git(origin, 'clone', '--quiet', origin, clone);
  const worktree = join(temporaryFolder(), 'tree');
  git(origin, 'worktree', 'add', '--quiet', worktree);
  const replicas = await Promise.all([origin, clone, worktree].map((folder) => replicaOf(folder)));
  expect(new Set(replicas.map(({ workspace }) => workspace)).size).toBe(1);
  expect(replicas[0]).toMatchObject({ workspaceFrom: 'root-commit', createdMs: nowMs });
});

test('a sub-folder is a workspace of its own, the same in every clone', async () => {
  const origin = makeRepository();
  const clone = join(temporaryFolder(), 'clone');
  git(origin, 'clone', '--quiet', origin, clone);
  const whole = await replicaOf(origin);
  const part = await replicaOf(join(origin, 'docs'));
  expect(part.workspace).not.toBe(whole.workspace);
  expect((await replicaOf(join(clone, 'docs'))).workspace).toBe(part.workspace);
});

test('the place in a repository is counted from its top', async () => {
  const origin = makeRepository();
  expect(await placeInRepository(origin)).toBe('');
  expect(await placeInRepository(join(origin, 'docs', 'api'))).toBe('docs/api');
});

test('without a repository the workspace is random and stays', async () => {
  const folder = temporaryFolder();
  const place = temporaryFolder();
  const first = await replicaOf(folder, place);
  expect(first).toMatchObject({
    workspaceFrom: 'random',
    workspace: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  expect(await replicaOf(folder, place)).toEqual(first);
  expect((await replicaOf(folder)).workspace).not.toBe(first.workspace);
});

test('a folder that becomes a repository joins it, and keeps it when git is gone', async () => {
  const folder = fill(temporaryFolder(), { 'AGENTS.md': '#' });
  const place = temporaryFolder();
  await replicaOf(folder, place);
  git(folder, 'init', '--quiet');
  git(folder, 'add', '.');
  git(folder, 'commit', '--quiet', '--message', 'first');
  const joined = await replicaOf(folder, place);
  expect(joined.workspaceFrom).toBe('root-commit');
  renameSync(join(folder, '.git'), join(temporaryFolder(), 'git'));
  expect((await replicaOf(folder, place)).workspace).toBe(joined.workspace);
});

test('a broken replica.json is written anew', async () => {
  const place = fill(temporaryFolder(), { 'replica.json': '{"folder": 7' });
  expect(await readReplica(place)).toBeUndefined();
  const replica = await replicaOf(temporaryFolder(), place);
  expect(await readReplica(place)).toEqual(replica);
});

test('an unchanged replica.json is not written again', async () => {
  const folder = temporaryFolder();
  const place = temporaryFolder();
  const replica = await replicaOf(folder, place);
  const spaced = JSON.stringify(replica);
  writeFileSync(join(place, 'replica.json'), spaced);
  await replicaOf(folder, place);
  expect(readFileSync(join(place, 'replica.json'), 'utf8')).toBe(spaced);
});
