/** How far index files differ from those of each peer, for Prometheus. */
import { Gauge, type Registry } from 'prom-client';
import type { IndexExchange } from '../host/knowledge/exchange/exchange-contract.ts';

/** What it returns sets the gauge from what holds now; a peer without an exchange yet is no series. */
export function createDriftGauge(registry: Registry, exchange: IndexExchange): () => void {
  const gauge = new Gauge({
    name: 'sync_knowledge_drift_ratio',
    help: 'Part of the index files that differ from those of the peer, from 0 to 1',
    labelNames: ['peer'],
    registers: [registry],
  });
  return () => {
    gauge.reset();
    for (const { peer, outcome } of exchange.peers())
      if (outcome !== null) gauge.set({ peer }, outcome.drift);
  };
}
