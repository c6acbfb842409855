/** The folder of index files on a real disk, and on one that fails. */
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSql } from '../../electron/adapters/better-sqlite.ts';
import { type DiskCalls, patientCalls } from '../../electron/adapters/disk-calls.ts';
import { type IndexFolderDeps, openIndexFolder } from '../../electron/adapters/index-folder.ts';
import { openNew } from '../../electron/adapters/spool-file.ts';
import type { IndexFolder } from '../../electron/engine/knowledge/exchange/exchange-ports.ts';
import { openIndexLedger } from '../../electron/engine/knowledge/exchange/index-ledger.ts';
import { limits } from '../../shared/limits.ts';
import { must } from '../support/device.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const md5Of = (text: string) => createHash('md5').update(text).digest('hex');
const systemError = (code: string) => Object.assign(new Error(code), { code });

async function open(options: Partial<IndexFolderDeps> = {}, parent = temporaryFolder()) {
  const ledger = openIndexLedger(openSql(join(parent, 'ledger.db')));
  onTestFinished(() => ledger.close());
  const root = join(parent, 'indexes');
  const warned: string[] = [];
  const log = { warn: (message: string) => void warned.push(message) };
  const folder = must(await openIndexFolder(root, { ledger, nowMs: Date.now, log, ...options }));
  return { folder, root, parent, ledger, warned };
}

async function* pieces(...texts: string[]) {
  for (const text of texts) yield Buffer.from(text);
}

async function place(folder: IndexFolder, path: string, text: string, md5 = md5Of(text)) {
  return folder.placeVerified(await folder.spool(pieces(text)), { path, md5 });
}

async function drain(pieces: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const _ of pieces);
}

const unfinished = (root: string) => readdirSync(root).filter((name) => name.endsWith('.tmp'));

test('what was placed is found, read in pieces and removed; nothing unfinished stays', async () => {
  const { folder, root } = await open();
  must(await place(folder, 'catalog/faiss.index', 'vectors'));
  const [file] = must(await folder.look()).values();
  expect(file).toMatchObject({ path: 'catalog/faiss.index', md5: md5Of('vectors'), size: 7 });
  const read: Uint8Array[] = [];
  for await (const piece of folder.read(file!)) read.push(piece);
  expect(Buffer.concat(read).toString()).toBe('vectors');
  expect(must(await folder.remove('catalog/faiss.index', md5Of('others')))).toBe(false);
  expect(must(await folder.remove('catalog/faiss.index', md5Of('vectors')))).toBe(true);
  expect(must(await folder.look()).size).toBe(0);
  expect(unfinished(root)).toEqual([]);
});

test('bytes that do not have the MD5 that was said change nothing', async () => {
  const { folder, root } = await open();
  must(await place(folder, 'a.index', 'old'));
  expect(await place(folder, 'a.index', 'new', md5Of('other'))).toMatchObject({
    error: { code: 'bad-input' },
  });
  expect(readFileSync(join(root, 'a.index'), 'utf8')).toBe('old');
  expect(unfinished(root)).toEqual([]);
});

test('deleted is what lay here once and does no more, also when it was deleted while nobody looked', async () => {
  const { folder, root } = await open();
  mkdirSync(join(root, 'deep'));
  writeFileSync(join(root, 'deep/a.index'), 'first');
  must(await folder.look());
  writeFileSync(join(root, 'deep/a.index'), 'the second');
  must(await folder.look());
  expect(folder.wasDeleted('deep/a.index', md5Of('first'))).toBe(false);
  rmSync(join(root, 'deep/a.index'));
  must(await folder.look());
  expect(folder.wasDeleted('deep/a.index', md5Of('first'))).toBe(true);
  expect(folder.wasDeleted('deep/a.index', md5Of('the second'))).toBe(true);
  expect(folder.wasDeleted('deep/a.index', md5Of('never'))).toBe(false);
  expect(folder.wasDeleted('never.index', md5Of('first'))).toBe(false);
});

test('another folder under the same name, an empty mount point say, deletes nothing', async () => {
  const { folder, root, parent, ledger } = await open();
  must(await place(folder, 'a.index', 'vectors'));
  ledger.agree('http://peer/', new Map([['a.index', md5Of('vectors')]]));
  // Kept beside it, so that the new folder cannot have the same inode.
  renameSync(root, join(parent, 'unmounted'));
  mkdirSync(root);
  expect(must(await folder.look()).size).toBe(0);
  expect(folder.wasDeleted('a.index', md5Of('vectors'))).toBe(false);
  expect(ledger.with('http://peer/')).toBeUndefined();
});

