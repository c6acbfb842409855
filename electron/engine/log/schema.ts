/**
 * The tables of one replica's log, as migrations. A migration that shipped never changes; a new one is added.
 * `PRAGMA user_version` holds the number of migrations that ran.
 */

/**
 * Version 1.
 *
 * `log` is the append-only truth: every change, and every consolidation or withdrawal, is one row. `position` is
 * the local order of arrival and the value of every cursor; (`node`, `sequence`) is what replication compares;
 * `stamp` names the row everywhere. Only annotations are ever updated in a row: who did it (better evidence came
 * later), and which consolidation folded it.
 *
 * `content` holds each version's bytes once, packed with zstd. `packed` is null once the retention collected them.
 *
 * `files` is the known state of the disk: what the scan compares with. It moves in the transaction of the change.
 *
 * `own_writes` is the intent of a write of ours that may be on the disk already while its change is not in the
 * log yet; start-up settles what a crash left there.
 *
 * `activity` and `cursors` are derived and can be dropped and rebuilt from `log`.
 */
const version1 = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE content (
  id INTEGER PRIMARY KEY,
  hash TEXT NOT NULL UNIQUE,
  md5 TEXT NOT NULL,
  size INTEGER NOT NULL,
  packed BLOB
);

CREATE TABLE log (
  position INTEGER PRIMARY KEY,
  stamp TEXT NOT NULL UNIQUE,
  -- The stamp's milliseconds again, because SQLite cannot count with hexadecimal text.
  at_ms INTEGER NOT NULL,
  node TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('created', 'modified', 'deleted', 'consolidated', 'withdrawn')),
  path TEXT,
  class TEXT,
  content INTEGER REFERENCES content (id),
  previous INTEGER REFERENCES content (id),
  parents TEXT NOT NULL DEFAULT '',
  agent TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT 'none',
  evidence TEXT NOT NULL DEFAULT '[]',
  consolidation INTEGER,
  baseline INTEGER NOT NULL DEFAULT 0,
  UNIQUE (node, sequence)
);
-- One file's versions in order.
CREATE INDEX log_by_path ON log (path, position) WHERE path IS NOT NULL;
CREATE INDEX log_by_agent ON log (agent, position) WHERE path IS NOT NULL;
CREATE INDEX log_by_class ON log (class, position) WHERE path IS NOT NULL;
-- 'modified' is nearly every row, so reading in order finds it as fast as an index would.
CREATE INDEX log_by_rare_kind ON log (kind, position) WHERE kind <> 'modified';
-- Carries the path, so that counting by file reads no rows. Queries name it: the planner prefers others.
CREATE INDEX log_pending ON log (position, path) WHERE consolidation IS NULL AND baseline = 0 AND path IS NOT NULL;
CREATE INDEX log_by_consolidation ON log (consolidation, position) WHERE consolidation IS NOT NULL;

CREATE TABLE files (
  path TEXT PRIMARY KEY,
  class TEXT NOT NULL,
  content INTEGER REFERENCES content (id),
  size INTEGER NOT NULL,
  mtime_ns TEXT NOT NULL,
  ctime_ns TEXT NOT NULL,
  inode TEXT NOT NULL,
  mode INTEGER NOT NULL,
  -- Unix milliseconds of the look that saw this state; decides whether an equal time stamp proves anything.
  seen_ms INTEGER NOT NULL,
  head TEXT NOT NULL,
  position INTEGER NOT NULL,
  versions INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE consolidations (
  position INTEGER PRIMARY KEY REFERENCES log (position),
  trigger_type TEXT NOT NULL,
  conditions TEXT NOT NULL,
  -- {"node": [[first, last], ...]}: the sequences that it folds, so that every replica folds the same ones.
  covers TEXT NOT NULL,
  changes INTEGER NOT NULL,
  files INTEGER NOT NULL,
  agents TEXT NOT NULL,
  report TEXT NOT NULL,
  locale TEXT NOT NULL,
  report_file TEXT,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'written', 'skipped', 'undone')),
  -- What is still to be done in the report file: 'insert', 'remove' or nothing.
  file_work TEXT,
  problem TEXT
);
CREATE INDEX consolidations_at_work ON consolidations (position) WHERE file_work IS NOT NULL;

CREATE TABLE own_writes (
  path TEXT PRIMARY KEY,
  content INTEGER NOT NULL REFERENCES content (id),
  evidence TEXT NOT NULL,
  consolidation INTEGER
) WITHOUT ROWID;

