/** How the knowledge index of one workspace stands, for Prometheus: the figures of the Knowledge page. */
import { Gauge, type Registry } from 'prom-client';
import type { KnowledgeState } from '../host/knowledge/knowledge-contract.ts';

type Figure = { name: string; help: string; of(state: KnowledgeState, given: number): number | undefined };

const figures: readonly Figure[] = [
  { name: 'sync_knowledge_notes', help: 'Notes in the index', of: ({ notes }) => notes },
  { name: 'sync_knowledge_passages', help: 'Passages of these notes', of: ({ passages }) => passages },
  { name: 'sync_knowledge_bytes', help: 'Bytes of the index on the disk', of: ({ bytes }) => bytes },
  {
    name: 'sync_knowledge_behind_notes',
    help: 'Notes that changed and are not indexed yet',
    of: ({ behind }) => behind,
  },
  {
    name: 'sync_knowledge_stuck_notes',
    help: 'Notes that failed several times in a row',
    of: ({ stuck }) => stuck.length,
  },
  {
    name: 'sync_knowledge_store_waiting_passages',
    help: 'Passages that the store on a server is still to be given, or to let go of',
    of: ({ store }) => (store.kind === 'embedded' ? undefined : store.waiting),
  },
  {
    name: 'sync_knowledge_store_up',
    help: 'Whether the store on a server answered when it was last asked',
    of: ({ store }) => (store.kind === 'embedded' ? undefined : Number(store.state !== 'failing')),
  },
  {
    name: 'sync_knowledge_last_indexed_timestamp_seconds',
    help: 'Unix time at which a note was last indexed',
    of: ({ lastIndexedMs }) => (lastIndexedMs === null ? undefined : lastIndexedMs / 1_000),
  },
  {
    name: 'sync_knowledge_embedding_requests',
    help: 'Requests to the server that embeds, since the index was begun',
    of: ({ embedding }) => embedding?.use.requests,
  },
  {
    name: 'sync_knowledge_embedding_failures',
    help: 'Requests of these that failed',
    of: ({ embedding }) => embedding?.use.failures,
  },
  {
    name: 'sync_knowledge_embedding_tokens',
    help: 'Tokens that these requests took, estimated where the server does not count',
    of: ({ embedding }) => embedding?.use.tokens,
  },
  {
    name: 'sync_knowledge_embeddings_taken',
    help: 'Embeddings of peers that were taken as they came, since the index was begun',
    of: ({ embedding }) => embedding?.shared.taken,
  },
  {
    name: 'sync_knowledge_embeddings_checked',
    help: 'Embeddings of peers that were made again here and found to be true',
    of: ({ embedding }) => embedding?.shared.checked,
  },
  {
    name: 'sync_knowledge_embeddings_refused',
    help: 'Embeddings of peers that were not believed',
    of: ({ embedding }) => embedding?.shared.refused,
  },
  {
    name: 'sync_knowledge_embeddings_given',
    help: 'Embeddings that peers were given, since Skein started',
    of: ({ embedding }, given) => (embedding === null ? undefined : given),
  },
];

/**
 * Makes the gauges; what it returns sets them from what was last known, and from how many embeddings were given. An index
 * that was never looked at has none.
 */
export function createKnowledgeGauges(
  registry: Registry,
): (state: KnowledgeState | undefined, given: number) => void {
  const gauges = figures.map(({ name, help, of }) => ({
    of,
    gauge: new Gauge({ name, help, registers: [registry] }),
  }));
  return (state, given) => {
    for (const { gauge, of } of gauges) {
      const value = state && of(state, given);
      if (value === undefined) gauge.remove();
      else gauge.set(value);
    }
  };
}
