/** Stands for a model that nobody can ask any more, or not now: of its index the words are kept up. */
import { err, type Problem } from '../../../shared/result.ts';
import type { Embedder, NoteChoice } from './knowledge-ports.ts';

/** `reason` is what whoever searches by meaning is told. */
export function createSilentEmbedder(model: string, reason: Problem): Embedder {
  const refuse = async () => err(reason);
  return {
    model,
    dimensions: 0,
    answersLater: false,
    atOnce: { texts: 1, notes: 1 },
    embed: refuse,
    learner: () => ({ add: () => {}, remove: () => {}, save: () => new Uint8Array(), embedQuery: refuse }),
  };
}

/** What goes to such a model. */
export const noNote: NoteChoice = { name: 'none', has: () => false };
export const everyNote: NoteChoice = { name: 'all', has: () => true };
