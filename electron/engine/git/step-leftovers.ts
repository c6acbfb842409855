/** Temporary files of a step that died: they lie beside the files that it wrote, under names of their own. */
import { folderOf, joinPath } from '../../../shared/domain/paths.ts';
import { startsWith } from '../../../shared/domain/utf8.ts';
import type { Files } from '../ports.ts';
import { readWhole } from '../scan/look.ts';
import type { GitObjects, TreeChange } from './repository.ts';

type Deps = { store: Pick<GitObjects, 'bytesFor'>; files: Files };

/** Part of the names of temporary files that a step writes. */
export const gitTemporary = 'git';
const temporaryName = new RegExp(`^\\.skein-${gitTemporary}-[0-9a-f]+\\.tmp$`);

/** Removes those that hold nothing but what the step knows, or its beginning: others hold what somebody wrote. Never fails. */
export async function clearLeftovers(deps: Deps, changes: readonly TreeChange[]): Promise<void> {
  for (const folder of new Set(changes.map(({ path }) => folderOf(path)))) {
    const listed = await deps.files.list(folder);
    const names = listed.ok ? (listed.value ?? []) : [];
    const temporaries = names.filter(({ name }) => temporaryName.test(name));
    if (temporaries.length === 0) continue;
    const known = await contentsIn(deps, folder, changes);
    for (const { name, kind } of temporaries) await clear(deps, joinPath(folder, name), { kind, known });
  }
}

async function contentsIn(
  { store }: Deps,
  folder: string,
  changes: readonly TreeChange[],
): Promise<Uint8Array[]> {
  const known: Uint8Array[] = [];
  for (const { path, before, after } of changes.filter((it) => folderOf(it.path) === folder)) {
    for (const entry of [before, after]) {
      const bytes = entry === undefined ? undefined : await store.bytesFor(path, entry.id);
      if (bytes?.ok) known.push(bytes.value);
    }
  }
  return known;
}

type Leftover = { kind: string; known: readonly Uint8Array[] };

async function clear({ files }: Deps, path: string, { kind, known }: Leftover): Promise<void> {
  const read = kind === 'file' ? await readWhole(files, path) : undefined;
  const bytes = read?.ok ? read.value?.bytes : undefined;
  const isKnown = bytes !== undefined && known.some((it) => startsWith(it, bytes));
  if (kind === 'link' || isKnown) await files.remove(path);
}
