/** Real temporary folders that go away after each test, with their links resolved. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

export function temporaryFolder(): string {
  const folder = realpathSync.native(mkdtempSync(join(tmpdir(), 'skein-host-')));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/**
 * Writes the files below `root`, folders included, and returns `root`. They are an hour old, so that the engine
 * takes them as they are; a file written just now may still be growing.
 */
export function fill(root: string, textByPath: Record<string, string>): string {
  const hourAgo = Date.now() / 1000 - 3600;
  for (const [path, text] of Object.entries(textByPath)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    utimesSync(join(root, path), hourAgo, hourAgo);
  }
  return root;
}
