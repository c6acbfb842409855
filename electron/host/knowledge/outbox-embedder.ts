/** Who embeds the notes of an outbox: the built-in embedder, or the server that this device was told to use. */
import { hostOf, isOnThisMachine, isServer } from '../../../shared/domain/knowledge/embedder-choice.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import { systemClock } from '../../adapters/system-clock.ts';
import { createBuiltinEmbedder } from '../../engine/knowledge/builtin-embedder.ts';
import type { Embedder } from '../../engine/knowledge/knowledge-ports.ts';
import type { Log } from '../../engine/ports.ts';
import { headless } from '../git-tokens.ts';
import { defaultHostSettings, readHostSettings } from '../host-settings.ts';
import { openEmbedderKeys } from './embedder-keys.ts';
import { builtinPlan, type EmbedderPlan, openEmbedder } from './open-embedder.ts';

export type OutboxEmbedder = 'builtin' | 'device';

type Place = { dataFolder: string; env: NodeJS.ProcessEnv; log: Log };

/** `host`: where the text of the notes goes; undefined where it stays on this machine. */
export type OpenedOutboxEmbedder = { embedder: Embedder; host: string | undefined };

/**
 * Fails with `bad-input` where the device was told to send only some files to that server: of notes in a database its
 * patterns say nothing.
 */
export async function openOutboxEmbedder(
  which: OutboxEmbedder,
  place: Place,
  signal: AbortSignal,
): Promise<Result<OpenedOutboxEmbedder>> {
  const plan = which === 'builtin' ? builtinPlan : await readPlan(place);
  const { choice, only } = plan;
  const host = isServer(choice) && !isOnThisMachine(choice.url) ? hostOf(choice.url) : undefined;
  if (host !== undefined && only.length > 0) return err(onlySome(host));
  return ok({ embedder: openEmbedder(plan, { clock: systemClock, signal }).embedder, host });
}

/** Those whose index somebody may search, the one that the device was told to use first. */
export async function embeddersOf(place: Place, signal: AbortSignal): Promise<[Embedder, ...Embedder[]]> {
  const chosen = await openOutboxEmbedder('device', place, signal);
  const builtin = createBuiltinEmbedder();
  return chosen.ok && chosen.value.embedder.model !== builtin.model
    ? [chosen.value.embedder, builtin]
    : [builtin];
}

/** As a running Skein has it. */
async function readPlan({ dataFolder, env, log }: Place): Promise<EmbedderPlan> {
  const { embedder: choice } = (await readHostSettings(dataFolder)) ?? defaultHostSettings();
  if (!isServer(choice)) return builtinPlan;
  const { key } = await openEmbedderKeys({ dataFolder, env, log, choice: headless }).find(choice);
  return { choice, key, only: choice.only.length === 0 ? [] : [choice.only] };
}

const onlySome = (host: string): Problem =>
  problem(
    'bad-input',
    '--embedder device',
    `Only some files of this device may go to ${host}, and the patterns that say which cannot be held against notes in a PostgreSQL.`,
    'Leave the option out, so that the built-in embedder is used, or let all go there: `skein knowledge embedder … --only all`.',
  );
