/** The five metrics of reference/004 for one workspace, the figures of its peers and of its knowledge index, and those of its repository's lock. */
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Change, FileClass } from '../../shared/domain/change.ts';
import { limits } from '../../shared/limits.ts';
import type { Engine, EngineEvents, LogReader, TrackedFile } from '../engine/engine-contract.ts';
import type { Host } from '../host/host-contract.ts';
import { createExchangeGauges } from './exchange-metrics.ts';
import { createKnowledgeGauges } from './knowledge-metrics.ts';
import { createLockMetrics } from './lock-metrics.ts';
import { createPeerGauges } from './peer-metrics.ts';
import { fileState } from './to-json.ts';

export type WorkspaceMetrics = {
  /** The metrics in Prometheus' text form. */
  text(): Promise<string>;
  close(): void;
};

/**
 * Metrics of one engine. Counters are a reader of its log, like everything else (DESIGN section 1): they catch
 * up when somebody asks, from `sinceMs` (Unix milliseconds) on. So what the engine found while it opened counts
 * too, nothing counts twice, and the agent is the one that the evidence names by then.
 */
export function createWorkspaceMetrics(
  engine: Engine,
  { locks, knowledges, indexExchange }: Pick<Host, 'locks' | 'knowledges' | 'indexExchange'>,
  sinceMs: number,
): WorkspaceMetrics {
  const registry = new Registry();
  const nameOf = createAgentNames();
  const countChanges = createChangeCounter(registry, engine.log, { nameOf, sinceMs });
  const addHolds = createLockMetrics(registry, nameOf);
  const holds = locks.follow(engine.id);
  const countConsolidations = createConsolidationCounter(registry, engine.log, sinceMs);
  const statusOfFiles = createFileGauge(registry);
  const figuresOfPeers = createPeerGauges(registry, engine);
  const figuresOfKnowledge = createKnowledgeGauges(registry);
  const figuresOfExchange = indexExchange && createExchangeGauges(registry, indexExchange);
  const cancel = engine.on('measured', createDurations(registry));
  return {
    async text() {
      const history = await holds;
      if (history.ok) addHolds(history.value.news());
      countChanges();
      countConsolidations();
      statusOfFiles(engine.log.files());
      figuresOfPeers();
      figuresOfKnowledge(knowledges.lastKnown(engine.id), knowledges.given(engine.id));
      figuresOfExchange?.();
      return withFloatBounds(await registry.metrics());
    },
    close: cancel,
  };
}

const fileTypeByClass: Readonly<Record<FileClass, string>> = {
  status: 'sync',
  journal: 'passation',
  architecture: 'architecture',
  instructions: 'docs',
  roadmap: 'docs',
  note: 'docs',
};

type NameOf = (agent: string) => string;

/** Each agent is a series in the collector, so past the limit they have one name. */
function createAgentNames(): NameOf {
  const agents = new Set<string>();
  return (agent) => {
    if (agents.size < limits.metricAgents) agents.add(agent);
    return agents.has(agent) ? agent : 'other';
  };
}

function createChangeCounter(
  registry: Registry,
  log: LogReader,
  { nameOf, sinceMs }: { nameOf: NameOf; sinceMs: number },
): () => void {
  const counter = new Counter({
    name: 'sync_changes_detected_total',
    help: 'Changes detected in tracked files',
    labelNames: ['file_type', 'agent'],
    registers: [registry],
  });
  let cursor = positionBefore(log, sinceMs);
  return () => {
    let rows: Change[];
    do {
      rows = log.changes({ after: cursor, limit: limits.pageRows });
      for (const { fileClass, agent } of rows.filter(isDetected)) {
        counter.inc({ file_type: fileTypeByClass[fileClass], agent: nameOf(agent) });
      }
      cursor = rows.at(-1)?.position ?? cursor;
    } while (rows.length === limits.pageRows);
  };
}

/** Position of the last change before a time. */
function positionBefore(log: LogReader, timeMs: number): number {
  return log.changes({ toMs: timeMs, limit: 1 })[0]?.position ?? 0;
}

/** Somebody changed the file: it was not merely seen for the first time, and it was not Skein's own report. */
function isDetected(change: Change): boolean {
  return !change.baseline && change.evidence[0]?.source !== 'skein';
}

function createConsolidationCounter(registry: Registry, log: LogReader, sinceMs: number): () => void {
  const counter = new Counter({
    name: 'sync_consolidations_triggered_total',
    help: 'Consolidations triggered',
    labelNames: ['trigger_type'],
    registers: [registry],
  });
  // A series that starts at 0 lets increase() see the very first consolidation.
  for (const trigger_type of ['threshold', 'time_based', 'manual']) counter.inc({ trigger_type }, 0);
  let cursor = 0;
  return () => {
    const newest = log.consolidations(undefined, limits.pageRows);
    for (const { position, trigger } of newest) {
      if (position > cursor && trigger.atMs >= sinceMs) counter.inc({ trigger_type: trigger.type });
    }
    cursor = newest[0]?.position ?? cursor;
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
