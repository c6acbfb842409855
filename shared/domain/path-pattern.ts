/**
 * Glob patterns over workspace paths, matched name by name. picomatch judges single names; whole-path regular
 * expressions would be slower, could be made to run for minutes by a hostile skein.json, and cannot tell in
 * which folders a match may lie.
 *
 * In a pattern `*` and `?` stand for characters of one name, `[abc]` for one of some characters, `**` as a whole
 * name for any number of folders, and `{a,b}` for either text. A pattern that ends in `/` means all below.
 * Patterns start at the workspace's root and heed case.
 */
import picomatch from 'picomatch';
import { limits } from '../limits.ts';
import { err, ok, type Problem, problem, type Result } from '../result.ts';

type NameTest = { literal: string | undefined; test(name: string): boolean };
const anyFolders = 'any folders';
type Segment = NameTest | typeof anyFolders;

/** One pattern without braces, ready to match. */
export type PathPattern = { text: string; segments: readonly Segment[] };

const matcherOptions = {
  dot: true,
  windows: false,
  nobrace: true,
  noextglob: true,
  nonegate: true,
  strictBrackets: true,
  /** Makes picomatch throw on a bad range instead of matching nothing. */
  debug: true,
};

/**
 * Compiles a pattern into the plain patterns that its braces stand for; a path matches when one of them does.
 * Fails with `settings-broken`, naming the pattern and what is wrong with it.
 */
export function compilePattern(text: string): Result<readonly PathPattern[]> {
  const complaint = complaintAbout(text);
  if (complaint !== undefined) return err(brokenPattern(text, complaint));
  const whole = text.endsWith('/') ? `${text}**` : text;
  const plain = writeOutBraces(whole.normalize('NFC'));
  if (typeof plain === 'string') return err(brokenPattern(text, plain));
  const compiled: PathPattern[] = [];
  for (const it of plain) {
    const segments = compileSegments(it);
    if (typeof segments === 'string') return err(brokenPattern(text, segments));
    compiled.push({ text, segments });
  }
  return ok(compiled);
}

/** A pattern that matches exactly one path, whatever characters are in it. */
export function literalPattern(path: string): PathPattern {
  return { text: path, segments: path.split('/').map(literalName) };
}

/** Whether a path, given as its names, matches. One point to go back to is enough, so this is never exponential. */
export function matchesNames({ segments }: PathPattern, names: readonly string[]): boolean {
  let segmentIndex = 0;
  let nameIndex = 0;
  let retry: { segmentIndex: number; nameIndex: number } | undefined;
  while (nameIndex < names.length) {
    const segment = segments[segmentIndex];
    if (segment === anyFolders) {
      segmentIndex += 1;
      retry = { segmentIndex, nameIndex };
    } else if (segment?.test(names[nameIndex] ?? '')) {
      segmentIndex += 1;
      nameIndex += 1;
    } else if (retry !== undefined) {
      retry.nameIndex += 1;
      ({ segmentIndex, nameIndex } = retry);
    } else return false;
  }
  return segments.slice(segmentIndex).every((segment) => segment === anyFolders);
}

/** Whether a path matches. */
export function matchesPath(pattern: PathPattern, path: string): boolean {
  return matchesNames(pattern, path.split('/'));
}

/** Whether something that matches may lie below the folder of these names, at any depth. */
export function mayMatchBelow({ segments }: PathPattern, folderNames: readonly string[]): boolean {
  for (let index = 0; index < folderNames.length; index += 1) {
    const segment = segments[index];
    if (segment === anyFolders) return true;
    if (!segment?.test(folderNames[index] ?? '')) return false;
  }
  return segments.length > folderNames.length;
}

/** The last name of every match, when the pattern says it without wildcards. */
export function lastLiteral({ segments }: PathPattern): string | undefined {
  const last = segments.at(-1);
  return last === undefined || last === anyFolders ? undefined : last.literal;
}

