/** Files with one JSON value a line: records merge by their id and then by field, event logs by the whole line. */
import { mergeRecords } from './records.ts';
import type { Side } from './scalars.ts';
import { compareThree, type Sides } from './three-way.ts';
import { compareTexts } from './words.ts';

export type RecordsMerge = { lines: string[]; losers: Set<Side>; notes: string[] };

/** True for files whose lines are JSON each. */
export function isJsonLines(path: string): boolean {
  return /\.(?:jsonl|ndjson)$/i.test(path);
}

type Row = { key: string; line: string };

/** Both sides' records; undefined when a line that a side changed is no JSON. */
export function mergeJsonLines(sides: Sides, prefer: Side | undefined): RecordsMerge | undefined {
  const all = { base: solid(sides.base), left: solid(sides.left), right: solid(sides.right) };
  const valueByLine = parseAll(all);
  if (valueByLine === undefined) return undefined;
  const name = idName(all, valueByLine);
  const rows = (lines: readonly string[]) =>
    lines.map((line) => ({ key: keyOf(line, name, valueByLine), line }));
  const merge: RecordsMerge = { lines: [], losers: new Set(), notes: [] };
  const by = { base: rows(all.base), left: rows(all.left), right: rows(all.right) };
  const settled = settleRows(by, prefer, valueByLine, merge);
  merge.lines = inOrder(by, settled).flatMap((key) => settled.get(key) ?? []);
  return merge;
}

function solid(lines: readonly string[]): string[] {
  return lines.filter((line) => line.trim() !== '');
}

type Values = ReadonlyMap<string, unknown>;

/** Each line's value; a line that all three have may be no JSON, as nobody has to read it. */
function parseAll(sides: Sides): Values | undefined {
  const sets = [sides.base, sides.left, sides.right].map((lines) => new Set(lines));
  const values = new Map<string, unknown>();
  for (const line of new Set([...sides.base, ...sides.left, ...sides.right])) {
    const value = parse(line);
    if (value === undefined && !sets.every((set) => set.has(line))) return undefined;
    if (value !== undefined) values.set(line, value);
  }
  return values;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

const idNames = ['id', '_id', 'uuid', 'key', 'slug', 'name', 'path'];

/** The field that names a record: in all records and never twice in one version. */
function idName(sides: Sides, values: Values): string | undefined {
  return idNames.find((name) =>
    [sides.base, sides.left, sides.right].every((lines) => {
      const ids = lines.flatMap((line) => (values.has(line) ? [idOf(values.get(line), name)] : []));
      return !ids.includes(undefined) && new Set(ids).size === ids.length;
    }),
  );
}

function idOf(value: unknown, name: string): string | undefined {
  if (!isObject(value)) return undefined;
  const id = value[name];
  return typeof id === 'string' || typeof id === 'number' ? `${name}:${id}` : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function keyOf(line: string, name: string | undefined, values: Values): string {
  const id = name === undefined ? undefined : idOf(values.get(line), name);
  return id ?? `line:${line}`;
}

type Rows = { base: readonly Row[]; left: readonly Row[]; right: readonly Row[] };

function byKey(rows: readonly Row[]): Map<string, string[]> {
  const lines = new Map<string, string[]>();
  for (const row of rows) lines.set(row.key, [...(lines.get(row.key) ?? []), row.line]);
  return lines;
}

/** The lines for each key of either side; a key that is gone has none. */
function settleRows(
  rows: Rows,
  prefer: Side | undefined,
  values: Values,
  merge: RecordsMerge,
): Map<string, string[]> {
  const base = byKey(rows.base);
  const left = byKey(rows.left);
  const right = byKey(rows.right);
  const settled = new Map<string, string[]>();
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const texts = { base: base.get(key) ?? [], left: left.get(key) ?? [], right: right.get(key) ?? [] };
    settled.set(key, settleKey(key, texts, prefer, values, merge));
  }
  return settled;
}

type Texts = { base: string[]; left: string[]; right: string[] };

function settleKey(
  key: string,
  texts: Texts,
  prefer: Side | undefined,
  values: Values,
  merge: RecordsMerge,
): string[] {
  const same = (one: string[], other: string[]) => one.join('\n') === other.join('\n');
  if (same(texts.left, texts.right) || same(texts.right, texts.base)) return texts.left;
  if (same(texts.left, texts.base)) return texts.right;
  if (key.startsWith('line:')) return texts.left.length > texts.right.length ? texts.left : texts.right;
  if (texts.left.length === 0 || texts.right.length === 0) {
    merge.notes.push(`kept an edit of the deleted record ${key}`);
    return [...texts.left, ...texts.right];
  }
  return settleRecord(key, texts, prefer, values, merge);
}

function settleRecord(
  key: string,
  texts: Texts,
  prefer: Side | undefined,
  values: Values,
  merge: RecordsMerge,
): string[] {
  const [base, left, right] = [texts.base[0] ?? '', texts.left[0] ?? '', texts.right[0] ?? ''];
  const merged = mergeRecords(values.get(base), values.get(left), values.get(right), prefer);
  for (const side of merged.losers) merge.losers.add(side);
  if (merged.losers.size > 0) merge.notes.push(`left a collision in the record ${key} to a person`);
  else merge.notes.push(`merged both changes of the record ${key}`);
  return [written(merged.value, [left, right], values)];
}

/** As a side wrote it when the value is that side's, else in that side's way of spacing. */
function written(value: unknown, lines: readonly string[], values: Values): string {
  const text = JSON.stringify(value);
  const same = lines.find((line) => JSON.stringify(values.get(line)) === text);
  if (same !== undefined) return same;
  const spaced = lines.every((line) => /^\{"(?:[^"\\]|\\.)*": /.test(line));
  return spaced ? spacedJson(value) : text;
}

/** With a space after each comma and colon, as Python writes it. */
function spacedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(spacedJson).join(', ')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, it]) => `${JSON.stringify(name)}: ${spacedJson(it)}`);
  return `{${fields.join(', ')}}`;
}

