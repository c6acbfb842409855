import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderReport, sectionHeading } from '../../../shared/domain/report.ts';
import {
  containsReport,
  insertReport,
  removeReport,
  reportStamps,
} from '../../../shared/domain/report-section.ts';
import { type ReportLocale, reportLocales } from '../../../shared/domain/report-words.ts';
import { byteText, encodeUtf8, equalBytes, joinBytes } from '../../../shared/domain/utf8.ts';

const stampOf = (number: number) => number.toString(16).padStart(32, '0');
const reportOf = (number: number, locale: ReportLocale = 'en') => ({
  stamp: stampOf(number),
  text: renderReport(
    {
      stamp: stampOf(number),
      atMs: 1_760_000_000_000 + number * 60_000,
      trigger: { type: 'manual', conditions: { pending_changes: 1 } },
      events: [{ path: `docs/note_${number}.md`, kind: 'modified', atMs: 1_760_000_000_000, agent: 'human' }],
    },
    locale,
  ),
});
const text = (bytes: Uint8Array) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
const insert = (file: string | undefined, number: number, keep = 20, locale: ReportLocale = 'en') =>
  text(
    insertReport(file === undefined ? undefined : encodeUtf8(file), reportOf(number, locale), {
      locale,
      keep,
    }),
  );
const remove = (file: string, number: number) => text(removeReport(encodeUtf8(file), stampOf(number)));
const stamps = (file: string) => reportStamps(encodeUtf8(file)).map((stamp) => Number.parseInt(stamp, 16));
const english = sectionHeading('en');
const body = (number: number, locale: ReportLocale = 'en') => reportOf(number, locale).text;

describe('a file without a section', () => {
  it('that is missing or empty becomes just the section', () => {
    expect(insert(undefined, 1)).toBe(`${english}\n\n${body(1)}`);
    expect(insert('', 1)).toBe(`${english}\n\n${body(1)}`);
  });

  it('gets it at the end after one blank line', () => {
    expect(insert('# Status\n\nAll is well.\n', 1)).toBe(
      `# Status\n\nAll is well.\n\n${english}\n\n${body(1)}`,
    );
  });

  it('gets it in the language of the settings', () => {
    for (const locale of reportLocales) {
      expect(insert('# S\n', 1, 20, locale)).toBe(`# S\n\n${sectionHeading(locale)}\n\n${body(1, locale)}`);
    }
  });

  it('keeps ending without a newline when it did', () => {
    expect(insert('# Status', 1)).toBe(`# Status\n\n${english}\n\n${body(1).trimEnd()}`);
  });

  it('keeps its byte order mark first', () => {
    expect(insert('\ufeff', 1)).toBe(`\ufeff${english}\n\n${body(1)}`);
    expect(insert('\ufeff# S\n', 1).startsWith('\ufeff# S\n\n## ')).toBe(true);
  });

  it('keeps Windows line endings', () => {
    const crlf = insert('# Status\r\nfine\r\n', 1);
    expect(crlf).toBe(`# Status\r\nfine\r\n\r\n${english}\r\n\r\n${body(1).replaceAll('\n', '\r\n')}`);
    expect(insert('a\r\nb\nc\n', 1).endsWith('\n---\n')).toBe(true);
    expect(insert('a\r\nb\nc\r\n', 1).endsWith('\r\n---\r\n')).toBe(true);
  });
});

