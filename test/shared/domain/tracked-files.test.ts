import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileClass } from '../../../shared/domain/change.ts';
import { folderOf, nameOf } from '../../../shared/domain/paths.ts';
import { defaultSettings, type Settings } from '../../../shared/domain/settings.ts';
import {
  alwaysSkippedFolders,
  compileTrackedSet,
  defaultPatterns,
  matchPattern,
  type TrackedSet,
} from '../../../shared/domain/tracked-files.ts';
import { limits } from '../../../shared/limits.ts';

function trackedSet(changes: Partial<Settings> = {}): TrackedSet {
  const compiled = compileTrackedSet({ ...defaultSettings, ...changes });
  if (!compiled.ok) throw new Error(compiled.error.message);
  return compiled.value;
}

/** Every folder above a path, the root first. */
function foldersAbove(path: string): string[] {
  const folder = folderOf(path);
  return folder === '' ? [''] : [...foldersAbove(folder), folder];
}

/** What the folder answers say about a path that is classified: the scan must be able to get there. */
function expectReachable(set: TrackedSet, path: string): void {
  const folders = foldersAbove(path);
  expect(folders.filter((folder) => !set.folderMayHold(folder) || set.folderSkipped(folder))).toEqual([]);
  expect(set.namesIn(folderOf(path))(nameOf(path))).toBe(true);
}

const byDefault: readonly (readonly [string, FileClass])[] = [
  ['SYNC_STATUS.md', 'status'],
  ['AGENT_SYNC.md', 'status'],
  ['AGENT_SYNC_CLAUDE.md', 'status'],
  ['AGENT_SYNC_CODEX.md', 'status'],
  ['AGENT_SYNC_GEMINI.md', 'status'],
  ['docs/passation_claude.md', 'journal'],
  ['docs/passation.md', 'journal'],
  ['HANDOFF.md', 'journal'],
  ['packages/web/HANDOFF.md', 'journal'],
  ['memory-bank/HANDOFF.md', 'journal'],
  ['AGENTS.md', 'instructions'],
  ['CODEV_PROTOCOL.md', 'instructions'],
  ['packages/web/AGENTS.md', 'instructions'],
  ['docs/architecture/AGENTS.md', 'instructions'],
  ['AGENTS.override.md', 'instructions'],
  ['CLAUDE.md', 'instructions'],
  ['src/CLAUDE.local.md', 'instructions'],
  ['GEMINI.md', 'instructions'],
  ['.github/copilot-instructions.md', 'instructions'],
  ['.github/instructions/deep/ui.instructions.md', 'instructions'],
  ['.cursor/rules/deep/style.mdc', 'instructions'],
  ['.cursorrules', 'instructions'],
  ['.claude/CLAUDE.md', 'instructions'],
  ['.claude/rules/git.md', 'instructions'],
  ['.claude/commands/review.md', 'instructions'],
  ['.claude/agents/reviewer.md', 'instructions'],
  ['.claude/skills/commit/SKILL.md', 'instructions'],
  ['.codex/prompts/plan.md', 'instructions'],
  ['.gemini/commands/x.md', 'instructions'],
  ['ROADMAP.md', 'roadmap'],
  ['docs/architecture/10-Memoire.md', 'architecture'],
  ['docs/architecture/deep/er.md', 'architecture'],
  ['memory-bank/activeContext.md', 'note'],
  ['memory-bank/features/login.md', 'note'],
];

describe('by default', () => {
  test.each(byDefault)('%s is tracked as %s, and the scan can reach it', (path, fileClass) => {
    const set = trackedSet();
    expect(set.classify(path)).toBe(fileClass);
    expectReachable(set, path);
  });

  test.each([
    'README.md',
    'agents.md',
    'docs/AGENT_SYNC.md',
    'docs/notes.md',
    'src/ROADMAP.md',
    'docs/architecture/diagram.png',
    'memory-bank/picture.png',
    '.claude/settings.json',
    '.claude/skills/commit/run.sh',
    '.claude/worktrees/task-1/AGENTS.md',
    '.codex/auth.json',
    'skein.json',
    '',
  ])('%j is not tracked', (path) => {
    expect(trackedSet().classify(path)).toBeUndefined();
  });

  test('every pattern has a class and compiles', () => {
    expect(defaultPatterns.length).toBeGreaterThan(20);
    expect(new Set(defaultPatterns.map((it) => it.pattern)).size).toBe(defaultPatterns.length);
    expect(compileTrackedSet(defaultSettings).ok).toBe(true);
  });

  test('the files that the patterns name in full are listed once each', () => {
    const { namedFiles } = trackedSet();
    expect(namedFiles).toEqual(expect.arrayContaining(['SYNC_STATUS.md', 'AGENTS.md', 'ROADMAP.md']));
    expect(new Set(namedFiles).size).toBe(namedFiles.length);
    expect(namedFiles.filter((path) => /[*?]/.test(path))).toEqual([]);
  });
});

