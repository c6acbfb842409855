/** When all is calm: everything has come to rest, nothing of ours is left behind, and nothing went wrong inside Skein. */
import type { Judged } from '../judge.ts';

export function settled(network: Judged): string[] {
  return network.settled ? [] : ['something still moved when all had been calm for minutes'];
}

/** No temporary file, no intent, no file that could not be brought forward. */
export function noLitter({ replicas }: Judged): string[] {
  // A database that was put back knows nothing of a file that was begun after it was copied.
  return replicas
    .filter(({ restoredMs }) => restoredMs === undefined)
    .flatMap(({ name, disk, sql }) => {
      const left = [...disk.snapshot().keys()].filter((path) => /\.skein-.*\.tmp$/.test(path));
      const intents = sql.prepare<{ path: string }>('SELECT path FROM own_writes').all();
      return [...left, ...intents.map((row) => `the intent for ${row.path}`)].map(
        (it) => `${name}: ${it} was left behind`,
      );
    });
}

/** Whatever the network and its peers do, no engine says that something went wrong inside it. A full disk it may name. */
export function noFaultOfOurs({ replicas, plan }: Judged): string[] {
  const isExpected = (fault: string): boolean => plan.fullDisk !== undefined && /disk .*is full/.test(fault);
  return replicas.flatMap(({ faultsOfOurs }) => faultsOfOurs.filter((fault) => !isExpected(fault)));
}
