import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { openFiles } from '../../electron/adapters/node-files.ts';
import type { Files } from '../../electron/engine/ports.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeDisk } from '../support/fake-disk.ts';
import { asOrdinaryUser, temporaryFolder } from '../support/temporary-folder.ts';

/** One implementation of `Files`, and the same world seen from outside of it. Paths as in the port. */
export type FilesSubject = {
  files: Files;
  write(path: string, text: string): void;
  read(path: string): string | undefined;
  makeFolder(path: string): void;
  /** A path that begins with `/` is outside of the root. */
  makeLink(path: string, target: string): void;
  setMode(path: string, mode: number): void;
  move(from: string, to: string): void;
  remove(path: string): void;
  /** Names in a folder, sorted. */
  names(folder: string): string[];
  /** Runs the work without the rights of a superuser. */
  restricted<Value>(work: () => Promise<Value>): Promise<Value>;
};

/** Files of this machine in a new temporary folder, with another folder beside it that is outside. */
export async function realFiles(): Promise<FilesSubject> {
  const top = temporaryFolder();
  const root = join(top, 'workspace');
  const at = (path: string) => join(root, path);
  mkdirSync(root);
  mkdirSync(join(top, 'outside'));
  writeFileSync(join(top, 'outside', 'secret.md'), 'secret');
  for (const folder of [top, root]) chmodSync(folder, 0o755);
  const files = await openFiles(root);
  if (!files.ok) throw new Error(files.error.message);
  return {
    files: files.value,
    write(path, text) {
      mkdirSync(dirname(at(path)), { recursive: true });
      writeFileSync(at(path), text);
    },
    read: (path) => readIfThere(at(path)),
    makeFolder: (path) => void mkdirSync(at(path), { recursive: true }),
    makeLink: (path, target) => symlinkSync(target.startsWith('/') ? join(top, target) : target, at(path)),
    setMode: (path, mode) => chmodSync(at(path), mode),
    move: (from, to) => renameSync(at(from), at(to)),
    remove: (path) => rmSync(at(path), { recursive: true }),
    names: (folder) => readdirSync(at(folder)).sort(),
    restricted: asOrdinaryUser,
  };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Files in memory. */
export async function fakeFiles(): Promise<FilesSubject> {
  const disk = createFakeDisk({ clock: createFakeClock() });
  const names = (folder: string) =>
    [...disk.snapshot().keys()]
      .filter((path) => path.startsWith(folder === '' ? '' : `${folder}/`))
      .map((path) => path.slice(folder === '' ? 0 : folder.length + 1).split('/')[0] ?? '');
  return {
    files: disk.mount().files,
    write: (path, text) => disk.agentWrite(path, Buffer.from(text), 'in-place').finish(),
    read: (path) => {
      const bytes = disk.read(path);
      return bytes && Buffer.from(bytes).toString();
    },
    makeFolder: disk.makeFolder,
    makeLink: disk.makeLink,
    setMode: disk.setMode,
    move: disk.agentMove,
    remove: disk.agentDelete,
    names: (folder) => [...new Set(names(folder))].sort(),
    restricted: (work) => work(),
  };
}
