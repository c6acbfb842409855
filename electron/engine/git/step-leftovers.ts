/** Temporary files of a step that died: they lie beside the files that it wrote, under names of their own. */
import { folderOf, joinPath } from '../../../shared/domain/paths.ts';
import { startsWith } from '../../../shared/domain/utf8.ts';
import type { Codec, Files, FolderEntry } from '../ports.ts';
import { readWhole } from '../scan/look.ts';
import type { GitObjects, Mixed, TreeChange } from './repository.ts';
import { ofFile } from './submodule.ts';

type Deps = { store: Pick<GitObjects, 'bytesFor'>; files: Files };

/** Part of the names of temporary files that a step writes. */
export const gitTemporary = 'git';
const temporaryName = new RegExp(`^\\.skein-${gitTemporary}-[0-9a-f]+\\.tmp$`);

/** Removes those that hold nothing but what the step knows, or its beginning: others hold what somebody wrote. Never fails. */
export async function clearLeftovers(deps: Deps, changes: readonly TreeChange[]): Promise<void> {
  for (const folder of new Set(changes.map(({ path }) => folderOf(path)))) {
    const temporaries = await temporariesIn(deps.files, folder);
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
  for (const { path, before, after } of changes.filter((it) => folderOf(it.path) === folder).map(ofFile)) {
    for (const entry of [before, after]) {
      const bytes = entry === undefined ? undefined : await store.bytesFor(path, entry.id);
      if (bytes?.ok) known.push(bytes.value);
    }
  }
  return known;
}

/**
 * The same of files that were mixed with what somebody had changed, of which only the hashes are known: those that hold
 * these bytes, or nothing at all, as one does between its making and its first byte. Never fails.
 */
export async function clearMixLeftovers(
  { files, codec }: { files: Files; codec: Pick<Codec, 'sha256'> },
  mixed: readonly Mixed[],
): Promise<void> {
  const known = new Set(mixed.flatMap(({ content, before }) => [content, before]));
  for (const folder of new Set(mixed.map(({ path }) => folderOf(path)))) {
    for (const { name } of await temporariesIn(files, folder)) {
      const path = joinPath(folder, name);
      const read = await readWhole(files, path);
      const bytes = read.ok ? read.value?.bytes : undefined;
      if (bytes !== undefined && (bytes.length === 0 || known.has(codec.sha256(bytes))))
        await files.remove(path);
    }
  }
}

async function temporariesIn(files: Files, folder: string): Promise<FolderEntry[]> {
  const listed = await files.list(folder);
  return (listed.ok ? (listed.value ?? []) : []).filter(({ name }) => temporaryName.test(name));
}

type Leftover = { kind: string; known: readonly Uint8Array[] };

async function clear({ files }: Deps, path: string, { kind, known }: Leftover): Promise<void> {
  const read = kind === 'file' ? await readWhole(files, path) : undefined;
  const bytes = read?.ok ? read.value?.bytes : undefined;
  const isKnown = bytes !== undefined && known.some((it) => startsWith(it, bytes));
  if (kind === 'link' || isKnown) await files.remove(path);
}
