import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultSettings, settingsShape } from '../../../shared/domain/settings.ts';
import {
  editSettings,
  readSettings,
  settingsJsonSchema,
  settingsSchemaId,
} from '../../../shared/domain/settings-file.ts';
import { limits } from '../../../shared/limits.ts';

/** The sentence that says what is wrong with a text, or 'fine'. */
function complaintAbout(text: string): string {
  const read = readSettings(text);
  if (read.ok) return 'fine';
  expect(read.error).toMatchObject({ code: 'settings-broken', subject: 'skein.json' });
  return read.error.message;
}

function edited(text: string | undefined, changes: Record<string, unknown>): string {
  const result = editSettings(text, changes);
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

describe('readSettings', () => {
  test('an empty object is all defaults', () => {
    expect(readSettings('{}')).toEqual({ ok: true, value: { settings: defaultSettings, fromFile: {} } });
  });

  test('comments, trailing commas, a byte order mark and Windows line ends are fine', () => {
    const text =
      '\ufeff// ours\r\n{\r\n  /* few */ "consolidation_threshold": 2, // two\r\n  "ignore": ["drafts",],\r\n}\r\n';
    const read = readSettings(text);
    expect(read).toMatchObject({
      ok: true,
      value: { settings: { consolidation_threshold: 2, ignore: ['drafts'] } },
    });
    expect(read.ok && read.value.fromFile).toEqual({ consolidation_threshold: 2, ignore: ['drafts'] });
  });

  test('defaults inside entries are filled in, and what the file says stays apart', () => {
    const read = readSettings('{"track": [{"pattern": "a.md"}]}');
    expect(read.ok && read.value.settings.track).toEqual([{ pattern: 'a.md', class: 'note' }]);
    expect(read.ok && read.value.fromFile).toEqual({ track: [{ pattern: 'a.md' }] });
  });

  test('names line, column, key, what is expected and what is there', () => {
    const text = '{\n  // ours\n  "locale": "en",\n  "consolidation_threshold": "five"\n}\n';
    expect(complaintAbout(text)).toBe(
      'skein.json, line 4, column 30: "consolidation_threshold" must be a whole number from 0 to 100000, not "five".',
    );
  });

  test.each([
    [
      '{"consolidation_threshold": 1.5}',
      '1, column 29: "consolidation_threshold" must be a whole number from 0 to 100000, not 1.5.',
    ],
    ['{"consolidation_threshold": -1}', 'a whole number from 0 to 100000, not -1.'],
    ['{"check_interval_seconds": 0}', 'must be a number from 1 to 86400, not 0.'],
    ['{"defaults": "no"}', '"defaults" must be true or false, not "no".'],
    ['{"locale": "de"}', '"locale" must be one of "en", "fr", "ru", not "de".'],
    ['{"report_file": 3}', '"report_file" must be a text of 1 to 1024 characters or null, not 3.'],
    [
      '{"ignore": "drafts"}',
      '"ignore" must be a list of at most 500 entries in square brackets, not "drafts".',
    ],
    ['{"ignore": ["a", 7]}', 'column 18: entry 2 in "ignore" must be a text of 1 to 300 characters, not 7.'],
    ['{"track": ["a.md"]}', 'entry 1 in "track" must be an object in braces with "pattern", not "a.md".'],
    [
      '{"track": [{"class": "note"}]}',
      '"pattern" of entry 1 in "track" is missing; it must be a text of 1 to 300 characters.',
    ],
    [
      '{"track": [{"pattern": "a", "class": "x"}]}',
      '"class" of entry 1 in "track" must be one of "instructions", "status"',
    ],
    ['{"track": [{"pattern": "a", "klass": "note"}]}', '"klass" of entry 1 in "track" is not a setting.'],
    [
      '{"owners": [{"pattern": "a", "agent": "A B"}]}',
      'must be a name in lower-case letters, digits and hyphens, such as claude-code, not "A B".',
    ],
    [
      '{"consolidation_treshold": 5}',
      'column 2: "consolidation_treshold" is not a setting; did you mean "consolidation_threshold"?',
    ],
    ['{"colour": "blue"}', '"colour" is not a setting.'],
    ['{"__proto__": {}}', '"__proto__" is not a setting.'],
    [`{"locale": "${'x'.repeat(500)}"}`, `not "${'x'.repeat(39)}….`],
    [`{"ignore": ${JSON.stringify(Array(501).fill('a'))}}`, 'not a list of 501 entries.'],
  ])('%s', (text, complaint) => {
    expect(complaintAbout(text)).toContain(complaint);
  });

  test('of several faults the first in the text is told', () => {
    expect(complaintAbout('{"locale": "de", "colour": 1, "defaults": 2}')).toContain('"locale"');
    expect(complaintAbout('{"colour": 1, "locale": "de"}')).toContain('"colour"');
  });

  test.each([
    ['', 'line 1, column 1: a value is missing before the end of the file.'],
    ['{"a" 1}', 'line 1, column 6: a colon is missing before "1".'],
    ['{"locale": }', 'a value is missing before "}".'],
    ['{\n"locale": "en"', 'a closing } is missing.'],
    ['{"ignore": ["a"', 'a closing ] is missing.'],
    ['{"locale": "en"}}', 'nothing may follow the settings, but "}" does.'],
    ['{"locale": "en" "defaults": true}', 'a comma is missing before "\\"defaults\\"".'],
    ['{"locale": "en",, "defaults": true}', 'a key in double quotes is missing before ",".'],
    ["{'locale': 1}", '"\'locale\'" is not JSON; keys and texts stand in double quotes.'],
    ['{"locale": "en', 'has no closing quote.'],
    ['/* only', 'a comment has no end.'],
    ['[1]', 'the settings must stand in { braces }.'],
    ['{"locale": "en", "locale": "fr"}', 'column 18: "locale" stands here a second time.'],
    ['{"track": [{"pattern": "a", "pattern": "b"}]}', '"pattern" stands here a second time.'],
  ])('broken text %j', (text, complaint) => {
    expect(complaintAbout(text)).toContain(complaint);
  });

  test('columns count from after a byte order mark, and every kind of line end is one line', () => {
    expect(complaintAbout('\ufeff[]')).toContain('line 1, column 1:');
    expect(complaintAbout('{\r\n\r\n"locale": 1}')).toContain('line 3, column 11:');
  });

  test.each([
    [
      '{"track": [{"pattern": "docs/[a.md"}]}',
      'column 24: "pattern" of entry 1 in "track": The pattern "docs/[a.md" cannot be used',
    ],
    ['{"ignore": ["ok", "!no"]}', 'column 19: entry 2 in "ignore": The pattern "!no" cannot be used'],
    ['{"owners": [{"pattern": "a\\\\b", "agent": "human"}]}', '"pattern" of entry 1 in "owners"'],
    ['{"report_file": "../up.md"}', 'column 17: The report file "../up.md" cannot be used'],
  ])('what cannot be tracked is told with its place: %s', (text, complaint) => {
    expect(complaintAbout(text)).toContain(complaint);
  });

  test('text that is too large or too deep is refused before it is parsed', () => {
    expect(complaintAbout(`{}${' '.repeat(limits.settingsBytes)}`)).toContain(
      `skein.json is larger than ${limits.settingsBytes} bytes.`,
    );
    expect(complaintAbout('['.repeat(100_000))).toContain('column 17: this is nested too deep.');
    expect(complaintAbout('{"locale": "[[[[[[[[[[[[[[[[[[[["}')).toContain('"locale" must be one of');
  });

  test('any text is read or refused with a sentence that names the file', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      '"ignore"',
      '"locale"',
      'null',
      '1',
      '//',
      '\n',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
        expect(complaintAbout(parts.join(''))).toMatch(/^(?:fine$|skein\.json[, ].+[.?]$)/s);
      }),
      { numRuns: 1_000 },
    );
  });
});

