/**
 * The index of an outbox in a folder: one file for each model and way of cutting notes, which all workers on this folder
 * share. When either changes, another file is made beside the one that serves, until all notes are in it.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chunkerVersion } from '../../../shared/domain/knowledge/chunk-markdown.ts';
import type { LockMode } from '../../../shared/domain/lock.ts';
import { err, ok, type Problem, ProblemError, problem, type Result } from '../../../shared/result.ts';
import { openSql as openDatabase } from '../../adapters/better-sqlite.ts';
import { openCodeIndex } from '../../adapters/code-index.ts';
import { type FileLock, tryLockFile } from '../../adapters/file-lock.ts';
import { nodeCodec } from '../../adapters/node-codec.ts';
import type { OutboxQueueDeps } from '../../adapters/outbox-queue.ts';
import { systemClock } from '../../adapters/system-clock.ts';
import { systemRandom } from '../../adapters/system-random.ts';
import { hasCodes, isIndexOfOurs, isReadable, openIndex } from '../../engine/knowledge/index-schema.ts';
import { createPositionOf } from '../../engine/knowledge/index-target.ts';
import {
  type KnowledgeIndex,
  type OutsideWork,
  openKnowledgeIndex,
} from '../../engine/knowledge/knowledge-index.ts';
import type { Embedder, Learner, NoteCatalogue } from '../../engine/knowledge/knowledge-ports.ts';
import { type Learned, openLearned } from '../../engine/knowledge/learned.ts';
import { pathTest } from '../../engine/knowledge/log-notes.ts';
import { createNearPassages } from '../../engine/knowledge/near-passages.ts';
import { createNearest } from '../../engine/knowledge/nearest.ts';
import { createPassages } from '../../engine/knowledge/passages.ts';
import { type SearchAnswer, type SearchRequest, searchPassages } from '../../engine/knowledge/search.ts';
import { everyNote } from '../../engine/knowledge/silent-embedder.ts';
import { readMeta, writeMeta } from '../../engine/log/open-log.ts';
import type { Log, Sql } from '../../engine/ports.ts';

export type OutboxIndex = KnowledgeIndex & {
  /** Under which the outbox keeps its work. */
  name: string;
  close(): void;
};

export type OutboxIndexDeps = {
  folder: string;
  embedder: Embedder;
  log: Log;
  progressed(): void;
};

const openSql = (file: string, options: { readonly?: boolean } = {}): Sql =>
  openDatabase(file, {
    ...options,
    whenUnreadable:
      'Copy the folder of the index to where you may write, and name the copy with --index DIR.',
    whenDamaged:
      'The notes are untouched: index them into another folder, with `skein knowledge worker --index DIR`.',
  });

const filePattern = /^notes-[0-9a-f]{12}\.db$/;
const makingOf = (embedder: Embedder): string => `${embedder.model} ${chunkerVersion}`;
const fileOf = (folder: string, embedder: Embedder): string =>
  join(folder, `notes-${nodeCodec.sha256(Buffer.from(makingOf(embedder))).slice(0, 12)}.db`);

/** What a queue needs to know of the index that it is for. */
export type QueuedIndex = Pick<OutboxQueueDeps, 'index' | 'positionOf'>;

/** Makes what is missing. Throws `ProblemError` when the file cannot be used. */
export function openOutboxIndex(
  deps: OutboxIndexDeps,
  work: (queued: QueuedIndex) => OutsideWork,
): OutboxIndex {
  mkdirSync(deps.folder, { recursive: true, mode: 0o700 });
  const file = fileOf(deps.folder, deps.embedder);
  // Before the file is opened: whoever removes it looks whether it is held.
  const held = holdFile(file, 'shared');
  if (held === undefined) throw new ProblemError(beingRemoved(file));
  return undoneOnFailure(held.release, () => {
    const sql = openSql(file);
    return undoneOnFailure(sql.close, () => {
      const name = nameIn(sql, deps.embedder);
      const index = openOver(sql, deps, work({ index: name, positionOf: createPositionOf(sql) }));
      const close = (): void => {
        sql.close();
        held.release();
      };
      return { ...index, name, close };
    });
  });
}

/**
 * Removes the files of other models, once this one is complete, unless a worker is at one. Returns the names of their
 * indexes.
 */
export function removeFormer({ folder, embedder }: OutboxIndexDeps): string[] {
  const own = fileOf(folder, embedder);
  return filesIn(folder)
    .filter((file) => file !== own)
    .flatMap((file) => removeUnused(file) ?? []);
}

function removeUnused(file: string): string | undefined {
  const held = holdFile(file, 'exclusive');
  if (held === undefined) return undefined;
  try {
    const name = facts(file)?.name;
    for (const end of ['', '-wal', '-shm', lockEnd]) rmSync(`${file}${end}`, { force: true });
    return name;
  } finally {
    held.release();
  }
}

/** Beside the file: a lock on that itself would be in the way of SQLite's own. Undefined while others are in the way. */
const holdFile = (file: string, mode: LockMode): FileLock | undefined =>
  tryLockFile(`${file}${lockEnd}`, mode, true);
const lockEnd = '.lock';

/** Of those, the one by whose vectors the folder is searched: the first whose index is complete, or begun. */
export function searchedBy(folder: string, [first, ...others]: readonly [Embedder, ...Embedder[]]): Embedder {
  const all = [first, ...others];
  const known = new Map(filesIn(folder).map((file) => [file, facts(file)]));
  const indexOf = (embedder: Embedder) => known.get(fileOf(folder, embedder));
  return all.find((it) => indexOf(it)?.isComplete) ?? all.find((it) => indexOf(it)) ?? first;
}

/**
 * Reads only what lies in the folder. Fails with `not-found` when nothing was ever indexed into it, with `database-newer`
 * when another version of Skein did, and with `bad-input` for a pattern that is none.
 */
