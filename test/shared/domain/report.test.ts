import fc from 'fast-check';
import MarkdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import {
  type ReportEvent,
  type ReportInput,
  renderReport,
  sectionHeading,
  timestampText,
} from '../../../shared/domain/report.ts';
import { reportLocales } from '../../../shared/domain/report-words.ts';
import { limits } from '../../../shared/limits.ts';

const stamp = '0199cd5f3a400000000000000000000a';
const at = (time: string) => Date.parse(`2025-10-10T${time}Z`);
const modified = (path: string, time: string, agent: string): ReportEvent => ({
  path,
  kind: 'modified',
  atMs: at(time),
  agent,
});

const documented: ReportInput = {
  stamp,
  atMs: at('14:30:00'),
  trigger: { type: 'threshold', conditions: { pending_changes: 5, threshold: 5 } },
  events: [
    modified('docs/passation_codex.md', '14:26:00', 'claude-code'),
    modified('AGENT_SYNC_CLAUDE.md', '14:28:00', 'codex-local'),
    modified('docs/passation_claude.md', '14:27:00', 'gemini-cli'),
    modified('AGENT_SYNC_CLAUDE.md', '14:25:00', 'claude-code'),
    modified('docs/passation_codex.md', '14:20:00', 'codex-cloud'),
  ],
};

const withEvents = (events: ReportEvent[]): ReportInput => ({ ...documented, events });
const lineWith = (report: string, part: string) => report.split('\n').find((line) => line.includes(part));

describe('the documented report', () => {
  it('is reference/004 to the letter in French', () => {
    expect(`${sectionHeading('fr')}\n\n${renderReport(documented, 'fr')}`).toBe(
      `## 🤖 Synchronisation automatique

### Consolidation - 2025-10-10T14:30:00
<!-- skein:${stamp} -->

**Type de déclenchement** : \`threshold\`
**Conditions** : {"pending_changes": 5, "threshold": 5}
**Changements consolidés** : 5 événements sur 3 fichiers

**Fichiers modifiés** :
- **AGENT_SYNC_CLAUDE.md** : 2 événement(s)
  - \`modified\` à 2025-10-10T14:25:00 (agent: claude-code)
  - \`modified\` à 2025-10-10T14:28:00 (agent: codex-local)
- **docs/passation_claude.md** : 1 événement
  - \`modified\` à 2025-10-10T14:27:00 (agent: gemini-cli)
- **docs/passation_codex.md** : 2 événement(s)
  - \`modified\` à 2025-10-10T14:20:00 (agent: codex-cloud)
  - \`modified\` à 2025-10-10T14:26:00 (agent: claude-code)

---
`,
    );
  });

  it('says the same in English', () => {
    const report = renderReport(documented, 'en');
    expect(report).toContain(
      '**Trigger**: `threshold`\n**Conditions**: {"pending_changes": 5, "threshold": 5}\n',
    );
    expect(report).toContain('**Consolidated changes**: 5 events in 3 files\n\n**Changed files**:\n');
    expect(report).toContain('- **docs/passation_claude.md**: 1 event\n');
    expect(report).toContain('  - `modified` at 2025-10-10T14:25:00 (agent: claude-code)\n');
    expect(sectionHeading('en')).toBe('## 🤖 Automatic synchronisation');
  });

  it('says the same in Russian', () => {
    const report = renderReport(documented, 'ru');
    expect(report).toContain(`### Консолидация - 2025-10-10T14:30:00\n<!-- skein:${stamp} -->\n`);
    expect(report).toContain('**Объединённые изменения**: 5 событий в 3 файлах\n');
    expect(report).toContain('- **AGENT_SYNC_CLAUDE.md**: 2 события\n');
    expect(report).toContain('  - `modified` в 2025-10-10T14:25:00 (агент: claude-code)\n');
    expect(sectionHeading('ru')).toBe('## 🤖 Автоматическая синхронизация');
  });

  it('names every trigger and kind as the API does', () => {
    const trigger = { type: 'time_based' as const, conditions: { minutes_elapsed: 60.5 } };
    const events = (['created', 'deleted'] as const).map((kind) => ({ ...documented.events[0]!, kind }));
    const report = renderReport({ ...documented, trigger, events }, 'en');
    expect(report).toContain('**Trigger**: `time_based`\n**Conditions**: {"minutes_elapsed": 60.5}\n');
    expect(report).toContain('- `created` at');
    expect(report).toContain('- `deleted` at');
  });

  it('refuses a stamp that could not be found again', () => {
    expect(() => renderReport({ ...documented, stamp: 'x --> <script>' }, 'en')).toThrow('Broken invariant');
  });
});