CREATE TABLE cursors (reader TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE activity (
  bucket_ms INTEGER NOT NULL,
  agent TEXT NOT NULL,
  changes INTEGER NOT NULL,
  PRIMARY KEY (bucket_ms, agent)
) WITHOUT ROWID;
`;

/**
 * Version 2: replication.
 *
 * `log` takes rows of other nodes, too. Three more kinds: `conflict` and `resolved` say what the inbox holds,
 * `hidden` keeps the place of a row that a peer may not see or that was refused, so that sequences have no gap.
 * `payload` is what a record says, as JSON. `merge` marks a version that the merge rule worked out. `held` is an
 * annotation of this replica: 1 waits for approval, 2 was rejected. `via` is the link that it came over.
 * SQLite cannot widen a CHECK, so the table is made anew; what refers to it steps aside meanwhile.
 *
 * `heads` are the changes of a file that are nobody's parent: derived from `log`, moved with each row.
 *
 * `conflicts` is the inbox: derived from the records, one row for each version that lost.
 *
 * `links` is what we know of each replica that we exchange changes with, so that a restart asks for nothing twice.
 *
 * `files.head` holds every head that the bytes on the disk stand for, joined by commas.
 */
const version2 = `
CREATE TABLE consolidations_aside AS SELECT * FROM consolidations;
DROP TABLE consolidations;

CREATE TABLE log_next (
  position INTEGER PRIMARY KEY,
  stamp TEXT NOT NULL UNIQUE,
  at_ms INTEGER NOT NULL,
  node TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN
    ('created', 'modified', 'deleted', 'consolidated', 'withdrawn', 'conflict', 'resolved', 'hidden')),
  path TEXT,
  class TEXT,
  content INTEGER REFERENCES content (id),
  previous INTEGER REFERENCES content (id),
  parents TEXT NOT NULL DEFAULT '',
  agent TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT 'none',
  evidence TEXT NOT NULL DEFAULT '[]',
  consolidation INTEGER,
  baseline INTEGER NOT NULL DEFAULT 0,
  payload TEXT,
  merge INTEGER NOT NULL DEFAULT 0,
  held INTEGER NOT NULL DEFAULT 0,
  via TEXT,
  UNIQUE (node, sequence)
);
INSERT INTO log_next (position, stamp, at_ms, node, sequence, kind, path, class, content, previous, parents,
  agent, source, evidence, consolidation, baseline)
SELECT position, stamp, at_ms, node, sequence, kind, path, class, content, previous, parents,
  agent, source, evidence, consolidation, baseline FROM log;
DROP TABLE log;
ALTER TABLE log_next RENAME TO log;
CREATE INDEX log_by_path ON log (path, position) WHERE path IS NOT NULL;
CREATE INDEX log_by_agent ON log (agent, position) WHERE path IS NOT NULL;
CREATE INDEX log_by_class ON log (class, position) WHERE path IS NOT NULL;
CREATE INDEX log_by_rare_kind ON log (kind, position) WHERE kind <> 'modified';
CREATE INDEX log_pending ON log (position, path) WHERE consolidation IS NULL AND baseline = 0 AND path IS NOT NULL;
CREATE INDEX log_by_consolidation ON log (consolidation, position) WHERE consolidation IS NOT NULL;
-- Whether a peer holds a content is asked for every row that it gets.
CREATE INDEX log_by_content ON log (content) WHERE content IS NOT NULL;
CREATE INDEX log_held ON log (position) WHERE held = 1;
CREATE INDEX log_left_out ON log (position) WHERE held >= 3;
-- Rows that a peer may show us some day; what was refused stays so.
CREATE INDEX log_hidden ON log (node, sequence) WHERE kind = 'hidden' AND payload IS NULL;

CREATE TABLE consolidations (
  position INTEGER PRIMARY KEY REFERENCES log (position),
  trigger_type TEXT NOT NULL,
  conditions TEXT NOT NULL,
  covers TEXT NOT NULL,
  changes INTEGER NOT NULL,
  files INTEGER NOT NULL,
  agents TEXT NOT NULL,
  report TEXT NOT NULL,
  locale TEXT NOT NULL,
  report_file TEXT,
  state TEXT NOT NULL CHECK (state IN ('waiting', 'written', 'skipped', 'undone')),
  file_work TEXT,
  problem TEXT
);
INSERT INTO consolidations SELECT * FROM consolidations_aside;
DROP TABLE consolidations_aside;
CREATE INDEX consolidations_at_work ON consolidations (position) WHERE file_work IS NOT NULL;