/** All keys in an order that keeps that of both sides; what both added at one place by time, else by text. */
function inOrder(rows: Rows, settled: ReadonlyMap<string, string[]>): string[] {
  const keys = (side: readonly Row[]) => [...new Set(side.map((row) => row.key))];
  const sides = { base: keys(rows.base), left: keys(rows.left), right: keys(rows.right) };
  const order: string[] = [];
  let at = 0;
  for (const region of compareThree(sides)) {
    order.push(...sides.base.slice(at, region.base.start));
    at = region.base.end;
    const left = sides.left.slice(region.left.start, region.left.end);
    const right = sides.right.slice(region.right.start, region.right.end);
    order.push(...woven(left, right, settled));
  }
  order.push(...sides.base.slice(at));
  return [...new Set(order)];
}

function woven(
  left: readonly string[],
  right: readonly string[],
  settled: ReadonlyMap<string, string[]>,
): string[] {
  const onRight = new Set(right);
  const mark = (key: string) => timeOf(settled.get(key)?.[0] ?? '') || key;
  const isSorted = (keys: readonly string[]) =>
    keys.every((key, index) => index === 0 || mark(keys[index - 1] ?? '') <= mark(key));
  if (left.some((key) => onRight.has(key)) || !isSorted(left) || !isSorted(right)) {
    return mergeOrders(left, right);
  }
  return mergeSorted(
    left,
    right,
    (one, other) => compareTexts(mark(one), mark(other)) || compareTexts(one, other),
  );
}

/** Two rows as one; each keeps its own order. */
function mergeSorted(
  left: readonly string[],
  right: readonly string[],
  compare: (one: string, other: string) => number,
): string[] {
  const merged: string[] = [];
  let at = 0;
  for (const key of left) {
    for (let next = right[at]; next !== undefined && compare(next, key) < 0; next = right[at]) {
      merged.push(next);
      at += 1;
    }
    merged.push(key);
  }
  return [...merged, ...right.slice(at)];
}

/** Left's order, with each key of right after the one that it follows there. */
function mergeOrders(left: readonly string[], right: readonly string[]): string[] {
  const known = new Set(left);
  const followers = new Map<string | undefined, string[]>();
  let last: string | undefined;
  for (const key of right) {
    if (known.has(key)) last = key;
    else followers.set(last, [...(followers.get(last) ?? []), key]);
  }
  return [
    ...(followers.get(undefined) ?? []),
    ...left.flatMap((key) => [key, ...(followers.get(key) ?? [])]),
  ];
}

/** The first time in a record, which tells where an event belongs. */
function timeOf(line: string): string {
  return (
    /"(?:ts|time|timestamp|at|date|created_at|createdAt|created)"\s*:\s*"?([^",}]+)/.exec(line)?.[1] ?? ''
  );
}
