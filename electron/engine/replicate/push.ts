/** The giving half of an exchange. */
import type { Page, Places, Push, PushAnswer, Row } from '../../../shared/contracts/peer-protocol.ts';
import { countMissing, covers, coversAll, emptyVector, parseVector } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import { ok, type Problem, type Result } from '../../../shared/result.ts';
import type { ExchangeDeps } from './exchange.ts';
import { isFurther } from './hidden.ts';
import { learn, type Round, type Tally } from './pull.ts';

/** Whether the other side lacks something of ours, or may know more of it than it was told. */
export const lacks = (
  { home }: Pick<ExchangeDeps, 'home'>,
  { link, state }: Pick<Round, 'link' | 'state'>,
): boolean => !coversAll(state.vector, home.offered(link)) || home.scope(link) !== state.told;

/** Gives what the other side lacks, a page at a time, until it has all or takes no more. */
export async function push(deps: ExchangeDeps, round: Round, tally: Tally): Promise<Result<null>> {
  const { home, settings } = deps;
  const { link, state } = round;
  const room = { rows: countMissing(home.offered(link), emptyVector) };
  const mayGive = (): boolean => !round.isOver() && !round.isTaking() && link.rights().read;
  if (countMissing(home.offered(link), state.vector) >= limits.muchRows) await round.letAsk();
  while (mayGive() && lacks(deps, round)) {
    const page = home.page(link, state.vector, settings().batchSize);
    const told = state.told;
    const isNewlyTold = (page.scope ?? '') !== told;
    if (page.changes.length === 0 && !isNewlyTold) return ok(null);
    const answer = await pushPage(round, tally, page);
    if (!answer.ok) return answer;
    // Whoever asked meanwhile under which rights it is goes on asking by itself.
    const asked = state.told === told ? (answer.value.hidden ?? []) : [];
    const shown = await showHidden(deps, round, tally, { asked, room });
    if (!shown.ok) return shown;
    state.told = page.scope ?? '';
    if (answer.value.gained === 0 && !isNewlyTold) return ok(null);
  }
  return ok(null);
}

async function pushPage(
  round: Round,
  { done, problems }: Tally,
  page: Page & Pick<Push, 'contents'>,
): Promise<Result<PushAnswer & { gained: number }>> {
  const { link, state } = round;
  const known = state.vector;
  const answer = await link.push(toPush(page));
  if (!answer.ok) return answer;
  round.lacks = answer.value.lacks ?? [];
  const after = parseVector(answer.value.vector);
  if (!after.ok) return after;
  // It may have said more meanwhile than when it answered.
  learn(state, after.value);
  const isGained = ({ node, sequence }: Row): boolean =>
    covers(after.value, node, sequence) && !covers(known, node, sequence);
  const gained = page.changes.filter(isGained).length;
  done.pushed += gained;
  state.pushed += gained;
  done.conflicts += answer.value.conflicts.length;
  problems.push(...(answer.value.problems as Problem[]));
  return ok({ ...answer.value, gained });
}

/**
 * Gives what was hidden from the other side, for as long as it has got less left after each answer, and in one exchange
 * no more rows than there are: who says each time that it lacks others keeps none running.
 */
async function showHidden(
  { home }: ExchangeDeps,
  round: Round,
  tally: Tally,
  { asked, room }: { asked: Places; room: { rows: number } },
): Promise<Result<null>> {
  let places = asked;
  while (places.length > 0 && room.rows > 0 && !round.isOver() && round.link.rights().read) {
    const page = home.at(round.link, places);
    if (page.changes.length === 0) return ok(null);
    room.rows -= page.changes.length;
    const answer = await pushPage(round, tally, page);
    if (!answer.ok) return answer;
    const left = answer.value.hidden ?? [];
    if (!isFurther(left, places)) return ok(null);
    places = left;
  }
  return ok(null);
}

/** Gives contents that the other side said it lacks: each once, for it may say so again until it has looked. */
export async function giveContents(deps: ExchangeDeps, round: Round, tally: Tally): Promise<Result<null>> {
  const { home } = deps;
  const { link } = round;
  const given = new Set<string>();
  while (!round.isOver() && link.rights().read) {
    const contents = home.contents(
      link,
      round.lacks.filter((hash) => !given.has(hash)),
    );
    if (contents.length === 0) return ok(null);
    for (const { hash } of contents) given.add(hash);
    const answer = await pushPage(round, tally, { ...home.at(link, []), contents });
    if (!answer.ok) return answer;
  }
  return ok(null);
}

function toPush({ changes, ends = [], contents, ...page }: Page & Pick<Push, 'contents'>): Push {
  const nodes = new Set(changes.map(({ node }) => node));
  return {
    changes,
    source_watermark: page.watermark,
    node_id: page.node_id,
    vector: page.vector,
    ends: ends.filter(({ node }) => nodes.has(node)),
    ...(page.scope === undefined ? {} : { scope: page.scope }),
    ...(page.to_come === undefined ? {} : { to_come: page.to_come }),
    ...(contents === undefined ? {} : { contents }),
    now_ms: page.now_ms,
  };
}