describe('a file with a section', () => {
  const file = `# Status\n\n${english}\n\n${body(5)}\n## Notes\n\nkeep\n`;

  it('gets the newest report directly under the heading', () => {
    expect(insert(file, 6)).toBe(`# Status\n\n${english}\n\n${body(6)}\n${body(5)}\n## Notes\n\nkeep\n`);
  });

  it('gets an older report in its order', () => {
    const between = insert(insert(file, 9), 7);
    expect(stamps(between)).toEqual([9, 7, 5]);
    expect(between).toBe(`# Status\n\n${english}\n\n${body(9)}\n${body(7)}\n${body(5)}\n## Notes\n\nkeep\n`);
    expect(stamps(insert(between, 3))).toEqual([9, 7, 5, 3]);
    expect(insert(between, 3).endsWith(`${body(3)}\n## Notes\n\nkeep\n`)).toBe(true);
  });

  it('is recognised in any language, indented, with closing marks', () => {
    for (const locale of reportLocales) {
      for (const heading of [sectionHeading(locale), `  ${sectionHeading(locale)} ##  `]) {
        expect(insert(`${heading}\n\nkept\n`, 1)).toBe(`${heading}\n\n${body(1)}\nkept\n`);
      }
    }
  });

  it('is not recognised at another level, in other words, or inside a code fence', () => {
    for (const other of [
      `#${english}\n`,
      `${english} of notes\n`,
      `    ${english}\n`,
      `\`\`\`md\n${english}\n\`\`\`\n`,
      `~~~~\n\`\`\`\n${english}\n~~~\n~~~~\n`,
    ]) {
      expect(insert(other, 1)).toBe(`${other}\n${english}\n\n${body(1)}`);
    }
  });

  it('is recognised below a fence that nobody closed', () => {
    const open = `\`\`\`sh\nmake\n\n${english}\n\n${body(1)}`;
    expect(stamps(insert(open, 2))).toEqual([2, 1]);
  });

  it('ends at the next heading of level 1 or 2, drawn either way', () => {
    for (const next of ['# Next', '## Next', 'Next\n====', 'Next\n----']) {
      expect(insert(`${english}\n\n${body(5)}\n${next}\n\n${body(9)}`, 3)).toBe(
        `${english}\n\n${body(5)}\n${body(3)}\n${next}\n\n${body(9)}`,
      );
    }
  });

  it('does not end at deeper headings, rules, or headings in fences', () => {
    for (const inner of [
      '### Mine',
      '#### Deeper',
      'done\n---',
      '```\n# comment\n```',
      '> # quoted',
      '    # code',
    ]) {
      expect(
        insert(`${english}\n\n${body(5)}\n${inner}\n\n${body(3)}`, 1).endsWith(`${body(3)}\n${body(1)}`),
      ).toBe(true);
    }
  });

  it('keeps what users wrote before, between and after reports', () => {
    const mine = '### Consolidation - by hand\n\nwithout a marker\n\n---\n';
    const own = `${english}\n\nintro\n\n${body(5)}\nbetween\n\n${mine}\n${body(3)}\nafter`;
    const after = insert(insert(own, 6), 4);
    expect(stamps(after)).toEqual([6, 5, 4, 3]);
    for (const part of ['\nintro\n', '\nbetween\n', mine]) expect(after).toContain(part);
    expect(after.endsWith('\nafter')).toBe(true);
    expect(remove(remove(after, 6), 4)).toBe(own);
  });
});

describe('the number of reports kept', () => {
  const filled =
    [1, 2, 3, 4].reduce<string | undefined>((file, number) => insert(file, number), '# S\n') ?? '';

  it('trims the oldest', () => {
    expect(stamps(insert(filled, 5, 3))).toEqual([5, 4, 3]);
    expect(insert(filled, 5, 1)).toBe(`# S\n\n${english}\n\n${body(5)}`);
  });

  it('trims by age, not by place', () => {
    const mixed = `${english}\n\n${body(2)}\n${body(7)}\n${body(4)}`;
    expect(stamps(insert(mixed, 8, 2))).toEqual([8, 7]);
  });

  it('trims only marked reports of the section, and no text after them', () => {
    const mine = '### Consolidation - by hand\n\n---\n';
    const file = `${english}\n\n${body(2)}\nkept\n\n${mine}\n${body(1)}\n## Archive\n\n${body(0)}`;
    expect(insert(file, 3, 1)).toBe(`${english}\n\n${body(3)}\nkept\n\n${mine}\n## Archive\n\n${body(0)}`);
  });

  it('leaves a file alone when the report is older than all that are kept', () => {
    expect(insert(filled, 0, 4)).toBe(filled);
  });
});

describe('idempotence', () => {
  it('leaves a file that holds the stamp as it is, wherever it stands', () => {
    const archived = `${english}\n\n## Archive\n\n${body(4)}`;
    expect(insert(archived, 4, 1)).toBe(archived);
    expect(containsReport(encodeUtf8(archived), stampOf(4))).toBe(true);
    expect(containsReport(encodeUtf8(archived), stampOf(5))).toBe(false);
  });

  it('does not take an example in a code fence, or a mention, for the report', () => {
    for (const other of [
      `\`\`\`\n${body(4)}\`\`\`\n`,
      `see <!-- skein:${stampOf(4)} -->\n`,
      '<!-- skein:4 -->\n',
    ]) {
      expect(stamps(other)).toEqual([]);
    }
  });

  it('knows its report after a formatter put a blank line above the marker', () => {
    const formatted = `${english}\n\n${body(4).replace('\n<!--', '\n\n<!--')}`;
    expect(insert(formatted, 4)).toBe(formatted);
    expect(remove(insert(formatted, 5), 4)).toBe(`${english}\n\n${body(5)}`);
  });
});

