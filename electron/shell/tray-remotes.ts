/** Which open workspaces can be pulled from git: those in a repository that knows the remote of its settings. */
import type { Cancel } from '../engine/ports.ts';
import type { Host } from '../host/host-contract.ts';

export type Remotes = { has(workspace: string): boolean; stop: Cancel };

/** Looks at once, and again when workspaces come and go or settings change; then calls `changed`. */
export function followRemotes(
  host: Pick<Host, 'workspaces' | 'onChanged' | 'repositories'>,
  changed: () => void,
): Remotes {
  let known: ReadonlySet<string> = new Set();
  let looks = 0;

  const hasRemote = async (id: string): Promise<boolean> => {
    const state = await host.repositories.state(id);
    return state.ok && state.value.remote_address !== null;
  };
  const look = async () => {
    looks += 1;
    const mine = looks;
    const ids = host.workspaces().map(({ id }) => id);
    const answers = await Promise.all(ids.map(hasRemote));
    // A later look knows better.
    if (mine !== looks) return;
    known = new Set(ids.filter((_, index) => answers[index]));
    changed();
  };

  void look();
  const stopListening = host.onChanged(({ topics }) => {
    if (topics.includes('workspaces') || topics.includes('settings')) void look();
  });
  return {
    has: (workspace) => known.has(workspace),
    stop() {
      looks += 1;
      stopListening();
    },
  };
}
