/**
 * Judges from outside: what the disk's own history and the raw tables say, not what the engine believes.
 * Each returns sentences about what is wrong; none when all is well.
 */
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import type { Sql } from '../../electron/engine/ports.ts';
import { defaultSettings } from '../../shared/domain/settings.ts';
import { compileTrackedSet } from '../../shared/domain/tracked-files.ts';
import { limits } from '../../shared/limits.ts';
import type { DiskEvent, FakeDisk } from '../support/fake-disk.ts';
import type { Shift, World } from './world.ts';

const compiled = compileTrackedSet(defaultSettings);
if (!compiled.ok) throw new Error(compiled.error.message);
const tracked = compiled.value;
const isTracked = (path: string): boolean => tracked.classify(path) !== undefined;
const hashOf = (bytes: Uint8Array): string => nodeCodec.sha256(bytes);

type LogRow = {
  position: number;
  stamp: string;
  sequence: number;
  node: string;
  kind: string;
  path: string | null;
  content: string | null;
  previous: string | null;
  parents: string;
  consolidation: number | null;
  baseline: number;
  agent: string;
};

export function readLog(sql: Sql): LogRow[] {
  return sql
    .prepare<LogRow>(
      `SELECT l.position, l.stamp, l.sequence, l.node, l.kind, l.path, c.hash AS content, p.hash AS previous, l.parents, l.consolidation, l.baseline, l.agent
       FROM log l LEFT JOIN content c ON c.id = l.content LEFT JOIN content p ON p.id = l.previous ORDER BY l.position`,
    )
    .all();
}

/** When all is quiet, the newest change of each file is what lies on the disk. */
export function logEqualsDisk(world: World): string[] {
  const newest = new Map<string, string | null>();
  for (const row of readLog(world.sql)) if (row.path !== null) newest.set(row.path, row.content);
  const onDisk = new Map(
    [...world.disk.snapshot()]
      .filter(([path]) => isTracked(path))
      .map(([path, bytes]) => [path, hashOf(bytes)]),
  );
  const wrong: string[] = [];
  for (const path of new Set([...newest.keys(), ...onDisk.keys()])) {
    const [logged, lying] = [newest.get(path) ?? null, onDisk.get(path) ?? null];
    if (logged !== lying)
      wrong.push(`${path}: the log says ${logged?.slice(0, 8)}, the disk holds ${lying?.slice(0, 8)}`);
  }
  return wrong;
}

/**
 * Every version that stood for longer than `boundMs`, all of it within one shift, is in the log. Without lost hints
 * the bound is the settle time; with them, the next check.
 */
export function nothingThatStoodIsMissing(world: World, boundMs: number): string[] {
  const logged = new Set(readLog(world.sql).map((row) => `${row.path} ${row.content}`));
  const has = (path: string, bytes: Uint8Array | undefined): boolean =>
    logged.has(`${path} ${bytes === undefined ? null : hashOf(bytes)}`);
  const isRecorded = (it: Standing): boolean =>
    has(it.path, it.bytes) || (it.bytes === undefined && !has(it.path, it.before));
  return standings(world.disk, world.clock.monotonicMs())
    .filter(
      (it) => isTracked(it.path) && it.toMs - it.fromMs > boundMs && withinShift(world.shifts, it, boundMs),
    )
    .filter((it) => !isRecorded(it))
    .map(
      (it) =>
        `${it.path}: a version that stood from ${it.fromMs} to ${it.toMs} ms is not in the log (by ${it.by})`,
    );
}

/** `before` is what stood there just before: an absence after what nobody recorded needs no record. */
type Standing = DiskEvent & { fromMs: number; toMs: number; before: Uint8Array | undefined };

/** How long each path held each bytes; a moment's absence that never held bytes before is not a version. */
function standings(disk: FakeDisk, endMs: number): Standing[] {
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

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return Buffer.compare(a, b) === 0;
}

/** An engine had the whole bound to see it. */
function withinShift(shifts: readonly Shift[], standing: Standing, boundMs: number): boolean {
  return shifts.some(
    (shift) => Math.min(shift.toMs, standing.toMs) - Math.max(shift.fromMs, standing.fromMs) > boundMs,
  );
}

/** Sequences without a gap, stamps that grow, parents that exist and hold what the change says it followed. */
export function logIsWellFormed(sql: Sql): string[] {
  const wrong: string[] = [];
  const rows = readLog(sql);
  const byStamp = new Map(rows.map((row) => [row.stamp, row]));
  rows.forEach((row, index) => {
    const before = rows[index - 1];
    if (row.sequence !== index + 1)
      wrong.push(`position ${row.position} has sequence ${row.sequence}, expected ${index + 1}`);
    if (before !== undefined && row.stamp <= before.stamp)
      wrong.push(`stamp ${row.stamp} does not follow ${before.stamp}`);
    for (const parent of row.parents === '' ? [] : row.parents.split(',')) {
      const found = byStamp.get(parent);
      if (found === undefined || found.path !== row.path)
        wrong.push(`position ${row.position} has a parent that is not there`);
      else if (found.content !== row.previous)
        wrong.push(`position ${row.position} followed other bytes than its parent`);
    }
    if (row.path !== null && row.content === row.previous)
      wrong.push(`position ${row.position} changes nothing`);
  });
  return wrong;
}

