/** Whether the logs of all replicas are whole. */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Problem, Result } from '../../../shared/result.ts';
import { openMarkFile } from '../../adapters/mark-file.ts';
import { migrations } from '../../engine/log/schema.ts';
import { databaseFile, markFile, readReplica, replicaFolder } from '../workspace-id.ts';
import { type Check, failure, passed, warning } from './check.ts';
import { type DatabaseHealth, inspectDatabase } from './inspect-database.ts';

/** One replica as the data folder knows it. */
export type ReplicaLog = {
  id: string;
  name: string;
  folder: string | undefined;
  file: string;
  /** Where the log ended when others last heard of it, as far as that can be read. */
  told: number;
};
export type Inspected = ReplicaLog & { health: Result<DatabaseHealth> };

/** Every replica that has a folder below `<data>/replicas`, by id. */
export async function listReplicas(dataFolder: string): Promise<ReplicaLog[]> {
  const replicas = join(dataFolder, 'replicas');
  const entries = await readdir(replicas, { withFileTypes: true }).catch(() => []);
  const ids = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    ids.sort().map(async (id) => {
      const replica = await readReplica(replicaFolder(dataFolder, id));
      const [file, told] = [databaseFile(dataFolder, id), toldPosition(markFile(dataFolder, id))];
      return { id, name: replica?.name ?? id, folder: replica?.folder, file, told };
    }),
  );
}

function toldPosition(file: string): number {
  try {
    return openMarkFile(file).read()?.position ?? 0;
  } catch {
    return 0;
  }
}

/** Looks into each log, one after another, so that the disk is not asked for all at once. */
export async function inspectReplicas(replicas: readonly ReplicaLog[]): Promise<Inspected[]> {
  const inspected: Inspected[] = [];
  for (const replica of replicas) {
    inspected.push({ ...replica, health: await inspectDatabase(replica.file) });
  }
  return inspected;
}

/** One replica's name among all: two folders of one name carry their id. */
export function databaseCheckName(replica: ReplicaLog, all: readonly ReplicaLog[]): string {
  const isAlone = all.every(({ id, name }) => id === replica.id || name !== replica.name);
  return isAlone ? `log of ${replica.name}` : `log of ${replica.name} (${replica.id})`;
}

export function checkDatabase(name: string, replica: Inspected): Check {
  const { health, file } = replica;
  if (!health.ok) return checkFailedInspection(name, replica, health.error);
  const { version, damage, position } = health.value;
  if (damage.length > 0) return damaged(name, `SQLite finds faults in ${file}: ${damage[0]}.`);
  if (version > migrations.length) {
    return failure(
      name,
      `${file} was written by a newer Skein (log version ${version}).`,
      'Update Skein here.',
    );
  }
  if (position !== undefined && position < replica.told) return restored(name, file);
  return passed(name, `${file} is whole.`);
}

function checkFailedInspection(name: string, replica: Inspected, problem: Problem) {
  if (problem.code === 'database-corrupt') return damaged(name, problem.message);
  if (problem.code === 'not-found') return passed(name, 'There is no log yet; the first start makes one.');
  const isPassing = problem.code === 'database-busy' || problem.code === 'too-large';
  const say = isPassing ? warning : failure;
  return say(name, `${basename(replica.file)}: ${problem.message}`, problem.advice);
}

const damaged = (name: string, message: string): Check =>
  failure(
    name,
    message,
    'Run `skein doctor --mend`: it sets the damaged log aside, and a new one starts with the files as they are.',
    true,
  );

const restored = (name: string, file: string): Check =>
  warning(
    name,
    `${file} is older than what other devices saw of it: a backup was put back, or the power failed.`,
    'The next start of Skein gives it a new node id, and it takes its former changes back from your other devices.',
  );

/** Whether setting the log aside is the way on. */
export const isDamaged = ({ health }: Inspected): boolean =>
  health.ok ? health.value.damage.length > 0 : health.error.code === 'database-corrupt';
