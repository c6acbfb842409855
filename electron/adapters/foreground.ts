/** Whether this process is of those that a terminal sends Ctrl+C to. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * Whether our group is the one in the foreground of its terminal, wherever our input comes from: then what we started in
 * it gets SIGINT without us. A console of Windows sends it to all that belong to it. The launcher asks the same
 * (`build/scripts/run-with-node.mjs`).
 */
export function isInForeground(): boolean {
  if (process.platform === 'win32') return true;
  const { group, foreground } = process.platform === 'linux' ? groupsByProc() : groupsByPs();
  return group !== undefined && group === foreground;
}

type Groups = { group?: string | undefined; foreground?: string | undefined };

/** `pid (name) state parent group session terminal foreground …`, where the name may hold anything. */
function groupsByProc(): Groups {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { group, foreground };
  } catch {
    return {};
  }
}

function groupsByPs(): Groups {
  const { stdout } = spawnSync('ps', ['-o', 'pgid=,tpgid=', '-p', String(process.pid)], { encoding: 'utf8' });
  const [group, foreground] = (stdout ?? '').trim().split(/\s+/);
  return { group, foreground };
}
