/** What both sides added at different places, which a merge by place keeps twice. */
import { headingLevel, kindOf, outsideFences } from './line-kinds.ts';
import type { Sides } from './three-way.ts';

/** Shorter items may well stand twice under one heading: "- None", "| — | — |". */
const leastCharacters = 24;

/**
 * The lines without the second of what each side added once: a whole section with the same words, or an item
 * or row under the same heading.
 */
export function withoutDoubled(lines: readonly string[], sides: Sides): string[] {
  const doubled = doubledLines(lines, sides);
  if (doubled.size === 0) return [...lines];
  return withoutItems(withoutSections(lines, doubled), doubled);
}

function withoutSections(lines: readonly string[], doubled: ReadonlySet<string>): string[] {
  const levels = levelsOf(lines);
  const startByHead = new Map<string, number>();
  const kept: string[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? '';
    const first = doubled.has(line) && levels[index] !== 0 ? startByHead.get(line) : undefined;
    if (first !== undefined && sectionText(lines, levels, first) === sectionText(lines, levels, index)) {
      index = sectionEnd(levels, index) - 1;
      continue;
    }
    if (levels[index] !== 0 && !startByHead.has(line)) startByHead.set(line, index);
    kept.push(line);
  }
  return kept;
}

/** The level of each heading; 0 for all other lines, and for what looks like a heading in code. */
function levelsOf(lines: readonly string[]): number[] {
  const outside = outsideFences(lines);
  return lines.map((line, index) => (outside[index] === true ? headingLevel(line) : 0));
}

/** The line after the section that the heading at `start` begins. */
function sectionEnd(levels: readonly number[], start: number): number {
  const own = levels[start] ?? 0;
  const length = levels.slice(start + 1).findIndex((level) => level > 0 && level <= own);
  return length < 0 ? levels.length : start + 1 + length;
}

function sectionText(lines: readonly string[], levels: readonly number[], start: number): string {
  const section = lines.slice(start, sectionEnd(levels, start));
  return section.filter((line) => line.trim() !== '').join('\n');
}

function withoutItems(lines: readonly string[], doubled: ReadonlySet<string>): string[] {
  let heading = -1;
  const levels = levelsOf(lines);
  const headingByLine = new Map<string, number>();
  return lines.filter((line, index) => {
    if (levels[index] !== 0) heading = index;
    if (!doubled.has(line) || !isListing(line)) return true;
    const repeats = headingByLine.get(line) === heading;
    headingByLine.set(line, heading);
    return !repeats;
  });
}

function isListing(line: string): boolean {
  const kind = kindOf(line);
  return kind === 'item' || kind === 'row';
}

function doubledLines(lines: readonly string[], sides: Sides): Set<string> {
  const [base, left, right] = [sides.base, sides.left, sides.right].map(countLines);
  const seen = new Set<string>();
  const doubled = new Set<string>();
  for (const line of lines) {
    if (line.length < leastCharacters) continue;
    if (seen.has(line) && base?.get(line) === undefined && left?.get(line) === 1 && right?.get(line) === 1) {
      doubled.add(line);
    }
    seen.add(line);
  }
  return doubled;
}

function countLines(lines: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}