/** Bytes in the content store are what their names say. */
export function contentIsWhole(sql: Sql): string[] {
  return sql
    .prepare<{ hash: string; packed: Uint8Array }>(
      'SELECT hash, packed FROM content WHERE packed IS NOT NULL',
    )
    .all()
    .filter((row) => hashOf(nodeCodec.decompress(row.packed, limits.trackedFileBytes)) !== row.hash)
    .map((row) => `content ${row.hash} holds other bytes`);
}

type ConsolidationRow = {
  position: number;
  covers: string;
  changes: number;
  state: string;
  stamp: string;
  file_work: string | null;
};

function consolidations(sql: Sql): ConsolidationRow[] {
  return sql
    .prepare<ConsolidationRow>(
      'SELECT k.position, k.covers, k.changes, k.state, k.file_work, l.stamp FROM consolidations k JOIN log l ON l.position = k.position ORDER BY k.position',
    )
    .all();
}

/** Each change is pending, a baseline, our own report, or in exactly one consolidation that stands. */
export function eachChangeIsFoldedOnce(sql: Sql): string[] {
  const wrong: string[] = [];
  const timesBySequence = new Map<number, number>();
  const rows = readLog(sql);
  for (const consolidation of consolidations(sql)) {
    const runs = Object.values(JSON.parse(consolidation.covers) as Record<string, [number, number][]>).flat();
    const covered = runs.flatMap(([first, last]) =>
      Array.from({ length: last - first + 1 }, (_, index) => first + index),
    );
    if (covered.length !== consolidation.changes)
      wrong.push(
        `consolidation ${consolidation.stamp} covers ${covered.length}, says ${consolidation.changes}`,
      );
    if (consolidation.state === 'undone') continue;
    for (const sequence of covered) timesBySequence.set(sequence, (timesBySequence.get(sequence) ?? 0) + 1);
  }
  for (const row of rows) {
    if (row.path === null || row.baseline === 1) continue;
    const own = row.consolidation !== null && row.position > row.consolidation;
    const expected = row.consolidation === null || own ? 0 : 1;
    const times = timesBySequence.get(row.sequence) ?? 0;
    if (times !== expected)
      wrong.push(`change ${row.position} (${row.path}) is folded ${times} times, expected ${expected}`);
  }
  return wrong;
}

/** The report file holds each standing report once, no undone one, and never held one twice. */
export function reportsStandOnce(world: World): string[] {
  const wrong: string[] = [];
  const markers = (text: string): string[] =>
    [...text.matchAll(/<!-- skein:([0-9a-f]{32}) -->/g)].map((match) => match[1] ?? '');
  for (const event of world.disk.history) {
    if (event.path !== 'SYNC_STATUS.md' || event.bytes === undefined) continue;
    const found = markers(Buffer.from(event.bytes).toString());
    if (new Set(found).size !== found.length)
      wrong.push(`at ${event.atMs} ms SYNC_STATUS.md held a report twice`);
  }
  const lying = world.disk.read('SYNC_STATUS.md');
  const present = lying === undefined ? [] : markers(Buffer.from(lying).toString());
  const standing = consolidations(world.sql).filter((row) => row.state !== 'undone');
  for (const row of standing) {
    if (row.state !== 'written' || row.file_work !== null)
      wrong.push(`report ${row.stamp} is still ${row.state}`);
    if (!present.includes(row.stamp)) wrong.push(`report ${row.stamp} is not in SYNC_STATUS.md`);
  }
  const known = new Set(standing.map((row) => row.stamp));
  for (const stamp of present)
    if (!known.has(stamp)) wrong.push(`SYNC_STATUS.md holds report ${stamp}, which does not stand`);
  return wrong;
}

/** What agents wrote into the report file is still there, line by line. */
export function agentLinesRemain(world: World, lines: readonly string[]): string[] {
  const text = Buffer.from(world.disk.read('SYNC_STATUS.md') ?? new Uint8Array()).toString();
  return lines.filter((line) => !text.includes(line)).map((line) => `SYNC_STATUS.md lost the line "${line}"`);
}

/** Nothing of ours is left behind. */
export function noLitter(world: World): string[] {
  const left = [...world.disk.snapshot().keys()].filter((path) => /\.skein-.*\.tmp$/.test(path));
  const intents = world.sql.prepare<{ path: string }>('SELECT path FROM own_writes').all();
  return [...left, ...intents.map((row) => `intent for ${row.path}`)].map((it) => `${it} was left behind`);
}
