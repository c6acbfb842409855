/** The embedder of one index as it was chosen, and whose text it may have. */
import {
  type EmbedderChoice,
  hostOf,
  isOnThisMachine,
  isServer,
  modelNameOf,
} from '../../../shared/domain/knowledge/embedder-choice.ts';
import type { Problem, Result } from '../../../shared/result.ts';
import { createHttpEmbedder } from '../../adapters/http-embedder.ts';
import { createBuiltinEmbedder } from '../../engine/knowledge/builtin-embedder.ts';
import type { Embedder, NoteChoice } from '../../engine/knowledge/knowledge-ports.ts';
import { createSilentEmbedder, everyNote, noNote } from '../../engine/knowledge/silent-embedder.ts';
import type { Clock } from '../../engine/ports.ts';
import { notesSelectedBy } from './selected-notes.ts';

/** What a thread is told of the embedder; plain, so that it can be sent to it. */
export type EmbedderPlan = {
  choice: EmbedderChoice;
  /** Undefined where none is kept or needed; or why it cannot be had. */
  key: Result<string | undefined>;
  /** A note is sent to another machine only where each of these lists of patterns selects it. */
  only: readonly (readonly string[])[];
};

export const builtinPlan: EmbedderPlan = {
  choice: { kind: 'builtin' },
  key: { ok: true, value: undefined },
  only: [],
};

export type OpenedEmbedder = { embedder: Embedder; embeds: NoteChoice };

type Deps = { clock: Clock; signal: AbortSignal };

export function openEmbedder({ choice, key, only }: EmbedderPlan, deps: Deps): OpenedEmbedder {
  if (!isServer(choice)) return { embedder: createBuiltinEmbedder(), embeds: everyNote };
  const embedder = createHttpEmbedder(choice, { ...deps, key });
  return { embedder, embeds: notesSelectedBy(isOnThisMachine(choice.url) ? [] : only) };
}

/** What keeps up an index that another model made: the built-in one costs nothing, others are not asked any more. */
export function openFormerEmbedder(model: string, reason: Problem): OpenedEmbedder {
  const builtin = createBuiltinEmbedder();
  if (model === builtin.model) return { embedder: builtin, embeds: everyNote };
  return { embedder: createSilentEmbedder(model, reason), embeds: noNote };
}

/** The model that a server has, by the name under which vectors are shared; null with the built-in one. */
export const modelOfPlan = ({ choice }: EmbedderPlan): string | null =>
  isServer(choice) ? modelNameOf(choice) : null;

/** Where the text of notes goes; null where it stays in this process. */
export const hostOfPlan = ({ choice }: EmbedderPlan): string | null =>
  isServer(choice) ? hostOf(choice.url) : null;