describe('folders that are never entered', () => {
  test.each([...alwaysSkippedFolders, '.GIT', 'Node_Modules', 'sub/.git', 'sub/node_modules/pkg'])(
    '%s, even when the user tracks something there',
    (folder) => {
      const set = trackedSet({ track: [{ pattern: `${folder}/**`, class: 'note' }] });
      expect(set.folderSkipped(folder)).toBe(true);
      expect(set.folderMayHold(folder)).toBe(false);
      expect(set.classify(`${folder}/AGENTS.md`)).toBeUndefined();
    },
  );

  test.each([
    'dist',
    'build',
    'target',
    '.venv',
    'vendor',
    '.next',
    'coverage',
    'pkg/out',
    'a/__pycache__/b',
  ])('%s, as long as nobody names it', (folder) => {
    const set = trackedSet({ track: [{ pattern: '**/*.md', class: 'note' }] });
    expect(set.folderSkipped(folder)).toBe(true);
    expect(set.classify(`${folder}/AGENTS.md`)).toBeUndefined();
  });

  test.each(['', 'docs', '.github', 'src/distance', 'builder'])('but %j is entered', (folder) => {
    expect(trackedSet().folderSkipped(folder)).toBe(false);
  });
});

describe('a pattern of the user that names a generated folder', () => {
  const set = trackedSet({
    track: [
      { pattern: 'vendor/notes/*.md', class: 'journal' },
      { pattern: '**/dist/*.md', class: 'note' },
    ],
  });

  test('opens that folder for itself', () => {
    expect(set.classify('vendor/notes/a.md')).toBe('journal');
    expectReachable(set, 'vendor/notes/a.md');
    expect(set.classify('packages/web/dist/api.md')).toBe('note');
    expectReachable(set, 'packages/web/dist/api.md');
  });

  test('opens it for no other pattern and no other folder', () => {
    expect(set.classify('vendor/notes/AGENTS.md')).toBe('journal');
    expect(set.classify('vendor/AGENTS.md')).toBeUndefined();
    expect(set.folderSkipped('vendor/lib')).toBe(true);
    expect(set.folderSkipped('build')).toBe(true);
    expect(set.folderSkipped('vendor/notes/dist')).toBe(true);
    expect(set.folderSkipped('dist/node_modules')).toBe(true);
  });
});

describe('files that are never tracked', () => {
  test.each([
    '.AGENTS.md.swp',
    'AGENTS.md.swo',
    'AGENTS.md~',
    '.#AGENTS.md',
    '#AGENTS.md#',
    'AGENTS.md.tmp',
    'AGENTS.md.tmp.4711.1763722800000',
    'AGENTS.md.bak',
    '4913',
    '.DS_Store',
    'AGENTS.md___jb_tmp___',
    '.goutputstream-X1Y2Z3',
    '.skein-0a1b2c.tmp',
  ])('%s', (name) => {
    const set = trackedSet({ track: [{ pattern: '**', class: 'note' }] });
    expect(set.classify(name)).toBeUndefined();
    expect(set.classify(`.cursor/rules/${name}`)).toBeUndefined();
  });

  test('a name that only looks a little like one is tracked', () => {
    const set = trackedSet({ track: [{ pattern: '**', class: 'note' }] });
    for (const name of ['notes.tmp.md', 'a~b.md', '#1.md', '.swp.md', '49130', 'a.tmpl']) {
      expect(set.classify(name)).toBe('note');
    }
  });

  test('skein.json at the root, but not one elsewhere', () => {
    const set = trackedSet({ track: [{ pattern: '**/skein.json', class: 'note' }] });
    expect(set.classify('skein.json')).toBeUndefined();
    expect(set.classify('docs/skein.json')).toBe('note');
  });
});

