/** What the loop does about other replicas: takes their changes, brings files forward, keeps the inbox. */
import type { Contents, Row } from '../../../shared/contracts/peer-protocol.ts';
import type { Change } from '../../../shared/domain/change.ts';
import { compileStrategies } from '../../../shared/domain/conflict-strategy.ts';
import { stampMillis } from '../../../shared/domain/stamp.ts';
import { limits } from '../../../shared/limits.ts';
import type { Problem } from '../../../shared/result.ts';
import type { Loser } from '../apply/lineage.ts';
import { waitsForGit } from '../apply/waits-for-git.ts';
import { type Core, ownWriteDeps } from '../core.ts';
import { createHeads } from '../log/heads.ts';
import { createHistory } from '../log/history.ts';
import { nodesOf, renewNode } from '../log/open-log.ts';
import { createVectorReader } from '../log/vector.ts';
import type { RecordDisk } from '../record-disk.ts';
import { shareMoved } from '../scan/brought.ts';
import { awaitedContents } from './awaited.ts';
import { createBodyReader } from './bodies.ts';
import { createInbox, type Inbox } from './inbox.ts';
import { type Awaiting, releaseLeftOut } from './left-out.ts';
import { enterLosers, type SettleDeps, settleFiles } from './settle-file.ts';
import { createPageTaker, type Said, type Sender, type Taken } from './take-page.ts';

export type ReplicationWork = {
  /** Takes rows into the log and brings their files forward; with `more` to come these wait for it, if they are small. */
  take(
    rows: readonly Row[],
    sender: Sender,
    page: { said: Said; more: boolean },
  ): Promise<Taken & { changes: Change[] }>;
  takeContents(contents: Contents): Promise<Change[]>;
  /** Looks again at changes of files that were not taken: from some of these senders they may be by now. */
  takeLeftOut(senders: readonly Sender[]): Promise<Change[]>;
  /** Brings these files forward; what cannot be done now is tried again later. */
  settle(paths: readonly string[]): Promise<Change[]>;
  /** Every file whose log and disk do not agree: at start, and after a failure. */
  settleAll(): Promise<Change[]>;
  /** Versions that a write of ours left out, though a crash came before they were told. Call in its transaction. */
  enterLosers(path: string, losers: readonly Loser[]): void;
  /** Whether the file does not stand for its heads, and may be brought forward. */
  mayMove(path: string): boolean;
  inbox: Inbox;
  problems(): ReadonlyMap<string, Problem>;
};

export type ReplicationDeps = {
  core: Core;
  recordDisk: RecordDisk;
  retryLater(): void;
  /** Files that wait for the next page are brought forward without it when none comes. */
  settleAfterPages(): void;
  /** Why no file can be brought forward now; undefined when nothing is in the way any more. */
  heldUp(why: Problem | undefined): void;
};

