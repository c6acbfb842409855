/** Keeps a file of ours out of git without touching what is committed. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { meansAbsent } from './file-problems.ts';

/**
 * Adds the pattern to `.git/info/exclude` unless it stands there, or the same for every folder. What a person wrote
 * keeps its bytes: a line is only ever added at the end. Throws errors of the disk.
 */
export function excludeFromGit(excludeFile: string, pattern: string): void {
  const text = readText(excludeFile);
  const lines = text.split(/\r?\n/).map((line) => line.trimEnd());
  if (lines.includes(pattern) || lines.includes(pattern.replace(/^\//, ''))) return;
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const isOpen = text !== '' && !text.endsWith('\n');
  mkdirSync(dirname(excludeFile), { recursive: true });
  appendFileSync(excludeFile, `${isOpen ? end : ''}${pattern}${end}`);
}

/** As bytes, one character each: it may be in any encoding. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (cause) {
    if (meansAbsent(cause)) return '';
    throw cause;
  }
}