describe('removing', () => {
  it('leaves a file without the stamp as it is', () => {
    expect(remove('# S\n', 1)).toBe('# S\n');
    expect(remove('', 1)).toBe('');
  });

  it('takes one report and leaves its neighbours', () => {
    const three = insert(insert(insert('# S\n', 1), 2), 3);
    expect(remove(three, 2)).toBe(insert(insert('# S\n', 1), 3));
  });

  it('takes the section that was appended for the report, and no other', () => {
    expect(remove(insert('# S', 1), 1)).toBe('# S');
    expect(remove(insert(undefined, 1), 1)).toBe('');
    for (const own of [
      `# S\n\n${english}\n`,
      `${english}`,
      `${english}\n\n`,
      `${english}\r\n`,
      `${english}\n\n## Next\n`,
    ]) {
      expect(remove(insert(own, 1), 1)).toBe(own);
    }
  });

  it('takes every copy from a file that was doubled', () => {
    const once = insert('# S\n', 1);
    expect(remove(once + once, 1)).toBe(`# S\n\n${english}\n# S\n\n${english}\n`);
  });

  it('leaves text that was glued to the closing rule of a file without a final newline', () => {
    expect(remove(`${insert('# S', 1)}- [x] done\n`, 1)).toBe(`# S\n\n${english}\n- [x] done\n`);
    expect(remove(`${insert('# S', 1)}## Done\n`, 1)).toBe(`# S\n\n${english}\n## Done\n`);
  });

  it('ends a report whose rule is gone before the next heading', () => {
    const damaged = `${english}\n\n${body(2).replace('---\n', '')}\n### Mine\n\nkept\n`;
    expect(remove(damaged, 2)).toBe(`${english}\n### Mine\n\nkept\n`);
  });

  it('takes a report whose heading is gone from its marker on', () => {
    const damaged = `${english}\n\nkept\n${body(2).split('\n').slice(1).join('\n')}rest\n`;
    expect(stamps(damaged)).toEqual([2]);
    expect(remove(damaged, 2)).toBe(`${english}\n\nkept\nrest\n`);
  });
});

const pieces = fc.constantFrom(
  '',
  '',
  'text',
  'текст 🤖 à',
  '# One',
  '## Two',
  '### Three',
  '#### Four',
  'Title\n====',
  'Title\n----',
  'note\n---',
  '---',
  '```',
  '```js',
  '~~~',
  '~~~~',
  '- item',
  '  - deep',
  '> quote',
  '| a |',
  '    code',
  '<!-- note -->',
  '<div>',
  '\t',
  ' ',
  ...reportLocales.map(sectionHeading),
  `${sectionHeading('fr')} #`,
  `  ${sectionHeading('ru')}`,
  `<!-- skein:${stampOf(77)} -->`,
  '### Consolidation - 2025-10-10T14:30:00',
  body(100),
  body(200, 'fr'),
  body(300, 'ru'),
  body(100).replace('---\n', ''),
  body(200).split('\n').slice(1).join('\n'),
  `${body(300).trimEnd()}glued`,
);
const ending = fc.constantFrom('\n', '\n', '\n', '\r\n', '\r\n', '\r');
const markdownText = fc.oneof(
  fc
    .tuple(fc.array(pieces, { maxLength: 14 }), ending)
    .map(([lines, eol]) => lines.join('\n').replaceAll('\n', eol)),
  fc.array(fc.tuple(pieces, ending), { maxLength: 14 }).map((lines) => lines.flat().join('')),
);
const rawBytes = fc.uint8Array({ maxLength: 40 });
const file = fc
  .tuple(
    fc.constantFrom('', '\ufeff'),
    rawBytes,
    markdownText,
    fc.constantFrom('', '\n', '\r\n', '\r', '\n\n'),
    rawBytes,
    fc.nat(5),
  )
  .map(([mark, head, middle, end, tail, variant]) =>
    joinBytes([
      encodeUtf8(mark),
      variant === 1 ? head : new Uint8Array(),
      encodeUtf8(middle + end),
      variant === 2 ? tail : new Uint8Array(),
    ]),
  );
