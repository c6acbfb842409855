/**
 * What the exchange of index files remembers, beside the folder and never inside it.
 *
 * `files` is what the last look found, with the facts by which the next one knows that a file need not be read again.
 * `seen` are the bytes that ever lay under a path; what is seen and not in `files` was deleted here.
 * `agreed` is what we and a peer held alike when an exchange with it last ended, `met` with whom one ever did.
 * `root` is the folder that all this is about: another one, an empty mount point say, deletes nothing. Nor does it count
 * as deleted when most files are gone at once: they are forgotten, as if they had never been here.
 */

import { areTooMany } from '../../../../shared/domain/knowledge/index-exchange.ts';
import { limits } from '../../../../shared/limits.ts';
import type { Sql } from '../../ports.ts';
import type { Agreements, IndexFile } from './exchange-ports.ts';

export type SeenFile = IndexFile & { facts: string };

export type IndexLedger = Agreements & {
  /** Call before anything else of a look: forgets all when it is about another folder. */
  begin(root: string): void;
  files(): Map<string, SeenFile>;
  file(path: string): SeenFile | undefined;
  count(): number;
  /** These and no others are there now. Returns how many files are gone, too many at once to be believed deleted. */
  replace(files: ReadonlyMap<string, SeenFile>): number;
  put(file: SeenFile): void;
  drop(path: string): void;
  wasDeleted(path: string, md5: string): boolean;
  close(): void;
};

const tables = `
CREATE TABLE IF NOT EXISTS root (folder TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS files (path TEXT PRIMARY KEY, md5 TEXT NOT NULL, size INTEGER NOT NULL, facts TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen (id INTEGER PRIMARY KEY, path TEXT NOT NULL, md5 TEXT NOT NULL, UNIQUE (path, md5));
CREATE TABLE IF NOT EXISTS met (peer TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS agreed (peer TEXT NOT NULL, path TEXT NOT NULL, md5 TEXT NOT NULL, PRIMARY KEY (peer, path)) WITHOUT ROWID;
`;

type NameRow = { path: string; md5: string };

export function openIndexLedger(sql: Sql): IndexLedger {
  sql.exec(tables);
  return {
    begin: (root) => sql.transaction(() => beginWith(sql, root)),
    files: () => filesOf(sql),
    file: (path) => sql.prepare<SeenFile>('SELECT * FROM files WHERE path = ?').get(path),
    count: () => sql.prepare<{ count: number }>('SELECT count(*) AS count FROM files').get()?.count ?? 0,
    replace: (files) => sql.transaction(() => replaceFiles(sql, files)),
    put: (file) => sql.transaction(() => putFile(sql, file)),
    drop: (path) => dropFile(sql, path),
    wasDeleted: (path, md5) =>
      sql
        .prepare(
          'SELECT 1 FROM seen WHERE path = ? AND md5 = ? AND NOT EXISTS (SELECT 1 FROM files WHERE files.path = seen.path)',
        )
        .get(path, md5) !== undefined,
    with: (peer) => agreedWith(sql, peer),
    agree: (peer, alike) => sql.transaction(() => agree(sql, peer, alike)),
    close: () => sql.close(),
  };
}

const filesOf = (sql: Sql): Map<string, SeenFile> =>
  new Map(
    sql
      .prepare<SeenFile>('SELECT * FROM files')
      .all()
      .map((it) => [it.path, it]),
  );

/** Nearly always nearly nothing is other than before. */
function replaceFiles(sql: Sql, files: ReadonlyMap<string, SeenFile>): number {
  const before = filesOf(sql);
  const gone = [...before.keys()].filter((path) => !files.has(path));
  const isBelieved = !areTooMany(gone.length, before.size);
  for (const path of gone) {
    dropFile(sql, path);
    if (!isBelieved) sql.prepare('DELETE FROM seen WHERE path = ?').run(path);
  }
  for (const file of files.values()) if (before.get(file.path)?.facts !== file.facts) putFile(sql, file);
  sql.prepare('DELETE FROM seen WHERE id <= (SELECT max(id) FROM seen) - ?').run(limits.indexRowsSeen);
  return isBelieved ? 0 : gone.length;
}

const dropFile = (sql: Sql, path: string): void =>
  void sql.prepare('DELETE FROM files WHERE path = ?').run(path);

function beginWith(sql: Sql, root: string): void {
  const known = sql.prepare<{ folder: string }>('SELECT folder FROM root').get();
  if (known?.folder === root) return;
  sql.exec('DELETE FROM root; DELETE FROM files; DELETE FROM seen; DELETE FROM met; DELETE FROM agreed');
  sql.prepare('INSERT INTO root VALUES (?)').run(root);
}

/** The oldest versions of one path give way: who has had none of the newest ones is far behind anyway. */
function putFile(sql: Sql, { path, md5, size, facts }: SeenFile): void {
  sql.prepare('INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)').run(path, md5, size, facts);
  const { changes } = sql.prepare('INSERT OR IGNORE INTO seen (path, md5) VALUES (?, ?)').run(path, md5);
  if (changes === 0) return;
  sql
    .prepare(
      'DELETE FROM seen WHERE path = ? AND id NOT IN (SELECT id FROM seen WHERE path = ? ORDER BY id DESC LIMIT ?)',
    )
    .run(path, path, limits.indexVersionsSeen);
}

function agreedWith(sql: Sql, peer: string): Map<string, string> | undefined {
  if (sql.prepare('SELECT 1 FROM met WHERE peer = ?').get(peer) === undefined) return undefined;
  const rows = sql.prepare<NameRow>('SELECT path, md5 FROM agreed WHERE peer = ?').all(peer);
  return new Map(rows.map(({ path, md5 }) => [path, md5]));
}

function agree(sql: Sql, peer: string, alike: ReadonlyMap<string, string>): void {
  sql.prepare('INSERT OR IGNORE INTO met VALUES (?)').run(peer);
  sql.prepare('DELETE FROM agreed WHERE peer = ?').run(peer);
  const insert = sql.prepare('INSERT INTO agreed VALUES (?, ?, ?)');
  for (const [path, md5] of alike) insert.run(peer, path, md5);
}
