/** How changes look in a table. */
import type { ChangeJson } from '../../shared/contracts/shapes.ts';
import { shellWord } from '../../shared/domain/shell-word.ts';
import { timeAgo } from './relative-time.ts';
import type { Style } from './style.ts';
import type { Column } from './table.ts';
import { plainText } from './text-width.ts';

const kindColor = { created: 'green', modified: 'yellow', deleted: 'red' } as const;

/** A path as it is, or as a word for the shell when a part of it would not be seen: either can be pasted. */
export const pathText = (path: string): string =>
  plainText(path) === path && path.trim() === path ? path : shellWord(path);

export const fileColumn: Column<ChangeJson> = {
  title: 'FILE',
  cell: (change) => pathText(change.file_path),
  shrinks: 'end',
};

export const kindColumn: Column<ChangeJson> = {
  title: 'WHAT',
  cell: (change) => (change.baseline ? 'first seen' : change.event_type),
  paint: (text, { event_type, baseline }, { colors }) =>
    baseline ? colors.dim(text) : colors[kindColor[event_type]](text),
};

export const agentColumn: Column<ChangeJson> = {
  title: 'AGENT',
  cell: (change) => change.agent_owner,
  shrinks: 'start',
  paint: (text, { agent_owner }, { colors }) =>
    agent_owner === 'unknown' ? colors.dim(text) : colors.cyan(text),
};

export const whenColumn = ({ nowMs }: Style): Column<ChangeJson> => ({
  title: 'WHEN',
  cell: (change) => timeAgo(change.at_ms, nowMs),
});

/** The beginning of each stamp, long enough to tell apart all that are shown. */
export function versionColumn(changes: readonly { stamp: string }[]): Column<ChangeJson> {
  const length = shortLength(changes.map(({ stamp }) => stamp));
  return {
    title: 'VERSION',
    cell: ({ stamp }) => stamp.slice(0, length),
    paint: (text, _, { colors }) => colors.magenta(text),
  };
}

/** A stamp is 12 digits of time, 4 of a counter and 16 of the device; the time alone nearly always does. */
export function shortLength(stamps: readonly string[]): number {
  const isClear = (length: number) =>
    new Set(stamps.map((stamp) => stamp.slice(0, length))).size === new Set(stamps).size;
  return [12, 16].find(isClear) ?? 32;
}

export const shortStamp = (stamp: string): string => stamp.slice(0, 12);

/** `1 change`, `3 changes`. */
export const countOf = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`;
