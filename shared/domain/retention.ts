/**
 * Which old versions of a file may lose their content (DESIGN section 6): every version stays for
 * `limits.everyVersionDays`, then the last of each UTC day for `limits.dailyVersionDays` more. The log's rows stay.
 */
import { limits } from '../limits.ts';

/** `head`: the file as it is now. `pending`: not yet in a report. Neither ever goes. */
export type Version = { position: number; atMs: number; head: boolean; pending: boolean };

const dayMs = 86_400_000;

/**
 * Positions, among the versions of one file, whose content may go. Nothing goes while the clock stands before the
 * newest version: a clock that is wrong in one direction may have been wrong in the other.
 */
export function collectable(versions: readonly Version[], nowMs: number): number[] {
  if (!versions.every((version) => version.atMs <= nowMs)) return [];
  const lastOfDays = lastPositionByDay(versions);
  return versions
    .filter((version) => !version.head && !version.pending)
    .filter((version) => !isKept(version, nowMs, lastOfDays.get(dayOf(version)) === version.position))
    .map((version) => version.position);
}

function isKept(version: Version, nowMs: number, isLastOfDay: boolean): boolean {
  const ageDays = (nowMs - version.atMs) / dayMs;
  if (ageDays < limits.everyVersionDays) return true;
  return isLastOfDay && ageDays < limits.everyVersionDays + limits.dailyVersionDays;
}

function lastPositionByDay(versions: readonly Version[]): Map<number, number> {
  const positionByDay = new Map<number, number>();
  for (const version of versions) {
    const day = dayOf(version);
    positionByDay.set(day, Math.max(version.position, positionByDay.get(day) ?? 0));
  }
  return positionByDay;
}

function dayOf(version: Version): number {
  return Math.floor(version.atMs / dayMs);
}
