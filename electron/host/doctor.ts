/** `skein doctor`: checks what users trip over, says it in plain words, and mends three things when told to. */
import type { DoctorCheckJson } from '../../shared/contracts/shapes.ts';
import { writeProbe } from './data-folder.ts';
import { judgeClock } from './doctor/clock-check.ts';
import { checkDataFolder } from './doctor/data-folder-check.ts';
import { checkDatabase, databaseCheckName, inspectReplicas, listReplicas } from './doctor/database-check.ts';
import { checkGit } from './doctor/git-check.ts';
import { checkIdentity, identityCheckName } from './doctor/identity-check.ts';
import { mendDatabases, mendIdentity } from './doctor/mend.ts';
import { checkNode } from './doctor/node-check.ts';
import { checkPort } from './doctor/port-check.ts';
import { checkToken } from './doctor/token-check.ts';
import { checkWatchLimits } from './doctor/watch-limit-check.ts';
import { checkWorkspace, type KnownWorkspace } from './doctor/workspace-checks.ts';
import type { Host } from './host-contract.ts';
import { readHostSettings } from './host-settings.ts';
import { tightenToken } from './token-file.ts';

const usualPort = 7420;

/** `host` is the running Skein when the doctor works inside it; `nowMs` tells Unix milliseconds. */
export type DoctorDeps = {
  dataFolder: string;
  env: NodeJS.ProcessEnv;
  port?: number | undefined;
  host?: Host | undefined;
  nowMs?: () => number;
};

/** All checks, in the order in which to look at them. Changes nothing. */
export async function runDoctor(deps: DoctorDeps): Promise<DoctorCheckJson[]> {
  const { dataFolder, host, nowMs = Date.now } = deps;
  const probe = await writeProbe(dataFolder);
  const inspected = await inspectReplicas(await listReplicas(dataFolder));
  const newest = inspected.map(({ health }) => (health.ok ? health.value.newestMs : undefined));
  const workspaces = await Promise.all(toldApart(await knownWorkspaces(deps)).map(checkWorkspace));
  return [
    checkNode(process.versions),
    await checkGit(deps.env),
    await checkWatchLimits(process.platform, watchedFolders(host)),
    await checkDataFolder(dataFolder, probe),
    await checkToken(dataFolder),
    await checkIdentity(dataFolder),
    await checkPort(deps.port ?? usualPort, dataFolder),
    judgeClock({ nowMs: nowMs(), diskMs: probe.ok ? probe.value : undefined, newestMs: latest(newest) }),
    ...inspected.map((replica) => checkDatabase(databaseCheckName(replica, inspected), replica)),
    ...workspaces.flat(),
  ];
}

/**
 * Mends what can be mended without losing anything: leaves the token to its owner, and sets damaged logs and
 * the identity of another machine aside. Returns all checks after that; what was mended says so.
 */
export async function mendChecks(deps: DoctorDeps): Promise<DoctorCheckJson[]> {
  const mended = await mendDatabases(deps);
  const identity = await mendIdentity(deps);
  if (identity !== undefined) mended.set(identityCheckName, identity);
  if (await tightenToken(deps.dataFolder).catch(() => false)) {
    mended.set('token', 'Mended: only you can read it now.');
  }
  const checks = await runDoctor(deps);
  return checks.map((check) => {
    const said = mended.get(check.name);
    return said === undefined ? check : { ...check, message: `${said} ${check.message}` };
  });
}

async function knownWorkspaces({ host, dataFolder }: DoctorDeps): Promise<readonly KnownWorkspace[]> {
  if (host !== undefined) return host.workspaces();
  return (await readHostSettings(dataFolder))?.open ?? [];
}

/** Two clones often have one name; their checks then speak of their folders. */
function toldApart(workspaces: readonly KnownWorkspace[]): KnownWorkspace[] {
  const count = (name: string) => workspaces.filter((it) => it.name === name).length;
  return workspaces.map(({ name, folder }) => ({ folder, name: count(name) > 1 ? folder : name }));
}

const watchedFolders = (host: Host | undefined): number =>
  (host?.workspaces() ?? []).reduce((sum, { engine }) => sum + (engine?.status().watchedFolders ?? 0), 0);

function latest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.max(...known);
}
