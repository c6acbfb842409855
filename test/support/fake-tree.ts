/** The inodes of a fake disk: what POSIX says about names, links, permissions and times, without a disk. */

type Shared = {
  id: number;
  mode: number;
  mtimeNs: bigint;
  ctimeNs: bigint;
  /** Where it hangs; undefined once it has no name any more. Hard links do not exist here. */
  place: { parent: FolderInode; name: string } | undefined;
};
export type FileInode = Shared & { kind: 'file'; bytes: Uint8Array };
export type LinkInode = Shared & { kind: 'link'; target: string };
export type FolderInode = Shared & { kind: 'folder'; entries: Map<string, Inode> };
export type Inode = FileInode | LinkInode | FolderInode;

/** What a path leads to. `absent`: the folder is there, the name is free. `gone`: not even the folder. */
export type Found =
  | { state: 'there'; inode: Inode }
  | { state: 'absent'; parent: FolderInode; name: string }
  | { state: 'gone' | 'leaves' | 'circle' | 'no-permission' };

export type FakeTree = {
  readonly root: FolderInode;
  find(path: string, followLast: boolean): Found;
  /** Files, folders and links under a folder, deepest last, the folder first. */
  under(inode: Inode): Inode[];
  pathOf(inode: Inode): string | undefined;
  makeFile(bytes: Uint8Array, mode: number): FileInode;
  makeLink(target: string): LinkInode;
  makeFolder(): FolderInode;
  /** Hangs the inode under a name, in place of what has it. */
  attach(parent: FolderInode, name: string, inode: Inode): void;
  detach(inode: Inode): void;
  write(inode: FileInode, bytes: Uint8Array): void;
  setMode(inode: Inode, mode: number): void;
  /** Bytes of all files that have a name. */
  usedBytes(): number;
};

/** Where the root of the fake lies, for links with absolute targets. */
export const fakeRoot = '/workspace';
const linkHops = 40;

/** `nowNs` is the time stamp that a change gets. */
export function createFakeTree(nowNs: () => bigint, caseInsensitive: boolean): FakeTree {
  const key = (name: string) => (caseInsensitive ? name.toLowerCase() : name);
  let lastId = 1;
  const shared = (mode: number): Shared => {
    lastId += 1;
    return { id: lastId, mode, mtimeNs: nowNs(), ctimeNs: nowNs(), place: undefined };
  };
  const makeFolder = (): FolderInode => ({ ...shared(0o755), kind: 'folder', entries: new Map() });
  const root = makeFolder();

  function attach(parent: FolderInode, name: string, inode: Inode): void {
    const before = parent.entries.get(key(name));
    if (before !== undefined && before !== inode) before.place = undefined;
    if (inode.place !== undefined) detach(inode);
    parent.entries.set(key(name), inode);
    inode.place = { parent, name };
    inode.ctimeNs = nowNs();
    parent.mtimeNs = parent.ctimeNs = nowNs();
  }

  function detach(inode: Inode): void {
    if (inode.place === undefined) return;
    const { parent, name } = inode.place;
    parent.entries.delete(key(name));
    parent.mtimeNs = parent.ctimeNs = nowNs();
    inode.ctimeNs = nowNs();
    inode.place = undefined;
  }

  return {
    root,
    find: (path, followLast) => find({ root, key }, path, followLast),
    under,
    pathOf: (inode) => pathOf(root, inode),
    makeFile: (bytes, mode) => ({ ...shared(mode), kind: 'file', bytes }),
    makeLink: (target) => ({ ...shared(0o777), kind: 'link', target }),
    makeFolder,
    attach,
    detach,
    write(inode, bytes) {
      inode.bytes = bytes;
      inode.mtimeNs = inode.ctimeNs = nowNs();
    },
    setMode(inode, mode) {
      inode.mode = mode;
      inode.ctimeNs = nowNs();
    },
    usedBytes: () => under(root).reduce((sum, it) => sum + (it.kind === 'file' ? it.bytes.length : 0), 0),
  };
}

type Walk = { root: FolderInode; key: (name: string) => string };

function find({ root, key }: Walk, path: string, followLast: boolean): Found {
  let folder = root;
  const parts = path.split('/').filter((part) => part !== '');
  for (let hops = 0; ; ) {
    const part = parts.shift();
    if (part === undefined) return { state: 'there', inode: folder };
    if (part === '.') continue;
    if (part === '..') {
      if (folder.place === undefined) return { state: 'leaves' };
      folder = folder.place.parent;
      continue;
    }
    if ((folder.mode & 0o100) === 0) return { state: 'no-permission' };
    const inode = folder.entries.get(key(part));
    if (inode === undefined) {
      return parts.length === 0 ? { state: 'absent', parent: folder, name: part } : { state: 'gone' };
    }
    if (inode.kind === 'folder') {
      folder = inode;
    } else if (inode.kind === 'file' || (parts.length === 0 && !followLast)) {
      return parts.length === 0 ? { state: 'there', inode } : { state: 'gone' };
    } else {
      hops += 1;
      if (hops > linkHops) return { state: 'circle' };
      if (inode.target.startsWith('/')) {
        if (!`${inode.target}/`.startsWith(`${fakeRoot}/`)) return { state: 'leaves' };
        folder = root;
      }
      parts.unshift(...targetParts(inode.target));
    }
  }
}

function targetParts(target: string): string[] {
  const inside = target.startsWith('/') ? target.slice(fakeRoot.length) : target;
  return inside.split('/').filter((part) => part !== '');
}

function under(inode: Inode): Inode[] {
  if (inode.kind !== 'folder') return [inode];
  return [inode, ...[...inode.entries.values()].flatMap(under)];
}

function pathOf(root: FolderInode, inode: Inode): string | undefined {
  const names: string[] = [];
  let current: Inode = inode;
  while (current !== root) {
    if (current.place === undefined) return undefined;
    names.unshift(current.place.name);
    current = current.place.parent;
  }
  return names.join('/');
}
