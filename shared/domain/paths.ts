/** Parts of a workspace path: relative, with `/`; '' is the root. */

export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash === -1 ? '' : path.slice(0, slash);
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function joinPath(folder: string, name: string): string {
  return folder === '' ? name : `${folder}/${name}`;
}

/** Whether `path` is `folder` or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  return folder === '' || path === folder || path.startsWith(`${folder}/`);
}

/** Those on the way to the path, the deepest first; without the root. */
export function foldersAbove(path: string): string[] {
  const folders: string[] = [];
  for (let above = folderOf(path); above !== ''; above = folderOf(above)) folders.push(above);
  return folders;
}