const commented = `// The team's settings.
{
  // Less noise.
  "consolidation_threshold": 3, // three
  "ignore": [
    "drafts", // mine
    // and these
    "tmp"
  ], /* end of ignore */
  "locale": "fr" // for Paul
  // the end
}
`;

describe('editSettings', () => {
  test('makes a new file', () => {
    const text = '{\n  "locale": "ru"\n}\n';
    expect(edited(undefined, { locale: 'ru' })).toBe(text);
    expect(edited(' \n', { locale: 'ru' })).toBe(text);
    expect(readSettings(edited(undefined, {})).ok).toBe(true);
  });

  test('replaces a value in its place', () => {
    expect(edited(commented, { consolidation_threshold: 8 })).toBe(
      commented.replace('"consolidation_threshold": 3', '"consolidation_threshold": 8'),
    );
  });

  test('adds a key at the end, behind the comment of the last one', () => {
    expect(edited(commented, { defaults: false })).toBe(
      commented.replace('"locale": "fr" // for Paul', '"locale": "fr", // for Paul\n  "defaults": false'),
    );
  });

  test('removes a key and keeps the comments beside it', () => {
    expect(edited(commented, { consolidation_threshold: null })).toBe(
      commented.replace('"consolidation_threshold": 3, // three', '// three'),
    );
    expect(edited(commented, { locale: null })).toBe(
      commented
        .replace('  ], /* end of ignore */', '  ] /* end of ignore */')
        .replace('"locale": "fr" // for', '// for'),
    );
  });

  test('adds to and removes from a list without touching the other entries', () => {
    expect(edited(commented, { ignore: ['drafts', 'new', 'tmp'] })).toBe(
      commented.replace('"drafts", // mine', '"drafts", // mine\n    "new",'),
    );
    expect(edited(commented, { ignore: ['drafts', 'tmp', 'new'] })).toBe(
      commented.replace('"tmp"\n', '"tmp",\n    "new"\n'),
    );
    expect(edited(commented, { ignore: ['tmp'] })).toBe(commented.replace('"drafts", // mine', '// mine'));
    expect(edited(commented, { ignore: ['drafts'] })).toBe(
      commented.replace('"drafts", // mine', '"drafts" // mine').replace('    "tmp"\n', ''),
    );
    expect(edited(commented, { ignore: ['other', 'tmp'] })).toBe(commented.replace('"drafts"', '"other"'));
  });

  test('writes entries with several keys on one line and long lists on several', () => {
    const track = [{ pattern: 'notes/*.md', class: 'journal' }];
    expect(edited('{\n  "locale": "en"\n}\n', { track })).toBe(
      '{\n  "locale": "en",\n  "track": [{ "pattern": "notes/*.md", "class": "journal" }]\n}\n',
    );
    const ignore = ['first-long-folder-name/**', 'second-long-folder-name/**', 'third-long-folder-name/**'];
    expect(edited('{}\n', { ignore })).toBe(`{\n  "ignore": [\n    "${ignore.join('",\n    "')}"\n  ]\n}\n`);
  });

  test.each([
    ['{}', '{\n  "locale": "fr"\n}'],
    ['{ }', '{ \n  "locale": "fr"\n}'],
    ['{ // why\n}', '{ // why\n  "locale": "fr"\n}'],
    ['{\n  // why\n}', '{\n  "locale": "fr"\n  // why\n}'],
    ['{"defaults": true}', '{"defaults": true, "locale": "fr"}'],
    ['{"defaults": true,}', '{"defaults": true, "locale": "fr",}'],
    ['{\n\t"defaults": true,\n}', '{\n\t"defaults": true,\n\t"locale": "fr",\n}'],
    ['{\r\n    "defaults": true\r\n}\r\n', '{\r\n    "defaults": true,\r\n    "locale": "fr"\r\n}\r\n'],
    ['\ufeff{"locale": "en"}', '\ufeff{"locale": "fr"}'],
    ['{"locale": "fr"}', '{"locale": "fr"}'],
  ])('keeps the style of %j', (before, after) => {
    expect(edited(before, { locale: 'fr' })).toBe(after);
  });

  test.each([
    ['{"locale": "fr",}', '{}'],
    ['{"locale": "fr", "defaults": true}', '{"defaults": true}'],
    ['{"defaults": true, "locale": "fr"}', '{"defaults": true}'],
    ['{"defaults": true, "locale": "fr",}', '{"defaults": true,}'],
    ['{\n  "locale": "fr"\n}', '{\n}'],
    ['{ "defaults": true, "locale": "fr" }', '{ "defaults": true }'],
    ['{ "locale": "fr", "defaults": true }', '{ "defaults": true }'],
    ['{ "locale": "fr" /* x */ }', '{ /* x */ }'],
    ['{ "defaults": true, // x\n "locale": "fr" }', '{ "defaults": true // x\n }'],
    ['{"defaults": true}', '{"defaults": true}'],
  ])('takes the key out of %j', (before, after) => {
    expect(edited(before, { locale: null })).toBe(after);
    expect(edited(before, { locale: undefined })).toBe(after);
  });

  test('null is a value of report_file, which undefined removes', () => {
    expect(edited('{}', { report_file: null })).toBe('{\n  "report_file": null\n}');
    expect(edited('{"report_file": null}', { report_file: undefined })).toBe('{}');
  });

  test.each([
    [
      { consolidation_threshold: 'five' },
      '"consolidation_threshold" must be a whole number from 0 to 100000, not "five".',
    ],
    [{ track: [{ pattern: 'a', class: 'x' }] }, '"class" of entry 1 in "track" must be one of'],
    [{ track: [{}] }, '"pattern" of entry 1 in "track" is missing'],
    [{ colour: 'blue' }, '"colour" is not a setting'],
    [{ consolidation_threshold: Number.NaN }, 'a whole number'],
    [{ consolidation_threshold: 5n }, 'a whole number'],
    [{ locale: () => 'en' }, 'one of "en"'],
  ])('refuses a value that the key cannot have: %o', (changes, complaint) => {
    const result = editSettings(commented, changes);
    expect(result).toMatchObject({ ok: false, error: { code: 'bad-input' } });
    expect(result.ok ? '' : result.error.message).toContain(complaint);
  });

  test('refuses to edit a broken text, and says where it is broken', () => {
    const result = editSettings('{\n  "locale": "en",\n  oops\n}', { locale: 'fr' });
    expect(result).toMatchObject({ ok: false, error: { code: 'settings-broken' } });
    expect(result.ok ? '' : result.error.message).toContain('line 3, column 3');
  });

  test('can mend a wrong value or take out an unknown key, but leaves none behind', () => {
    expect(edited('{"locale": "de"}', { locale: 'en' })).toBe('{"locale": "en"}');
    expect(edited('{"colour": 1, "locale": "en"}', { colour: null })).toBe('{"locale": "en"}');
    expect(editSettings('{"colour": 1}', { locale: 'en' })).toMatchObject({
      error: { code: 'settings-broken' },
    });
  });

  test('refuses a pattern that cannot be used', () => {
    expect(editSettings('{}', { ignore: ['[a'] })).toMatchObject({
      ok: false,
      error: { code: 'settings-broken' },
    });
  });
});

