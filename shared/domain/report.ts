/**
 * The report of one consolidation as Markdown, in the form that reference/004 documents (section 3), plus
 * one invisible line: the marker, by which Skein finds its own report again.
 */
import { assert } from '../assert.ts';
import { limits } from '../limits.ts';
import type { ChangeKind } from './change.ts';
import { inlineText } from './inline-markdown.ts';
import { countText, type ReportLocale, type ReportWords, reportWords } from './report-words.ts';

export type ReportEvent = { path: string; kind: ChangeKind; atMs: number; agent: string };

export type ReportInput = {
  /** Names the consolidation everywhere. */
  stamp: string;
  atMs: number;
  trigger: { type: 'threshold' | 'time_based' | 'manual'; conditions: Record<string, number> };
  events: readonly ReportEvent[];
};

/**
 * The whole report, from its heading to its closing rule, with a final newline. Lists at most
 * `limits.reportFiles` files with the newest `limits.reportEventsPerFile` events each and says how many it
 * leaves out. A file with a single event shows it too, unlike the abridged example of the documentation:
 * who made the change is what readers come for.
 */
export function renderReport(input: ReportInput, locale: ReportLocale): string {
  const words = reportWords[locale];
  const files = groupByPath(input.events);
  const label = (text: string) => `**${text}**${words.colon}`;
  const total = countText(input.events.length, words.events, locale);
  return [
    `### ${words.title} - ${timestampText(input.atMs)}`,
    reportMarker(input.stamp),
    '',
    `${label(words.trigger)} \`${input.trigger.type}\``,
    `${label(words.conditions)} ${conditionsText(input.trigger.conditions)}`,
    `${label(words.consolidated)} ${total} ${countText(files.length, words.acrossFiles, locale)}`,
    '',
    label(words.changedFiles),
    ...fileLines(files, words, locale),
    '',
    '---',
    '',
  ].join('\n');
}

/** The heading under which reports stand in the report file. */
export function sectionHeading(locale: ReportLocale): string {
  return `## ${reportWords[locale].section}`;
}

/** The invisible line under a report's heading. */
export function reportMarker(stamp: string): string {
  assert(/^[0-9a-f]{32}$/.test(stamp), 'a stamp is 32 lower-case hex digits');
  return `<!-- skein:${stamp} -->`;
}

/** Unix milliseconds as UTC to the second, without zone: 2025-10-10T14:30:00. */
export function timestampText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, '');
}

/** Python's `json.dumps`, as the documented reports have it: a space after each colon and comma, ASCII only. */
function conditionsText(conditions: Record<string, number>): string {
  const pairs = Object.entries(conditions).map(
    ([key, value]) => `${asciiJson(key)}: ${JSON.stringify(value)}`,
  );
  return `{${pairs.join(', ')}}`;
}

function asciiJson(key: string): string {
  return JSON.stringify(key).replace(
    /[<>&*`[\]~\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

type FileEvents = { path: string; events: ReportEvent[] };

/** By path in code-unit order, the same on every machine; events oldest first. */
function groupByPath(events: readonly ReportEvent[]): FileEvents[] {
  return [...Map.groupBy(events, (event) => event.path)]
    .map(([path, ofPath]) => ({ path, events: ofPath.toSorted((one, other) => one.atMs - other.atMs) }))
    .sort((one, other) => (one.path < other.path ? -1 : 1));
}

function fileLines(files: readonly FileEvents[], words: ReportWords, locale: ReportLocale): string[] {
  const lines = files
    .slice(0, limits.reportFiles)
    .flatMap((file) => [
      `- **${inlineText(file.path)}**${words.colon} ${countText(file.events.length, words.eventsOfFile, locale)}`,
      ...eventLines(file.events, words, locale),
    ]);
  const left = files.length - limits.reportFiles;
  return left > 0 ? [...lines, `- ${countText(left, words.moreFiles, locale)}`] : lines;
}

/** The newest events are kept: the last one tells in what state the file is. */
function eventLines(events: readonly ReportEvent[], words: ReportWords, locale: ReportLocale): string[] {
  const left = events.length - limits.reportEventsPerFile;
  const lines = events.slice(-limits.reportEventsPerFile).map((event) => eventLine(event, words));
  return left > 0 ? [`  - ${countText(left, words.earlierEvents, locale)}`, ...lines] : lines;
}

function eventLine(event: ReportEvent, words: ReportWords): string {
  const when = timestampText(event.atMs);
  return `  - \`${event.kind}\` ${words.at} ${when} (${words.agent}: ${inlineText(event.agent)})`;
}
