/** What waits for a person: conflicts between replicas, and instructions from other devices. */

import type { ConflictJson } from '../../../shared/contracts/inbox-api.ts';
import { decodeUtf8, encodeUtf8 } from '../../../shared/domain/utf8.ts';
import { err, ok, type Problem, problem } from '../../../shared/result.ts';
import type { Engine } from '../../engine/engine-contract.ts';
import type { Conflict } from '../../engine/replicate/inbox.ts';
import type { Resolution } from '../../engine/replicate/inbox-commands.ts';
import { chooseEngine } from '../choose-workspace.ts';
import type { Handler } from '../deps.ts';
import { changeWriter } from '../to-json.ts';

/** Newest first. */
export const listConflicts: Handler<'listConflicts'> = ({ host }, { workspace, state }) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  const conflicts = engine.value.conflicts(state ?? 'open').flatMap((it) => toJson(engine.value, it) ?? []);
  return ok({ conflicts, open: engine.value.conflicts('open').length });
};

/** Fails with `not-found`. */
export const getConflict: Handler<'getConflict'> = ({ host }, { workspace, path, loser }) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  const found = engine.value.conflicts('all').find((it) => it.path === path && it.loser === loser);
  const conflict = found === undefined ? undefined : toJson(engine.value, found);
  if (found === undefined || conflict === undefined) return err(noConflict(path, loser));
  const { log } = engine.value;
  const textOf = (hash: string | null | undefined): string | null => {
    const bytes = hash == null ? undefined : log.content(hash);
    const decoded = bytes === undefined ? undefined : decodeUtf8(bytes);
    return decoded?.valid === true ? decoded.text : null;
  };
  const contentAt = (stamp: string) => log.changeByStamp(stamp)?.content;
  const current = log.files().find((file) => file.path === path);
  return ok({
    conflict,
    winner: textOf(contentAt(found.winner)),
    loser: textOf(contentAt(found.loser)),
    base: textOf(found.base),
    current: textOf(current?.content),
    current_checksum: current?.content ?? null,
  });
};

/** Fails with `not-found`, `content-collected`, `changed-meanwhile`, or what the disk says. */
export const resolveConflict: Handler<'resolveConflict'> = async ({ host }, input) => {
  const engine = chooseEngine(host, input.workspace);
  if (!engine.ok) return engine;
  const resolution = resolutionOf(input);
  if (resolution === undefined) return err(contentMissing);
  const { path, loser, seen, agent = 'human' } = input;
  const resolved = await engine.value.resolveConflict({ path, loser, resolution, agent, seen });
  if (!resolved.ok) return resolved;
  const change = resolved.value;
  return ok({ change: change === null ? null : changeWriter(engine.value.log)(change) });
};

function resolutionOf({
  how,
  content,
}: {
  how: Resolution['how'];
  content?: string | undefined;
}): Resolution | undefined {
  if (how !== 'write') return { how };
  return content === undefined ? undefined : { how, bytes: encodeUtf8(content) };
}

/** Oldest first. */
export const listApprovals: Handler<'listApprovals'> = ({ host }, { workspace }) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  return ok({ changes: engine.value.heldChanges().map(changeWriter(engine.value.log)) });
};

/** Fails with `not-found` when one of them does not wait; then nothing is decided. */
export const decideApprovals: Handler<'decideApprovals'> = async (
  { host },
  { workspace, stamps, verdict },
) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  const decided = await engine.value.decideHeld(stamps, verdict);
  if (!decided.ok) return decided;
  const { also } = decided.value;
  return ok({ decided: new Set(stamps).size + also.length, also });
};

function toJson({ log }: Engine, it: Conflict): ConflictJson | undefined {
  const [winner, loser] = [log.changeByStamp(it.winner), log.changeByStamp(it.loser)];
  if (winner === undefined || loser === undefined) return undefined;
  const write = changeWriter(log);
  return { file_path: it.path, winner: write(winner), loser: write(loser), at_ms: it.atMs, state: it.state };
}

const noConflict = (path: string, loser: string): Problem =>
  problem(
    'not-found',
    path,
    `${path} has no conflict with version ${loser.slice(0, 12)}.`,
    'GET /api/conflicts lists them.',
  );

const contentMissing = problem(
  'bad-input',
  'content',
  'To write a text, give it as "content".',
  'Or keep the file ("keep"), or take the other version ("take").',
);
