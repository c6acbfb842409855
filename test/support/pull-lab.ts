/** Two clones of one remote, and what pulls and pushes with its real adapters: real git, real files, a lock in memory. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openGitRemotes } from '../../electron/adapters/git-remotes.ts';
import { createMixedNotes } from '../../electron/adapters/mixed-notes.ts';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import type { PullDeps } from '../../electron/engine/git/pull.ts';
import type { StepParts, TrackedFiles } from '../../electron/engine/git/repository.ts';
import { createRepositoryLock } from '../../electron/engine/lock/repository-lock.ts';
import { err, ok, problem } from '../../shared/result.ts';
import { createFakeClock } from './fake-clock.ts';
import { createFakeLockWorld } from './fake-os-lock.ts';
import { commitAll, copyOfMade, git, makeRepository, withOwnIndex, write } from './git-lab.ts';
import { openHooks, openRepository, openStore } from './open-repository.ts';
import { temporaryFolder } from './temporary-folder.ts';

export type Lab = { bare: string; ours: string; theirs: string };

/** Both clones have the files in one commit. */
export function makeLab(files: Readonly<Record<string, string>>, options: readonly string[] = []): Lab {
  const home = copyOfMade(`lab ${JSON.stringify([files, options])}`, (into) => {
    const { bare, theirs, ours } = labIn(into);
    renameSync(makeRepository(files, options), theirs);
    git(theirs, 'clone', '--quiet', '--bare', theirs, bare);
    git(theirs, 'remote', 'add', 'origin', bare);
    git(into, 'clone', '--quiet', bare, ours);
  });
  const lab = labIn(home);
  pointTo(join(lab.bare, 'config'), lab.theirs);
  for (const clone of [lab.theirs, lab.ours]) pointTo(join(withOwnIndex(clone), '.git/config'), lab.bare);
  return lab;
}

const labIn = (home: string): Lab => ({
  bare: join(home, 'site.git'),
  ours: join(home, 'clone'),
  theirs: join(home, 'repository'),
});

/** The remote of a repository that was copied from elsewhere. */
function pointTo(config: string, remote: string): void {
  writeFileSync(config, readFileSync(config, 'utf8').replace(/url = .*/, `url = ${remote}`));
}

export function cloneOf(bare: string, ...options: readonly string[]): string {
  const folder = join(temporaryFolder(), 'clone');
  git(tmpdir(), 'clone', '--quiet', ...options, bare, folder);
  return folder;
}

type Files = Readonly<Record<string, string | null>>;

/** Writes the files, or removes those that are null. */
export function put(folder: string, files: Files): void {
  const removed = Object.keys(files).filter((path) => files[path] === null);
  if (removed.length > 0) git(folder, 'rm', '--quiet', '-r', ...removed);
  for (const [path, text] of Object.entries(files)) if (text !== null) write(folder, path, text);
}

/** Somebody else commits and pushes. */
export function theyPush({ theirs }: Lab, files: Files, message = 'Theirs'): string {
  put(theirs, files);
  const commit = commitAll(theirs, message);
  git(theirs, 'push', '--quiet', 'origin', 'main');
  return commit;
}

/** Somebody else pushes a submodule that nobody has checked out yet: an empty folder. */
export function beginSubmodule(lab: Lab, path: string): string {
  mkdirSync(join(lab.theirs, path), { recursive: true });
  const head = git(lab.theirs, 'rev-parse', 'HEAD');
  git(lab.theirs, 'update-index', '--add', '--cacheinfo', `160000,${head},${path}`);
  return theyPush(lab, {}, 'Begins a submodule');
}

/** Skein on one clone. What is named `.md` is tracked. */
export async function openPull(
  folder: string,
  change: Parameters<typeof openRepository>[1] = (parts: StepParts) => parts,
) {
  const logged: string[] = [];
  const note = (message: string) => void logged.push(message);
  const log = { info: note, warn: note, error: note };
  const clock = createFakeClock();
  const lock = createRepositoryLock({
    clock,
    log,
    os: createFakeLockWorld(clock.nowMs).open('laptop', 1),
    repository: folder,
  });
  const [top = '', gitFolder = ''] = git(folder, 'rev-parse', '--show-toplevel', '--absolute-git-dir').split(
    '\n',
  );
  const deps: PullDeps = {
    store: await openRepository(folder, change),
    remotes: openGitRemotes(await openStore(folder), { credentials: { find: async () => undefined }, log }),
    notes: createMixedNotes(gitFolder),
    tracked: trackedIn(top),
    codec: nodeCodec,
    hooks: await openHooks(folder),
    lock,
    log,
  };
  return { deps, logged, clock };
}

function trackedIn(top: string): TrackedFiles {
  const read = (path: string): Buffer | undefined => {
    try {
      return readFileSync(join(top, path));
    } catch {
      return undefined;
    }
  };
  return {
    isTracked: (path) => path.endsWith('.md'),
    clearUp: async () => undefined,
    read: async (path) => ok(read(path)),
    async write(path, { expected, next }) {
      if (!read(path)?.equals(expected)) return err(problem('changed-meanwhile', path, 'It is another.', ''));
      writeFileSync(join(top, `${path}.new`), next);
      renameSync(join(top, `${path}.new`), join(top, path));
      return ok(null);
    },
  };
}

export const request = { remote: 'origin', agent: 'skein' };

/** What a pull left: nothing where it failed. */
export const textOf = (folder: string, path: string): string => readFileSync(join(folder, path), 'utf8');
