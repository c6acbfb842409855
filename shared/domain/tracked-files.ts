/**
 * Which files of a workspace are tracked, and of which class. The default patterns are those of reference/004
 * plus the places where agents read their instructions and keep their notes; skein.json adds and removes.
 */
import { limits } from '../limits.ts';
import { err, ok, type Problem, problem, type Result } from '../result.ts';
import type { FileClass } from './change.ts';
import { checkNotePath } from './note-path.ts';
import {
  basePath,
  compilePattern,
  lastLiteral,
  literalNames,
  literalPath,
  literalPattern,
  matchesNames,
  matchesPath,
  mayMatchBelow,
  type PathPattern,
} from './path-pattern.ts';
import { folderOf, nameOf } from './paths.ts';
import type { Settings } from './settings.ts';

/** Paths are relative to the workspace, with `/`, in any Unicode form; '' is the workspace folder itself. */
export type TrackedSet = {
  /** The class of a tracked file; undefined when the path is not tracked. */
  classify(path: string): FileClass | undefined;
  /** A quick test of the names in one folder: false means that no tracked file there can have the name. */
  namesIn(folder: string): (name: string) => boolean;
  /** Whether a tracked file can lie in this folder or anywhere below. */
  folderMayHold(folder: string): boolean;
  /** Whether the folder is never to be entered. */
  folderSkipped(folder: string): boolean;
  /** Tracked paths that the patterns name in full, whether they exist or not. */
  namedFiles: readonly string[];
  /** Folders that the patterns name before their first wildcard: where new files are most likely. */
  baseFolders: readonly string[];
};

type Rule = {
  pattern: PathPattern;
  class: FileClass;
  /** The last name of every match, when it is known; most paths fail on it without further work. */
  lastName: string | undefined;
  /** Generated folders that the pattern names, and so may look into. */
  opens: readonly string[];
};
/** A folder with the rules that can select something in it or below. */
type FolderView = {
  names: readonly string[];
  /** Nothing in it or below is ever tracked, whatever the rules say. */
  closed: boolean;
  /** Generated itself, or below such a folder. */
  generated: boolean;
  rules: readonly Rule[];
};

/** Never entered, in any spelling of case, whatever the settings say. */
export const alwaysSkippedFolders: readonly string[] = ['.git', 'node_modules', '.hg', '.svn', '.jj'];

/**
 * Entered only by a pattern of the user's that names them: what tools generate, and the places where agents keep
 * linked worktrees, which are replicas of their own.
 */
const generatedFolders: ReadonlySet<string> = new Set(
  `dist build out target vendor coverage htmlcov venv .venv env __pycache__ site-packages bower_components Pods
  DerivedData _build .next .nuxt .output .svelte-kit .astro .angular .vite .turbo .parcel-cache .cache .vercel
  .netlify .gradle .dart_tool .terraform .tox .nox .eggs .mypy_cache .pytest_cache .ruff_cache .ipynb_checkpoints
  .yarn .pnpm-store .direnv .stack-work dist-newstyle elm-stuff .zig-cache zig-out worktrees .worktrees`.split(
    /\s+/,
  ),
);