describe('the settings', () => {
  test('a pattern of the user wins over a default, and the first over a later one', () => {
    const set = trackedSet({
      track: [
        { pattern: 'HANDOFF.md', class: 'status' },
        { pattern: '*.md', class: 'note' },
      ],
    });
    expect(set.classify('HANDOFF.md')).toBe('status');
    expect(set.classify('AGENTS.md')).toBe('note');
    expect(set.classify('docs/HANDOFF.md')).toBe('journal');
  });

  test('without the defaults only the patterns of the user and the report file count', () => {
    const set = trackedSet({ defaults: false, track: [{ pattern: 'notes/*.md', class: 'note' }] });
    expect(set.classify('AGENTS.md')).toBeUndefined();
    expect(set.classify('notes/a.md')).toBe('note');
    expect(set.classify('SYNC_STATUS.md')).toBe('status');
    expect(set.folderMayHold('src')).toBe(false);
    expect(set.folderMayHold('notes')).toBe(true);
    expect(set.folderSkipped('src')).toBe(false);
    expect(set.namedFiles).toEqual(['SYNC_STATUS.md']);
  });

  test('ignore wins over everything, for files and for whole folders', () => {
    const set = trackedSet({
      ignore: ['drafts', 'SYNC_STATUS.md', 'docs/old/**', '**/private.md', 'tmp*/'],
      track: [{ pattern: '**/*.md', class: 'note' }],
    });
    expect(['drafts/a.md', 'SYNC_STATUS.md', 'docs/old/x/y.md', 'a/private.md', 'tmp1/a.md']).toSatisfy(
      (paths: string[]) => paths.every((path) => set.classify(path) === undefined),
    );
    expect(['drafts', 'drafts/deep', 'docs/old', 'docs/old/x', 'tmp1'].every(set.folderSkipped)).toBe(true);
    expect(['docs', 'a', 'sub/drafts'].some(set.folderSkipped)).toBe(false);
    expect(set.namedFiles).not.toContain('SYNC_STATUS.md');
    expect(set.classify('sub/drafts/a.md')).toBe('note');
  });

  test('the report file is tracked as status wherever it lies and whatever is in its name', () => {
    const track = [{ pattern: '**/*.md', class: 'note' as const }];
    for (const path of ['docs/reports/[today] {a,b}.md', 'build/report.md', 're\u0301sume\u0301.md']) {
      const set = trackedSet({ report_file: path, track });
      expect(set.classify(path.normalize('NFC'))).toBe('status');
      expectReachable(set, path.normalize('NFC'));
      expect(set.namedFiles).toContain(path.normalize('NFC'));
    }
  });

  test('patterns heed no Unicode form, neither theirs nor that of a name on the disk', () => {
    const [composed, apart] = ['not\u00e9s/r\u00e9sum\u00e9.md', 'note\u0301s/re\u0301sume\u0301.md'];
    for (const pattern of [composed, apart, 'not\u00e9s/*.md', 'note\u0301s/**']) {
      const set = trackedSet({ track: [{ pattern, class: 'note' }] });
      for (const path of [composed, apart]) {
        expect(set.classify(path)).toBe('note');
        expectReachable(set, path);
        expect(matchPattern(pattern)(path)).toBe(true);
      }
      expect(
        trackedSet({ track: [{ pattern: '**', class: 'note' }], ignore: [pattern] }).classify(apart),
      ).toBe(undefined);
    }
  });

  test('without a report file SYNC_STATUS.md is a file like others', () => {
    expect(trackedSet({ report_file: null }).classify('SYNC_STATUS.md')).toBe('status');
    expect(trackedSet({ report_file: null, defaults: false }).classify('SYNC_STATUS.md')).toBeUndefined();
  });

  test.each([
    [{ track: [{ pattern: 'docs/[a.md', class: 'note' as const }] }, 'docs/[a.md'],
    [{ ignore: ['!keep.md'] }, '!keep.md'],
    [{ track: [{ pattern: '../x.md', class: 'note' as const }] }, '../x.md'],
    [{ report_file: '../x.md' }, '../x.md'],
    [{ report_file: '.git/report.md' }, '.git/report.md'],
    [{ report_file: 'node_modules/report.md' }, 'node_modules/report.md'],
    [{ report_file: 'skein.json' }, 'skein.json'],
    [{ report_file: 'report.tmp' }, 'report.tmp'],
  ])('what cannot be used is named: %j', (changes, named) => {
    const compiled = compileTrackedSet({ ...defaultSettings, ...changes });
    expect(compiled).toMatchObject({ ok: false, error: { code: 'settings-broken' } });
    expect(compiled.ok ? '' : compiled.error.message).toContain(named);
  });

  test('patterns with too many braces together are refused', () => {
    const ignore = Array.from({ length: 9 }, (_, index) => `${index}${'{a,b}'.repeat(8)}`);
    const compiled = compileTrackedSet({ ...defaultSettings, ignore });
    expect(compiled.ok ? '' : compiled.error.message).toContain(`${limits.plainPatterns} patterns`);
  });
});

