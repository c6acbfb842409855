/** What follows the entries of an index: what git remembers to be quick, and must forget when entries change. */
type Extension = { name: string; body: Buffer };

export function extensionsIn(bytes: Buffer, from: number, idBytes: number): Extension[] {
  const found: Extension[] = [];
  for (let at = from; at + 8 <= bytes.length - idBytes; ) {
    const length = bytes.readUInt32BE(at + 4);
    found.push({ name: bytes.toString('latin1', at, at + 4), body: bytes.subarray(at + 8, at + 8 + length) });
    at += 8 + length;
  }
  return found;
}

/**
 * Those that still are true. Conflicts that were resolved stay known; of the known trees those above a change go;
 * everything else is worked out again by git: tables of contents, and what it knows of files that are not tracked.
 */
export function extensionsAfter(
  bytes: Buffer,
  { end, idBytes }: { end: number; idBytes: number },
  paths: readonly string[],
): Buffer[] {
  return extensionsIn(bytes, end, idBytes).flatMap(({ name, body }) => {
    if (name === 'REUC') return [formatExtension(name, body)];
    return name === 'TREE' ? [formatExtension(name, withoutTrees(body, idBytes, paths))] : [];
  });
}

function formatExtension(name: string, body: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.write(name, 0, 'latin1');
  head.writeUInt32BE(body.length, 4);
  return Buffer.concat([head, body]);
}

/** Each known tree is `name\0`, its number of entries, a space, its number of trees, a line end, and its id if it counts. */
function withoutTrees(body: Buffer, idBytes: number, paths: readonly string[]): Buffer {
  const stale = new Set(paths.flatMap(foldersOf));
  const parts: Buffer[] = [];
  let at = 0;
  const copy = (folder: string): void => {
    const nameEnd = body.indexOf(0, at);
    const lineEnd = body.indexOf(10, nameEnd);
    const name = body.toString('utf8', at, nameEnd);
    const [entries = '', trees = ''] = body.toString('latin1', nameEnd + 1, lineEnd).split(' ');
    const path = folder + name;
    const end = lineEnd + 1 + (Number(entries) < 0 ? 0 : idBytes);
    const isStale = stale.has(path);
    parts.push(isStale ? Buffer.from(`${name}\0-1 ${trees}\n`) : body.subarray(at, end));
    at = end;
    for (let tree = 0; tree < Number(trees); tree++) copy(path === '' ? '' : `${path}/`);
  };
  if (body.length > 0) copy('');
  return Buffer.concat(parts);
}

/** '' and every folder on the way. */
const foldersOf = (path: string): string[] => {
  const names = path.split('/').slice(0, -1);
  return ['', ...names.map((_, index) => names.slice(0, index + 1).join('/'))];
};
