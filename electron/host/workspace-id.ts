/**
 * Names of replicas and workspaces (DESIGN section 2). A replica is one folder; its id derives from where
 * the folder stands, so a folder that was moved is a new replica with an empty log. A workspace is what
 * clones share; its id derives from the repository's root commit.
 */
import { createHash, randomBytes } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { lstat, readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { z } from 'zod';
import { ok, type Result } from '../../shared/result.ts';
import type { GitRepository } from '../engine/ports.ts';
import { writeAtomically } from './write-atomically.ts';

const replicaShape = z.object({
  folder: z.string(),
  name: z.string(),
  workspace: z.string().min(1),
  /** A random workspace becomes the repository's as soon as there is a first commit; never the other way. */
  workspaceFrom: z.enum(['root-commit', 'random']),
  createdMs: z.number(),
});
/** What replica.json says; `createdMs` is in Unix milliseconds. */
export type Replica = z.infer<typeof replicaShape>;

const hash = (text: string) => createHash('sha256').update(text).digest('hex');

/** Text that every spelling of one folder shares. Unicode forms fold, and letter case where the disk folds it. */
export function replicaKey(realFolder: string, caseFolds: boolean): string {
  const normal = realFolder.normalize('NFC');
  return caseFolds ? normal.toLowerCase() : normal;
}

/** Stable id of the replica in a folder that exists: 16 hex digits. Links and trailing slashes do not matter. */
export async function replicaId(folder: string): Promise<string> {
  const real = realpathSync.native(folder);
  return hash(`replica\0${replicaKey(real, caseFolds(real))}`).slice(0, 16);
}

/** Whether the path, with the case of its letters turned, is the same folder. Writes nothing to find out. */
export function caseFolds(realFolder: string): boolean {
  const turned = realFolder.replace(/\p{L}/gu, turnCase);
  if (turned === realFolder) return false;
  const [one, other] = [statOf(realFolder), statOf(turned)];
  return one !== undefined && other !== undefined && one.ino === other.ino && one.dev === other.dev;
}

const turnCase = (letter: string) =>
  letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
const statOf = (path: string) => {
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false });
  } catch {
    return undefined;
  }
};

/** Folder of everything that belongs to one replica. */
export const replicaFolder = (dataFolder: string, id: string) => join(dataFolder, 'replicas', id);
/** The replica's log. */
export const databaseFile = (dataFolder: string, id: string) => join(replicaFolder(dataFolder, id), 'log.db');
/** How far that log went when it last told anybody. */
export const markFile = (dataFolder: string, id: string) => join(replicaFolder(dataFolder, id), 'log.mark');

const replicaFile = (folder: string) => join(folder, 'replica.json');

/** What replica.json in a replica's folder says; undefined when it is missing or broken. */
export async function readReplica(folder: string): Promise<Replica | undefined> {
  try {
    return replicaShape.parse(JSON.parse(await readFile(replicaFile(folder), 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * Reads or makes replica.json in `folder`, which exists. It can be rebuilt, so a broken one is written anew.
 * `nowMs` is in Unix milliseconds. Fails as `diskProblem` says.
 */
export async function ensureReplica(
  folder: string,
  facts: { folder: string; realFolder: string; name: string; git: GitRepository; nowMs: number },
): Promise<Result<Replica>> {
  const known = await readReplica(folder);
  const replica: Replica = {
    folder: facts.folder,
    name: facts.name,
    ...(await workspaceOf(known, facts)),
    createdMs: known?.createdMs ?? facts.nowMs,
  };
  if (known !== undefined && JSON.stringify(known) === JSON.stringify(replica)) return ok(known);
  const written = await writeAtomically(replicaFile(folder), `${JSON.stringify(replica, null, 2)}\n`);
  return written.ok ? ok(replica) : written;
}

type WorkspaceIdentity = Pick<Replica, 'workspace' | 'workspaceFrom'>;

async function workspaceOf(
  known: Replica | undefined,
  facts: { realFolder: string; git: GitRepository },
): Promise<WorkspaceIdentity> {
  const kept = known && { workspace: known.workspace, workspaceFrom: known.workspaceFrom };
  if (kept?.workspaceFrom === 'root-commit') return kept;
  const workspace = await workspaceOfRepository(facts);
  if (workspace !== undefined) return { workspace, workspaceFrom: 'root-commit' };
  return kept ?? { workspace: randomBytes(16).toString('hex'), workspaceFrom: 'random' };
}

async function workspaceOfRepository(facts: {
  realFolder: string;
  git: Pick<GitRepository, 'rootCommit'>;
}): Promise<string | undefined> {
  const commit = await facts.git.rootCommit();
  if (commit === undefined) return undefined;
  const place = await placeInRepository(facts.realFolder);
  return hash(`workspace\0${commit}\0${place}`).slice(0, 32);
}

/** The workspace that a folder would be a replica of, without making it one; undefined while git cannot tell. */
export async function findWorkspace(
  dataFolder: string,
  facts: { id: string; realFolder: string; git: Pick<GitRepository, 'rootCommit'> },
): Promise<string | undefined> {
  const known = await readReplica(replicaFolder(dataFolder, facts.id));
  return known?.workspaceFrom === 'root-commit' ? known.workspace : workspaceOfRepository(facts);
}

/** Path from the repository's top, with `/`: two sub-folders of one repository are two workspaces. */
export async function placeInRepository(realFolder: string): Promise<string> {
  for (let top = realFolder; ; top = dirname(top)) {
    const found = await lstat(join(top, '.git')).catch(() => undefined);
    if (found !== undefined) return relative(top, realFolder).split(sep).join('/');
    if (dirname(top) === top) return '';
  }
}