/** The names that the pattern says without wildcards. */
export function literalNames({ segments }: PathPattern): string[] {
  return segments.flatMap((segment) =>
    segment === anyFolders || segment.literal === undefined ? [] : [segment.literal],
  );
}

/** The one path that matches, when the pattern has no wildcards. */
export function literalPath(pattern: PathPattern): string | undefined {
  const names = literalNames(pattern);
  return names.length === pattern.segments.length ? names.join('/') : undefined;
}

/** The folder in which all matches lie, as far as the pattern says it before its first wildcard; '' is the root. */
export function basePath({ segments }: PathPattern): string {
  const names: string[] = [];
  for (const segment of segments.slice(0, -1)) {
    if (segment === anyFolders || segment.literal === undefined) break;
    names.push(segment.literal);
  }
  return names.join('/');
}

function complaintAbout(text: string): string | undefined {
  if (text === '') return 'it is empty';
  if (/\p{Cc}/u.test(text)) return 'it holds control characters';
  if (text.includes('\\')) return 'it holds a backslash; folders are separated by "/" on every system';
  if (text.startsWith('/')) return 'it starts with "/"; patterns start at the workspace folder by themselves';
  if (text.startsWith('!')) return 'it starts with "!"; put what is not to be tracked into "ignore"';
  return undefined;
}

/** The plain patterns that a pattern with `{a,b}` stands for, or what is wrong with its braces. */
function writeOutBraces(text: string): string[] | string {
  const done: string[] = [];
  const waiting = [text];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const start = next.indexOf('{');
    if (start === -1) {
      if (next.includes('}')) return 'its "}" has no "{" before it';
      done.push(next);
      continue;
    }
    const choices = choicesAt(next, start);
    if (typeof choices === 'string') return choices;
    waiting.push(...choices.reverse());
    if (waiting.length + done.length > limits.plainPatterns) return 'its braces stand for too many patterns';
  }
  return done;
}

/** The text once with each choice of the brace that opens at `start`. */
function choicesAt(text: string, start: number): string[] | string {
  const cuts = [start];
  let depth = 0;
  for (let index = start; index < text.length; index += 1) {
    const character = text[index];
    if (character === '{') depth += 1;
    if (character === ',' && depth === 1) cuts.push(index);
    if (character === '}') depth -= 1;
    if (depth > 0) continue;
    if (cuts.length === 1) return 'its braces hold no two choices separated by ","';
    const ends = [...cuts.slice(1), index];
    return cuts.map(
      (cut, at) => text.slice(0, start) + text.slice(cut + 1, ends[at]) + text.slice(index + 1),
    );
  }
  return 'its "{" has no "}" after it';
}

function compileSegments(text: string): Segment[] | string {
  const segments: Segment[] = [];
  for (const name of text.split('/')) {
    if (name === '') return 'it holds an empty name';
    if (name === '.' || name === '..') return `it holds the name "${name}"`;
    const segment = name === '**' ? anyFolders : /[*?[\]]/.test(name) ? wildName(name) : literalName(name);
    if (typeof segment === 'string' && segment !== anyFolders) return segment;
    segments.push(segment);
  }
  return segments;
}

function literalName(literal: string): NameTest {
  return { literal, test: (name) => name === literal };
}

/** Characters that only picomatch gives a meaning to are taken as they are. */
function wildName(text: string): NameTest | string {
  const glob = text.replace(/\*+/g, '*').replace(/\[!/g, '[^').replace(/[()"]/g, '\\$&');
  const stars = glob.split('*').length - 1;
  if (stars > limits.starsPerName) return `it holds more than ${limits.starsPerName} "*" in one name`;
  try {
    return { literal: undefined, test: picomatch(glob, matcherOptions) };
  } catch {
    return 'its square brackets are wrong; they hold single characters or ranges such as [a-z]';
  }
}

function brokenPattern(text: string, complaint: string): Problem {
  return problem(
    'settings-broken',
    text,
    `The pattern ${JSON.stringify(text)} cannot be used: ${complaint}.`,
    'Correct the pattern in skein.json, for example to docs/**/*.md.',
  );
}
