// Whether something built is older than what it was built from. Plain JavaScript, because the `skein` command asks.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * True when an output is missing or older than the newest source. Sources are files or whole folders; a folder's
 * own time counts too, because it tells of files that were removed.
 */
export function isStale(outputs, sources) {
  if (!outputs.every((output) => existsSync(output))) return true;
  const builtMs = Math.min(...outputs.map((output) => statSync(output).mtimeMs));
  return sources.some((source) => newestMs(source) > builtMs);
}

function newestMs(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.mtimeMs;
  const inside = readdirSync(path, { withFileTypes: true }).filter(isSource);
  return Math.max(found.mtimeMs, ...inside.map((entry) => newestMs(join(path, entry.name))));
}

const isSource = (entry) => entry.name !== 'node_modules' && !entry.name.startsWith('.');
