/** What the browser fetches before the first view is chosen: index.html and everything that it names. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export type LoadedFile = { name: string; bytes: number; gzippedBytes: number };

/** The files of the first load in the folder of the built interface, index.html first. */
export function filesOfFirstLoad(folder: string): LoadedFile[] {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  const named = [...page.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)].map((match) => match[1] ?? '');
  return ['index.html', ...new Set(named)].map((name) => {
    const bytes = readFileSync(join(folder, name));
    return { name, bytes: bytes.byteLength, gzippedBytes: gzipSync(bytes).byteLength };
  });
}
