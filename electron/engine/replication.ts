/**
 * The engine's side of replication: reads for peers, which may come at any moment, and everything that changes
 * something, which goes through the loop.
 */
import type {
  Contents,
  Page,
  Places,
  Push,
  PushAnswer,
  Watermark,
} from '../../shared/contracts/peer-protocol.ts';
import { formatVector, parseVector, type Vector } from '../../shared/domain/vector.ts';
import { limits } from '../../shared/limits.ts';
import { ok, type Result } from '../../shared/result.ts';
import type { Core } from './core.ts';
import type { Answers, Command } from './events.ts';
import { createStagedReader, createVectorReader } from './log/vector.ts';
import { awaitedContents } from './replicate/awaited.ts';
import { createBodyWriter } from './replicate/bodies.ts';
import { type Apart, createMeasureApart } from './replicate/bytes-apart.ts';
import type { HomeSide } from './replicate/exchange.ts';
import { createHiddenRows } from './replicate/hidden.ts';
import type { LinkRights, PeerLink } from './replicate/link.ts';
import { createLinkStates } from './replicate/link-states.ts';
import { createReadAhead } from './replicate/read-ahead.ts';
import { createPageReader, vectorAfter } from './replicate/read-page.ts';
import { createReplicator, type Replicator } from './replicate/replicator.ts';
import { createRunEnds } from './replicate/run-ends.ts';
import type { Said, Sender } from './replicate/take-page.ts';

/** What a peer may ask of this replica. */
export type PeerSide = {
  watermark(): Watermark;
  /** `link` tells whom we need not give by ourselves what it gets here. */
  changes(since: Vector, limit: number, rights: LinkRights, link?: Pick<PeerLink, 'id'>): Page;
  /** Rows that were hidden from the asker. */
  hidden(places: Places, rights: LinkRights): Page;
  /** The documented form of `since`: everything with a later stamp. */
  changesAfterStamp(stamp: string, limit: number, rights: LinkRights): Page;
  push(push: Push, link: Pick<PeerLink, 'id' | 'name'>, rights: LinkRights): Promise<Result<PushAnswer>>;
  contents(hashes: readonly string[], rights: LinkRights): Contents;
};

export type Replication = Replicator & {
  readonly node: string;
  readonly peerSide: PeerSide;
  /** We take other files than before from the peer of this link: those that were left out come now. */
  takeLeftOut(id: string): Promise<Result<null>>;
};

export type AskLoop = <Name extends 'take-page' | 'take-contents' | 'take-left-out'>(
  command: Command & { name: Name },
) => Promise<Result<Answers[Name]>>;

const everything = (): boolean => true;