-- Contents on their way: without a checksum, or with one that is marked because they are wanted again.
CREATE INDEX content_awaited ON content (id) WHERE packed IS NULL AND md5 < '0';

CREATE TABLE heads (
  path TEXT NOT NULL,
  stamp TEXT NOT NULL,
  PRIMARY KEY (path, stamp)
) WITHOUT ROWID;
INSERT INTO heads SELECT path, head FROM files;

CREATE TABLE conflicts (
  path TEXT NOT NULL,
  -- The version that is not in the file, and the one that was kept.
  loser TEXT NOT NULL,
  winner TEXT NOT NULL,
  -- Hash of the content that both come from.
  base TEXT,
  at_ms INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'resolved', 'dismissed')),
  -- Stamp of the record that decided it last: of two people who decide apart, the later one counts everywhere.
  decided TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (path, loser)
) WITHOUT ROWID;
CREATE INDEX conflicts_open ON conflicts (at_ms) WHERE state = 'open';

CREATE TABLE links (
  link TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  node TEXT NOT NULL DEFAULT '',
  vector TEXT NOT NULL DEFAULT '0',
  -- Under which of our rights it spoke last, and how far it was asked under these for what it had hidden.
  scope TEXT NOT NULL DEFAULT '',
  shown TEXT NOT NULL DEFAULT '0',
  -- Under which of its rights we spoke last.
  told TEXT NOT NULL DEFAULT '',
  since_ms INTEGER NOT NULL,
  asked_ms INTEGER,
  -- When it last said what it holds; and when it last came back after a long time, and after how long.
  heard_ms INTEGER,
  back_ms INTEGER,
  away_ms INTEGER,
  clock_offset_ms INTEGER,
  problem TEXT,
  bytes_in INTEGER NOT NULL DEFAULT 0,
  bytes_out INTEGER NOT NULL DEFAULT 0,
  changes_in INTEGER NOT NULL DEFAULT 0,
  changes_out INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;

-- What a write of ours stands on, when that is not simply the known state of its file.
ALTER TABLE own_writes ADD COLUMN lineage TEXT;
`;

/**
 * Version 3: movements of git (docs/decisions/0026-movements-of-git.md).
 *
 * `movements` are the switches, resets and rebases that brought versions, and `log.movement` says which one brought a
 * row. A `local` row is told to no other replica: its place is held, as for one that was refused.
 *
 * A file is `displaced` when git put something in the place of what is shared: `content` then stands for the heads in
 * `head`, whose own content is `shared`. `home` and `home_head` are what lay there before git moved it first, and
 * `home_branch` is the branch that was left then, if it was left.
 */
const version3 = `
CREATE TABLE movements (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  from_name TEXT NOT NULL,
  to_name TEXT NOT NULL,
  commit_id TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  grew INTEGER NOT NULL
);
ALTER TABLE log ADD COLUMN movement INTEGER REFERENCES movements (id);
ALTER TABLE log ADD COLUMN local INTEGER NOT NULL DEFAULT 0;
CREATE INDEX log_by_movement ON log (movement, position) WHERE movement IS NOT NULL;
ALTER TABLE files ADD COLUMN displaced INTEGER NOT NULL DEFAULT 0;
ALTER TABLE files ADD COLUMN shared INTEGER REFERENCES content (id);
ALTER TABLE files ADD COLUMN home INTEGER REFERENCES content (id);
ALTER TABLE files ADD COLUMN home_head TEXT NOT NULL DEFAULT '';
ALTER TABLE files ADD COLUMN home_branch TEXT;
`;

/**
 * Version 4: where displaced files are at home.
 *
 * `home_commit` is the commit that was checked out where a displaced file was at home, and `home_on` its branch, if there
 * was one: so it is known when git is back there, or that branch has what lies here.
 *
 * `log_of_somebody_here` finds what somebody wrote for this replica alone, which is rare.
 */
const version4 = `
ALTER TABLE files ADD COLUMN home_on TEXT;
ALTER TABLE files ADD COLUMN home_commit TEXT;
CREATE INDEX log_of_somebody_here ON log (path, position) WHERE local = 1 AND agent <> 'git';
`;

export const migrations: readonly string[] = [version1, version2, version3, version4];