describe('plural forms', () => {
  const many = (count: number) =>
    withEvents(Array.from({ length: count }, (_, index) => modified('a.md', '10:00:00', `agent-${index}`)));
  const counts = (locale: 'en' | 'fr' | 'ru', label: string) =>
    [0, 1, 2, 5, 11, 21, 22, 112].map((count) => {
      const line = lineWith(renderReport(many(count), locale), label) ?? '';
      return line.slice(line.indexOf(':') + 2);
    });

  it('are right in English', () => {
    expect(counts('en', 'Consolidated')).toEqual([
      '0 events in 0 files',
      '1 event in 1 file',
      ...[2, 5, 11, 21, 22, 112].map((count) => `${count} events in 1 file`),
    ]);
  });

  it('are right in French, where nothing is singular too', () => {
    expect(counts('fr', 'consolidés')).toEqual([
      '0 événement sur 0 fichier',
      '1 événement sur 1 fichier',
      ...[2, 5, 11, 21, 22, 112].map((count) => `${count} événements sur 1 fichier`),
    ]);
  });

  it('are right in Russian, which has three', () => {
    expect(counts('ru', 'Объединённые').map((text) => text.replace(/ в .*/, ''))).toEqual([
      '0 событий',
      '1 событие',
      '2 события',
      '5 событий',
      '11 событий',
      '21 событие',
      '22 события',
      '112 событий',
    ]);
  });
});

describe('limits', () => {
  const left = [1, 3, 7];

  it('lists the newest events of a file and says how many came before', () => {
    for (const [locale, texts] of [
      ['en', ['… and 1 earlier event', '… and 3 earlier events', '… and 7 earlier events']],
      ['fr', ['… et 1 événement antérieur', '… et 3 événements antérieurs', '… et 7 événements antérieurs']],
      [
        'ru',
        [
          '… и ещё 1 более раннее событие',
          '… и ещё 3 более ранних события',
          '… и ещё 7 более ранних событий',
        ],
      ],
    ] as const) {
      for (const [index, over] of left.entries()) {
        const count = limits.reportEventsPerFile + over;
        const events = Array.from({ length: count }, (_, number) => ({
          ...modified('a.md', '10:00:00', `agent-${number}`),
          atMs: at('10:00:00') + number * 1000,
        }));
        const lines = renderReport(withEvents(events.toReversed()), locale).split('\n');
        const first = lines.indexOf(`  - ${texts[index]}`);
        expect(lines[first + 1]).toContain(`: agent-${over})`);
        expect(lines.filter((line) => line.startsWith('  - `'))).toHaveLength(limits.reportEventsPerFile);
      }
    }
  });

  it('lists the first files and says how many more there are', () => {
    for (const [locale, texts] of [
      ['en', ['… and 1 more file', '… and 3 more files', '… and 7 more files']],
      ['fr', ['… et 1 autre fichier', '… et 3 autres fichiers', '… et 7 autres fichiers']],
      ['ru', ['… и ещё 1 файл', '… и ещё 3 файла', '… и ещё 7 файлов']],
    ] as const) {
      for (const [index, over] of left.entries()) {
        const events = Array.from({ length: limits.reportFiles + over }, (_, number) =>
          modified(`note-${String(number).padStart(4, '0')}.md`, '10:00:00', 'human'),
        );
        const report = renderReport(withEvents(events), locale);
        expect(report).toContain(`\n- ${texts[index]}\n\n---\n`);
        expect(report.match(/^- \*\*/gm)).toHaveLength(limits.reportFiles);
        expect(report).toContain(`${events.length} `);
      }
    }
  });
});

describe('time', () => {
  it('is UTC to the second', () => {
    expect(timestampText(at('14:30:00') + 999)).toBe('2025-10-10T14:30:00');
    expect(timestampText(0)).toBe('1970-01-01T00:00:00');
  });

  it('can be read back to the second, for every stamp there can be', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 48 - 1 }), (ms) => {
        expect(Date.parse(`${timestampText(ms)}Z`)).toBe(Math.floor(ms / 1000) * 1000);
      }),
    );
  });
});

