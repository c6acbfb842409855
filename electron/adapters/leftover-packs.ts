/** What a fetch that was cut short leaves of the pack that came: git itself removes it only after two weeks. */
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '../../shared/limits.ts';
import { listOwnProcesses } from './process-list.ts';

/**
 * Remembers what lies now in the folder where git keeps its objects; the answer removes what is new since then. Nothing while
 * another git of ours receives a pack, nothing of other users, and nothing where the system does not tell (it does on
 * Linux). Never fails.
 */
export async function watchLeftovers(objects: string): Promise<() => Promise<void>> {
  if (process.platform !== 'linux') return async () => undefined;
  const packs = join(objects, 'pack');
  const before = new Set(await unfinished(packs));
  return async () => {
    const left = (await unfinished(packs)).filter((name) => !before.has(name));
    if (left.length === 0 || othersReceive()) return;
    for (const name of left) await removeOwn(join(packs, name)).catch(() => undefined);
  };
}

const unfinished = async (packs: string): Promise<string[]> =>
  (await readdir(packs).catch(() => [])).filter((name) => /^tmp_(pack|idx|rev)_/.test(name));

const othersReceive = (): boolean =>
  listOwnProcesses(limits.holderSearchMs).some(({ command }) => /\bgit\b.*\bindex-pack\b/.test(command));

async function removeOwn(file: string): Promise<void> {
  const { uid } = await lstat(file);
  if (uid === process.geteuid?.()) await rm(file, { force: true });
}
