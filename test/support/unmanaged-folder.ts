import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new empty folder, by its real path, for a whole test file; the caller removes it. */
export function unmanagedFolder(): string {
  return mkdtempSync(join(realpathSync(tmpdir()), 'skein-test-'));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
