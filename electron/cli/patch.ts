/**
 * Patches that `git apply` and `patch -p1` take, byte for byte. The bytes travel as Latin-1 text, where every
 * byte is one character, so that a file in any encoding comes out of the patch as it went in.
 */
import { Buffer } from 'node:buffer';
import { structuredPatch } from 'diff';
import { limits } from '../../shared/limits.ts';

export type PatchSides = {
  /** Path in the workspace. */
  path: string;
  /** Undefined where the file does not exist. */
  from: Uint8Array | undefined;
  to: Uint8Array | undefined;
  /** Lines around each change. */
  context: number;
};

type Hunk = { oldStart: number; oldLines: number; newStart: number; newLines: number; lines: string[] };

/** The patch as Latin-1 text that ends in a newline; empty when both sides are equal. */
export function writePatch({ path, from, to, context }: PatchSides): string {
  const [old, fresh] = [toLatin1(from), toLatin1(to)];
  if ((from === undefined) === (to === undefined) && old === fresh) return '';
  const head = [`diff --git ${quote(`a/${path}`)} ${quote(`b/${path}`)}`, ...modeLines(from, to)];
  if (old.includes('\0') || fresh.includes('\0')) {
    return lines([
      ...head,
      `Binary files ${sideName('a', path, from)} and ${sideName('b', path, to)} differ`,
    ]);
  }
  const hunks = findHunks(old, fresh, context);
  if (hunks.length === 0) return lines(head);
  const names = [`--- ${sideName('a', path, from)}`, `+++ ${sideName('b', path, to)}`];
  return lines([...head, ...names.map(markSpaces), ...hunks.flatMap(writeHunk)]);
}

const toLatin1 = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('latin1');
const lines = (all: readonly string[]): string => `${all.join('\n')}\n`;

function modeLines(from: Uint8Array | undefined, to: Uint8Array | undefined): string[] {
  if (from === undefined) return ['new file mode 100644'];
  return to === undefined ? ['deleted file mode 100644'] : [];
}

const sideName = (side: 'a' | 'b', path: string, content: Uint8Array | undefined): string =>
  content === undefined ? '/dev/null' : quote(`${side}/${path}`);

/** Names of plain letters stand as they are; others as git quotes them, each byte in octal. */
function quote(name: string): string {
  if (/^[ !#-[\]-~]+$/.test(name)) return name;
  const escaped = [...Buffer.from(name)].map((byte) => {
    const character = String.fromCharCode(byte);
    if (/["\\]/.test(character)) return `\\${character}`;
    return byte < 0x20 || byte > 0x7e ? `\\${byte.toString(8).padStart(3, '0')}` : character;
  });
  return `"${escaped.join('')}"`;
}

/** Without a tab behind it `patch` would end a name at its first space. */
const markSpaces = (line: string): string => (/^... [^"].* /.test(line) ? `${line}\t` : line);

function findHunks(old: string, fresh: string, context: number): Hunk[] {
  if (old.length + fresh.length > limits.patchBytes) return replaceAll(old, fresh);
  const patch = structuredPatch('a', 'b', old, fresh, '', '', { context, maxEditLength: limits.diffEdits });
  return patch?.hunks ?? replaceAll(old, fresh);
}

/** Texts too large or too far apart for a search: all old lines go, all new ones come. */
function replaceAll(old: string, fresh: string): Hunk[] {
  const removed = markedLines('-', old);
  const added = markedLines('+', fresh);
  const count = (marked: readonly string[]) => marked.filter((line) => !line.startsWith('\\')).length;
  const [oldLines, newLines] = [count(removed), count(added)];
  return [{ oldStart: 1, oldLines, newStart: 1, newLines, lines: [...removed, ...added] }];
}

function markedLines(mark: '-' | '+', text: string): string[] {
  if (text === '') return [];
  const isWhole = text.endsWith('\n');
  const marked = (isWhole ? text.slice(0, -1) : text).split('\n').map((line) => mark + line);
  return isWhole ? marked : [...marked, '\\ No newline at end of file'];
}

function writeHunk({ oldStart, oldLines, newStart, newLines, lines: body }: Hunk): string[] {
  return [`@@ -${range(oldStart, oldLines)} +${range(newStart, newLines)} @@`, ...body];
}

/** An empty side begins before its first line, which patches write as 0. */
function range(start: number, count: number): string {
  if (count === 0) return `${start - 1},0`;
  return count === 1 ? `${start}` : `${start},${count}`;
}
