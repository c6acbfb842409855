/** How the exchange of index files with each peer went, for Prometheus: the figures of the Knowledge page. */
import { Gauge, type Registry } from 'prom-client';
import type { IndexExchange, PeerExchange } from '../host/knowledge/exchange/exchange-contract.ts';

type Figure = { name: string; help: string; of(peer: PeerExchange): number | null | undefined };

const secondsOf = (ms: number | null): number | null => (ms === null ? null : ms / 1_000);

const figures: readonly Figure[] = [
  {
    name: 'sync_knowledge_drift_ratio',
    help: 'Part of the index files that differ from those of the peer, from 0 to 1',
    of: ({ outcome }) => outcome?.drift,
  },
  {
    name: 'sync_knowledge_exchange_pulled_files',
    help: 'Index files taken from the peer in the last exchange that ended well',
    of: ({ outcome }) => outcome?.taken,
  },
  {
    name: 'sync_knowledge_exchange_pushed_files',
    help: 'Index files given to the peer in the last exchange that ended well',
    of: ({ outcome }) => outcome?.given,
  },
  {
    name: 'sync_knowledge_exchange_failures',
    help: 'Exchanges with the peer that failed since the last one that ended well',
    of: ({ failures }) => failures,
  },
  {
    name: 'sync_knowledge_exchange_last_run_timestamp_seconds',
    help: 'Unix time at which the last exchange with the peer ended, well or not',
    of: ({ lastRunMs }) => secondsOf(lastRunMs),
  },
  {
    name: 'sync_knowledge_exchange_last_success_timestamp_seconds',
    help: 'Unix time at which the last exchange with the peer ended well',
    of: ({ lastSuccessMs }) => secondsOf(lastSuccessMs),
  },
];

/** What it returns sets the gauges from what holds now; what is not known of a peer yet is no series. */
export function createExchangeGauges(registry: Registry, exchange: IndexExchange): () => void {
  const gauges = figures.map(({ name, help, of }) => ({
    of,
    gauge: new Gauge({ name, help, labelNames: ['peer'], registers: [registry] }),
  }));
  return () => {
    for (const { gauge, of } of gauges) {
      gauge.reset();
      for (const it of exchange.peers()) {
        const value = of(it) ?? undefined;
        if (value !== undefined) gauge.set({ peer: it.peer }, value);
      }
    }
  };
}
