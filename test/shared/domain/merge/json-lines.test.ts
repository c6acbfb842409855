import { describe, expect, it } from 'vitest';
import { isJsonLines, mergeJsonLines } from '../../../../shared/domain/merge/json-lines.ts';
import { mergeRecords } from '../../../../shared/domain/merge/records.ts';

const row = (value: unknown) => JSON.stringify(value);
const merge = (base: unknown[], left: unknown[], right: unknown[]) => {
  const sides = { base: base.map(row), left: left.map(row), right: right.map(row) };
  const outcome = mergeJsonLines(sides, undefined);
  return { ...outcome, values: outcome?.lines.map((line) => JSON.parse(line)) };
};

describe('records', () => {
  const one = { id: 'a', title: 'One', status: 'open', updated_at: '2026-03-01T00:00:00Z' };
  const two = { ...one, id: 'b', title: 'Two' };

  it('are known by the ending of the path', () => {
    expect(['a.jsonl', 'b.NDJSON', 'c.json', 'd.md'].map(isJsonLines)).toEqual([true, true, false, false]);
  });

  it('that both sides added are kept, each once', () => {
    const fresh = { ...one, id: 'c' };
    const merged = merge([one], [one, two, fresh], [one, fresh]);
    expect(merged.values?.map((it) => it.id)).toEqual(['a', 'b', 'c']);
  });

  it('merge by field', () => {
    const left = { ...one, status: 'closed', updated_at: '2026-03-02T00:00:00Z' };
    const right = { ...one, title: 'One, in full', updated_at: '2026-03-03T00:00:00Z' };
    expect(merge([one, two], [left, two], [right, two])).toMatchObject({
      values: [{ ...one, status: 'closed', title: 'One, in full', updated_at: '2026-03-03T00:00:00Z' }, two],
      losers: new Set(),
    });
  });

  it('stay deleted, unless the other side edited them', () => {
    expect(merge([one, two], [two], [one, two]).values).toEqual([two]);
    const edited = { ...one, title: 'New' };
    expect(merge([one, two], [two], [edited, two])).toMatchObject({
      values: [edited, two],
      notes: ['kept an edit of the deleted record id:a'],
    });
  });

  it('with two titles for one record are left to a person', () => {
    const merged = merge([one], [{ ...one, title: 'Uno' }], [{ ...one, title: 'Eins' }]);
    expect(merged.losers?.size).toBe(1);
    expect(merged.values).toHaveLength(1);
  });

  it('are written in the spacing that the file has', () => {
    const spaced = (title: string, status: string) =>
      `{"id": "a", "title": "${title}", "status": "${status}", "n": [1, 2]}`;
    const merged = mergeJsonLines(
      { base: [spaced('A', 'open')], left: [spaced('B', 'open')], right: [spaced('A', 'closed')] },
      undefined,
    );
    expect(merged?.lines).toEqual([spaced('B', 'closed')]);
  });

  it('are not touched when a changed line is no JSON', () => {
    expect(mergeJsonLines({ base: [], left: ['{'], right: ['{}'] }, undefined)).toBeUndefined();
  });
});

describe('event logs', () => {
  const event = (ts: string, what: string) => ({ ts, what });

  it('are keyed by the whole line and ordered by their time', () => {
    const old = event('2026-03-01', 'start');
    const left = [old, event('2026-03-02', 'left'), event('2026-03-04', 'left')];
    const right = [old, event('2026-03-03', 'right')];
    expect(merge([old], left, right).values?.map((it) => it.what)).toEqual([
      'start',
      'left',
      'right',
      'left',
    ]);
  });

  it('keep equal events as often as they happened on the side that saw more', () => {
    const tick = event('2026-03-01', 'tick');
    expect(merge([], [tick, tick], [tick]).values).toEqual([tick, tick]);
  });

  it('keep the order of a side whose times do not rise', () => {
    const left = [event('2026-03-02', 'b'), event('2026-03-01', 'a')];
    expect(merge([], left, [event('2026-03-03', 'c')]).values?.slice(-2)).toEqual(left);
  });

  it('whose id repeats are no records', () => {
    const start = { id: 'job', event: 'start' };
    const end = { id: 'job', event: 'end' };
    expect(merge([start], [start, end], [start, { id: 'job', event: 'retry' }]).values).toHaveLength(3);
  });
});

describe('a value that both sides changed', () => {
  const merged = (base: unknown, left: unknown, right: unknown) => mergeRecords(base, left, right, undefined);

  it('takes the later time, adds up counters, unites lists', () => {
    const base = { seen_at: '2026-03-01', count: 3, labels: ['a', 'b'] };
    const left = { seen_at: '2026-03-03', count: 5, labels: ['a', 'b', 'c'] };
    const right = { seen_at: '2026-03-02', count: 4, labels: ['b', 'd'] };
    expect(merged(base, left, right)).toEqual({
      value: { seen_at: '2026-03-03', count: 6, labels: ['b', 'c', 'd'] },
      losers: new Set(),
    });
  });

  it('takes a hash from the record that was updated later', () => {
    const record = (updated_at: string, content_hash: string) => ({ updated_at, content_hash });
    const outcome = merged(
      record('2026-03-01', 'aaa1'),
      record('2026-03-03', 'bbb2'),
      record('2026-03-02', 'ccc3'),
    );
    expect(outcome).toEqual({ value: record('2026-03-03', 'bbb2'), losers: new Set() });
  });

  it('merges what is nested, and keeps new fields of both in order', () => {
    const outcome = merged({ a: { x: 1, y: 1 } }, { a: { x: 2, y: 1 }, l: 1 }, { r: 1, a: { x: 1, y: 2 } });
    expect(JSON.stringify(outcome.value)).toBe('{"r":1,"a":{"x":2,"y":2},"l":1}');
  });

  it('drops a field that one side took away, unless the other changed it', () => {
    expect(merged({ a: 1, b: 1 }, { b: 1 }, { a: 1, b: 1 }).value).toEqual({ b: 1 });
    expect(merged({ a: 1 }, {}, { a: 2 }).value).toEqual({ a: 2 });
  });

  it('takes the side to prefer for other words, and names the other', () => {
    expect(mergeRecords({ t: 'x' }, { t: 'left' }, { t: 'right' }, 'right')).toEqual({
      value: { t: 'right' },
      losers: new Set(['left']),
    });
  });
});