test('of a folder in it whose disk is gone nothing counts as deleted, of a few files it does', async () => {
  const { folder, root, warned } = await open();
  for (const name of ['disk/a', 'disk/b', 'disk/c', 'd', 'e']) must(await place(folder, name, name));
  must(await folder.look());
  rmSync(join(root, 'e'));
  expect(must(await folder.look()).size).toBe(4);
  expect(folder.wasDeleted('e', md5Of('e'))).toBe(true);
  expect(warned).toEqual([]);
  renameSync(join(root, 'disk'), join(root, '../disk'));
  expect([...must(await folder.look()).keys()]).toEqual(['d']);
  for (const name of ['disk/a', 'disk/b', 'disk/c']) expect(folder.wasDeleted(name, md5Of(name))).toBe(false);
  expect(warned).toMatchObject([expect.stringMatching(/^3 index files .* are gone at once/)]);
  renameSync(join(root, '../disk'), join(root, 'disk'));
  expect(must(await folder.look()).size).toBe(4);
});

test('a file that somebody writes holds up no other; it is not gone, and is found when it rests', async () => {
  const { folder, root } = await open();
  for (const name of ['a', 'log']) must(await place(folder, name, name));
  must(await folder.look());
  writeFileSync(join(root, 'log'), Buffer.alloc(8 * limits.indexPieceBytes));
  let isWriting = true;
  const write = (): void => {
    appendFileSync(join(root, 'log'), 'x');
    if (isWriting) setImmediate(write);
  };
  write();
  expect([...must(await folder.look()).keys()]).toEqual(['a']);
  expect(folder.wasDeleted('log', md5Of('log'))).toBe(false);
  isWriting = false;
  expect([...must(await folder.look()).keys()]).toEqual(['a', 'log']);
});

test('links are not followed, not exchanged and not replaced', async () => {
  const { folder, root, parent } = await open();
  mkdirSync(join(parent, 'outside'));
  writeFileSync(join(parent, 'outside/secret.index'), 'secret');
  symlinkSync(join(parent, 'outside'), join(root, 'out'));
  symlinkSync(join(parent, 'outside/secret.index'), join(root, 'link.index'));
  mkdirSync(join(root, 'real'));
  symlinkSync(join(root, 'real'), join(root, 'inside'));
  expect(must(await folder.look()).size).toBe(0);
  expect(await place(folder, 'out/new.index', 'x')).toMatchObject({ error: { code: 'link-leaves' } });
  expect(await place(folder, 'inside/new.index', 'x')).toMatchObject({ error: { code: 'link-leaves' } });
  expect(await place(folder, 'link.index', 'x')).toMatchObject({ error: { code: 'changed-meanwhile' } });
  expect(await place(folder, 'link.index/below', 'x')).toMatchObject({ ok: false });
  expect(readdirSync(join(parent, 'outside'))).toEqual(['secret.index']);
  expect(readFileSync(join(parent, 'outside/secret.index'), 'utf8')).toBe('secret');
  expect(readdirSync(join(root, 'real'))).toEqual([]);
  expect(unfinished(root)).toEqual([]);
});

test('a folder that became a link since the look gives nothing away', async () => {
  const { folder, root, parent } = await open();
  must(await place(folder, 'catalog/a.index', 'vectors'));
  const file = must(await folder.look()).get('catalog/a.index')!;
  rmSync(join(root, 'catalog'), { recursive: true });
  mkdirSync(join(parent, 'outside'));
  writeFileSync(join(parent, 'outside/a.index'), 'secrets');
  symlinkSync(join(parent, 'outside'), join(root, 'catalog'));
  await expect(drain(folder.read(file))).rejects.toMatchObject({ problem: { code: 'link-leaves' } });
  expect(await folder.remove('catalog/a.index', undefined)).toMatchObject({ error: { code: 'link-leaves' } });
  expect(existsSync(join(parent, 'outside/a.index'))).toBe(true);
});

