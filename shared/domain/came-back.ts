/**
 * What git took out of a file, and somebody brings back, as `git stash pop` does: others have it all the time, so it is
 * no edit, wherever in the file it comes back.
 */
import { solid } from './merge/pair-entries.ts';
import { linesOf, readText, type Text, writeText } from './merge/read-texts.ts';
import { lineChanges } from './merge/three-way.ts';

/** Contents; null: no file. `before` stood in the place of `shared`, and became `after`. */
type Versions = { before: Uint8Array | null; after: Uint8Array; shared: Uint8Array };

/** Whether all lines of what is shared are there again, and were not before. */
export function isAllBack({ before, after, shared }: Versions): boolean {
  const [left, lying, others] = [before ?? new Uint8Array(), after, shared].map(solidLines);
  if (left === undefined || lying === undefined || others === undefined) return false;
  return lackingOf(lying, others).size === 0 && lackingOf(left, others).size > 0;
}

/** `after` without what is no edit: added passages that others have, and that were not there before. */
export function withoutReturned({ before, after, shared }: Versions): Uint8Array {
  const [old, now, others] = [before ?? new Uint8Array(), after, shared].map(readText);
  if (old === undefined || now === undefined || others === undefined) return after;
  const [oldLines, lines] = [plain(old), plain(now)];
  const theirs = solid(plain(others));
  const lacking = lackingOf(solid(oldLines), theirs);
  const returned = new Set<number>();
  for (const { oldStart, oldEnd, newStart, newEnd } of lineChanges(oldLines, lines)) {
    const added = solid(lines.slice(newStart, newEnd));
    if (oldStart !== oldEnd || !isPassage(added, theirs) || !takeAll(lacking, added)) continue;
    for (let index = newStart; index < newEnd; index += 1) returned.add(index);
  }
  if (returned.size === 0) return after;
  const kept = lines.filter((_, index) => !returned.has(index));
  return writeText(kept, now.form, now.form, now.form);
}

/** Lines that stand together there, too, and not only such as anybody writes: a bracket, an empty box. */
const isPassage = (lines: readonly string[], whole: readonly string[]): boolean =>
  lines.some((line) => tellsSomething.test(line)) &&
  whole.some((_, at) => lines.every((line, nth) => whole[at + nth] === line));

const tellsSomething = /[\p{L}\p{N}].*[\p{L}\p{N}].*[\p{L}\p{N}]/u;

/** How often each line of `whole` is missing in `lines`. */
function lackingOf(lines: readonly string[], whole: readonly string[]): Map<string, number> {
  const lacking = new Map<string, number>();
  for (const line of whole) lacking.set(line, (lacking.get(line) ?? 0) + 1);
  for (const line of lines) {
    const count = lacking.get(line) ?? 0;
    if (count > 1) lacking.set(line, count - 1);
    else lacking.delete(line);
  }
  return lacking;
}

/** Takes each of the lines once, if all are there. */
function takeAll(lacking: Map<string, number>, lines: readonly string[]): boolean {
  if (
    lackingOf(
      [...lacking].flatMap(([line, count]) => Array<string>(count).fill(line)),
      lines,
    ).size > 0
  )
    return false;
  for (const line of lines) lacking.set(line, (lacking.get(line) ?? 0) - 1);
  return true;
}

const plain = (text: Text): string[] => linesOf(text, false);

function solidLines(bytes: Uint8Array): string[] | undefined {
  const text = readText(bytes);
  return text && solid(plain(text));
}
