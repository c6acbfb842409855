/** Our own source as the meta tests read it. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');

export type SourceFile = { path: string; text: string; lines: string[]; imports: string[] };

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g;

/** Every file that git tracks or would track, whose name ends so. */
export function sourceFiles(...endings: string[]): SourceFile[] {
  const names = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
  })
    .toString()
    .split('\0')
    .filter(
      (name) => endings.some((ending) => name.endsWith(ending)) && fs.existsSync(path.join(root, name)),
    );
  return [...new Set(names)].map(readSource);
}

function readSource(name: string): SourceFile {
  const text = fs.readFileSync(path.join(root, name), 'utf8');
  const imports = [...text.matchAll(importPattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  return { path: name, text, lines: text.split('\n'), imports };
}

/** A relative import as a path from the root; undefined for packages. */
export function resolveImport(from: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) return undefined;
  return path.posix.normalize(path.posix.join(path.posix.dirname(from), specifier));
}
