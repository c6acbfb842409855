/**
 * Whether a signal that reached us was sent to our whole group. No system says so; but a process of the group that does
 * nothing died of it then, and had done so before we could ask. It dies once, so each signal has one, deaf to the others.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { groupOf } from './foreground.ts';

export type GroupWitness = {
  /** Whether the process has got the signal, which we have just got, by itself. */
  hasReached(pid: number | undefined, signal: NodeJS.Signals): Promise<boolean>;
  end(): void;
};

/** For these signals. */
export function openGroupWitness(signals: readonly NodeJS.Signals[]): GroupWitness {
  const start = (signal: NodeJS.Signals) => startDeaf(signals.filter((other) => other !== signal));
  const witnesses = new Map(signals.map((signal) => [signal, start(signal)]));
  let asked: Promise<boolean> = Promise.resolve(false);

  async function diedOf(signal: NodeJS.Signals): Promise<boolean> {
    const before = witnesses.get(signal);
    witnesses.set(signal, start(signal));
    if (before?.pid === undefined) return false;
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
    end() {
      for (const witness of witnesses.values()) witness.kill('SIGKILL');
    },
  };
}

/** It ends with us, whatever ends us: then nobody holds the other end of its input. */
function startDeaf(to: readonly NodeJS.Signals[]): ChildProcess {
  const deaf = to.length === 0 ? '' : `trap '' ${to.map((signal) => signal.replace(/^SIG/, '')).join(' ')}; `;
  const witness = spawn('sh', ['-c', `${deaf}exec cat`], { stdio: ['pipe', 'ignore', 'ignore'] });
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