/** What editors, file systems and Skein itself leave beside a file for a moment. */
const passingName = new RegExp(
  [
    /^(?:\.#.*|#.*#|~\$.*|4913|\.DS_Store|Thumbs\.db|desktop\.ini|\.goutputstream-.*)$/,
    /(?:~|\.sw[a-p]|\.kate-swp|\.bak|\.tmp|\.tmp\.\d.*|___jb_(?:tmp|old)___)$/,
  ]
    .map((it) => it.source)
    .join('|'),
);
const settingsFile = 'skein.json';

/** In order of precedence: a HANDOFF.md in docs/architecture is a journal, an AGENTS.md there is instructions. */
const defaultsByClass: readonly (readonly [FileClass, string])[] = [
  ['status', 'SYNC_STATUS.md AGENT_SYNC.md AGENT_SYNC_*.md'],
  ['journal', 'docs/passation*.md HANDOFF.md **/HANDOFF.md'],
  ['instructions', 'AGENTS.md CODEV_PROTOCOL.md CLAUDE.md GEMINI.md'],
  ['instructions', '**/AGENTS.md **/AGENTS.override.md **/CLAUDE.md **/CLAUDE.local.md **/GEMINI.md'],
  [
    'instructions',
    '.github/copilot-instructions.md .github/instructions/**/*.md .cursorrules .cursor/rules/**',
  ],
  ['instructions', '.claude/CLAUDE.md .claude/rules/** .claude/commands/** .claude/agents/**'],
  ['instructions', '.claude/skills/**/SKILL.md .codex/**/*.md .gemini/**/*.md'],
  ['roadmap', 'ROADMAP.md'],
  ['architecture', 'docs/architecture/**/*.md'],
  ['note', 'memory-bank/**/*.md'],
];
export const defaultPatterns: readonly { pattern: string; class: FileClass }[] = defaultsByClass.flatMap(
  ([fileClass, patterns]) => patterns.split(' ').map((pattern) => ({ pattern, class: fileClass })),
);

/**
 * Compiles what the settings say about files. `ignore` wins over everything, then the report file, then `track`,
 * then the defaults. Fails with `settings-broken`, naming the pattern or file that cannot be used.
 */
export function compileTrackedSet(settings: Settings): Result<TrackedSet> {
  const ignored = compileAll(settings.ignore.map((pattern) => ({ pattern })));
  if (!ignored.ok) return ignored;
  const own = compileAll(settings.track);
  if (!own.ok) return own;
  const standard = compileAll(settings.defaults ? defaultPatterns : []);
  if (!standard.ok) return standard;
  const report = settings.report_file?.normalize('NFC') ?? null;
  const broken = report === null ? undefined : complaintAboutReportFile(report);
  if (broken !== undefined) return err(broken);
  const rules = [
    ...(report === null ? [] : [makeRule(literalPattern(report), 'status', true)]),
    ...own.value.map(({ pattern, source }) => makeRule(pattern, source.class, true)),
    ...standard.value.map(({ pattern, source }) => makeRule(pattern, source.class, false)),
  ];
  return ok(
    createTrackedSet(
      rules,
      ignored.value.map((it) => it.pattern),
    ),
  );
}

/**
 * A test of paths for one pattern of the settings, such as an owner's. A broken pattern matches nothing; reading
 * the settings has refused it before.
 */
export function matchPattern(text: string): (path: string) => boolean {
  const compiled = compilePattern(text);
  const patterns = compiled.ok ? compiled.value : [];
  return (path) => patterns.some((pattern) => matchesPath(pattern, path.normalize('NFC')));
}

function compileAll<Source extends { pattern: string }>(
  sources: readonly Source[],
): Result<{ pattern: PathPattern; source: Source }[]> {
  const compiled: { pattern: PathPattern; source: Source }[] = [];
  for (const source of sources) {
    const patterns = compilePattern(source.pattern);
    if (!patterns.ok) return patterns;
    compiled.push(...patterns.value.map((pattern) => ({ pattern, source })));
    if (compiled.length > limits.plainPatterns) return err(tooManyPatterns(source.pattern));
  }
  return ok(compiled);
}

function makeRule(pattern: PathPattern, fileClass: FileClass, mayOpen: boolean): Rule {
  const opens = mayOpen ? literalNames(pattern).filter((name) => generatedFolders.has(name)) : [];
  return { pattern, class: fileClass, lastName: lastLiteral(pattern), opens };
}

function createTrackedSet(rules: readonly Rule[], ignored: readonly PathPattern[]): TrackedSet {
  const root: FolderView = { names: [], closed: false, generated: false, rules };
  const lookAt: (folder: string) => FolderView = rememberSome((folder) =>
    folder === '' ? root : viewBelow(lookAt(folderOf(folder)), nameOf(folder).normalize('NFC'), ignored),
  );
  const classify = (path: string): FileClass | undefined => {
    const name = nameOf(path).normalize('NFC');
    const view = lookAt(folderOf(path));
    const candidates = view.rules.filter((rule) => rule.lastName === undefined || rule.lastName === name);
    if (candidates.length === 0 || isNeverTracked(path, name)) return undefined;
    const names = [...view.names, name];
    if (ignored.some((pattern) => matchesNames(pattern, names))) return undefined;
    return candidates.find((rule) => matchesNames(rule.pattern, names))?.class;
  };
  const literals = rules.flatMap((rule) => literalPath(rule.pattern) ?? []);
  return {
    classify,
    namesIn(folder) {
      const names = new Set(lookAt(folder).rules.map((rule) => rule.lastName));
      return names.has(undefined) ? () => true : (name) => names.has(name.normalize('NFC'));
    },
    folderMayHold: (folder) => lookAt(folder).rules.length > 0,
    folderSkipped: (folder) => isSkipped(lookAt(folder)),
    baseFolders: [...new Set(rules.map((rule) => basePath(rule.pattern)))],
    namedFiles: [...new Set(literals)].filter((path) => classify(path) !== undefined),
  };
}

/** A folder by its name in NFC, like the patterns. Only the rules of the folder above can select something here. */
function viewBelow(above: FolderView, name: string, ignored: readonly PathPattern[]): FolderView {
  const names = [...above.names, name];
  const closed =
    above.closed || isAlwaysSkipped(name) || ignored.some((pattern) => matchesNames(pattern, names));
  const isGenerated = generatedFolders.has(name);
  const rules = above.rules.filter(
    ({ pattern, opens }) =>
      !closed && (!isGenerated || opens.includes(name)) && mayMatchBelow(pattern, names),
  );
  return { names, closed, generated: above.generated || isGenerated, rules };
}

const isSkipped = ({ closed, generated, rules }: FolderView): boolean =>
  closed || (generated && rules.length === 0);

/** A scan asks for the files of one folder in a row, and then for folders that have the one above in common. */
function rememberSome<Value>(compute: (key: string) => Value): (key: string) => Value {
  const valueByKey = new Map<string, Value>();
  let last: { key: string; value: Value } | undefined;
  return (key) => {
    if (last?.key === key) return last.value;
    const value = valueByKey.get(key) ?? compute(key);
    if (valueByKey.size >= limits.rememberedFolders) valueByKey.clear();
    valueByKey.set(key, value);
    last = { key, value };
    return value;
  };
}

function isAlwaysSkipped(name: string): boolean {
  return alwaysSkippedFolders.includes(name.toLowerCase());
}

function isNeverTracked(path: string, name: string): boolean {
  return path === settingsFile || passingName.test(name);
}

function complaintAboutReportFile(path: string): Problem | undefined {
  const checked = checkNotePath(path);
  if (!checked.ok) return brokenReportFile(path, checked.error.message);
  const outOfReach = isNeverTracked(path, nameOf(path)) || path.split('/').some(isAlwaysSkipped);
  return outOfReach ? brokenReportFile(path, 'Skein never tracks a file of that name or place.') : undefined;
}

function brokenReportFile(path: string, why: string): Problem {
  return problem(
    'settings-broken',
    'report_file',
    `The report file ${JSON.stringify(path)} cannot be used: ${why}`,
    'Set "report_file" in skein.json to a file such as SYNC_STATUS.md, or to null.',
  );
}

function tooManyPatterns(pattern: string): Problem {
  return problem(
    'settings-broken',
    pattern,
    `Up to ${JSON.stringify(pattern)} the list stands for more than ${limits.plainPatterns} patterns.`,
    'Use fewer braces in the patterns of skein.json, or wildcards instead of them.',
  );
}