const values = fc.record(
  {
    consolidation_threshold: fc.nat({ max: 9 }),
    defaults: fc.boolean(),
    locale: fc.constantFrom('en', 'fr', 'ru'),
    report_file: fc.constantFrom(null, 'R.md'),
    ignore: fc.array(fc.constantFrom('a', 'b', 'c', 'long/folder/name/**'), { maxLength: 6 }),
    track: fc.array(fc.record({ pattern: fc.constantFrom('x.md', 'y/*.md') }), { maxLength: 3 }),
  },
  { requiredKeys: [] },
);
const changes = fc.record(
  {
    consolidation_threshold: fc.option(fc.nat({ max: 9 })),
    locale: fc.option(fc.constantFrom('en', 'fr')),
    report_file: fc.constantFrom(null, 'S.md'),
    ignore: fc.option(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 6 })),
    track: fc.option(fc.array(fc.record({ pattern: fc.constantFrom('x.md', 'z.md') }), { maxLength: 3 })),
  },
  { requiredKeys: [] },
);
/** JSON with numbered comments after every token that may have one, in three styles. */
const texts = fc
  .tuple(values, fc.constantFrom('inline', 'lines', 'blocks'), fc.boolean(), fc.constantFrom('\n', '\r\n'))
  .map(([value, style, trailing, eol]) => {
    let text = JSON.stringify(value, null, style === 'inline' ? 0 : 2);
    if (trailing) text = text.replace(/([^[{,\s])(\s*[\]}])/g, '$1,$2');
    let comments = 0;
    if (style === 'lines') text = text.replace(/\n/g, () => ` // note ${comments++};\n`);
    if (style === 'blocks') text = text.replace(/([,[{])(?=\s)/g, (it) => `${it} /* note ${comments++}; */`);
    return { value, text: text.replaceAll('\n', eol), comments };
  });

describe('whatever the text and the changes', () => {
  test('the edited text says what was meant, and every comment is still there', () => {
    fc.assert(
      fc.property(texts, changes, ({ value, text, comments }, change) => {
        const after = edited(text, change);
        const expected: Record<string, unknown> = { ...value, ...change };
        for (const key of Object.keys(change)) {
          if (expected[key] === null && key !== 'report_file') delete expected[key];
        }
        const read = readSettings(after);
        expect(read.ok && read.value.fromFile).toEqual(expected);
        // Comments inside a value go with the value.
        const isListReplaced =
          change.ignore === null || change.ignore?.length === 0 || change.track !== undefined;
        for (let number = 0; number < comments && !isListReplaced; number += 1) {
          expect(after).toContain(`note ${number};`);
        }
        expect(edited(after, change)).toBe(after);
      }),
      { numRuns: 500 },
    );
  });
});

describe('settingsJsonSchema', () => {
  const schema = settingsJsonSchema() as { properties: Record<string, Record<string, unknown>>; $id: string };

  test('is what skein.schema.json holds', () => {
    const file = readFileSync(new URL('../../../skein.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(file)).toEqual(schema);
  });

  test('has a title, a description and the default of every key', () => {
    expect(Object.keys(schema.properties)).toEqual(Object.keys(settingsShape.shape));
    for (const [key, property] of Object.entries(schema.properties)) {
      expect(property).toMatchObject({ title: expect.any(String), description: expect.any(String) });
      const standard: Record<string, unknown> = defaultSettings;
      expect(property['default']).toEqual(standard[key]);
    }
  });

  test('has its identity', () => {
    expect(schema.$id).toBe(settingsSchemaId);
  });
});
