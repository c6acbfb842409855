/** One JSON value changed on both sides, merged by its fields. */

import { mergeProse } from './prose.ts';
import type { Side } from './scalars.ts';
import { compareTexts } from './words.ts';

export type RecordMerge = { value: unknown; losers: Set<Side> };

type Context = { later: Side | undefined; prefer: Side | undefined; losers: Set<Side> };

/** The record with both changes. A field that both changed follows its content, then `prefer`. */
export function mergeRecords(
  base: unknown,
  left: unknown,
  right: unknown,
  prefer: Side | undefined,
): RecordMerge {
  const context: Context = { later: laterSide(left, right), prefer, losers: new Set() };
  const value = mergeValue(base, left, right, '', context);
  return { value, losers: context.losers };
}

const timeNames = /(?:_at|At|time|Time|timestamp|_date|Date|^ts|^date|^updated|^modified)$/;
/** What follows from the rest of a record and is worked out anew by whoever writes it next. */
const derivedNames = /(?:hash|checksum|digest|etag|sha\d*|revision|rev)$/i;

function laterSide(left: unknown, right: unknown): Side | undefined {
  const times = [left, right].map(lastTime);
  const order = compareTexts(times[0] ?? '', times[1] ?? '');
  return order === 0 ? undefined : order > 0 ? 'left' : 'right';
}

function lastTime(value: unknown): string {
  if (!isObject(value)) return '';
  const named = (name: string) => (typeof value[name] === 'string' ? String(value[name]) : '');
  const updated = named('updated_at') || named('updatedAt') || named('updated') || named('modified');
  if (updated !== '') return updated;
  return (
    Object.keys(value)
      .filter((name) => timeNames.test(name))
      .map(named)
      .toSorted(compareTexts)
      .at(-1) ?? ''
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function same(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

/** Equal for equal values, whatever the order of their fields. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? '';
  const names = Object.keys(value).toSorted(compareTexts);
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join()}}`;
}

function mergeValue(base: unknown, left: unknown, right: unknown, name: string, context: Context): unknown {
  if (same(left, right) || same(right, base)) return left;
  if (same(left, base)) return right;
  if (left === undefined || right === undefined) return left ?? right;
  if (isObject(left) && isObject(right)) return mergeObject(isObject(base) ? base : {}, left, right, context);
  if (Array.isArray(left) && Array.isArray(right))
    return mergeList(Array.isArray(base) ? base : [], left, right);
  return mergeField(base, left, right, name, context);
}

function mergeObject(
  base: Record<string, unknown>,
  left: Record<string, unknown>,
  right: Record<string, unknown>,
  context: Context,
): Record<string, unknown> {
  const merged: [string, unknown][] = [];
  for (const name of namesInOrder(left, right)) {
    const value = mergeValue(base[name], left[name], right[name], name, context);
    if (value !== undefined) merged.push([name, value]);
  }
  return Object.fromEntries(merged);
}

/** Left's order; a name of right alone after the one that it follows there. */
function namesInOrder(left: object, right: object): string[] {
  const names = Object.keys(left);
  let at = -1;
  for (const name of Object.keys(right)) {
    const known = names.indexOf(name);
    if (known < 0) names.splice(at + 1, 0, name);
    at = known < 0 ? at + 1 : known;
  }
  return names;
}

/** A list is a set to whom it matters that nothing is lost: what either added is added, what either took is gone. */
function mergeList(base: readonly unknown[], left: readonly unknown[], right: readonly unknown[]): unknown[] {
  const [from, one, other] = [base, left, right].map((list) => new Set(list.map(canonical)));
  const kept = left.filter((it) => other?.has(canonical(it)) || !from?.has(canonical(it)));
  const added = right.filter((it) => !one?.has(canonical(it)) && !from?.has(canonical(it)));
  return [...kept, ...added];
}

function mergeField(base: unknown, left: unknown, right: unknown, name: string, context: Context): unknown {
  if (timeNames.test(name)) return compareTexts(String(left), String(right)) > 0 ? left : right;
  if (typeof base === 'number' && typeof left === 'number' && typeof right === 'number') {
    return Number.isInteger(base) &&
      Number.isInteger(left) &&
      Number.isInteger(right) &&
      left + right - base >= 0
      ? left + right - base
      : Math.max(left, right);
  }
  if (typeof left === 'string' && typeof right === 'string') {
    const merged = mergeProse(
      typeof base === 'string' ? base : '',
      left,
      right,
      context.later ?? context.prefer,
    );
    if (merged !== undefined) return merged.text;
  }
  const side =
    (derivedNames.test(name) ? context.later : undefined) ??
    context.prefer ??
    context.later ??
    weightier(left, right);
  if (!isDerived(name, left, right)) context.losers.add(side === 'left' ? 'right' : 'left');
  return side === 'left' ? left : right;
}

function isDerived(name: string, left: unknown, right: unknown): boolean {
  return derivedNames.test(name) || (typeof left !== 'string' && typeof right !== 'string');
}

function weightier(left: unknown, right: unknown): Side {
  const [one, other] = [canonical(left), canonical(right)];
  if (one.length !== other.length) return one.length > other.length ? 'left' : 'right';
  return one > other ? 'left' : 'right';
}