const locale = fc.constantFrom(...reportLocales);
const number = fc.constantFrom(1, 150, 250, 999);
const runs = { numRuns: 1000 };

describe('any file', () => {
  it('is the same after insert and remove', () => {
    fc.assert(
      fc.property(file, number, locale, (before, which, language) => {
        const inserted = insertReport(before, reportOf(which, language), { locale: language, keep: 1000 });
        expect(byteText(removeReport(inserted, stampOf(which)))).toBe(byteText(before));
      }),
      runs,
    );
  });

  it('holds the report exactly once after any number of insertions', () => {
    fc.assert(
      fc.property(file, number, locale, (before, which, language) => {
        const options = { locale: language, keep: 1000 };
        const once = insertReport(before, reportOf(which, language), options);
        expect(insertReport(once, reportOf(which, language), options)).toBe(once);
        expect(reportStamps(once).filter((stamp) => stamp === stampOf(which))).toHaveLength(1);
        expect(reportStamps(once).filter((stamp) => stamp !== stampOf(which))).toEqual(reportStamps(before));
      }),
      runs,
    );
  });

  it('keeps every byte of its own: an insertion is one piece', () => {
    fc.assert(
      fc.property(file, number, (before, which) => {
        const after = insertReport(before, reportOf(which), { locale: 'en', keep: 1000 });
        const grown = after.length - before.length;
        let same = 0;
        while (same < before.length && after[same] === before[same]) same += 1;
        const cutAt = (at: number) => joinBytes([after.subarray(0, at), after.subarray(at + grown)]);
        expect(
          Array.from({ length: same + 1 }, (_, at) => at).some((at) => equalBytes(cutAt(at), before)),
        ).toBe(true);
      }),
    );
  });

  it('keeps whether it ends with a newline', () => {
    fc.assert(
      fc.property(file, number, (before, which) => {
        const after = byteText(insertReport(before, reportOf(which), { locale: 'en', keep: 1000 }));
        const content = byteText(before).replace(/^\u00ef\u00bb\u00bf/, '');
        expect(after.endsWith('\n')).toBe(content === '' || content.endsWith('\n'));
      }),
    );
  });

  it('has at most `keep` reports in its section, the newest, and loses no other line', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 1, max: 5 }),
        (numbers, keep) => {
          const own = `# S\n\n${english}\n\nmine\n\n## After\n\nrest`;
          const after = numbers.reduce((it, which) => insert(it, which, keep), own);
          expect(stamps(after)).toEqual(numbers.toSorted((one, other) => other - one).slice(0, keep));
          expect(stamps(after).reduce((it, which) => remove(it, which), after)).toBe(own);
        },
      ),
    );
  });

  it('gives the same file in whatever order reports arrive', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7], { minLength: 7 }), (order) => {
        const inOrder = [1, 2, 3, 4, 5, 6, 7].reduce((it, which) => insert(it, which), '# S\n');
        expect(order.reduce((it, which) => insert(it, which), '# S\n')).toBe(inOrder);
      }),
    );
  });

  it('never throws when it was doubled, cut or shuffled, and loses the report when that is taken out', () => {
    fc.assert(
      fc.property(file, fc.nat(400), fc.nat(400), number, (whole, from, to, which) => {
        const once = insertReport(whole, reportOf(which), { locale: 'ru', keep: 3 });
        const damaged = joinBytes([once.subarray(from), once.subarray(0, to), once]);
        insertReport(damaged, reportOf(500), { locale: 'fr', keep: 2 });
        const without = removeReport(damaged, stampOf(which));
        expect(without.length < damaged.length).toBe(containsReport(damaged, stampOf(which)));
      }),
      runs,
    );
  });
});

describe('a report that is not ours', () => {
  it('is refused, since it could not be found or taken out again', () => {
    const { stamp } = reportOf(1);
    for (const broken of ['text', body(2), body(1).replace('---\n', ''), `intro\n${body(1)}`]) {
      expect(() => insertReport(undefined, { stamp, text: broken }, { locale: 'en', keep: 1 })).toThrow(
        'Broken invariant',
      );
    }
  });
});
