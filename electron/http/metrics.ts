/**
 * GET /api/metrics: the five metrics of reference/004 for Prometheus. The documented label sets name no
 * workspace, so each workspace has its own registry and an answer is about one: `?workspace=`, or the first.
 */
import { Registry } from 'prom-client';
import type { Engine } from '../engine/engine-contract.ts';
import type { Cancel } from '../engine/ports.ts';
import type { Host } from '../host/host-contract.ts';
import { chooseWorkspace } from './choose-workspace.ts';
import { problemResponse } from './problem-response.ts';
import { createWorkspaceMetrics, type WorkspaceMetrics } from './workspace-metrics.ts';

export type Metrics = {
  answer(request: Request): Promise<Response>;
  close(): void;
};

/** Follows the workspaces of the host as they open and close. `nowMs` is in Unix milliseconds. */
export function createMetrics(host: Host, nowMs: () => number): Metrics {
  const sinceMs = nowMs();
  const metricsByEngine = new Map<Engine, WorkspaceMetrics>();
  const follow = () => followEngines(host, metricsByEngine, sinceMs);
  const cancel: Cancel = host.onChanged(({ topics }) => {
    if (topics.includes('workspaces')) follow();
  });
  follow();
  return {
    async answer(request) {
      follow();
      const id = new URL(request.url).searchParams.get('workspace') ?? undefined;
      const workspace = chooseWorkspace(host, id);
      // A collector that asks while nothing is open finds nothing, not an error.
      if (!workspace.ok && id !== undefined) return problemResponse(workspace.error);
      const engine = workspace.ok ? workspace.value.engine : undefined;
      const metrics = engine === undefined ? undefined : metricsByEngine.get(engine);
      const text = (await metrics?.text()) ?? '';
      return new Response(text, { headers: { 'content-type': Registry.PROMETHEUS_CONTENT_TYPE } });
    },
    close() {
      cancel();
      for (const metrics of metricsByEngine.values()) metrics.close();
      metricsByEngine.clear();
    },
  };
}

function followEngines(host: Host, metricsByEngine: Map<Engine, WorkspaceMetrics>, sinceMs: number): void {
  const open = new Set(host.workspaces().flatMap(({ engine }) => (engine === undefined ? [] : [engine])));
  for (const [engine, metrics] of metricsByEngine) {
    if (open.has(engine)) continue;
    metrics.close();
    metricsByEngine.delete(engine);
  }
  for (const engine of open) {
    if (!metricsByEngine.has(engine))
      metricsByEngine.set(engine, createWorkspaceMetrics(engine, host, sinceMs));
  }
}
