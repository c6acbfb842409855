/**
 * The knowledge of a replica whose folder cannot be written: the index is searched as it was last brought up, and
 * everything else is refused with the reason.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Problem, ProblemError, problem, type Result } from '../../../shared/result.ts';
import { openSql } from '../../adapters/better-sqlite.ts';
import { openCodeIndex } from '../../adapters/code-index.ts';
import { systemClock } from '../../adapters/system-clock.ts';
import type { Engine } from '../../engine/engine-contract.ts';
import { hasCodes, isReadable } from '../../engine/knowledge/index-schema.ts';
import type { Learner, NoteState } from '../../engine/knowledge/knowledge-ports.ts';
import { openLearned } from '../../engine/knowledge/learned.ts';
import { createLogCatalogue, createLogNotes } from '../../engine/knowledge/log-notes.ts';
import { createNearPassages } from '../../engine/knowledge/near-passages.ts';
import { createNearest } from '../../engine/knowledge/nearest.ts';
import { createPassages } from '../../engine/knowledge/passages.ts';
import {
  type SearchAnswer,
  type SearchDeps,
  searchPassages,
  similarPassages,
} from '../../engine/knowledge/search.ts';
import { everyNote } from '../../engine/knowledge/silent-embedder.ts';
import { onlyOfTracked, onlyTracked } from '../../engine/knowledge/tracked-notes.ts';
import { readMeta } from '../../engine/log/open-log.ts';
import type { Sql } from '../../engine/ports.ts';
import { databaseFile, replicaFolder } from '../workspace-id.ts';
import { fileNumbers, fileOf, makingOf } from './generations.ts';
import type { Found, Knowledge } from './knowledge-contract.ts';
import { type EmbedderPlan, openEmbedder } from './open-embedder.ts';
import { createPatterns } from './tracked-patterns.ts';

type Deps = {
  dataFolder: string;
  engine: Pick<Engine, 'id' | 'settings'>;
  plan: EmbedderPlan;
  /** Why nothing can be written. */
  unwritable: Problem;
};

type Ask = (deps: SearchDeps) => Promise<Result<SearchAnswer>>;

export function createReadingKnowledge(deps: Deps): Knowledge {
  const refuse = async () => err(deps.unwritable);
  return {
    search: (request) => answer(deps, (index) => searchPassages(index, request)),
    similar: (place) => answer(deps, (index) => similarPassages(index, place)),
    state: refuse,
    notes: refuse,
    retry: refuse,
    rebuild: refuse,
    catchUp: refuse,
    catchUpServing: refuse,
    feed: refuse,
    checkStore: refuse,
    embeddings: refuse,
  };
}

async function answer(deps: Deps, ask: Ask): Promise<Result<Found>> {
  const opened: Sql[] = [];
  try {
    const log = openSql(databaseFile(deps.dataFolder, deps.engine.id), { readonly: true });
    opened.push(log);
    const index = openServing(join(replicaFolder(deps.dataFolder, deps.engine.id), 'knowledge'));
    if (index === undefined) return err(noIndex(deps.unwritable));
    opened.push(index);
    return await answerFrom(deps, { log, index }, ask);
  } catch (cause) {
    if (cause instanceof ProblemError) return err(cause.problem);
    throw cause;
  } finally {
    for (const sql of opened) sql.close();
  }
}

async function answerFrom(
  { engine, plan }: Deps,
  { log, index }: { log: Sql; index: Sql },
  ask: Ask,
): Promise<Result<Found>> {
  const patterns = createPatterns();
  patterns.follow(engine.settings().settings);
  const near = createNearPassages(index, openCodeIndex);
  const found = await ask({
    passages: createPassages(index),
    nearest: createNearest(index, { near, feed: undefined, shares: everyNote }),
    catalogue: onlyOfTracked(createLogCatalogue(log), patterns.isTracked),
    embedQuery: questionsOf(index, plan),
  });
  if (!found.ok) return found;
  const notes = onlyTracked(createLogNotes(log, { get: () => undefined }), patterns.isTracked);
  return ok({ ...found.value, behind: differing(index, await notes.states()) });
}

/** The newest one that is complete; undefined when there is none. */
function openServing(folder: string): Sql | undefined {
  const numbers = existsSync(folder) ? fileNumbers(readdirSync(folder)) : [];
  for (const number of numbers.toReversed()) {
    const sql = openSql(fileOf(folder, number), { readonly: true });
    if (isReadable(sql) && readMeta(sql, 'complete') === '1') return sql;
    sql.close();
  }
  return undefined;
}

function questionsOf(index: Sql, plan: EmbedderPlan): Learner['embedQuery'] {
  const { embedder } = openEmbedder(plan, { clock: systemClock, signal: new AbortController().signal });
  const isComparable = hasCodes(index) && readMeta(index, 'making') === makingOf(embedder.model);
  return isComparable
    ? openLearned(index, embedder, () => {}).learner.embedQuery
    : async () => err(notBroughtUp);
}

/** How many notes the index does not have as they are now. */
function differing(index: Sql, states: readonly NoteState[]): number {
  const rows = index
    .prepare<{ note: string; content: string | null }>('SELECT note, content FROM notes')
    .all();
  const contentByNote = new Map(rows.map(({ note, content }) => [note, content]));
  return states.filter(({ note, content }) => (contentByNote.get(note) ?? null) !== content).length;
}

const noIndex = (unwritable: Problem): Problem => ({
  ...unwritable,
  message: `No index of these notes is to be found, and none can be made. ${unwritable.message}`,
});

const notBroughtUp = problem(
  'paused',
  'search by meaning',
  'Only the words were searched: the index is of another model or of a version of Skein before this one.',
  'Search once where the data folder can be written, which brings it up to date.',
);
