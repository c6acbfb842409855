/** Files of the built interface in memory, with their compressed forms, as long as they are the same on the disk. */
import { readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { limits } from '../../shared/limits.ts';
import { contentType } from './static-path.ts';

export type Encoding = 'br' | 'gzip' | 'identity';
export type StaticFile = {
  type: string;
  /** Differs when the file does. */
  version: string;
  bytes(encoding: Encoding): Promise<Uint8Array<ArrayBuffer>>;
};

/** Under this many bytes compression gains nothing. */
const compressFrom = 1024;

/** Reads files below `folder`. Undefined when there is no such file, or it lies elsewhere by a link. */
export function createFileReader(
  folder: string,
): (names: readonly string[]) => Promise<StaticFile | undefined> {
  const fileByPath = new Map<string, StaticFile>();
  return async (names) => {
    const path = join(folder, ...names);
    const found = await findInside(folder, path);
    if (found === undefined) return undefined;
    const known = fileByPath.get(path);
    if (known?.version === found.version) return known;
    const file = createFile(await readFile(found.path), contentType(path), found.version);
    if (fileByPath.size >= limits.staticFiles) fileByPath.clear();
    fileByPath.set(path, file);
    return file;
  };
}

async function findInside(folder: string, path: string) {
  try {
    const [root, real] = await Promise.all([realpath(folder), realpath(path)]);
    const found = await stat(real);
    if (!found.isFile() || !real.startsWith(root + sep)) return undefined;
    return { path: real, version: `${found.size.toString(36)}-${Math.trunc(found.mtimeMs).toString(36)}` };
  } catch {
    return undefined;
  }
}

function createFile(plain: Uint8Array<ArrayBuffer>, type: string, version: string): StaticFile {
  const bytesByEncoding = new Map<Encoding, Promise<Uint8Array<ArrayBuffer>>>();
  return {
    type,
    version,
    bytes(encoding) {
      const known = bytesByEncoding.get(encoding) ?? compress(plain, encoding);
      bytesByEncoding.set(encoding, known);
      return known;
    },
  };
}

/** Brotli at 5 of 11: within some percent of the smallest, in a thirtieth of the time. Done once for each file. */
async function compress(
  plain: Uint8Array<ArrayBuffer>,
  encoding: Encoding,
): Promise<Uint8Array<ArrayBuffer>> {
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } };
  if (encoding === 'br') return promisify(brotliCompress)(plain, quality);
  if (encoding === 'gzip') return promisify(gzip)(plain, { level: 9 });
  return plain;
}

/** The encoding to send: the smallest that the client takes, where the type gains by it. */
export function chooseEncoding(file: StaticFile, size: number, accepted: string): Encoding {
  if (size < compressFrom || !/^(text\/|application\/(json|manifest)|image\/svg)/.test(file.type))
    return 'identity';
  const names = accepted
    .toLowerCase()
    .split(',')
    .map((part) => part.trim())
    .filter((part) => !/;\s*q=0(\.0*)?$/.test(part))
    .map((part) => part.split(';')[0]?.trim());
  if (names.includes('br')) return 'br';
  return names.includes('gzip') ? 'gzip' : 'identity';
}
