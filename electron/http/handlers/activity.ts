/** Changes per day and agent, in the viewer's days. */
import { limits } from '../../../shared/limits.ts';
import { err, ok } from '../../../shared/result.ts';
import { chooseEngine } from '../choose-workspace.ts';
import { badField } from '../collect-input.ts';
import type { Deps, Handler } from '../deps.ts';
import { type DayOf, viewerDays } from '../viewer-days.ts';

const dayMs = 24 * 60 * 60_000;

/** Changes in a range, at most `limits.activityDays` long. Fails with `bad-input` naming the field. */
export const getActivity: Handler<'getActivity'> = (deps, input) => {
  const engine = chooseEngine(deps.host, input.workspace);
  if (!engine.ok) return engine;
  const { fromMs, toMs } = rangeOf(deps, input);
  if (toMs - fromMs > limits.activityDays * dayMs) {
    return err(badField('from_ms', 'is too early', `Ask for at most ${limits.activityDays} days at once.`));
  }
  const dayOf = viewerDays(input);
  if (!dayOf.ok) return dayOf;
  return ok(foldActivity(engine.value.log.activity(fromMs, toMs), dayOf.value));
};

function rangeOf({ nowMs }: Deps, input: { from_ms?: number | undefined; to_ms?: number | undefined }) {
  const toMs = input.to_ms ?? nowMs();
  return { fromMs: input.from_ms ?? toMs - limits.activityDays * dayMs, toMs };
}

type Bucket = { bucketMs: number; agent: string; changes: number };

/** Folds buckets of 15 minutes, which no time zone's midnight cuts, into days of the viewer, oldest first. */
export function foldActivity(buckets: readonly Bucket[], dayOf: DayOf) {
  const changesByDay = new Map<string, Map<string, number>>();
  const changesByAgent = new Map<string, number>();
  for (const { bucketMs, agent, changes } of buckets) {
    const day = dayOf(bucketMs);
    const ofDay = changesByDay.get(day) ?? new Map<string, number>();
    changesByDay.set(day, add(ofDay, agent, changes));
    add(changesByAgent, agent, changes);
  }
  return {
    days: [...changesByDay.keys()].toSorted().map((day) => ({
      day,
      changes_by_agent: Object.fromEntries(changesByDay.get(day) ?? []),
    })),
    agents: [...changesByAgent]
      .map(([agent, changes]) => ({ agent, changes }))
      .toSorted((left, right) => right.changes - left.changes || left.agent.localeCompare(right.agent)),
  };
}

function add(changesByAgent: Map<string, number>, agent: string, changes: number): Map<string, number> {
  return changesByAgent.set(agent, (changesByAgent.get(agent) ?? 0) + changes);
}
