/** Replicas in one process that exchange changes over a network which can be cut, slow and lossy. */
import type { Engine } from '../../electron/engine/engine-contract.ts';
import type { LinkRights, PeerLink } from '../../electron/engine/replicate/link.ts';
import { parseVector } from '../../shared/domain/vector.ts';
import { err, problem, type Result } from '../../shared/result.ts';

export type Wire = {
  /** Carries one question to the other side and its answer back; may fail instead, or lose the answer. */
  carry<Answer>(ask: () => Promise<Result<Answer>>): Promise<Result<Answer>>;
};

export const directWire: Wire = { carry: (ask) => ask() };
export const allRights: LinkRights = { read: true, write: true, trusted: true };

const unreachable = (name: string) =>
  problem('peer-unreachable', name, `${name} does not answer.`, 'It is asked again.');

export type MemoryLinkOptions = {
  id: string;
  name: string;
  /** How the other side knows us. */
  from: { id: string; name: string };
  /** What the other side may do here, and what we may do there. */
  rights?: LinkRights;
  rightsThere?: LinkRights;
  /** Which files of the other side we take now; all when absent. */
  takes?: () => ((path: string) => boolean) | undefined;
  wire?: Wire;
};

/** A link to the engine that `other` gives now; undefined while it is down. What crosses is copied as JSON. */
export function memoryLink(other: () => Engine | undefined, options: MemoryLinkOptions): PeerLink {
  const { id, name, from, wire = directWire } = options;
  const rights = options.rights ?? allRights;
  const there = (): LinkRights => ({ ...(options.rightsThere ?? allRights), wants: options.takes?.() });
  const ask = <Answer>(question: (engine: Engine) => Promise<Result<Answer>>): Promise<Result<Answer>> =>
    wire.carry(async () => {
      const engine = other();
      if (engine === undefined) return err(unreachable(name));
      return JSON.parse(JSON.stringify(await question(engine))) as Result<Answer>;
    });
  return {
    id,
    name,
    rights: () => rights,
    takes: (path) => options.takes?.()?.(path) ?? true,
    watermark: () => ask(async ({ replication }) => ({ ok: true, value: replication.peerSide.watermark() })),
    changes: (since, limit) =>
      ask(async ({ replication }) => {
        const vector = parseVector(since);
        if (!vector.ok) return vector;
        return { ok: true, value: replication.peerSide.changes(vector.value, limit, there(), from) };
      }),
    push: (push) => ask(({ replication }) => replication.peerSide.push(push, from, there())),
    hidden: (places) =>
      ask(async ({ replication }) => ({ ok: true, value: replication.peerSide.hidden(places, there()) })),
    contents: (hashes) =>
      ask(async ({ replication }) => ({ ok: true, value: replication.peerSide.contents(hashes, there()) })),
  };
}
