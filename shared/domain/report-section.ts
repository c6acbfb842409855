/**
 * Puts reports into the report file and takes them out again. The file belongs to its users: all of it but
 * our own reports stays to the byte, whatever its encoding and line endings, so everything here cuts and
 * joins bytes. Our reports are those that carry the marker (`report.ts`).
 */
import { assert } from '../assert.ts';
import { contentStart, hasTitle, isBlank, type MarkdownLine, markdownLines } from './markdown-lines.ts';
import { sectionHeading } from './report.ts';
import { type ReportLocale, reportLocales, reportWords } from './report-words.ts';
import { byteText, decodeUtf8, encodeUtf8, joinBytes } from './utf8.ts';

/**
 * The file with the report in its section, newest stamp first, at most `keep` marked reports there; the
 * oldest marked ones go. Without a section one is appended. A file that already holds the stamp comes back
 * as it is, so that a write may be repeated after a crash. The file's line ending, and whether it ends with
 * one, are kept.
 */
export function insertReport(
  file: Uint8Array | undefined,
  report: { stamp: string; text: string },
  options: { locale: ReportLocale; keep: number },
): Uint8Array {
  const bytes = file ?? new Uint8Array();
  const before = readOutline(bytes);
  if (before.reports.some(({ stamp }) => stamp === report.stamp)) return bytes;
  const lines = reportLines(report);
  const place =
    before.section === undefined
      ? newSectionPlace(before, options.locale, lines)
      : sectionPlace(before, before.section, report.stamp, lines);
  const inserted = splice(bytes, place.offset, placeText(before.text, place));
  return reportsInSection(before).length < options.keep ? inserted : trimReports(inserted, options.keep);
}

/**
 * The file without the report, and without the blank line that came with it. A section that holds nothing
 * else and stands as we appended it goes too, so that insert and remove leave the file as it was. Copies of
 * the same report, as a doubled file has them, all go. A file without the stamp comes back as it is.
 */
export function removeReport(file: Uint8Array, stamp: string): Uint8Array {
  const outline = readOutline(file);
  const copies = outline.reports.filter((report) => report.stamp === stamp);
  if (copies.length === 0) return file;
  return cut(
    file,
    copies.map((report) => reportCut(outline, report, copies.length === 1)),
  );
}

/** True when the file holds the marked report anywhere outside code fences. */
export function containsReport(file: Uint8Array, stamp: string): boolean {
  return reportStamps(file).includes(stamp);
}

/** Stamps of all marked reports, in the order of the file. */
export function reportStamps(file: Uint8Array): string[] {
  return readOutline(file).reports.map((report) => report.stamp);
}

/** A marked report as the file has it, with line feeds only. */
export type FoundReport = { stamp: string; text: string; isInSection: boolean };

/** All marked reports, in the order of the file. */
export function readReports(file: Uint8Array): FoundReport[] {
  const outline = readOutline(file);
  const inside = new Set(reportsInSection(outline));
  return outline.reports.map((report) => ({
    stamp: report.stamp,
    text: decodeUtf8(file.subarray(report.start, report.end)).text.replaceAll('\r\n', '\n').trimEnd(),
    isInSection: inside.has(report),
  }));
}

/** The language of the heading of our section; undefined when there is none. */
export function sectionLocale(file: Uint8Array): ReportLocale | undefined {
  const heading = readOutline(file).section?.heading;
  return heading && reportLocales.find((_, index) => hasTitle(heading, 2, sectionTitles[index] ?? ''));
}

type MarkedReport = {
  stamp: string;
  /** Index of its first line. */
  line: number;
  start: number;
  /** After its closing rule. */
  end: number;
  /** After the line that holds `end`; more only when somebody glued text to our closing rule. */
  lineEnd: number;
};
type Section = { heading: MarkdownLine; headingIndex: number; end: number };
type Outline = { text: string; lines: MarkdownLine[]; section: Section | undefined; reports: MarkedReport[] };

function readOutline(bytes: Uint8Array): Outline {
  const text = byteText(bytes);
  const lines = markdownLines(text);
  return { text, lines, section: findSection(lines, text.length), reports: findReports(lines, text.length) };
}

const sectionTitles = reportLocales.map((locale) => byteText(encodeUtf8(reportWords[locale].section)));

/** The first section of ours; it ends at the next heading of level 1 or 2. */
function findSection(lines: readonly MarkdownLine[], length: number): Section | undefined {
  const headingIndex = lines.findIndex((line) => sectionTitles.some((title) => hasTitle(line, 2, title)));
  const heading = lines[headingIndex];
  if (heading === undefined) return undefined;
  const next = lines.slice(headingIndex + 1).find((line) => line.heading === 1 || line.heading === 2);
  return { heading, headingIndex, end: next?.start ?? length };
}

const marker = /^<!-- skein:([0-9a-f]{32}) -->[ \t]*$/;

function findReports(lines: readonly MarkdownLine[], length: number): MarkedReport[] {
  const starts = lines.flatMap((line, index) => {
    const stamp = line.fenced ? undefined : marker.exec(line.text)?.[1];
    return stamp === undefined ? [] : [{ stamp, line: firstLineOfReport(lines, index), marker: index }];
  });
  return starts.map(({ stamp, line, marker: index }, number) => {
    const stop = starts[number + 1]?.line ?? lines.length;
    return { stamp, line, start: lines[line]?.start ?? 0, ...reportEnd(lines, index, stop, length) };
  });
}

/** The heading above the marker, also when a formatter put blank lines between; else the marker itself. */
function firstLineOfReport(lines: readonly MarkdownLine[], markerIndex: number): number {
  let index = markerIndex - 1;
  while (isBlank(lines[index]?.text ?? '#')) index -= 1;
  return (lines[index]?.heading ?? 0) >= 3 ? index : markerIndex;
}

