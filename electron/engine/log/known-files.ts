/** The known state of the disk: what the last look at each tracked file saw. */
import type { FileClass } from '../../../shared/domain/change.ts';
import type { CheckedOut } from '../../../shared/domain/movement.ts';
import { limits } from '../../../shared/limits.ts';
import type { FileStat, Sql } from '../ports.ts';

export type KnownFile = {
  path: string;
  fileClass: FileClass;
  /** Hash of what lies on the disk; null when the file is gone. */
  content: string | null;
  stat: FileStat;
  seenMs: number;
  /** Stamps of the changes that these bytes stand for: what is written on top of them has these for its parents. */
  heads: readonly string[];
  /** Set when git put these bytes in the place of what those changes say. */
  displaced?: Displaced | undefined;
};

/** Of a file that git moved: what is shared of it, and where it was at home before git moved it first. */
export type Displaced = {
  shared: string | null;
  home: Home;
};

/**
 * `branch`: the one that was left; undefined when git moved the file without leaving it. `place`: what was checked out
 * there, as far as git said so.
 */
export type Home = {
  content: string | null;
  heads: readonly string[];
  branch: string | undefined;
  place?: CheckedOut | undefined;
};

/** Permission bits of a file that did not exist: what an editor would give it. */
export const newFileMode = 0o644;

/** Facts that match nothing make the next look read the file. */
export const unknownStat: FileStat = {
  kind: 'file',
  size: -1,
  mtimeNs: '0',
  ctimeNs: '0',
  inode: '',
  mode: newFileMode,
};

type Row = {
  path: string;
  class: FileClass;
  hash: string | null;
  size: number;
  mtime_ns: string;
  ctime_ns: string;
  inode: string;
  mode: number;
  seen_ms: number;
  head: string;
  displaced: number;
  shared_hash: string | null;
  home_hash: string | null;
  home_head: string;
  home_branch: string | null;
  home_on: string | null;
  home_commit: string | null;
};

export type KnownFiles = {
  get(path: string): KnownFile | undefined;
  /** Paths that lie on the disk as far as we know. */
  present(): string[];
  presentCount(): number;
  /** All paths with history, whether something lies there or not. */
  everSeen(): string[];
  /** The same content was seen with other time stamps. */
  touch(path: string, stat: FileStat, seenMs: number): void;
  /** The bytes that are known stand for these changes. */
  standFor(path: string, heads: readonly string[]): void;
  /** What lies on the disk is what changes of other replicas say: known without a change of our own. */
  follow(file: KnownFile): void;
  /** What git made of the file, and stands in the place of what its heads say; undefined: it is what they say. */
  displace(path: string, displaced: Displaced | undefined): void;
  /** Paths of files in the place of which lies what git made of them. */
  displaced(): string[];
  /** Paths of new files of which only this replica has versions, so that nothing is known to lie there. */
  addedHere(): string[];
};

