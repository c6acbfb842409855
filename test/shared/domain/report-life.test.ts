/** The report file through a life of consolidations, undos, edits by others and repeated writes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderReport } from '../../../shared/domain/report.ts';
import {
  containsReport,
  insertReport,
  removeReport,
  reportStamps,
} from '../../../shared/domain/report-section.ts';
import { type ReportLocale, reportLocales } from '../../../shared/domain/report-words.ts';
import { encodeUtf8 } from '../../../shared/domain/utf8.ts';

const stampOf = (number: number) => number.toString(16).padStart(32, '0');

type Step =
  | { kind: 'consolidate'; stamp: string; path: string; agent: string; locale: ReportLocale }
  | { kind: 'undo'; pick: number }
  | { kind: 'above' | 'below'; text: string };

const hostileName = fc.constantFrom(
  'AGENTS.md',
  '**x**.md',
  `<!-- skein:${stampOf(1)} -->`,
  '```\n## Two\n---',
  '🤖 é.md',
  '\n### x\n',
);
const note = fc.constantFrom(
  'a note',
  '- [ ] task',
  '| a | b |',
  'été 日本 🤖',
  '```\n## code\n```',
  '> said',
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('consolidate' as const),
      stamp: fc.integer({ min: 10, max: 40 }).map(stampOf),
      path: hostileName,
      agent: hostileName,
      locale: fc.constantFrom(...reportLocales),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('undo' as const), pick: fc.nat() }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('above' as const, 'below' as const), text: note }),
  },
);

const reportFor = (it: Extract<Step, { kind: 'consolidate' }>) => ({
  stamp: it.stamp,
  text: renderReport(
    {
      stamp: it.stamp,
      atMs: 1_760_000_000_000,
      trigger: { type: 'threshold', conditions: { pending_changes: 1, threshold: 1 } },
      events: [{ path: it.path, kind: 'created', atMs: 1_760_000_000_000, agent: it.agent }],
    },
    it.locale,
  ),
});

/** What must be in the file: the notes of its users in order, and the newest reports. */
type Model = { above: string[]; below: string[]; stamps: string[] };

class ReportFile {
  text = '# Status\n\n## After\n\nlast line\n';
  readonly model: Model = { above: [], below: [], stamps: [] };
  readonly keep: number;

  constructor(keep: number) {
    this.keep = keep;
    this.consolidate({ kind: 'consolidate', stamp: stampOf(9), path: 'a', agent: 'b', locale: 'en' });
  }

  take(it: Step): void {
    if (it.kind === 'consolidate') this.consolidate(it);
    else if (it.kind === 'undo') this.undo(it.pick);
    else this.write(it.kind, it.text);
  }

  private consolidate(it: Extract<Step, { kind: 'consolidate' }>): void {
    const once = insertReport(encodeUtf8(this.text), reportFor(it), { locale: it.locale, keep: this.keep });
    const known = new Set([...this.model.stamps, it.stamp]);
    this.model.stamps = [...known].sort().reverse().slice(0, this.keep);
    if (containsReport(once, it.stamp)) {
      expect(insertReport(once, reportFor(it), { locale: it.locale, keep: this.keep })).toBe(once);
    }
    this.text = new TextDecoder().decode(once);
  }

  private undo(pick: number): void {
    const stamp = this.model.stamps[pick % Math.max(1, this.model.stamps.length)] ?? stampOf(99);
    this.text = new TextDecoder().decode(removeReport(encodeUtf8(this.text), stamp));
    this.model.stamps = this.model.stamps.filter((other) => other !== stamp);
  }

  private write(where: 'above' | 'below', text: string): void {
    this.model[where].push(text);
    if (where === 'above') this.text = this.text.replace('\n## After\n', () => `${text}\n\n## After\n`);
    else this.text += `${text}\n`;
  }
}

describe('a report file that lives', () => {
  it('holds the newest reports in order, and all that its users wrote', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), fc.integer({ min: 1, max: 4 }), (steps, keep) => {
        const file = new ReportFile(keep);
        for (const it of steps) {
          file.take(it);
          expect(reportStamps(encodeUtf8(file.text))).toEqual(file.model.stamps);
        }
        const parts = ['# Status\n', ...file.model.above, '## After\n\nlast line\n', ...file.model.below];
        let from = 0;
        for (const part of parts) {
          const at = file.text.indexOf(part, from);
          expect(at).toBeGreaterThanOrEqual(0);
          from = at + part.length;
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is what its users wrote when every report is undone', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const consolidations = steps.filter((it) => it.kind === 'consolidate');
        const own = '# Status\r\n\r\nby hand\r\n';
        const filled = consolidations.reduce(
          (bytes, it) => insertReport(bytes, reportFor(it), { locale: it.locale, keep: 100 }),
          encodeUtf8(own),
        );
        const emptied = reportStamps(filled).reduce(removeReport, filled);
        expect(new TextDecoder().decode(emptied)).toBe(own);
      }),
    );
  });
});
