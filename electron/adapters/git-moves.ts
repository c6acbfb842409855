import { lstat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { GitMoves } from '../engine/ports.ts';
import { askGit } from './git-process.ts';
import { type GitFolders, oneAtATime, watchRepository } from './repository-watch.ts';

/** See `GitRepository.follow`. Git itself says where the repository keeps its files; without git nothing is watched. */
export function followGit(folder: string, onMove: () => void): GitMoves {
  let watch: { close(): void } | undefined;
  /** What `.git` in the folder was when the repository was last looked for. */
  let place: string | undefined;
  let closed = false;

  const look = oneAtATime(async () => {
    const before = place;
    place = await identityOf(join(folder, '.git'));
    if (closed || (watch !== undefined && place === before)) return;
    const found = await findGitFolders(folder);
    if (closed) return;
    watch?.close();
    watch = found && watchRepository(found, { onMove, onGone });
  });

  function onGone(): void {
    watch?.close();
    watch = undefined;
    look();
  }

  look();
  return {
    look,
    close() {
      closed = true;
      watch?.close();
    },
  };
}

async function findGitFolders(folder: string): Promise<GitFolders | undefined> {
  const printed = await askGit(folder, ['rev-parse', '--git-dir', '--git-common-dir']);
  const [own, common] = printed?.split('\n') ?? [];
  if (!own || !common) return undefined;
  return { own: resolve(folder, own), common: resolve(folder, common) };
}

/** Differs when another file or folder has taken the name, or a `.git` that names another folder was rewritten. */
async function identityOf(path: string): Promise<string> {
  try {
    const stats = await lstat(path, { bigint: true });
    const written = stats.isDirectory() ? stats.birthtimeNs : stats.mtimeNs;
    return `${stats.dev}:${stats.ino}:${written}`;
  } catch {
    return 'nothing';
  }
}
