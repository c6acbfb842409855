/** Sets aside damaged logs and the identity of another machine, with nobody at work on them. */
import { err, ok, type Result } from '../../../shared/result.ts';
import type { DoctorDeps } from '../doctor.ts';
import type { Host } from '../host-contract.ts';
import { takeInstance } from '../instance.ts';
import { setDatabaseAside } from '../mend-database.ts';
import { isIdentityCopied, setIdentityAside } from '../peers/identity.ts';
import { readMachineFact } from '../peers/machine-fact.ts';
import { replicaFolder } from '../workspace-id.ts';
import {
  databaseCheckName,
  type Inspected,
  inspectReplicas,
  isDamaged,
  listReplicas,
} from './database-check.ts';

/** What was done or why not, by the name of the check. Outside of a running Skein it takes the data folder first. */
export async function mendDatabases(deps: DoctorDeps): Promise<Map<string, string>> {
  const inspected = await inspectReplicas(await listReplicas(deps.dataFolder));
  const said = new Map<string, string>();
  const damaged = inspected.filter(isDamaged);
  if (damaged.length === 0) return said;
  const guard = await keepOthersOut(deps);
  for (const replica of damaged) {
    const outcome = guard.ok ? await mendOne(deps, replica) : guard;
    said.set(
      databaseCheckName(replica, inspected),
      outcome.ok
        ? `Mended: the damaged log is kept in ${outcome.value}; a new one starts when the workspace is opened.`
        : `Not mended: ${outcome.error.message} ${outcome.error.advice}`,
    );
  }
  if (guard.ok) await guard.value();
  return said;
}

/** Gives up an identity that came from another machine, and says so; undefined when it is our own. */
export async function mendIdentity(deps: DoctorDeps): Promise<string | undefined> {
  const { dataFolder, nowMs = Date.now } = deps;
  if (!(await isIdentityCopied(dataFolder, await readMachineFact(process.platform)))) return undefined;
  const guard = await keepOthersOut(deps);
  const outcome = guard.ok ? await setIdentityAside(dataFolder, nowMs()) : guard;
  if (guard.ok) await guard.value();
  return outcome.ok
    ? 'Mended: the identity of the other machine is set aside; pair this one with your other devices: skein pair.'
    : `Not mended: ${outcome.error.message} ${outcome.error.advice}`;
}

/** Inside a running Skein we are the one who has the logs open; elsewhere nobody may start meanwhile. */
async function keepOthersOut({
  host,
  dataFolder,
  nowMs = Date.now,
}: DoctorDeps): Promise<Result<() => Promise<void>>> {
  if (host !== undefined) return ok(async () => undefined);
  const instance = await takeInstance(dataFolder, { version: 'doctor', nowMs: nowMs() });
  return instance.ok ? ok(instance.value.release) : err(instance.error);
}

async function mendOne(deps: DoctorDeps, replica: Inspected): Promise<Result<string>> {
  const { host, dataFolder, nowMs = Date.now } = deps;
  const open = host?.workspaces().find(({ id }) => id === replica.id);
  if (open !== undefined) await host?.close(open.id);
  const aside = await setDatabaseAside(replicaFolder(dataFolder, replica.id), nowMs());
  return aside.ok && host !== undefined && open !== undefined
    ? reopen(host, open.folder, aside.value)
    : aside;
}

async function reopen(host: Host, folder: string, aside: string): Promise<Result<string>> {
  const opened = await host.open(folder);
  return opened.ok ? ok(aside) : opened;
}