test('most names of a folder are known to be nothing before their path is asked about', () => {
  const mayTrack = trackedSet().namesIn('src/app');
  expect(['main.ts', 'notes.md'].some(mayTrack)).toBe(false);
  expect(['AGENTS.md', 'HANDOFF.md'].every(mayTrack)).toBe(true);
  expect(trackedSet().namesIn('memory-bank')('notes.md')).toBe(true);
});

describe('a single pattern, as owners have it', () => {
  test('selects what its braces stand for', () => {
    const matches = matchPattern('docs/{passation,handoff}_*.md');
    expect(['docs/passation_claude.md', 'docs/handoff_codex.md'].every(matches)).toBe(true);
    expect(['docs/other.md', 'passation_claude.md'].some(matches)).toBe(false);
  });

  test('selects nothing when it is broken', () => {
    expect(matchPattern('docs/[a')('docs/[a')).toBe(false);
  });
});

const someNames = fc.constantFrom(
  ...['docs', 'src', 'vendor', 'dist', '.git', 'node_modules', '.cursor', 'rules', 'architecture'],
  ...[
    'AGENTS.md',
    'a.md',
    'b.txt',
    'HANDOFF.md',
    'x.tmp',
    'memory-bank',
    '.claude',
    'agents',
    'SYNC_STATUS.md',
  ],
);
const somePaths = fc.array(someNames, { minLength: 1, maxLength: 5 }).map((names) => names.join('/'));
const somePatternNames = fc.oneof(someNames, fc.constantFrom('*', '**', '*.md', '{docs,dist}', '[a-d]*'));
const somePatterns = fc.array(somePatternNames, { minLength: 1, maxLength: 4 }).map((it) => it.join('/'));
const someSettings = fc.record({
  defaults: fc.boolean(),
  track: fc.array(fc.record({ pattern: somePatterns, class: fc.constantFrom('note' as const, 'journal') }), {
    maxLength: 4,
  }),
  ignore: fc.array(somePatterns, { maxLength: 3 }),
});

describe('whatever the settings', () => {
  test('the folders above a tracked file may hold it and are not skipped', () => {
    let classified = 0;
    fc.assert(
      fc.property(someSettings, fc.array(somePaths, { minLength: 5, maxLength: 20 }), (changes, paths) => {
        const set = trackedSet(changes);
        for (const path of paths.filter((it) => set.classify(it) !== undefined)) {
          classified += 1;
          expectReachable(set, path);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(classified).toBeGreaterThan(500);
  });

  test('a skipped folder holds nothing, and neither does anything below it', () => {
    fc.assert(
      fc.property(someSettings, somePaths, someNames, (changes, folder, below) => {
        const set = trackedSet(changes);
        if (!set.folderSkipped(folder)) return;
        expect(set.folderMayHold(folder)).toBe(false);
        expect(set.folderSkipped(`${folder}/${below}`)).toBe(true);
        expect(set.classify(`${folder}/${below}`)).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });

  test('answers do not depend on what was asked before', () => {
    fc.assert(
      fc.property(someSettings, fc.array(somePaths, { minLength: 2, maxLength: 10 }), (changes, paths) => {
        const used = trackedSet(changes);
        const answers = paths.map((path) => [used.classify(path), used.folderMayHold(path)]);
        expect(
          paths.map((path) => [trackedSet(changes).classify(path), trackedSet(changes).folderMayHold(path)]),
        ).toEqual(answers);
      }),
    );
  });
});
