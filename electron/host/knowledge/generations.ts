/**
 * The index files of one replica: the one that serves, and beside it the one that is being made because the model, the
 * way of cutting notes or the tables changed, or somebody wants the index anew. Each lies in a file with a number; a
 * file whose making was cut short is gone on with, one that nobody needs any more is removed. One whose tables are of a
 * version that cannot be brought up to ours stays until another one serves.
 */
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chunkerVersion } from '../../../shared/domain/knowledge/chunk-markdown.ts';
import { ProblemError } from '../../../shared/result.ts';
import { isIndexOfOurs, openIndex } from '../../engine/knowledge/index-schema.ts';
import {
  type IndexDeps,
  type KnowledgeIndex,
  openKnowledgeIndex,
} from '../../engine/knowledge/knowledge-index.ts';
import { readMeta, writeMeta } from '../../engine/log/open-log.ts';
import type { Log, Sql } from '../../engine/ports.ts';

export type Generation = KnowledgeIndex & { number: number; making: string };

export type Generations = {
  /** What is searched. While the first one is made it is that one, as far as it got. */
  serving(): Generation;
  /** What is made beside it. */
  building(): Generation | undefined;
  /** Begins another one; one that is being made already is thrown away. */
  rebuild(): void;
  /** Lets go of the one that serves, because it cannot be read: the one that is made serves as far as it got. */
  abandon(): void;
  /** The one that is made serves from now on, and the former one goes. */
  install(): void;
  /** Keeps the store of the one that serves; undefined while that is of another model, or none is set. */
  feed(): KnowledgeIndex['feed'];
  /** Bytes of all files. */
  bytes(): number;
  close(): void;
};

export type GenerationsDeps = {
  folder: string;
  openSql(file: string): Sql;
  indexer: IndexDeps;
  /** What keeps up an index of a model that is set no longer. */
  formerly(model: string): Pick<IndexDeps, 'embedder' | 'embeds'>;
  log: Log;
};

/** Also what SQLite keeps beside an index: a removal that was cut short may leave only that. */
const filePattern = /^knowledge-(\d+)\.db(?:-wal|-shm)?$/;
export const fileOf = (folder: string, number: number): string => join(folder, `knowledge-${number}.db`);

/** Indexes of which the vectors can be compared. */
export const makingOf = (model: string): string => `${model} ${chunkerVersion}`;

/** Names of models have no blank. A store that is set holds the vectors of the model that is set, and no others. */
function depsOf({ indexer, formerly }: GenerationsDeps, making: string): IndexDeps {
  const [model = ''] = making.split(' ');
  return model === indexer.embedder.model ? indexer : { ...indexer, ...formerly(model), store: undefined };
}

export function openGenerations(deps: GenerationsDeps): Generations {
  const making = makingOf(deps.indexer.embedder.model);
  mkdirSync(deps.folder, { recursive: true, mode: 0o700 });
  const found = numbersIn(deps.folder).flatMap((number) => openKnown(deps, number) ?? []);
  const isCurrent = (it: Generation): boolean => it.making === making;
  const own = new Set(found.map(({ number }) => number));
  const foreign = numbersIn(deps.folder).filter((number) => !own.has(number));
  let serving =
    found.findLast((it) => it.isComplete() && isCurrent(it)) ?? found.findLast((it) => it.isComplete());
  let building = found.findLast((it) => !it.isComplete() && isCurrent(it));
  if (serving !== undefined && isCurrent(serving) && (building?.number ?? 0) < serving.number)
    building = undefined;
  for (const it of found) if (it !== serving && it !== building) discard(deps, it);
  if (serving !== undefined) for (const number of foreign) removeUnneeded(deps, number);
  const begin = (): Generation => make(deps, making, Math.max(0, ...numbersIn(deps.folder)) + 1);
  if (serving === undefined || !isCurrent(serving)) building ??= begin();

  return {
    serving: () => serving ?? (building as Generation),
    building: () => building,
    rebuild() {
      const former = building;
      building = begin();
      if (former !== undefined) discard(deps, former);
    },
    abandon() {
      if (building === undefined || serving === undefined) return;
      discard(deps, serving);
      serving = undefined;
    },
    install() {
      if (building === undefined) return;
      building.markComplete();
      const former = serving;
      serving = building;
      building = undefined;
      if (former !== undefined) discard(deps, former);
      for (const number of foreign) removeUnneeded(deps, number);
    },
    feed: () => (serving !== undefined && isCurrent(serving) ? serving.feed : undefined),
    bytes: () => readdirSync(deps.folder).reduce((sum, name) => sum + sizeOf(join(deps.folder, name)), 0),
    close() {
      for (const it of [serving, building]) stopWork(it);
      for (const it of [serving, building]) it?.sql.close();
    },
  };
}

const numbersIn = (folder: string): number[] => fileNumbers(readdirSync(folder));

/** Of all indexes that have one of these files, rising. */
export const fileNumbers = (names: readonly string[]): number[] => {
  const numbers = names.flatMap((name) => filePattern.exec(name)?.[1] ?? []);
  return [...new Set(numbers.map(Number))].sort((one, other) => one - other);
};

/** One that is damaged, or was never begun, is removed: all of it is in the log. */
function openKnown(deps: GenerationsDeps, number: number): Generation | undefined {
  const file = fileOf(deps.folder, number);
  let sql: Sql | undefined;
  try {
    sql = deps.openSql(file);
    openIndex(sql);
    if (!isIndexOfOurs(sql)) return leave(deps, sql, file);
    const making = readMeta(sql, 'making');
    if (making !== undefined) return { ...openKnowledgeIndex(sql, depsOf(deps, making)), number, making };
  } catch (cause) {
    sql?.close();
    sql = undefined;
    // One that is only busy, or on a full disk, is as good as before.
    if (!(cause instanceof ProblemError && cause.problem.code === 'database-corrupt')) throw cause;
    deps.log.warn('A knowledge index cannot be read, so it is made anew from the log.', { file, cause });
  }
  sql?.close();
  removeFiles(file);
  return undefined;
}

/** Another Skein may come back to it, and what it took to make it is gone with it. */
function leave({ log }: GenerationsDeps, sql: Sql, file: string): undefined {
  sql.close();
  log.warn('A knowledge index is of another version of Skein, so one is made beside it from the log.', {
    file,
  });
}

function make(deps: GenerationsDeps, making: string, number: number): Generation {
  const index = openKnowledgeIndex(deps.openSql(fileOf(deps.folder, number)), deps.indexer);
  writeMeta(index.sql, 'making', making);
  return { ...index, number, making };
}

function discard(deps: GenerationsDeps, { number, sql, indexer, feed }: Generation): void {
  stopWork({ indexer, feed });
  sql.close();
  removeUnneeded(deps, number);
}

function removeUnneeded({ folder, log }: GenerationsDeps, number: number): void {
  try {
    removeFiles(fileOf(folder, number));
  } catch (cause) {
    // The next opening finds it, and that nobody needs it.
    log.warn('A knowledge index that is not needed any more could not be removed.', { cause });
  }
}

function stopWork(it: Pick<Generation, 'indexer' | 'feed'> | undefined): void {
  it?.indexer.stop();
  it?.feed?.stop();
}

function removeFiles(file: string): void {
  for (const end of ['', '-wal', '-shm']) rmSync(`${file}${end}`, { force: true });
}

const sizeOf = (file: string): number => (existsSync(file) ? statSync(file).size : 0);
