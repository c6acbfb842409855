/** The peers of a workspace as those who may have embeddings of its notes. */
import { Buffer } from 'node:buffer';
import { type Embeddings, embeddingsShape } from '../../../shared/contracts/peer-protocol.ts';
import { ok } from '../../../shared/result.ts';
import type { PackedEmbedding } from '../../engine/knowledge/knowledge-ports.ts';
import type { EmbeddingGiver, FindGivers } from '../knowledge/shared-embeddings.ts';
import { rightsOf, type Tie } from './links.ts';
import type { Parts } from './parts.ts';
import type { PeerConnection } from './peer-connection.ts';
import { findPeer, type Peer, shareOf } from './peer-store.ts';

/**
 * For a replica, which need not be the one that exchanges. A hash says which text we hold, so of a note only those are
 * asked that may see it; and who may not change our notes has no say in what is found in them.
 */
export function findGivers({ options, links, store }: Parts): FindGivers {
  return (replica, note) => {
    const workspace = options.workspaces().find(({ id }) => id === replica)?.workspace;
    if (!options.isActive) return [];
    return links.ties().flatMap((tie) => {
      const rights = rightsOf(store, tie.peer, tie.workspace);
      const peer = findPeer(store.current(), tie.peer);
      const connection = links.connection(tie.peer);
      const mayAsk = tie.workspace === workspace && rights.write && (rights.mayRead?.(note) ?? true);
      if (!mayAsk || peer === undefined || connection === undefined) return [];
      return connection.state.problem === undefined ? giverOf(tie, peer, connection) : [];
    });
  };
}

function giverOf({ workspace, traffic }: Tie, peer: Peer, connection: PeerConnection): EmbeddingGiver {
  const { id, name } = peer;
  const theirs = shareOf(peer, workspace)?.theirs ?? '';
  return {
    id,
    name,
    async ask(question) {
      const answer = await connection.ask({
        method: 'POST',
        path: `/sync/embeddings?workspace=${theirs}`,
        body: question,
        shape: embeddingsShape,
        count({ bytesIn, bytesOut }) {
          traffic.bytesIn += bytesIn;
          traffic.bytesOut += bytesOut;
        },
      });
      return answer.ok ? ok(answer.value.embeddings.map(unpack)) : answer;
    },
  };
}

/** As it goes to a peer. */
export const toEmbeddings = (found: readonly PackedEmbedding[]): Embeddings => ({
  embeddings: found.map(({ hash, vector }) => ({ hash, vector: Buffer.from(vector).toString('base64') })),
});

const unpack = ({ hash, vector }: Embeddings['embeddings'][number]): PackedEmbedding => ({
  hash,
  vector: new Uint8Array(Buffer.from(vector, 'base64')),
});
