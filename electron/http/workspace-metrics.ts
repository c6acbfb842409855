/** The five metrics of reference/004 for one workspace. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Change, FileClass } from '../../shared/domain/change.ts';
import { limits } from '../../shared/limits.ts';
import type { Consolidation, Engine, EngineEvents, TrackedFile } from '../engine/engine-contract.ts';
import { fileState } from './to-json.ts';

export type WorkspaceMetrics = {
  /** The metrics in Prometheus' text form. */
  text(): Promise<string>;
  close(): void;
};

/** Counts what happens in one engine, and what happened in it since `sinceMs` (Unix milliseconds) before we came. */
export function createWorkspaceMetrics(engine: Engine, sinceMs: number): WorkspaceMetrics {
  const registry = new Registry();
  const countChange = createChangeCounter(registry);
  const countConsolidation = createConsolidationCounter(registry);
  const observe = createDurations(registry);
  const statusOfFiles = createFileGauge(registry);
  const cancels = [
    engine.on('changes', ({ changes }) => changes.forEach(countChange)),
    engine.on('consolidation', ({ consolidation }) => countConsolidation(consolidation)),
    engine.on('measured', observe),
  ];
  engine.log.changes({ after: 0, fromMs: sinceMs, limit: limits.pendingRows }).forEach(countChange);
  recentConsolidations(engine, sinceMs).forEach(countConsolidation);
  return {
    async text() {
      statusOfFiles(engine.log.files());
      return withFloatBounds(await registry.metrics());
    },
    close() {
      for (const cancel of cancels) cancel();
    },
  };
}

/** Oldest first, because the counter goes by position. */
function recentConsolidations(engine: Engine, sinceMs: number): Consolidation[] {
  const newest = engine.log.consolidations(undefined, limits.pageRows);
  return newest.filter((it) => it.trigger.atMs >= sinceMs).toReversed();
}

const fileTypeByClass: Readonly<Record<FileClass, string>> = {
  status: 'sync',
  journal: 'passation',
  architecture: 'architecture',
  instructions: 'docs',
  roadmap: 'docs',
  note: 'docs',
};

/** Positions only grow, so what was counted once is known by the highest: nothing counts twice. */
function createChangeCounter(registry: Registry): (change: Change) => void {
  const counter = new Counter({
    name: 'sync_changes_detected_total',
    help: 'Changes detected in tracked files',
    labelNames: ['file_type', 'agent'],
    registers: [registry],
  });
  const agents = new Set<string>();
  let counted = 0;
  return (change) => {
    if (change.position <= counted) return;
    counted = change.position;
    if (!isDetected(change)) return;
    if (agents.size < limits.metricAgents) agents.add(change.agent);
    const agent = agents.has(change.agent) ? change.agent : 'other';
    counter.inc({ file_type: fileTypeByClass[change.fileClass], agent });
  };
}

/** Somebody changed the file: it was not merely seen for the first time, and it was not Skein's own report. */
function isDetected(change: Change): boolean {
  return !change.baseline && change.evidence[0]?.source !== 'skein';
}

/** An event comes when a consolidation is recorded, written and undone; only the first has a new position. */
function createConsolidationCounter(registry: Registry): (consolidation: Consolidation) => void {
  const counter = new Counter({
    name: 'sync_consolidations_triggered_total',
    help: 'Consolidations triggered',
    labelNames: ['trigger_type'],
    registers: [registry],
  });
  // A series that starts at 0 lets increase() see the very first consolidation.
  for (const trigger_type of ['threshold', 'time_based', 'manual']) counter.inc({ trigger_type }, 0);
  let counted = 0;
  return ({ position, trigger }) => {
    if (position <= counted) return;
    counted = position;
    counter.inc({ trigger_type: trigger.type });
  };
}

function createDurations(registry: Registry): (event: EngineEvents['measured']) => void {
  const check = new Histogram({
    name: 'sync_check_duration_seconds',
    help: 'Time to check the tracked files for changes',
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
    registers: [registry],
  });
  const consolidation = new Histogram({
    name: 'sync_consolidation_duration_seconds',
    help: 'Time of a consolidation',
    buckets: [0.1, 0.5, 1, 2, 5, 10, 30],
    registers: [registry],
  });
  return ({ what, seconds }) => (what === 'check' ? check : consolidation).observe(seconds);
}

const valueByState = { synced: 1, out_of_sync: 0, error: -1 } as const;

/** Each file is a series in the collector, so past the limit only those that need attention are named first. */
function createFileGauge(registry: Registry): (files: readonly TrackedFile[]) => void {
  const gauge = new Gauge({
    name: 'sync_status',
    help: 'Sync status by file (1=synced, 0=out_of_sync, -1=error)',
    labelNames: ['file_path'],
    registers: [registry],
  });
  return (files) => {
    const values = files
      .filter((file) => !file.deleted || file.pending > 0)
      .map((file) => ({ file_path: file.path, value: valueByState[fileState(file)] }))
      .toSorted((left, right) => left.value - right.value);
    gauge.reset();
    for (const { file_path, value } of values.slice(0, limits.metricFiles)) gauge.set({ file_path }, value);
  };
}

/** reference/004 shows `le="1.0"`, as Python's client writes it; prom-client writes `le="1"`, another series. */
function withFloatBounds(text: string): string {
  return text.replace(/^(sync_\w+_bucket\{le="\d+)"/gm, '$1.0"');
}
