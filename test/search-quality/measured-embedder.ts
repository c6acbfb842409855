/** The embedder that a report is about: the built-in one, or a server that its user names. */
import { checkEmbedder } from '../../electron/adapters/check-embedder.ts';
import { createHttpEmbedder } from '../../electron/adapters/http-embedder.ts';
import { systemClock } from '../../electron/adapters/system-clock.ts';
import { createBuiltinEmbedder } from '../../electron/engine/knowledge/builtin-embedder.ts';
import type { Embedder } from '../../electron/engine/knowledge/knowledge-ports.ts';
import {
  serverWishShape,
  usualModelByKind,
  usualUrlByKind,
} from '../../shared/domain/knowledge/embedder-choice.ts';
import { ok, ProblemError } from '../../shared/result.ts';

export type Named = { embedder: string; model?: string | undefined; url?: string | undefined };

/** Throws with the reason when the server cannot be used. The key is that of the environment, as in Skein itself. */
export async function openMeasured({ embedder, model, url }: Named): Promise<Embedder> {
  if (embedder === 'builtin') return createBuiltinEmbedder();
  if (embedder !== 'ollama' && embedder !== 'openai')
    throw new Error(`--embedder is builtin, ollama or openai, not ${embedder}.`);
  const wish = serverWishShape.parse({
    kind: embedder,
    url: url ?? usualUrlByKind[embedder],
    model: model ?? usualModelByKind[embedder],
    requests_per_minute: null,
    price_per_million: null,
    only: [],
  });
  const isOpenai = wish.kind === 'openai' && wish.url === usualUrlByKind.openai;
  const key = process.env['SKEIN_EMBEDDING_KEY'] ?? (isOpenai ? process.env['OPENAI_API_KEY'] : undefined);
  const around = { clock: systemClock, signal: new AbortController().signal };
  const checked = await checkEmbedder(wish, { ...around, key });
  if (!checked.ok) throw new ProblemError(checked.error);
  return createHttpEmbedder({ ...wish, ...checked.value }, { ...around, key: ok(key) });
}
