/** The group of a process, and whether ours is the one that a terminal sends Ctrl+C to. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Whether our group is the one in the foreground of its terminal, wherever our input comes from: then what we started in
 * it gets SIGINT without us. A console of Windows sends it to all that belong to it. The launcher asks the same
 * (`build/scripts/run-with-node.mjs`).
 */
export function isInForeground(): boolean {
  if (process.platform === 'win32') return true;
  const { group, foreground } = groupsOf(process.pid);
  return group !== undefined && group === foreground;
}

/** The group of a process; undefined where that cannot be known. */
export const groupOf = (pid: number): string | undefined => groupsOf(pid).group;

const groupsOf = (pid: number): Groups =>
  process.platform === 'linux' ? groupsByProc(pid) : groupsByPs(pid);

type Groups = { group?: string | undefined; foreground?: string | undefined };

/** `pid (name) state parent group session terminal foreground …`, where the name may hold anything. */
function groupsByProc(pid: number): Groups {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { group, foreground };
  } catch {
    return {};
  }
}

function groupsByPs(pid: number): Groups {
  const { stdout } = spawnSync('ps', ['-o', 'pgid=,tpgid=', '-p', String(pid)], { encoding: 'utf8' });
  const [group, foreground] = (stdout ?? '').trim().split(/\s+/);
  return { group, foreground };
}
