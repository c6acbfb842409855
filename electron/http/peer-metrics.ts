/** How far each peer of one workspace is, for Prometheus: the figures of the page of peers. */
import { Gauge, type Registry } from 'prom-client';
import type { Engine } from '../engine/engine-contract.ts';
import type { PeerView } from '../engine/replicate/replicator.ts';

type Figure = { name: string; help: string; of(view: PeerView): number | undefined };

const figures: readonly Figure[] = [
  {
    name: 'sync_peer_behind_changes',
    help: 'Changes that the peer has and we lack',
    of: ({ behind }) => behind,
  },
  {
    name: 'sync_peer_ahead_changes',
    help: 'Changes that we have and the peer lacks',
    of: ({ ahead }) => ahead,
  },
  {
    name: 'sync_peer_behind_bytes',
    help: 'Bytes of the contents of the changes that the peer has and we lack, about',
    of: ({ behindBytes }) => behindBytes,
  },
  {
    name: 'sync_peer_ahead_bytes',
    help: 'Bytes of the contents of the changes that we have and the peer lacks, about',
    of: ({ aheadBytes }) => aheadBytes,
  },
  { name: 'sync_peer_failures', help: 'Failed exchanges in a row', of: ({ failures }) => failures },
  {
    name: 'sync_peer_last_exchange_timestamp_seconds',
    help: 'Unix time of the last exchange that we began',
    of: ({ askedMs }) => askedMs && askedMs / 1_000,
  },
  {
    name: 'sync_peer_clock_offset_seconds',
    help: "The peer's clock minus ours",
    of: ({ clockOffsetMs }) => clockOffsetMs && clockOffsetMs / 1_000,
  },
  {
    name: 'sync_peer_received_bytes',
    help: 'Bytes from the peer since the start',
    of: ({ bytesIn }) => bytesIn,
  },
  { name: 'sync_peer_sent_bytes', help: 'Bytes to the peer since the start', of: ({ bytesOut }) => bytesOut },
];

/** Makes the gauges; what it returns sets them from what holds now. A peer that is gone is no series any more. */
export function createPeerGauges(
  registry: Registry,
  { replication }: Pick<Engine, 'replication'>,
): () => void {
  const gauges = figures.map(({ name, help, of }) => ({
    of,
    gauge: new Gauge({ name, help, labelNames: ['peer', 'name'], registers: [registry] }),
  }));
  return () => {
    const views = replication.peers();
    for (const { gauge, of } of gauges) {
      gauge.reset();
      for (const view of views) {
        const value = of(view);
        if (value !== undefined) gauge.set({ peer: view.id, name: view.name }, value);
      }
    }
  };
}