export function createKnownFiles(sql: Sql): KnownFiles {
  const one = sql.prepare<Row>(
    `SELECT f.*, c.hash, s.hash AS shared_hash, h.hash AS home_hash FROM files f
     LEFT JOIN content c ON c.id = f.content LEFT JOIN content s ON s.id = f.shared LEFT JOIN content h ON h.id = f.home
     WHERE f.path = ?`,
  );
  const present = sql.prepare<{ path: string }>(
    'SELECT path FROM files WHERE content IS NOT NULL ORDER BY path',
  );
  const seen = sql.prepare<{ path: string }>('SELECT path FROM files');
  const count = sql.prepare<{ files: number }>(
    'SELECT count(*) AS files FROM files WHERE content IS NOT NULL',
  );
  const touch = sql.prepare(
    'UPDATE files SET size = ?, mtime_ns = ?, ctime_ns = ?, inode = ?, mode = ?, seen_ms = ? WHERE path = ?',
  );
  const standFor = sql.prepare(`UPDATE files SET head = ?, ${atHome} WHERE path = ?`);
  const displace = sql.prepare(
    `UPDATE files SET displaced = ?, shared = (SELECT id FROM content WHERE hash = ?),
       home = (SELECT id FROM content WHERE hash = ?), home_head = ?, home_branch = ?, home_on = ?, home_commit = ?
     WHERE path = ?`,
  );
  const away = sql.prepare<{ path: string }>('SELECT path FROM files WHERE displaced = 1');
  const addedHere = sql.prepare<{ path: string }>(
    `SELECT DISTINCT path FROM log l INDEXED BY log_of_somebody_here WHERE local = 1 AND agent <> 'git'
       AND NOT EXISTS (SELECT 1 FROM files f WHERE f.path = l.path AND (f.content IS NOT NULL OR f.position >= l.position))`,
  );
  const follow = sql.prepare(
    `INSERT INTO files (path, class, content, size, mtime_ns, ctime_ns, inode, mode, seen_ms, head, position, versions)
     VALUES (?, ?, (SELECT id FROM content WHERE hash = ?), ?, ?, ?, ?, ?, ?, ?,
       (SELECT position FROM log WHERE stamp = ?), (SELECT count(*) FROM log WHERE path = ?))
     ON CONFLICT (path) DO UPDATE SET class = excluded.class, content = excluded.content, size = excluded.size,
       mtime_ns = excluded.mtime_ns, ctime_ns = excluded.ctime_ns, inode = excluded.inode, mode = excluded.mode,
       seen_ms = excluded.seen_ms, head = excluded.head, position = excluded.position, versions = excluded.versions,
       ${atHome}`,
  );
  return {
    get(path) {
      const row = one.get(path);
      return row === undefined ? undefined : toKnownFile(row);
    },
    present: () => present.all().map((row) => row.path),
    everSeen: () => seen.all().map((row) => row.path),
    presentCount: () => count.get()?.files ?? 0,
    standFor: (path, heads) => {
      standFor.run(joinHeads(heads), path);
    },
    follow({ path, fileClass, content, stat, seenMs, heads }) {
      follow.run(
        path,
        fileClass,
        content,
        stat.size,
        stat.mtimeNs,
        stat.ctimeNs,
        stat.inode,
        stat.mode,
        seenMs,
        joinHeads(heads),
        heads[0] ?? '',
        path,
      );
    },
    displaced: () => away.all().map((row) => row.path),
    addedHere: () => addedHere.all().map((row) => row.path),
    displace(path, displaced) {
      const { shared = null, home = nowhere } = displaced ?? {};
      const { content, heads, branch = null, place } = home;
      const [on, commit] = [place?.branch ?? null, place?.commit ?? null];
      displace.run(
        displaced === undefined ? 0 : 1,
        shared,
        content,
        joinHeads(heads),
        branch,
        on,
        commit,
        path,
      );
    },
    touch: (path, stat, seenMs) => {
      touch.run(stat.size, stat.mtimeNs, stat.ctimeNs, stat.inode, stat.mode, seenMs, path);
    },
  };
}

/** What is written whenever the bytes of a file are what its heads say. */
export const atHome =
  "displaced = 0, shared = NULL, home = NULL, home_head = '', home_branch = NULL, home_on = NULL, home_commit = NULL";

const nowhere: Home = { content: null, heads: [], branch: undefined };

/** In one order, so that equal sets are equal texts. */
export const joinHeads = (heads: readonly string[]): string => heads.toSorted().join(',');

const headsIn = (text: string): string[] => (text === '' ? [] : text.split(','));

function toKnownFile(row: Row): KnownFile {
  return {
    path: row.path,
    fileClass: row.class,
    content: row.hash,
    stat: {
      kind: 'file',
      size: row.size,
      mtimeNs: row.mtime_ns,
      ctimeNs: row.ctime_ns,
      inode: row.inode,
      mode: row.mode,
    },
    seenMs: row.seen_ms,
    heads: headsIn(row.head),
    ...(row.displaced === 0 ? {} : { displaced: displacedOf(row) }),
  };
}

const displacedOf = (row: Row): Displaced => ({
  shared: row.shared_hash,
  home: {
    content: row.home_hash,
    heads: headsIn(row.home_head),
    branch: row.home_branch ?? undefined,
    ...(row.home_commit !== null && {
      place: { branch: row.home_on ?? undefined, commit: row.home_commit },
    }),
  },
});

/**
 * Whether equal facts prove an equal file. A file that changed within the clock's granularity of our look can
 * look the same afterwards, so young facts prove nothing (git's "racy index").
 */
export function sameFile(known: KnownFile, stat: FileStat): boolean {
  const newestNs = [BigInt(stat.mtimeNs), BigInt(stat.ctimeNs)].reduce((a, b) => (a > b ? a : b));
  const young = known.seenMs - Number(newestNs / 1_000_000n) < limits.racyStatMs;
  return !young && known.content !== null && statKey(known.stat) === statKey(stat);
}

/** Facts that move whenever a file is written, replaced or renamed. */
export function statKey(stat: FileStat): string {
  return `${stat.inode} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
}