export function createReplicationWork({
  core,
  recordDisk,
  retryLater,
  settleAfterPages,
  heldUp,
}: ReplicationDeps): ReplicationWork {
  const inbox = createInbox(core.sql);
  const problems = new Map<string, Problem>();
  const arrived = createArrivals();
  const heads = createHeads(core.sql);
  const mustWait = (row: Awaiting, trusted: boolean): boolean =>
    row.waiting === true || (!trusted && isInstruction(core, row) && isNews(core, row));
  const takePage = createPageTaker({
    ...core,
    vector: createVectorReader(core.sql),
    nowMs: core.clock.nowMs,
    node: () => core.append.node,
    renewNode: () => void renewNode(core.sql, core.random, core.clock.nowMs()),
    mustWait,
  });

  function mayMove(path: string): boolean {
    const file = core.known.get(path);
    return file?.displaced === undefined && !isSame(file?.heads ?? [], heads.of(path));
  }

  const settleDeps = (): SettleDeps => ({
    write: ownWriteDeps(core, recordDisk),
    inbox,
    append: core.append,
    blobIds: core.blobIds,
    classify: (path) => core.settings.tracked().classify(path),
    plan: {
      find: createHistory(core.sql),
      heads,
      contents: core.contents,
      sha256: core.codec.sha256,
      strategy: compileStrategies(core.settings.current()),
      isLocal: (node) => nodesOf(core.sql).includes(node),
      isAged: (stamp) => core.clock.nowMs() - stampMillis(stamp) > limits.agedVersionDays * 86_400_000,
    },
  });

  /** They are found by what the log says of them, so nobody needs to remember them. */
  async function mustWaitForGit(paths: readonly string[]): Promise<boolean> {
    const behind = core.sql.transaction(() => paths.filter(mayMove));
    const why = behind.length === 0 ? undefined : await waitsForGit(core.git, sumOf(behind));
    heldUp(why);
    if (why !== undefined) retryLater();
    return why !== undefined;
  }

  async function settle(paths: readonly string[]): Promise<Change[]> {
    const changes: Change[] = [];
    for (const [path, settled] of await settledOrLater(paths)) {
      if (!settled.ok) problems.set(path, settled.error);
      else {
        problems.delete(path);
        if (settled.value !== undefined) changes.push(settled.value);
      }
    }
    // What we wrote may be the very bytes for which another head was waiting.
    const mayStandForMore = changes.some(({ path }) => heads.of(path).length > 1);
    if (problems.size > 0 || mayStandForMore) retryLater();
    return changes;
  }

  /** A full disk, for example: the rows are in the log by then, and nobody would look at their files again. */
  async function settledOrLater(paths: readonly string[]) {
    try {
      return (await mustWaitForGit(paths)) ? [] : await settleFiles(settleDeps(), paths);
    } catch (fault) {
      retryLater();
      throw fault;
    }
  }

  return {
    inbox,
    enterLosers: (path, losers) => enterLosers(settleDeps(), path, losers),
    problems: () => problems,
    mayMove,
    settle,
    async settleAll() {
      const shared = core.followsBranches() ? shareMoved(core) : [];
      const settled = await settle([...new Set([...heads.unsettled(), ...problems.keys()])]);
      return [...shared, ...settled];
    },
    async take(rows, sender, { said, more }) {
      const taken = takePage(rows, sender, said);
      arrived.add(taken);
      if (more && !arrived.areMany()) {
        settleAfterPages();
        return { ...taken, changes: [] };
      }
      return { ...taken, changes: await settle(arrived.empty()) };
    },
    takeLeftOut: (senders) => settle(releaseLeftOut({ sql: core.sql, mustWait }, senders)),
    async takeContents({ contents }) {
      const paths = core.sql.transaction(() => storeAwaited(core, contents));
      return settle(paths);
    },
  };
}

const sumOf = (paths: readonly string[]): string =>
  paths.length === 1 ? `${paths[0]}` : `${paths.length} files that others changed`;

const isSame = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((stamp) => others.includes(stamp));

/** Files of pages that others follow, with the bytes that came for them: each counts once, however often it changed. */
function createArrivals() {
  const bytesByPath = new Map<string, number>();
  let [bytes, rows] = [0, 0];
  return {
    add(taken: Taken): void {
      rows += taken.rows;
      for (const path of taken.paths) {
        const before = bytesByPath.get(path) ?? 0;
        const now = Math.max(taken.bytesByPath.get(path) ?? before, limits.arrivedFileBytes);
        bytesByPath.set(path, now);
        bytes += now - before;
      }
    },
    areMany: (): boolean => bytes >= limits.arrivedBytes || rows >= limits.arrivedRows,
    /** Returns their paths and forgets them. */
    empty(): string[] {
      const paths = [...bytesByPath.keys()];
      bytesByPath.clear();
      [bytes, rows] = [0, 0];
      return paths;
    },
  };
}

/** Ours to say, not the sender's. */
const isInstruction = (core: Core, row: Awaiting): boolean =>
  (core.settings.tracked().classify(row.path) ?? row.class) === 'instructions';

/** What lies here already may lie here. */
const isNews = (core: Core, row: Awaiting): boolean => core.known.get(row.path)?.content !== row.content;

function storeAwaited(core: Core, contents: Contents['contents']): string[] {
  const awaited = awaitedContents(core.sql);
  const bodies = createBodyReader(core);
  const paths = new Set<string>();
  for (const { hash, body } of contents) {
    const isAwaited = core.contents.facts(hash) !== undefined && !core.contents.has(hash);
    if (body === null || !isAwaited || bodies.isSpent()) continue;
    const read = bodies.read(body, { hash });
    if (!read.ok) continue;
    core.contents.put(read.value);
    for (const path of awaited.pathsOf(hash)) paths.add(path);
  }
  return [...paths];
}
