/** Does the log hold what was on the disk? The disk's own history decides. */
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { defaultSettings } from '../../../shared/domain/settings.ts';
import { compileTrackedSet } from '../../../shared/domain/tracked-files.ts';
import type { DiskEvent, FakeDisk } from '../../support/fake-disk.ts';
import type { Judged } from '../judge.ts';
import type { Shift } from '../world.ts';
import { readLog } from './log-rows.ts';

const compiled = compileTrackedSet(defaultSettings);
if (!compiled.ok) throw new Error(compiled.error.message);
const tracked = compiled.value;
export const isTracked = (path: string): boolean => tracked.classify(path) !== undefined;
const hashOf = (bytes: Uint8Array): string => nodeCodec.sha256(bytes);

/** When all is quiet, the newest change of each file is what lies on the disk. */
export function logEqualsDisk({ sql, disk }: Judged): string[] {
  const newest = new Map<string, string | null>();
  for (const row of readLog(sql)) if (row.path !== null) newest.set(row.path, row.content);
  const lying = new Map(
    [...disk.snapshot()].filter(([path]) => isTracked(path)).map(([path, bytes]) => [path, hashOf(bytes)]),
  );
  return [...new Set([...newest.keys(), ...lying.keys()])]
    .filter((path) => (newest.get(path) ?? null) !== (lying.get(path) ?? null))
    .map(
      (path) => `${path}: the log says ${short(newest.get(path))}, the disk holds ${short(lying.get(path))}`,
    );
}

const short = (hash: string | null | undefined): string => hash?.slice(0, 8) ?? 'nothing';

/** Every version that stood longer than it may stand unseen, all of it within one shift, is in the log. */
export function nothingThatStoodIsMissing({
  sql,
  disk,
  clock,
  shifts,
  longestUnseenMs,
}: Pick<Judged, 'sql' | 'disk' | 'clock' | 'shifts' | 'longestUnseenMs'>): string[] {
  const rows = readLog(sql);
  const placeOf = (path: string | null, content: string | null): string => `${path} ${content}`;
  const logged = new Set(rows.map(({ path, content }) => placeOf(path, content)));
  const seen = new Set(
    rows.filter(({ via }) => via === null).map(({ path, content }) => placeOf(path, content)),
  );
  const has = (path: string, bytes: Uint8Array | undefined, where = logged): boolean =>
    where.has(placeOf(path, bytes === undefined ? null : hashOf(bytes)));
  const all = standings(disk, clock.monotonicMs());
  const stoodAgain = (it: Standing): boolean =>
    all.some(
      (later) => later.path === it.path && later.fromMs >= it.toMs && sameBytes(later.bytes, it.before),
    );
  // After something that nobody saw there is no absence to record; what stood again later may have been seen then, and
  // what others recorded was seen elsewhere.
  const isRecorded = (it: Standing): boolean =>
    has(it.path, it.bytes) || (it.bytes === undefined && (!has(it.path, it.before, seen) || stoodAgain(it)));
  return all
    .filter((it) => isTracked(it.path) && withinShift(shifts, it, longestUnseenMs) && !isRecorded(it))
    .map(
      (it) =>
        `${it.path}: a version that stood from ${it.fromMs} to ${it.toMs} ms is not in the log (by ${it.by})`,
    );
}

/** `before` is what stood there just before. */
type Standing = DiskEvent & { fromMs: number; toMs: number; before: Uint8Array | undefined };

/** How long each path held each bytes; a moment's absence that never held bytes before is not a version. */
export function standings(disk: FakeDisk, endMs: number): Standing[] {
  const open = new Map<string, Standing>();
  const closed: Standing[] = [];
  for (const event of disk.history) {
    const before = open.get(event.path);
    if (before !== undefined && sameBytes(before.bytes, event.bytes)) continue;
    if (before !== undefined) closed.push({ ...before, toMs: event.atMs });
    if (before === undefined && event.bytes === undefined) continue;
    open.set(event.path, { ...event, fromMs: event.atMs, toMs: endMs, before: before?.bytes });
  }
  return [...closed, ...open.values()];
}

export function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return Buffer.compare(a, b) === 0;
}

/** An engine had all the time that it may need to see it. */
function withinShift(shifts: readonly Shift[], standing: Standing, boundMs: number): boolean {
  return shifts.some(
    (shift) => Math.min(shift.toMs, standing.toMs) - Math.max(shift.fromMs, standing.fromMs) > boundMs,
  );
}
