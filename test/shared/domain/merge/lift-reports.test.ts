/** Reports in the report file are no lines to merge: what was added is there once, what was taken out is gone. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeVersions } from '../../../../shared/domain/merge/merge.ts';
import { renderReport } from '../../../../shared/domain/report.ts';
import { insertReport, removeReport, reportStamps } from '../../../../shared/domain/report-section.ts';
import { decodeUtf8, encodeUtf8 } from '../../../../shared/domain/utf8.ts';

const path = 'SYNC_STATUS.md';
const stampOf = (number: number): string => number.toString(16).padStart(32, '0');

/** A report of one change; reports of different numbers share most of their lines. */
const reportOf = (number: number) => ({
  stamp: stampOf(number),
  text: renderReport(
    {
      stamp: stampOf(number),
      atMs: 1_000 * number,
      trigger: { type: 'manual', conditions: { pending_changes: 1 } },
      events: [{ path: 'AGENTS.md', kind: 'modified', atMs: 1_000 * number, agent: 'claude-code' }],
    },
    'en',
  ),
});
const withReports = (file: Uint8Array | undefined, ...numbers: number[]): Uint8Array =>
  numbers.reduce<Uint8Array>(
    (bytes, number) => insertReport(bytes, reportOf(number), { locale: 'en', keep: 100 }),
    file ?? new Uint8Array(),
  );
const merged = (base: Uint8Array | null, ...versions: Uint8Array[]) => {
  const outcome = mergeVersions(base, versions, { path });
  return { ...outcome, text: decodeUtf8(outcome.content).text, stamps: reportStamps(outcome.content) };
};
const numbersOf = (stamps: readonly string[]): number[] => stamps.map((stamp) => Number.parseInt(stamp, 16));

describe('two versions of the report file', () => {
  test('that began apart have the reports of both, newest first', () => {
    const { stamps, settled, content } = merged(
      null,
      withReports(undefined, 1, 3),
      withReports(undefined, 2),
    );
    expect(numbersOf(stamps)).toEqual([3, 2, 1]);
    expect(settled).toBe(true);
    expect(decodeUtf8(content).text).toBe(decodeUtf8(withReports(undefined, 1, 2, 3)).text);
  });

  test('of which one lost a report have it no longer, though the other got a new one beside it', () => {
    const base = withReports(encodeUtf8('# Status\n'), 1, 2);
    const { stamps } = merged(base, removeReport(base, stampOf(2)), withReports(base, 3));
    expect(numbersOf(stamps)).toEqual([3, 1]);
  });

  test('keep what people wrote around the reports', () => {
    const base = withReports(encodeUtf8('# Status\n\n- one\n'), 1);
    const ours = withReports(encodeUtf8('# Status\n\n- one\n- ours\n'), 1, 2);
    const theirs = withReports(encodeUtf8('# Status\n\n- theirs\n- one\n'), 1, 3);
    const { text, stamps, settled } = merged(base, ours, theirs);
    expect(text).toContain('- theirs\n- one\n- ours\n');
    expect(numbersOf(stamps)).toEqual([3, 2, 1]);
    expect(settled).toBe(true);
  });

  test('of which one has a report that somebody wrote in, keep those words', () => {
    const base = withReports(undefined, 1);
    const edited = encodeUtf8(decodeUtf8(base).text.replace('**Trigger**', 'Seen by Ann.\n\n**Trigger**'));
    const { text } = merged(base, edited, withReports(base, 2));
    expect(text).toContain('Seen by Ann.');
    expect(text).toContain(stampOf(2));
  });
});

test('however many replicas fold and take back, whoever meets whom, each report is there once and in one order', () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 5 });
  const around = fc.constantFrom('', '# Status\n', '# Status\n\n- a note\n');
  fc.assert(
    fc.property(numbers, numbers, numbers, around, (first, second, gone, text) => {
      const base = withReports(encodeUtf8(text), ...gone);
      const one = withReports(base, ...first);
      const kept = gone.slice(0, 1).reduce((file, number) => removeReport(file, stampOf(number)), base);
      const other = withReports(kept, ...second.filter((number) => number !== gone[0]));
      const there = merged(base, one, other);
      const back = merged(base, other, one);
      expect(back.text).toBe(there.text);
      const wanted = new Set([...first, ...second, ...gone]);
      if (gone[0] !== undefined) wanted.delete(gone[0]);
      expect(numbersOf(there.stamps)).toEqual([...wanted].toSorted((a, b) => b - a));
      expect(merged(base, there.content, one).text).toBe(there.text);
    }),
  );
});
