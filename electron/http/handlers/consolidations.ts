/** Consolidations: run one, read the history, take one back. */
import { limits } from '../../../shared/limits.ts';
import { err, ok, problem } from '../../../shared/result.ts';
import { chooseEngine } from '../choose-workspace.ts';
import type { Handler } from '../deps.ts';
import { consolidationToJson, triggerToJson } from '../to-json.ts';

/** Folds what is pending, whatever the trigger rules say; nothing to fold is a success with its own status. */
export const consolidate: Handler<'consolidate'> = async ({ host }, { workspace }) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  const outcome = await engine.value.consolidate();
  if (!outcome.ok) return outcome;
  const { trigger, changes, consolidation } = outcome.value;
  return ok({
    status: consolidation === null ? 'nothing_pending' : 'success',
    trigger: triggerToJson(trigger),
    changes_consolidated: changes,
    consolidation: consolidation === null ? null : consolidationToJson(consolidation),
  });
};

/** The history, newest first; `next` goes back in as `before`. */
export const listConsolidations: Handler<'listConsolidations'> = ({ host }, input) => {
  const engine = chooseEngine(host, input.workspace);
  if (!engine.ok) return engine;
  const { log } = engine.value;
  const rows = log.consolidations(input.before, input.limit ?? limits.pageRows);
  const last = rows.at(-1)?.position;
  const more = last !== undefined && log.consolidations(last, 1).length > 0;
  return ok({
    consolidations: rows.map(consolidationToJson),
    next: more ? last : null,
    total: log.consolidationCount(),
  });
};

/** One consolidation, by its stamp or the stamp's beginning, with its report as Markdown. */
export const getConsolidation: Handler<'getConsolidation'> = ({ host }, { workspace, stamp }) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  const found = engine.value.log.consolidation(stamp);
  if (found === undefined) return err(noConsolidation(stamp));
  return ok({ consolidation: consolidationToJson(found), report: engine.value.log.report(found.position) });
};

/** Takes a report out of the file; its changes are pending again. Fails with `already-undone`. */
export const undoConsolidation: Handler<'undoConsolidation'> = async ({ host }, { workspace, stamp }) => {
  const engine = chooseEngine(host, workspace);
  if (!engine.ok) return engine;
  const outcome = await engine.value.undoConsolidation(stamp);
  if (!outcome.ok) return outcome;
  return ok({
    consolidation: consolidationToJson(outcome.value.consolidation),
    changes_pending_again: outcome.value.changesPendingAgain,
  });
};

const noConsolidation = (stamp: string) =>
  problem(
    'not-found',
    stamp,
    `No consolidation has a stamp that begins with ${JSON.stringify(stamp)}.`,
    'GET /api/consolidations lists them.',
  );
