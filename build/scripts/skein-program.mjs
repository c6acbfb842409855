// Which file is the `skein` command: the bundle where it is up to date, else the sources.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isStale } from './is-stale.mjs';
import { projectFolder } from './set-up.mjs';

/** What the build writes. */
const bundle = (folder) => join(folder, 'out', 'headless', 'cli.mjs');

/**
 * The script that is the command line, and whether it is the bundle, which starts faster and needs half the memory.
 * `script` is an absolute path below `folder`, the one that holds package.json.
 */
export function skeinProgram(folder = projectFolder) {
  const isBundle = isInstalled(folder) ? existsSync(bundle(folder)) : !isStaleBundle(folder);
  const script = isBundle ? ['build', 'bin', 'bundled.mjs'] : ['electron', 'cli.ts'];
  return { script: join(folder, ...script), isBundle };
}

/** As npm puts it. There the times of files tell nothing: npm sets them all to one day of 1985. */
export const isInstalled = (folder = projectFolder) => /[\\/]node_modules[\\/]/.test(folder);

const isStaleBundle = (folder) =>
  isStale([bundle(folder)], [join(folder, 'electron'), join(folder, 'shared')]);
