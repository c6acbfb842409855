/**
 * A file that was committed with CRLF keeps it, whatever `core.autocrlf` and `text=auto` say: git looks into its index
 * before it converts (convert.c, has_crlf_in_index). The gits that stay know no index, so such files are asked about here.
 */
import { createHash } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '../../shared/result.ts';
import type { TreeEntry } from '../engine/git/repository.ts';
import { runGit } from './run-git.ts';

type Deps = {
  top: string;
  /** A name that no other has, for an index of our own. */
  temporaryIndex(): string;
  /** What the index of the work tree holds there. */
  indexed(path: string): Promise<TreeEntry | undefined>;
  readBlob(id: string): Promise<Result<Uint8Array>>;
};

/** `converted` is the id with all line ends converted; returns the one that git would give the file. */
export async function idWithLineEnds(deps: Deps, path: string, converted: string): Promise<Result<string>> {
  const bytes = await readFile(join(deps.top, path));
  if (!bytes.includes('\r\n')) return ok(converted);
  const kept = await deps.indexed(path);
  if (kept === undefined || kept.id === converted) return ok(converted);
  if (idOf(bytes, kept.id.length) === kept.id) return ok(kept.id);
  const before = await deps.readBlob(kept.id);
  if (!before.ok) return before;
  return Buffer.from(before.value).includes('\r\n') ? storeBesideIndex(deps, path, kept) : ok(converted);
}

const idOf = (bytes: Buffer, characters: number): string =>
  createHash(characters === 40 ? 'sha1' : 'sha256')
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest('hex');

/** As `git add` does it, in an index that holds nothing else. */
async function storeBesideIndex(
  { top, temporaryIndex }: Deps,
  path: string,
  { mode, id }: TreeEntry,
): Promise<Result<string>> {
  const index = temporaryIndex();
  const ask = (args: readonly string[], input?: string) =>
    runGit(top, args, { env: { GIT_INDEX_FILE: index }, ...(input === undefined ? {} : { input }) });
  try {
    const before = await ask(['update-index', '-z', '--index-info'], `${mode} ${id}\t${path}\0`);
    const added = before.ok ? await ask(['update-index', '-z', '--stdin'], `${path}\0`) : before;
    const listed = added.ok ? await ask(['ls-files', '--stage', '-z']) : added;
    return listed.ok ? ok(listed.value.bytes.toString().split(' ')[1] ?? id) : listed;
  } finally {
    await rm(index, { force: true });
  }
}