export function createReplication(core: Core, ask: AskLoop): Replication {
  const vector = createVectorReader(core.sql);
  const staged = createStagedReader(core.sql, vector);
  const offered = (rights: LinkRights): Vector => (rights.staged === true ? staged() : vector());
  const bodies = createBodyWriter(core);
  const nowMs = core.clock.nowMs;
  const node = (): string => core.append.node;
  const readPage = createPageReader({ sql: core.sql, node, vector, bodies, nowMs });
  const hidden = createHiddenRows(core.sql);
  const requestOf = (rights: LinkRights) => ({
    offered: offered(rights),
    mayRead: rights.mayRead ?? everything,
    wants: rights.wants,
  });
  const measureApart = createMeasureApart(core.sql);
  const apart = (request: ReturnType<typeof requestOf>, since: Vector): Apart =>
    measureApart(since, request.offered, (path) => request.mayRead(path) && request.wants?.(path) !== false);
  const underScope = (rights: LinkRights, given: Page): Page => {
    const scope = hidden.scope(rights);
    return scope === '' ? given : { ...given, scope };
  };
  const page = (rights: LinkRights, since: Vector, limit: number): Page => {
    core.mark.tell();
    const request = requestOf(rights);
    const given = underScope(rights, readPage.after({ ...request, since, limit }));
    return given.changes.length === 0 ? given : { ...given, to_come: apart(request, since) };
  };
  const pageAt = (rights: LinkRights, places: Places): Page => {
    core.mark.tell();
    return underScope(rights, readPage.at(places, requestOf(rights)));
  };
  const awaited = awaitedContents(core.sql);
  const ends = createRunEnds(core.sql);
  const readAhead = createReadAhead(core);

  const home: HomeSide = {
    vector,
    offered: (link) => offered(link.rights()),
    page: (link, since, limit) => page(link.rights(), since, limit),
    turn: () => new Promise((go) => core.clock.after(0, go)),
    parted: ({ ends: said = [] }) => ends.parted(said),
    expectMany: () => void core.patientCodec.unpackAll([]).catch(() => undefined),
    readAhead: (page, link) => void readAhead(page.changes, link.takes),
    take: async (page, link) =>
      ask({
        name: 'take-page',
        rows: page.changes,
        sender: senderOf(link),
        said: { ...saidIn(page), ahead: await readAhead(page.changes, link.takes) },
        more: page.has_more,
      }),
    awaited: awaited.hashes,
    ahead: (link, vector) => apart(requestOf(link.rights()), vector),
    scope: (link) => hidden.scope(link.rights()),
    at: (link, places) => pageAt(link.rights(), places),
    unasked: hidden.unasked,
    noteHidden: hidden.note,
    contents: (link, hashes) =>
      bodiesOf(hashes, (hash) => isReadable(core, hash, link.rights())).filter(({ body }) => body !== null),
    async takeContents(contents) {
      const taken = await ask({ name: 'take-contents', contents });
      return taken.ok ? ok(null) : taken;
    },
  };

  /** At least one, then as many as fit; what is left out the peer asks for again. */
  function bodiesOf(hashes: readonly string[], mayRead: (hash: string) => boolean): Contents['contents'] {
    const answer: Contents['contents'] = [];
    let bytes = 0;
    for (const hash of hashes) {
      const body = mayRead(hash) ? (bodies.whole(hash) ?? null) : null;
      bytes += body?.data.length ?? 0;
      if (answer.length > 0 && bytes > limits.pageBytes) break;
      answer.push({ hash, body });
    }
    return answer;
  }

  /** How many contents were named that we lack: some may be nowhere, and the others have their turn, too. */
  let named = 0;

  /** What we wait for, where the peer has to bring it, because we do not reach it. */
  function lackedFrom(link: Pick<PeerLink, 'id'>, rights: LinkRights): { lacks?: string[] } {
    if (!rights.write || replicator.reaches(link.id)) return {};
    const waiting = awaited.hashes();
    const from = named % Math.max(1, waiting.length);
    const lacks = [...waiting.slice(from), ...waiting.slice(0, from)]
      .slice(0, limits.contentsAsked)
      .filter((hash) => isReadable(core, hash, rights));
    if (waiting.length > limits.contentsAsked) named = from + limits.contentsAsked;
    return lacks.length === 0 ? {} : { lacks };
  }

  /** Everything that we hold, for somebody else to know. */
  const toldVector = (): string => {
    core.mark.tell();
    return formatVector(vector());
  };

  const watermark = (): Watermark => ({
    hlc: newestStamp(core),
    node_id: node(),
    vector: toldVector(),
    now_ms: nowMs(),
  });

  const peerSide: PeerSide = {
    watermark,
    changes(since, limit, rights, link) {
      const given = page(rights, since, limit);
      if (link === undefined) return given;
      replicator.answered(link.id, since, vectorAfter(since, given.changes));
      return { ...given, ...lackedFrom(link, rights) };
    },
    hidden: (places, rights) => pageAt(rights, places),
    changesAfterStamp(stamp, limit, rights) {
      core.mark.tell();
      return readPage.afterStamp(stamp, { limit, mayRead: rights.mayRead ?? everything });
    },
    async push(push, link, rights) {
      replicator.hear(link.id, push);
      const takes = replicator.link(link.id)?.takes;
      const taken = await ask({
        name: 'take-page',
        rows: push.changes,
        sender: { link: link.id, trusted: rights.trusted, takes },
        said: { ...saidIn(push), ahead: await readAhead(push.changes, takes) },
        more: isCut(push),
      });
      if (!taken.ok) return taken;
      const brought =
        push.contents === undefined ? taken : await home.takeContents({ contents: push.contents });
      if (!brought.ok) return brought;
      if (taken.value.lacking) replicator.wakePeer(link.id);
      const places = replicator.noteHidden(link.id, push);
      return ok({
        accepted: taken.value.problems.length === 0,
        conflicts: [],
        new_watermark: newestStamp(core),
        vector: toldVector(),
        problems: taken.value.problems.slice(0, 100),
        ...(places.length === 0 ? {} : { hidden: places }),
        ...lackedFrom(link, rights),
      });
    },
    contents: (hashes, rights) => ({ contents: bodiesOf(hashes, (hash) => isReadable(core, hash, rights)) }),
  };

  const replicator = createReplicator({
    clock: core.clock,
    random: core.random,
    home,
    settings: () => ({
      intervalMs: limits.syncIntervalMs,
      batchSize: limits.pageRowsUsual,
      mostRows: limits.exchangeRows,
      retries: 3,
    }),
    states: createLinkStates(core.sql),
    changed: () => core.emitter.emit('peers', {}),
  });
  async function takeLeftOut(id: string): Promise<Result<null>> {
    const taken = await ask({ name: 'take-left-out', senders: replicator.links().map(senderOf) });
    replicator.wakePeer(id);
    return taken;
  }

  return {
    ...replicator,
    takeLeftOut,
    get node() {
      return node();
    },
    peerSide,
  };
}

/** One of several pages, which follow at once; whoever says so falsely has its files wait for a moment. */
function isCut({ changes, to_come }: Pick<Push, 'changes' | 'to_come'>): boolean {
  if ((to_come?.changes ?? 0) <= changes.length) return false;
  const bytes = changes.reduce((sum, row) => sum + ('body' in row ? (row.body?.data.length ?? 0) : 0), 0);
  return changes.length >= limits.pageRowsUsual || bytes >= limits.pageBytes / 2;
}

const senderOf = (link: PeerLink): Sender => ({
  link: link.id,
  trusted: link.rights().trusted,
  takes: link.takes,
});

function saidIn({ ends = [], vector }: Pick<Page, 'ends' | 'vector'>): Said {
  const parsed = parseVector(vector);
  return { ends, vector: parsed.ok ? parsed.value : {} };
}

/** A peer may ask by hash only for what some file that it may read holds. */
function isReadable(core: Core, hash: string, { mayRead }: LinkRights): boolean {
  if (mayRead === undefined) return true;
  return awaitedContents(core.sql).pathsOf(hash).some(mayRead);
}

function newestStamp(core: Core): string {
  return core.sql.prepare<{ stamp: string | null }>('SELECT max(stamp) AS stamp FROM log').get()?.stamp ?? '';
}
