/** Paired devices as a table, and below it what is worth knowing of each. */
import type { PeerJson } from '../../shared/contracts/peer-shapes.ts';
import { byteCount } from '../../shared/domain/byte-count.ts';
import { countOf } from './change-columns.ts';
import { timeAgo } from './relative-time.ts';
import type { Style } from './style.ts';
import { type Column, writeTable } from './table.ts';
import { plainText } from './text-width.ts';

/** Without a running Skein nothing is known of them but who they are. */
export function writePeers(all: readonly PeerJson[], isRunning: boolean, style: Style): string {
  if (all.length === 0) return 'No device is paired. Pair one with: skein pair';
  const notes = isRunning
    ? all.flatMap((peer) => notesOn(peer, style))
    : ['\nSkein is not running, so nothing is exchanged now: skein serve'];
  const columns = isRunning ? [...names, ...figures(style.nowMs)] : names;
  return [writeTable(all, columns, style), ...notes].join('\n');
}

const names: readonly Column<PeerJson>[] = [
  { title: 'PEER', cell: ({ name }) => name, shrinks: 'start' },
  { title: 'ID', cell: ({ short_id }) => short_id, paint: (text, _, { colors }) => colors.dim(text) },
];

const stateColor = {
  synced: 'green',
  syncing: 'cyan',
  waiting: 'yellow',
  offline: 'dim',
  refused: 'red',
  error: 'red',
  idle: 'dim',
} as const;

const figures = (nowMs: number): Column<PeerJson>[] => [
  {
    title: 'STATE',
    cell: ({ state }) => state,
    paint: (text, { state }, { colors }) => colors[stateColor[state]](text),
  },
  { title: 'TO TAKE', cell: ({ behind, behind_bytes }) => apart(behind, behind_bytes), align: 'right' },
  { title: 'TO GIVE', cell: ({ ahead, ahead_bytes }) => apart(ahead, ahead_bytes), align: 'right' },
  { title: 'TRAFFIC', cell: ({ bytes_in, bytes_out }) => byteCount(bytes_in + bytes_out), align: 'right' },
  { title: 'SEEN', cell: ({ last_contact_ms: seen }) => (seen === null ? 'never' : timeAgo(seen, nowMs)) },
];

/** Changes, and the bytes of their contents where they have any. */
const apart = (changes: number, bytes: number): string =>
  bytes === 0 ? String(changes) : `${changes} (${byteCount(bytes)})`;

/** Clocks that differ by less than this confuse nobody. */
const noticedMs = 2_000;

function notesOn({ name, problem, clock_offset_ms: offsetMs }: PeerJson, { colors }: Style): string[] {
  const trouble =
    problem === null
      ? []
      : [`\n${colors.red('problem:')} ${plainText(`${problem.message} ${problem.advice}`)}`];
  if (offsetMs === null || Math.abs(offsetMs) < noticedMs) return trouble;
  const seconds = Math.round(Math.abs(offsetMs) / 1000);
  const span = seconds < 120 ? countOf(seconds, 'second') : countOf(Math.round(seconds / 60), 'minute');
  const where = offsetMs > 0 ? 'ahead of' : 'behind';
  return [
    ...trouble,
    `\n${colors.yellow('note:')} The clock of ${plainText(name)} is ${span} ${where} this one.`,
  ];
}
