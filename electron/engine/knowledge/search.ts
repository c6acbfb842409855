/** Hybrid search: BM25 over the words, the nearest vectors, and reciprocal rank fusion of the two. */
import { fuseRanks } from '../../../shared/domain/knowledge/fuse-ranks.ts';
import {
  type Mark,
  marksOf,
  type WantedWords,
  wantedWords,
} from '../../../shared/domain/knowledge/match-words.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { Learner, NoteCatalogue, NoteFacts, NoteFilter } from './knowledge-ports.ts';
import type { Near, Nearest } from './nearest.ts';
import type { Passage, Passages, Within } from './passages.ts';

export type SearchMode = 'hybrid' | 'words' | 'meaning';

export type SearchRequest = NoteFilter & { text: string; mode: SearchMode; atMost: number };

/** Why a passage was found: its place in each list, from 1, and how near it is. */
export type Why = { words: number | null; meaning: number | null; cosine: number | null };

export type FoundPassage = Passage & {
  facts: NoteFacts;
  /** UTF-16 offsets of what matched in `text`. */
  marks: Mark[];
  why: Why;
  score: number;
};

export type SearchAnswer = {
  passages: FoundPassage[];
  /** Set when the search by meaning was not what it should be: why, and what was searched instead. */
  problem: Problem | undefined;
};

export type SearchDeps = {
  passages: Passages;
  nearest: Nearest;
  catalogue: NoteCatalogue;
  embedQuery: Learner['embedQuery'];
};

/** Fails with `bad-input` when the filter's pattern is none. A text without a word finds nothing. */
export async function searchPassages(
  deps: SearchDeps,
  request: SearchRequest,
): Promise<Result<SearchAnswer>> {
  const within = chooseNotes(deps, request);
  if (!within.ok) return within;
  const wanted = wantedWords(request.text);
  if (wanted === undefined) return ok({ passages: [], problem: undefined });
  const wide = Math.max(limits.fusedPassages, request.atMost);
  const byWords = request.mode !== 'meaning' ? deps.passages.byWords(wanted, within.value, wide) : [];
  const near = await findNear(deps, request, { within: within.value, wide });
  const fused = fuse(byWords, near.passages, request);
  return ok({ passages: describe(deps, fused, wanted), problem: near.problem });
}

/** Passages of other notes that are nearest to the one at this line. Fails with `not-found`. */
export async function similarPassages(
  deps: Omit<SearchDeps, 'embedQuery'>,
  { note, line, atMost }: { note: string; line: number; atMost: number },
): Promise<Result<SearchAnswer>> {
  const here = deps.passages.at(note, line);
  if (here === undefined) return err(noPassage(note, line));
  const { near, others } =
    here.vector === undefined
      ? { near: nothing, others: [] }
      : await nearestOthers(deps, { note, vector: here.vector, atMost });
  const found = others.map(({ id, cosine }, nth) => ({
    id,
    score: cosine,
    why: { words: null, meaning: nth + 1, cosine },
  }));
  return ok({ passages: describe(deps, found, undefined), problem: near.problem });
}

const nothing: Near = { passages: [], problem: undefined };

type Here = { note: string; vector: Float32Array; atMost: number };

/** The passages of a journal are all alike, and may be the nearest for a long way. */
async function nearestOthers({ nearest, passages }: Pick<SearchDeps, 'nearest' | 'passages'>, here: Here) {
  for (let wide = 4 * here.atMost; ; wide *= 4) {
    const near = await nearest(here.vector, undefined, wide, here.note);
    const known = passages.get(near.passages.map(({ id }) => id));
    const others = near.passages.filter(({ id }) => known.get(id)?.note !== here.note).slice(0, here.atMost);
    if (others.length === here.atMost || near.passages.length < wide) return { near, others };
  }
}

function chooseNotes({ catalogue, passages }: SearchDeps, request: NoteFilter): Result<Within> {
  const { path, agent, fileClass, sinceMs } = request;
  if ([path, agent, fileClass, sinceMs].every((it) => it === undefined)) return ok(undefined);
  const chosen = catalogue.select(request);
  return chosen.ok ? ok(passages.idsOf(chosen.value)) : chosen;
}

/** A model that cannot be asked now leaves the words, and is said. */
async function findNear(
  { embedQuery, nearest }: SearchDeps,
  { mode, text }: SearchRequest,
  { within, wide }: { within: Within; wide: number },
): Promise<Near> {
  if (mode === 'words') return nothing;
  const vector = await embedQuery(text);
  if (!vector.ok) return { passages: [], problem: vector.error };
  return nearest(vector.value, within, wide);
}

type Fused = { id: number; score: number; why: Why };

function fuse(byWords: readonly number[], near: Near['passages'], { atMost }: SearchRequest): Fused[] {
  const cosineById = new Map(near.map(({ id, cosine }) => [id, cosine]));
  const lists = [
    { name: 'words', ids: byWords.map(String) },
    { name: 'meaning', ids: near.map(({ id }) => String(id)) },
  ];
  return fuseRanks(lists)
    .slice(0, atMost)
    .map(({ id, score, ranks }) => ({
      id: Number(id),
      score,
      why: {
        words: ranks['words'] ?? null,
        meaning: ranks['meaning'] ?? null,
        cosine: cosineById.get(Number(id)) ?? null,
      },
    }));
}

function describe(
  { passages, catalogue }: Omit<SearchDeps, 'embedQuery'>,
  found: readonly Fused[],
  wanted: WantedWords | undefined,
): FoundPassage[] {
  const passageById = passages.get(found.map(({ id }) => id));
  const facts = catalogue.facts([...passageById.values()].map(({ note }) => note));
  return found.flatMap(({ id, score, why }) => {
    const passage = passageById.get(id);
    const known = passage && facts.get(passage.note);
    // A note that is gone is found no more, though its passages may not have been taken out yet.
    if (passage === undefined || known === undefined) return [];
    const marks = wanted === undefined ? [] : marksOf(passage.text, wanted);
    return [{ ...passage, facts: known, marks, why, score }];
  });
}

const noPassage = (note: string, line: number): Problem =>
  problem(
    'not-found',
    note,
    `The index has no passage of ${note} at line ${line}.`,
    'It may not be indexed yet: `skein knowledge notes` says so. Give a line that has text.',
  );
