/** Two values for one thing, decided by what they are: dates, counters, versions, words of a status. */
import { tokensOf } from './words.ts';

/** The side that is taken where nothing else decides. */
export type Side = 'left' | 'right';

/** What was decided and why, in words that a note can carry. */
export type Decision = { text: string; note: string };

/**
 * The value that follows from both changes of `base`, or undefined when their content does not tell. An empty
 * base stands for no common value: then nothing adds up, and the larger number counts. Hashes do not order;
 * they are taken from the side that is newer as a whole.
 */
export function mergeScalars(
  base: string,
  left: string,
  right: string,
  newer: Side | undefined,
): Decision | undefined {
  return (
    mergeDates(left, right) ??
    mergeCounters(base, left, right) ??
    mergeHashes(left, right, newer) ??
    mergeVersionNumbers(left, right) ??
    mergeStatus(left, right)
  );
}

const datePattern =
  /^\d{4}[-/.]\d{2}[-/.]\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
const timePattern = /^\d{1,2}:\d{2}(?::\d{2})?$/;

function mergeDates(left: string, right: string): Decision | undefined {
  const areDates = datePattern.test(left) && datePattern.test(right);
  const areTimes = timePattern.test(left) && timePattern.test(right);
  if (!areDates && !areTimes) return undefined;
  return { text: dateKey(left) >= dateKey(right) ? left : right, note: 'took the later of two dates' };
}

/** Sorts like the time; equal times in different spellings by the spelling, so that the sides may swap. */
function dateKey(text: string): string {
  return `${text
    .replace(/[/.]/g, '-')
    .replace(' ', 'T')
    .replace(/^(\d):/, '0$1:')} ${text}`;
}

/** Larger numbers are times and ids, which nobody adds up. */
const counterDigits = 7;

function mergeCounters(base: string, left: string, right: string): Decision | undefined {
  const numbers = [base, left, right].map(readCounter);
  const [from, one, other] = numbers;
  if (from === undefined || one === undefined || other === undefined) return undefined;
  const sum = one + other - from;
  if (sum < 0) return undefined;
  const grouped = [left, right].some((text) => text.includes(','));
  return {
    text: grouped ? String(sum).replace(/\B(?=(\d{3})+$)/g, ',') : String(sum),
    note: 'added up two changes of a counter',
  };
}

function readCounter(text: string): number | undefined {
  if (!/^(?:0|[1-9]\d*|[1-9]\d{0,2}(?:,\d{3})+)$/.test(text)) return undefined;
  const digits = text.replaceAll(',', '');
  return digits.length > counterDigits ? undefined : Number(digits);
}

/** Commits and checksums; words of a language have no digit in them. */
const hashPattern = /^(?=.*\d)(?=.*[a-f])[0-9a-f]{7,64}$/;

function mergeHashes(left: string, right: string, newer: Side | undefined): Decision | undefined {
  if (!hashPattern.test(left) || !hashPattern.test(right)) return undefined;
  const side = newer ?? (left > right ? 'left' : 'right');
  return { text: side === 'left' ? left : right, note: 'took the newer of two hashes' };
}

const numberPattern = /^v?\d+(?:[.,:/-]\d+)*(?:%|-?(?:alpha|beta|rc|dev|pre)[.\d]*)?$/i;

function mergeVersionNumbers(left: string, right: string): Decision | undefined {
  if (!numberPattern.test(left) || !numberPattern.test(right)) return undefined;
  const larger = compareVersions(left, right) >= 0 ? left : right;
  return { text: larger, note: 'took the larger of two numbers' };
}

/** By the numbers in them; a pre-release before its release. */
export function compareVersions(one: string, other: string): number {
  const ones = one.match(/\d+|[a-z]+/gi) ?? [];
  const others = other.match(/\d+|[a-z]+/gi) ?? [];
  for (let index = 0; index < Math.max(ones.length, others.length); index += 1) {
    const order = versionPart(ones[index]) - versionPart(others[index]);
    if (order !== 0) return order;
  }
  return one === other ? 0 : one < other ? -1 : 1;
}

function versionPart(part: string | undefined): number {
  if (part === undefined) return -0.5;
  return /^\d/.test(part) ? Number(part) : -1;
}

/** Words of a status by how far the work is; a word of a later line is further. */
const stages: readonly (readonly string[])[] = [
  [
    'todo',
    'to do',
    'open',
    'new',
    'pending',
    'planned',
    'backlog',
    'queued',
    'not started',
    'proposed',
    'draft',
    '⬜',
    '☐',
    '📋',
    '⏳',
    '🔲',
  ],
  ['ready', 'assigned', 'claimed', 'scheduled', 'next', 'accepted', 'approved'],
  [
    'in progress',
    'in-progress',
    'in_progress',
    'wip',
    'started',
    'active',
    'ongoing',
    'doing',
    'working',
    'partial',
    'executing',
    '🔄',
    '🚧',
    '🟡',
  ],
  ['review', 'in review', 'in-review', 'in_review', 'testing', 'verifying', 'ready for review'],
  [
    'done',
    'complete',
    'completed',
    'closed',
    'merged',
    'shipped',
    'finished',
    'fixed',
    'resolved',
    'released',
    'landed',
    'verified',
    'passed',
    'implemented',
    '✅',
    '✔',
    '☑',
    '🟢',
  ],
  ['archived', 'superseded', 'cancelled', 'canceled', 'abandoned', 'deprecated'],
];
const stageByWord = new Map(stages.flatMap((words, stage) => words.map((word) => [word, stage] as const)));

function mergeStatus(left: string, right: string): Decision | undefined {
  const one = stageOf(left);
  const other = stageOf(right);
  if (one === undefined || other === undefined || one === other) return undefined;
  return { text: one > other ? left : right, note: 'took the further of two states' };
}

/** How far a status word says that the work is; undefined for other words. */
export function stageOf(text: string): number | undefined {
  return stageByWord.get(
    text
      .replace(/[*_`~]/g, '')
      .replace('\ufe0f', '')
      .trim()
      .toLowerCase(),
  );
}

/** Boxes of a checklist by how far they are; a letter that we do not know lies between. */
export function furtherBox(left: string, right: string): string {
  return boxStage(left) >= boxStage(right) ? left : right;
}

function boxStage(box: string): number {
  if (box === ' ') return 0;
  return box === 'x' || box === 'X' ? 2 + (box === 'x' ? 1 : 0) : 1 + (box.codePointAt(0) ?? 0) / 0x11_0000;
}

const wordsOfStages = new Set(stages.flat().flatMap((words) => words.split(/[ _-]/)));

/** True for a word that stands for a value, or is part of one, which another value may replace. */
export function isScalar(text: string): boolean {
  if (stageOf(text) !== undefined || wordsOfStages.has(text.toLowerCase())) return true;
  return hashPattern.test(text) || tokensOf(text).every((token) => /^v?\d/.test(token));
}