/**
 * After the closing rule. A report whose rule is gone ends before the next heading. Text that was appended
 * to a file without a final newline stands glued to our rule (`---foo`) and is not ours.
 */
function reportEnd(lines: readonly MarkdownLine[], markerIndex: number, stop: number, length: number) {
  for (let index = markerIndex + 1; index < stop; index += 1) {
    const line = lines[index];
    if (line === undefined || line.fenced) continue;
    if (line.heading >= 1 && line.heading <= 3) return { end: line.start, lineEnd: line.start };
    if (/^---[ \t]*$/.test(line.text)) return { end: line.end, lineEnd: line.end };
    if (/^---(?!-*[ \t]*$)/.test(line.text)) return { end: line.start + 3, lineEnd: line.end };
  }
  const end = lines[stop]?.start ?? length;
  return { end, lineEnd: end };
}

function reportLines(report: { stamp: string; text: string }): string[] {
  const lines = report.text.trimEnd().split(/\r?\n/);
  assert(
    lines[0]?.startsWith('### ') && lines.at(-1) === '---',
    'a report goes from its heading to its rule',
  );
  assert(marker.exec(lines[1] ?? '')?.[1] === report.stamp, 'a report carries the marker of its stamp');
  return lines;
}

type Place = { offset: number; lines: readonly string[] };

function newSectionPlace(outline: Outline, locale: ReportLocale, report: readonly string[]): Place {
  const offset = outline.text.length;
  const section = [sectionHeading(locale), '', ...report];
  return { offset, lines: offset === contentStart(outline.text) ? section : ['', ...section] };
}

/**
 * Before the first older report, directly under the heading when that is the first of all. Every insertion
 * brings one blank line in front; only under a heading that ends the file it does not, which tells later
 * that the heading was there before us.
 */
function sectionPlace(outline: Outline, section: Section, stamp: string, report: readonly string[]): Place {
  const inSection = reportsInSection(outline);
  const older = inSection.find((other) => other.stamp < stamp);
  const last = inSection.at(-1);
  if (older === undefined && last !== undefined) return { offset: last.lineEnd, lines: ['', ...report] };
  if (older === undefined || older === inSection[0]) {
    const endsFile = section.heading.end === outline.text.length;
    return { offset: section.heading.end, lines: endsFile ? report : ['', ...report] };
  }
  return { offset: startWithBlank(outline.lines, older.line), lines: ['', ...report] };
}

function reportsInSection({ reports, section }: Outline): MarkedReport[] {
  if (section === undefined) return [];
  return reports.filter((report) => report.start >= section.heading.end && report.start < section.end);
}

/** Start of a line, or of the blank line in front of it. */
function startWithBlank(lines: readonly MarkdownLine[], index: number): number {
  const before = lines[index - 1];
  return (before?.text === '' ? before : lines[index])?.start ?? 0;
}

/** Lines as bytes for their place; at the end of a file without a final newline there is none after either. */
function placeText(text: string, place: Place): Uint8Array {
  const ending = dominantEnding(text);
  const joined = place.lines.join(ending);
  const atOpenEnd = place.offset === text.length && place.offset > contentStart(text) && !text.endsWith('\n');
  return encodeUtf8(atOpenEnd ? ending + joined : joined + ending);
}

function dominantEnding(text: string): '\n' | '\r\n' {
  const all = text.split('\n').length - 1;
  const windows = text.split('\r\n').length - 1;
  return windows * 2 > all ? '\r\n' : '\n';
}

type Range = { start: number; end: number };

/** The exact inverse of an insertion. */
function reportCut(outline: Outline, report: MarkedReport, withSection: boolean): Range {
  const { text, lines, section } = outline;
  let start = startWithBlank(lines, report.line);
  const asAppended =
    section !== undefined &&
    report.line === section.headingIndex + 2 &&
    start === section.heading.end &&
    report.end === text.length;
  if (withSection && asAppended) start = startWithBlank(lines, section.headingIndex);
  const atOpenEnd = report.end === text.length && !text.endsWith('\n') && start > contentStart(text);
  return { start: atOpenEnd ? start - endingLength(text, lines[report.line]) : start, end: report.end };
}

/** Characters of the line ending that the report itself was written with. */
function endingLength(text: string, line: MarkdownLine | undefined): number {
  return line !== undefined && text.slice(line.start, line.end).endsWith('\r\n') ? 2 : 1;
}

function trimReports(bytes: Uint8Array, keep: number): Uint8Array {
  const outline = readOutline(bytes);
  const newestFirst = reportsInSection(outline).sort((one, other) => (one.stamp < other.stamp ? 1 : -1));
  const tooMany = new Set(newestFirst.slice(keep));
  const inFileOrder = outline.reports.filter((report) => tooMany.has(report));
  return cut(
    bytes,
    inFileOrder.map((report) => reportCut(outline, report, false)),
  );
}

function splice(bytes: Uint8Array, offset: number, inserted: Uint8Array): Uint8Array {
  return joinBytes([bytes.subarray(0, offset), inserted, bytes.subarray(offset)]);
}

/** Without the ranges, which are in order and may touch or overlap. */
function cut(bytes: Uint8Array, ranges: readonly Range[]): Uint8Array {
  const kept: Uint8Array[] = [];
  let from = 0;
  for (const range of ranges) {
    kept.push(bytes.subarray(from, Math.max(from, range.start)));
    from = Math.max(from, range.end);
  }
  return joinBytes([...kept, bytes.subarray(from)]);
}
