/** A data folder and a small repository for one desktop. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Folders = { workspace: string; dataFolder: string; configFolder: string; remove(): void };

/** Nothing consolidates by itself there: what a test does not do, does not happen. */
const settings = { consolidation_threshold: 0, consolidation_interval_minutes: 0 };

export function makeFolders(): Folders {
  const top = mkdtempSync(join(realpathSync(tmpdir()), 'skein-shell-'));
  const workspace = join(top, 'notes');
  const configFolder = join(top, 'config');
  for (const folder of [workspace, configFolder]) mkdirSync(folder);
  writeFileSync(join(workspace, 'skein.json'), `${JSON.stringify(settings)}\n`);
  writeFileSync(join(workspace, 'AGENTS.md'), '# Rules\n\nBe kind.\n');
  execFileSync('git', ['init', '--quiet'], { cwd: workspace });
  return {
    workspace,
    configFolder,
    dataFolder: join(top, 'data'),
    remove: () => rmSync(top, { recursive: true, force: true, maxRetries: 3 }),
  };
}
