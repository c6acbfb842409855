import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MergeOutcome, mergeVersions } from '../../../../shared/domain/merge/merge.ts';
import { faultsOf } from '../../../../shared/domain/merge/well-formed.ts';
import { decodeUtf8 } from '../../../../shared/domain/utf8.ts';
import { anyText, bytes, type Edits, editsOf, kinds } from './made-up-files.ts';

const text = (outcome: MergeOutcome) => decodeUtf8(outcome.content).text;
const mergeTexts = (base: string | null, versions: readonly string[], path = 'x.md', keep?: number) =>
  mergeVersions(base === null ? null : bytes(base), versions.map(bytes), {
    path,
    ...(keep === undefined ? {} : { keep }),
  });
const mergeEdits = (edits: Edits, versions = edits.versions) => mergeTexts(edits.base, versions, edits.path);

/** All orders of three. */
const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

describe('merging any texts', () => {
  it('gives the same bytes whichever side comes first', () => {
    fc.assert(
      fc.property(fc.option(anyText), anyText, anyText, (base, left, right) => {
        const one = mergeTexts(base, [left, right]);
        const other = mergeTexts(base, [right, left]);
        expect(text(other)).toBe(text(one));
        expect(other.settled).toBe(one.settled);
        expect(other.losers).toEqual(one.losers.map((index) => 1 - index).toSorted());
      }),
    );
  });

  it('gives the same bytes in every order of three', () => {
    fc.assert(
      fc.property(fc.option(anyText), fc.tuple(anyText, anyText, anyText), (base, versions) => {
        const texts = orders.map((order) =>
          text(
            mergeTexts(
              base,
              order.map((index) => versions[index] ?? ''),
            ),
          ),
        );
        expect(new Set(texts).size).toBe(1);
      }),
    );
  });

  it('takes the only change, and equal changes once', () => {
    fc.assert(
      fc.property(anyText, anyText, (base, changed) => {
        for (const versions of [
          [base, changed],
          [changed, base],
          [changed, changed],
        ]) {
          expect(mergeTexts(base, versions)).toEqual({
            content: bytes(changed),
            settled: true,
            losers: [],
            notes: [],
          });
        }
      }),
    );
  });

  it('puts no fault into the text that no side has', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (base, left, right) => {
        const faults = (it: string) =>
          faultsOf('x.md', it.replaceAll('\r\n', '\n').replace('\ufeff', '').split('\n'));
        const own = new Set([left, right].flatMap(faults));
        const result = text(mergeTexts(base, [left, right]));
        expect(faults(result).filter((fault) => !own.has(fault))).toEqual([]);
        expect(result).not.toMatch(/^(?:<<<<<<<|>>>>>>>)/m);
      }),
    );
  });

  it('names losers exactly when it is not settled, and takes the version to keep where it must choose', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, fc.constantFrom(0, 1), (base, left, right, keep) => {
        const outcome = mergeTexts(base, [left, right], 'x.md', keep);
        expect(outcome.losers.length > 0).toBe(!outcome.settled);
        expect(outcome.notes.length).toBeLessThanOrEqual(20);
      }),
    );
  });
});

describe.each(kinds)('merging edits of a made-up %s', (kind) => {
  const two = editsOf[kind](2);
  const three = editsOf[kind](3);
  const countOf = (whole: string, part: string) => whole.split(part).length - 1;

  it('keeps all that either side added, or keeps the side aside', () => {
    fc.assert(
      fc.property(three, (edits) => {
        const outcome = mergeEdits(edits);
        for (const [index, words] of edits.added.entries()) {
          if (outcome.losers.includes(index)) continue;
          for (const word of words) expect(text(outcome)).toContain(word);
        }
      }),
    );
  });

  it('settles without a person', () => {
    fc.assert(
      fc.property(two, (edits) => {
        expect(mergeEdits(edits).settled).toBe(true);
      }),
    );
  });

  it('says nothing more often than the side that added it', () => {
    fc.assert(
      fc.property(two, (edits) => {
        const result = text(mergeEdits(edits));
        for (const [index, words] of edits.added.entries()) {
          for (const word of words)
            expect(countOf(result, word)).toBe(countOf(edits.versions[index] ?? '', word));
        }
      }),
    );
  });

  it('changes nothing when the result meets a side again', () => {
    fc.assert(
      fc.property(two, (edits) => {
        const result = text(mergeEdits(edits));
        for (const version of edits.versions) {
          expect(text(mergeEdits(edits, [result, version]))).toBe(result);
        }
      }),
    );
  });

  it('keeps what the base says where nobody touched it', () => {
    fc.assert(
      fc.property(two, (edits) => {
        const result = text(mergeEdits(edits)).split('\n');
        const untouched = edits.base
          .split('\n')
          .filter((line) => edits.versions.every((version) => version.split('\n').includes(line)));
        for (const line of untouched) expect(result).toContain(line);
      }),
    );
  });

  it('is well-formed', () => {
    fc.assert(
      fc.property(three, (edits) => {
        const lines = text(mergeEdits(edits)).split('\n');
        expect(faultsOf(edits.path, lines)).toEqual([]);
      }),
    );
  });

  it('comes out the same when two of three met before, but for the order of what stands at one place', () => {
    fc.assert(
      fc.property(three, (edits) => {
        const [first = '', second = '', third = ''] = edits.versions;
        const sorted = (it: string) =>
          it
            .split('\n')
            .filter((line) => line !== '')
            .toSorted();
        const early = text(mergeEdits(edits, [first, second]));
        const words = (it: string) => (it.match(/\w+/g) ?? []).toSorted();
        const atOnce = text(mergeEdits(edits));
        const late = text(mergeEdits(edits, [early, third]));
        if (kind === 'prose') expect(words(late)).toEqual(words(atOnce));
        else expect(sorted(late)).toEqual(sorted(atOnce));
      }),
    );
  });
});
