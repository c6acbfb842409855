/** Holders and waiters of the lock, as people read them. */
import type { LockPartyJson } from '../../../shared/contracts/lock-api.ts';

/** Who a program is that takes the lock without saying so. */
export const programWords = ({ program }: LockPartyJson): string => program ?? 'Another program';

/** What for, and where from: `“release”, process 4711 on laptop`. */
export function detailWords({ operation, pid, device, mode, process_ended }: LockPartyJson): string {
  const process = pid === null ? undefined : `process ${pid}${device === null ? '' : ` on ${device}`}`;
  const ended = process_ended ? ', which has ended: what it started runs on' : '';
  const what = [
    operation === null ? undefined : `“${operation}”`,
    mode === 'shared' ? 'only reads' : undefined,
    process && process + ended,
  ];
  const words = what.filter((word) => word !== undefined).join(', ');
  return words === '' ? 'It takes the lock without saying what for' : words;
}

/** The headline of the card. */
export function lockHeadline(holders: number, waiting: number): string {
  const queue = waiting === 0 ? '' : `, ${waiting} ${waiting === 1 ? 'waits' : 'wait'}`;
  if (holders === 0) return `The lock is free${queue}`;
  return holders === 1
    ? `The repository is locked${queue}`
    : `${holders} share the lock of the repository${queue}`;
}
