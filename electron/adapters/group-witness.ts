/**
 * Whether a signal that reached us was sent to our whole group. No system says so; but a process of the group that does
 * nothing died of it then, and had done so before we could ask.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { groupOf } from './foreground.ts';

export type GroupWitness = {
  /** Whether the process has got the signal, which we have just got, by itself. */
  hasReached(pid: number | undefined, signal: NodeJS.Signals): Promise<boolean>;
  end(): void;
};

export function openGroupWitness(): GroupWitness {
  let witness = start();
  let asked: Promise<boolean> = Promise.resolve(false);

  /** What it dies of first counts. */
  async function diedOf(signal: NodeJS.Signals): Promise<boolean> {
    const before = witness;
    witness = start();
    if (before.pid === undefined) return false;
    if (before.exitCode === null && before.signalCode === null) {
      before.kill('SIGKILL');
      await once(before, 'exit');
    }
    return before.signalCode === signal;
  }

  return {
    hasReached(pid, signal) {
      asked = asked.then(() => diedOf(signal)).then((isToGroup) => isToGroup && isInOurGroup(pid));
      return asked;
    },
    end: () => void witness.kill('SIGKILL'),
  };
}

/** It ends with us, whatever ends us: then nobody holds the other end of its input. */
function start(): ChildProcess {
  const witness = spawn('cat', [], { stdio: ['pipe', 'ignore', 'ignore'] });
  // Without it we know nothing, and pass on what we get.
  witness.on('error', () => undefined);
  witness.stdin?.on('error', () => undefined);
  witness.unref();
  return witness;
}

/** One that cannot be asked about is where it was started. */
function isInOurGroup(pid: number | undefined): boolean {
  const [ours, its] = [groupOf(process.pid), pid === undefined ? undefined : groupOf(pid)];
  return ours === undefined || its === undefined || ours === its;
}
