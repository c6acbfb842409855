/** What the hooks of a repository make of a commit before it is stored, in the order in which git asks them. */
import { cleanMessage } from '../../../shared/domain/commit-message.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { Held } from '../lock/held-lock.ts';
import type { StopSignal } from '../lock/repository-lock.ts';
import type { Draft, HookName, HookRun, Hooks, LaidOut } from './hooks.ts';

/** Who makes a commit: what its hooks are told, and may be ended by. */
export type Maker = { held: Pick<Held, 'id' | 'token' | 'renew'>; signal?: StopSignal | undefined };

const beforeCommit: Readonly<Record<Draft['source'], readonly HookName[]>> = {
  message: ['pre-commit', 'prepare-commit-msg', 'commit-msg'],
  merge: ['pre-merge-commit', 'prepare-commit-msg', 'commit-msg'],
};

/** Whether any of those that are there has a say in a commit of this kind. */
export const haveSay = (present: ReadonlySet<HookName>, source: Draft['source']): boolean =>
  beforeCommit[source].some((name) => present.has(name));

/** The tree and the message that are to be committed. Fails with `hook-refused` and `stopping`. */
export async function passHooks(
  hooks: Hooks,
  draft: Draft,
  { held, signal }: Maker,
): Promise<Result<{ tree: string; message: string }>> {
  const laidOut = await hooks.layOut(draft);
  if (!laidOut.ok) return laidOut;
  try {
    for (const name of beforeCommit[draft.source]) {
      const passed = await laidOut.value.run(name, { hold: held, signal });
      // Each may take as long as a hook may.
      held.renew();
      if (!passed.ok) return passed;
    }
    return await readBack(laidOut.value, draft);
  } finally {
    await laidOut.value.close();
  }
}

async function readBack(laidOut: LaidOut, draft: Draft): Promise<Result<{ tree: string; message: string }>> {
  const tree = await laidOut.tree();
  if (!tree.ok) return tree;
  const written = await laidOut.message();
  if (!written.ok) return written;
  // Words that no hook has touched stay as they were said.
  const message = written.value === draft.message ? draft.message : cleanMessage(written.value);
  return message === '' ? err(emptied()) : ok({ tree: tree.value, message });
}

/** What comes too late to refuse anything is only told. */
export async function tellAfter(
  hooks: Hooks,
  name: 'post-commit' | 'post-merge',
  { run, warn }: { run: HookRun; warn(message: string): void },
): Promise<void> {
  const told = await hooks.runAfter(name, run);
  if (!told.ok) warn(told.error.message);
}

const emptied = (): Problem =>
  problem(
    'hook-refused',
    'commit-msg',
    'A hook left nothing of the message of the commit.',
    'See what prepare-commit-msg and commit-msg do with it, then commit again; nothing was changed.',
  );