const markdown = new MarkdownIt({ html: true, linkify: true });
/** The visible text of everything between strong tags, in order. */
function strongTexts(source: string): string[] {
  const texts: string[] = [];
  for (const token of markdown.parse(source, {}).flatMap((block) => block.children ?? [])) {
    if (token.type === 'strong_open') texts.push('');
    else if (token.type === 'text' && texts.length > 0) texts[texts.length - 1] += token.content;
    else if (token.type === 'strong_close') texts.push('');
  }
  return texts.filter((_, index) => index % 2 === 0);
}
const blockTypes = (source: string) =>
  markdown
    .parse(source, {})
    .filter((token) => token.nesting >= 0)
    .map((token) => token.type);
const inlineTypes = (source: string) =>
  new Set(markdown.parse(source, {}).flatMap((token) => (token.children ?? []).map((child) => child.type)));

const hostilePieces = fc.constantFrom(
  '**',
  '*',
  '_',
  '__',
  '`',
  '```',
  '~~',
  '<!-- skein:',
  stamp,
  ' -->',
  '<script>',
  '</b>',
  '&lt;',
  '&',
  '\\',
  '[x](y)',
  '![',
  ']',
  '\n',
  '\r\n',
  '\n\n## 🤖 Synchronisation automatique\n',
  '\n---\n',
  '\t',
  ' ',
  '#',
  '|',
  '$',
  'é',
  'a',
  '.md',
  '\u202e',
  '\u0000',
  '\ud800',
  '-',
  '(',
  ')',
  '😀',
);
const hostileText = fc.oneof(
  fc.array(hostilePieces, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.string({ minLength: 1, unit: 'grapheme' }),
);
const hostileEvent = fc.record({
  path: hostileText,
  kind: fc.constantFrom('created' as const, 'modified' as const, 'deleted' as const),
  atMs: fc.integer({ min: 0, max: 4e12 }),
  agent: hostileText,
});

describe('hostile names', () => {
  it('keeps the structure that harmless names give', () => {
    fc.assert(
      fc.property(
        fc.array(hostileEvent, { maxLength: 6 }),
        fc.constantFrom(...reportLocales),
        (events, locale) => {
          const paths = [...new Set(events.map((event) => event.path))].sort();
          const harmless = events.map((event) => ({
            ...event,
            path: `file-${String(paths.indexOf(event.path)).padStart(3, '0')}`,
            agent: 'human',
          }));
          const report = renderReport(withEvents(events), locale);
          expect(blockTypes(report)).toEqual(blockTypes(renderReport(withEvents(harmless), locale)));
          expect(report.split('\n')).toHaveLength(
            renderReport(withEvents(harmless), locale).split('\n').length,
          );
          for (const type of inlineTypes(report)) {
            expect([
              'text',
              'strong_open',
              'strong_close',
              'code_inline',
              'softbreak',
              'text_special',
            ]).toContain(type);
          }
        },
      ),
    );
  });

  it('forges no marker', () => {
    fc.assert(
      fc.property(fc.array(hostileEvent, { maxLength: 4 }), (events) => {
        const report = renderReport(withEvents(events), 'en');
        expect(report.match(/<!--/g)).toHaveLength(1);
        expect(report.match(/-->/g)).toHaveLength(1);
        expect(report.split('\n')[1]).toBe(`<!-- skein:${stamp} -->`);
      }),
    );
  });

  it('shows a name as it is', () => {
    for (const path of [
      '**x**<!-- skein:1 -->.md',
      '_draft_.md',
      'a`b`.md',
      'AGENT_SYNC_CLAUDE.md',
      '.cursor/rules/[a](b).mdc',
      '&lt;b&gt;.md',
      'naïve plan ~~old~~ \\ $x$.md',
      ' leading and trailing ',
    ]) {
      expect(strongTexts(renderReport(withEvents([modified(path, '10:00:00', 'human')]), 'en'))).toContain(
        path,
      );
    }
  });

  it('names what nobody could see', () => {
    const report = renderReport(withEvents([modified('a\nb\u202e\ud800.md', '10:00:00', 'x\ty')]), 'en');
    expect(report).toContain('- **a⟨U+000A⟩b⟨U+202E⟩⟨U+D800⟩.md**: 1 event\n');
    expect(report).toContain('(agent: x⟨U+0009⟩y)\n');
  });

  it('writes conditions as Python does, whatever the key', () => {
    const trigger = { type: 'manual' as const, conditions: { 'é<!-- "x" -->': 1 } };
    const line = lineWith(renderReport({ ...documented, trigger }, 'en'), '**Conditions**') ?? '';
    expect(line).toBe('**Conditions**: {"\\u00e9\\u003c!-- \\"x\\" --\\u003e": 1}');
    expect(JSON.parse(line.slice(line.indexOf('{')))).toEqual(trigger.conditions);
  });
});
