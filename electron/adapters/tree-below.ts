/** What a tree holds below folders: asked where a file takes the place of one. */
import { ok, type Result } from '../../shared/result.ts';
import type { TreeEntry } from '../engine/git/repository.ts';
import type { ReadTree } from './compare-trees.ts';
import { isFolder } from './git-tree.ts';
import { runGit } from './run-git.ts';

type Reading = { top: string; read: ReadTree };

/** By path from the top of the tree. Folders that it has not are none of the answer. */
export async function entriesBelow(
  { top, read }: Reading,
  treeish: string,
  folders: readonly string[],
): Promise<Result<Map<string, TreeEntry>>> {
  const there: string[] = [];
  for (const folder of folders) {
    const has = await mayHave(read, treeish, folder.split('/'));
    if (!has.ok) return has;
    if (has.value) there.push(`${folder}/`);
  }
  if (there.length === 0) return ok(new Map());
  const answer = await runGit(top, ['ls-tree', '-r', '-z', '--full-tree', treeish, '--', ...there]);
  return answer.ok ? ok(parseListing(answer.value.bytes.toString())) : answer;
}

/** A tree that is not plain is git's to tell of. */
async function mayHave(
  read: ReadTree,
  treeish: string,
  [name = '', ...rest]: readonly string[],
): Promise<Result<boolean>> {
  const tree = await read(treeish);
  if (!tree.ok) return tree;
  if (tree.value === undefined) return ok(true);
  const entry = tree.value.get(name);
  if (entry === undefined || !isFolder(entry)) return ok(false);
  return rest.length === 0 ? ok(true) : mayHave(read, entry.id, rest);
}

/** Each `mode type id`, a tab, and the path. */
function parseListing(text: string): Map<string, TreeEntry> {
  const lines = text.matchAll(/(\d+) \w+ ([0-9a-f]+)\t([^\0]*)\0/g);
  return new Map([...lines].map(([, mode = '', id = '', path = '']) => [path, { mode, id }]));
}