export async function searchOutboxIndex(
  deps: OutboxIndexDeps,
  request: SearchRequest,
): Promise<Result<SearchAnswer>> {
  const { folder, embedder } = deps;
  const file = servingFile(folder, embedder);
  if (file === undefined) return err(filesIn(folder).length === 0 ? noIndex(folder) : otherVersion());
  const sql = openToRead(file);
  try {
    const passages = createPassages(sql);
    const near = createNearPassages(sql, openCodeIndex);
    const nearest = createNearest(sql, { near, feed: undefined, shares: everyNote });
    const embedQuery = questionsOf(sql, embedder);
    return await searchPassages({ passages, nearest, catalogue: catalogueOf(sql), embedQuery }, request);
  } finally {
    sql.close();
  }
}

/** How a question is made a vector that can be compared with those of this index. */
function questionsOf(sql: Sql, embedder: Embedder): Learner['embedQuery'] {
  if (!hasCodes(sql)) return async () => err(formerVersion);
  if (readMeta(sql, 'making') !== makingOf(embedder)) return async () => err(otherModel(embedder.model));
  const learned = openLearned(sql, embedder, () => {});
  keepWherePossible(learned);
  return learned.learner.embedQuery;
}

/** So that the next question need not learn it anew; this one is answered without. */
function keepWherePossible({ keep }: Learned): void {
  try {
    keep();
  } catch (cause) {
    if (!(cause instanceof ProblemError)) throw cause;
  }
}

/** For writing, too, where that may be. */
function openToRead(file: string): Sql {
  try {
    return openSql(file);
  } catch (cause) {
    if (!(cause instanceof ProblemError && cause.problem.code === 'read-only')) throw cause;
    return openSql(file, { readonly: true });
  }
}

function openOver(sql: Sql, deps: OutboxIndexDeps, source: OutsideWork): KnowledgeIndex {
  const { embedder, log, progressed } = deps;
  return openKnowledgeIndex(sql, {
    source,
    embedder,
    embeds: everyNote,
    log,
    progressed,
    codec: nodeCodec,
    openCodes: openCodeIndex,
    clock: systemClock,
    random: systemRandom,
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  });
}

function undoneOnFailure<Value>(undo: () => void, work: () => Value): Value {
  try {
    return work();
  } catch (cause) {
    undo();
    throw cause;
  }
}

/** The name is drawn once: another index under it would be taken for one that has the notes. */
function nameIn(sql: Sql, embedder: Embedder): string {
  openIndex(sql);
  if (!isIndexOfOurs(sql)) throw new ProblemError(otherVersion());
  return sql.transaction(() => {
    const known = readMeta(sql, 'name');
    if (known !== undefined) return known;
    const name = `skein-${randomUUID()}`;
    writeMeta(sql, 'name', name);
    writeMeta(sql, 'making', makingOf(embedder));
    return name;
  });
}

const filesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => filePattern.test(name))
        .map((name) => join(folder, name))
    : [];

type FileFacts = { file: string; name: string | undefined; isComplete: boolean; changedMs: number };

/** Undefined of a file that is no index that this Skein can read. */
function facts(file: string): FileFacts | undefined {
  const sql = openSql(file, { readonly: true });
  try {
    if (!isReadable(sql)) return undefined;
    const isComplete = readMeta(sql, 'complete') === '1';
    return { file, name: readMeta(sql, 'name'), isComplete, changedMs: statSync(file).mtimeMs };
  } finally {
    sql.close();
  }
}

/** Ours once it is complete; before that another complete one, or ours as far as it got. */
function servingFile(folder: string, embedder: Embedder): string | undefined {
  const known = filesIn(folder).flatMap((file) => facts(file) ?? []);
  const own = known.find(({ file }) => file === fileOf(folder, embedder));
  if (own?.isComplete) return own.file;
  const complete = known.filter((it) => it.isComplete).sort((one, other) => one.changedMs - other.changedMs);
  return complete.at(-1)?.file ?? own?.file;
}

/** Of notes that have passages nothing else is known here. */
function catalogueOf(sql: Sql): NoteCatalogue {
  const all = sql.prepare<{ note: string }>('SELECT note FROM notes WHERE content IS NOT NULL');
  return {
    facts: (notes) =>
      new Map(notes.map((note) => [note, { note, fileClass: 'note', agent: 'unknown', changedMs: 0 }])),
    select(filter) {
      const matches = pathTest(filter);
      if (!matches.ok) return matches;
      return ok(all.all().flatMap(({ note }) => (matches.value(note) ? note : [])));
    },
  };
}

const noIndex = (folder: string): Problem =>
  problem(
    'not-found',
    folder,
    `There is no index of an outbox in ${folder}.`,
    'Let a worker make one: skein knowledge worker --index DIR.',
  );

const otherModel = (model: string): Problem =>
  problem(
    'paused',
    'search by meaning',
    `Only the words were searched: the index for the model ${model} is still being made.`,
    'It is used as soon as a worker has every note in it.',
  );

const formerVersion: Problem = problem(
  'paused',
  'search by meaning',
  'Only the words were searched: the index was made by a version of Skein before this one.',
  'Start a worker of this version: it brings the index up to date, and embeds no passage again.',
);

const beingRemoved = (file: string): Problem =>
  problem(
    'database-busy',
    file,
    `A worker with another model is removing the index ${file}.`,
    'Start this worker again: it makes another one.',
  );

const otherVersion = (): Problem =>
  problem(
    'database-newer',
    'the index',
    'The index in this folder was made by a version of Skein that this one cannot read.',
    'Use that version, or let a worker make an index anew in another folder: skein knowledge worker --index DIR.',
  );
