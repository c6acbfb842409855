/** The commands that are about other replicas: what they sent, and what a person decided about it. */
import type { Change } from '../../shared/domain/change.ts';
import { limits } from '../../shared/limits.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Core } from './core.ts';
import type { Answers, Command } from './events.ts';
import type { News, Works } from './handle-event.ts';
import { decideHeld, type ResolveRequest, resolveConflict } from './replicate/inbox-commands.ts';
import { keepAside } from './replicate/keep-aside.ts';
import type { Taken } from './replicate/take-page.ts';

/** Tells of changes that are in the log now. */
type Recorded = (works: Works, changes: readonly Change[]) => void;

/** Rows of another replica: listeners hear of them as of any change, and other peers get them from us. */
export async function takePage(
  works: Works,
  arrived: (works: Works, news: News) => void,
  { rows, sender, said, more }: Extract<Command, { name: 'take-page' }>,
): Promise<Result<Answers['take-page']>> {
  const { core } = works;
  const last = lastPosition(core);
  const openBefore = works.replication.inbox.openCount();
  const taken = await works.replication.take(rows, sender, { said, more });
  if (taken.rows > 0) {
    arrived(works, newsOf(core, last, taken));
    core.emitter.emit('inbox', {});
    if (taken.records) await works.consolidation.giveWay();
    // Whoever wrote it tells others by itself, mostly; a merge of ours nobody else tells.
    if (taken.changes.length > 0) works.wakePeers();
    else works.timers.atLatest('relay', limits.relayMs, { kind: 'relay-due' });
  }
  const conflicts = Math.max(0, works.replication.inbox.openCount() - openBefore);
  const { rows: count, problems, parted, cut, missing } = taken;
  return ok({ rows: count, conflicts, problems, parted, cut, lacking: missing.length > 0 });
}

/** What came behind the position `last`, and what was hidden until now. */
function newsOf(
  { reader }: Core,
  last: number,
  { paths, revealed }: Pick<Taken, 'paths' | 'revealed'>,
): News {
  return {
    paths,
    get changes() {
      const known = revealed.flatMap((stamp) => reader.changeByStamp(stamp) ?? []);
      return [...known, ...reader.changes({ after: last, limit: limits.pageRows })];
    },
  };
}

const lastPosition = (core: Core): number =>
  core.sql.prepare<{ last: number | null }>('SELECT max(position) AS last FROM log').get()?.last ?? 0;

/** What a person decided about a conflict is news for every replica. */
export async function resolve(
  works: Works,
  recorded: Recorded,
  request: ResolveRequest,
): Promise<Result<Answers['resolve-conflict']>> {
  const deps = { core: works.core, work: works.replication, recordDisk: works.disk.recordDisk };
  const resolved = await resolveConflict(deps, request);
  if (resolved.ok && resolved.value !== null) recorded(works, [resolved.value]);
  works.core.emitter.emit('inbox', {});
  works.wakePeers();
  return resolved;
}

/** What a pull could not merge waits in the inbox of every replica. */
export async function keepPulled(
  works: Works,
  recorded: Recorded,
  { versions }: Extract<Command, { name: 'keep-aside' }>,
): Promise<Result<Answers['keep-aside']>> {
  const { inbox } = works.replication;
  const { recordDisk } = works.disk;
  const { kept, changes } = await keepAside({ core: works.core, inbox, recordDisk }, versions);
  recorded(works, changes);
  works.core.emitter.emit('inbox', {});
  works.wakePeers();
  return ok(kept);
}

/** What a person decided about changes that wait counts on this device. */
export async function decide(
  works: Works,
  recorded: Recorded,
  { stamps, verdict }: Extract<Command, { name: 'decide-held' }>,
): Promise<Result<Answers['decide-held']>> {
  const deps = { core: works.core, work: works.replication, recordDisk: works.disk.recordDisk };
  const decided = await decideHeld(deps, stamps, verdict);
  if (decided.ok) recorded(works, decided.value.changes);
  works.core.emitter.emit('inbox', {});
  works.core.emitter.emit('files', {});
  return decided;
}
