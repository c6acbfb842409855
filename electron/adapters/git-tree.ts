/** Tree objects of git as bytes: `mode name\0id` for each entry, in git's own order. */
import type { TreeEntry } from '../engine/git/repository.ts';

/** Entries by their names; `idBytes` is 20 for SHA-1, 32 for SHA-256. Names that are no UTF-8 stay as they are. */
export type TreeEntries = Map<string, TreeEntry>;

const folderMode = '40000';

export const isFolder = ({ mode }: TreeEntry): boolean => mode === folderMode;

export function parseTree(bytes: Buffer, idBytes: number): TreeEntries {
  const entries: TreeEntries = new Map();
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(32, at);
    const end = bytes.indexOf(0, space);
    entries.set(nameText(bytes.subarray(space + 1, end)), entryOf(bytes, { at, space, end }, idBytes));
    at = end + 1 + idBytes;
  }
  return entries;
}

/** The same of a tree where each name stands once and is text: a hostile one is told by git, with all that is in it. */
export function parsePlainTree(bytes: Buffer, idBytes: number): TreeEntries | undefined {
  const entries = parseTree(bytes, idBytes);
  const isPlain =
    encodeTree(entries).equals(bytes) && ![...entries.keys()].some((name) => name.startsWith(rawMark));
  return isPlain ? entries : undefined;
}

/** One entry of a tree, without a look at what stands behind it. */
export function findInTree(bytes: Buffer, idBytes: number, name: string): TreeEntry | undefined {
  const wanted = nameBytes(name);
  for (let at = 0; at < bytes.length; ) {
    const space = bytes.indexOf(32, at);
    const end = bytes.indexOf(0, space);
    if (end - space - 1 === wanted.length && bytes.compare(wanted, 0, wanted.length, space + 1, end) === 0)
      return entryOf(bytes, { at, space, end }, idBytes);
    at = end + 1 + idBytes;
  }
  return undefined;
}

const entryOf = (
  bytes: Buffer,
  { at, space, end }: { at: number; space: number; end: number },
  idBytes: number,
): TreeEntry => ({
  mode: bytes.toString('latin1', at, space),
  id: bytes.toString('hex', end + 1, end + 1 + idBytes),
});

/** The object itself, with its entries in git's order: by their bytes, folders as if their names ended with a slash. */
export function encodeTree(entries: TreeEntries): Buffer {
  const parts = [...entries].map(([name, entry]) => ({
    name: nameBytes(name),
    order: nameBytes(isFolder(entry) ? `${name}/` : name),
    entry,
  }));
  parts.sort((one, other) => Buffer.compare(one.order, other.order));
  return Buffer.concat(
    parts.flatMap(({ name, entry: { mode, id } }) => [
      Buffer.from(`${mode} `),
      name,
      Buffer.of(0),
      Buffer.from(id, 'hex'),
    ]),
  );
}

/** What `git mktree -z --batch` reads for one tree; an empty entry ends it. */
export function formatTree(entries: TreeEntries): Buffer {
  const parts: (string | Buffer)[] = [];
  for (const [name, { mode, id }] of entries) {
    parts.push(`${mode.padStart(6, '0')} ${typeOf(mode)} ${id}\t`, nameBytes(name), '\0');
  }
  return Buffer.concat([...parts, '\0'].map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
}

const typeOf = (mode: string): string =>
  mode === folderMode ? 'tree' : mode === '160000' ? 'commit' : 'blob';

/** A name that is no UTF-8 must come out as it went in: it is kept as one character for each byte, marked. */
const rawMark = '\uFFFF';

function nameText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  return text.includes('\uFFFD') && !Buffer.from(text).equals(bytes)
    ? rawMark + bytes.toString('latin1')
    : text;
}

const nameBytes = (name: string): Buffer =>
  name.startsWith(rawMark) ? Buffer.from(name.slice(1), 'latin1') : Buffer.from(name);

/** Its entry in a tree of folders. */
export const folderEntry = (id: string): TreeEntry => ({ mode: folderMode, id });