test('names differing only in case are refused on every disk, and so is a file where a folder is', async () => {
  const { folder } = await open();
  must(await place(folder, 'Catalog/a.index', 'x'));
  for (const path of ['catalog/b.index', 'Catalog/A.index', 'Catalog', 'Catalog/a.index/b'])
    expect(await place(folder, path, 'y'), path).toMatchObject({ error: { code: 'hostile-path' } });
  must(await place(folder, 'Catalog/a.index', 'the same name again is the same file'));
});

test('a full disk leaves the old file and nothing unfinished', async () => {
  const full = await open({
    openNew: async (file) => {
      const handle = await openNew(file);
      return {
        writeFile: () => Promise.reject(systemError('ENOSPC')),
        close: () => handle.close(),
      };
    },
  });
  writeFileSync(join(full.root, 'a.index'), 'old');
  await expect(full.folder.spool(pieces('new'))).rejects.toMatchObject({ problem: { code: 'disk-full' } });
  expect(readdirSync(full.root)).toEqual(['a.index']);
});

test('a disk that fails at any call leaves the old file or the new one, whole', async () => {
  const failing: (keyof DiskCalls)[] = ['open', 'rename', 'lstat', 'realpath'];
  for (const name of failing) {
    const calls = { ...patientCalls, [name]: () => Promise.reject(systemError('ENOSPC')) };
    const good = await open();
    must(await place(good.folder, 'deep/a.index', 'old'));
    const bad = await open({ calls }, good.parent);
    const outcome = await place(bad.folder, 'deep/a.index', 'new');
    expect(outcome, name).toMatchObject({ ok: false });
    expect(readFileSync(join(good.root, 'deep/a.index'), 'utf8'), name).toBe('old');
    expect(unfinished(good.root), name).toEqual([]);
  }
});

test('killed between the unfinished file and the rename: the old file is whole, and the rest goes at a later start', async () => {
  const { folder, root, parent } = await open();
  must(await place(folder, 'a.index', 'old'));
  // What a kill leaves: the file is spooled, and nobody places it any more.
  const { file } = await folder.spool(pieces('ne', 'w'));
  expect(readFileSync(join(root, 'a.index'), 'utf8')).toBe('old');
  expect([...must(await folder.look()).keys()]).toEqual(['a.index']);
  await open({}, parent);
  expect(existsSync(file)).toBe(true);
  const longAgo = (Date.now() - limits.indexLeftoverMs) / 1_000 - 1;
  utimesSync(file, longAgo, longAgo);
  await open({}, parent);
  expect(readdirSync(root)).toEqual(['a.index']);
});

test('a file is read anew when its facts changed, and never while it is not what was found', async () => {
  const { folder, root } = await open();
  writeFileSync(join(root, 'a.index'), 'first');
  const first = must(await folder.look()).get('a.index')!;
  writeFileSync(join(root, 'a.index'), 'other');
  await expect(drain(folder.read(first))).rejects.toMatchObject({ problem: { code: 'changed-meanwhile' } });
  const other = must(await folder.look()).get('a.index')!;
  expect(other.md5).toBe(md5Of('other'));
  rmSync(join(root, 'a.index'));
  await expect(drain(folder.read(other))).rejects.toMatchObject({ problem: { code: 'changed-meanwhile' } });
});

test('a file that is not what the last look found is not written over', async () => {
  const { folder, root } = await open();
  writeFileSync(join(root, 'a.index'), 'first');
  must(await folder.look());
  writeFileSync(join(root, 'a.index'), 'written meanwhile');
  writeFileSync(join(root, 'b.index'), 'new meanwhile');
  for (const path of ['a.index', 'b.index'])
    expect(await place(folder, path, 'theirs'), path).toMatchObject({ error: { code: 'changed-meanwhile' } });
  expect(readFileSync(join(root, 'a.index'), 'utf8')).toBe('written meanwhile');
  expect(readFileSync(join(root, 'b.index'), 'utf8')).toBe('new meanwhile');
  must(await folder.look());
  must(await place(folder, 'a.index', 'theirs'));
});

test('a file over the limit is refused as soon as it is, and nothing of it stays', async () => {
  const { folder, root } = await open({ fileBytes: 10 });
  async function* endless() {
    for (;;) yield Buffer.from('1234');
  }
  await expect(folder.spool(endless())).rejects.toMatchObject({ problem: { code: 'too-large' } });
  must(await place(folder, 'a.index', '1234567890'));
  expect(readdirSync(root)).toEqual(['a.index']);
});
