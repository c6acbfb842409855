/** Replicas in one process that exchange changes over a network which can be cut, slow and lossy. */
import type { Engine } from '../../electron/engine/engine-contract.ts';
import type { LinkRights, PeerLink } from '../../electron/engine/replicate/link.ts';
import { putTogether, takeApart } from '../../electron/host/peers/bodies-apart.ts';
import { decodeUtf8, joinBytes } from '../../shared/domain/utf8.ts';
import { parseVector } from '../../shared/domain/vector.ts';
import { err, ok, problem, type Result } from '../../shared/result.ts';

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

/** As the wire carries it: JSON, and packed contents beside it. */
export function carry<Message>(message: Message): Message {
  const { head, pieces } = takeApart(message);
  return putTogether(JSON.parse(decodeUtf8(head).text), joinBytes(pieces)) as Message;
}

/** A link to the engine that `other` gives now; undefined while it is down. What crosses is copied as on a wire. */
export function memoryLink(other: () => Engine | undefined, options: MemoryLinkOptions): PeerLink {
  const { id, name, from, wire = directWire } = options;
  const rights = options.rights ?? allRights;
  const there = (): LinkRights => ({ ...(options.rightsThere ?? allRights), wants: options.takes?.() });
  const ask = <Answer>(question: (engine: Engine) => Promise<Result<Answer>>): Promise<Result<Answer>> =>
    wire.carry(async () => {
      const engine = other();
      if (engine === undefined) return err(unreachable(name));
      const answer = await question(engine);
      return answer.ok ? ok(carry(answer.value)) : carry(answer);
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
