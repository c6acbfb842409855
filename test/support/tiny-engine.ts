/** An engine over plain arrays, for tests of what stands on an engine: no disk, no clock, no loop. */
import { createHash } from 'node:crypto';
import type {
  Consolidation,
  Engine,
  EngineEvents,
  EngineState,
  LogReader,
  TrackedFile,
} from '../../electron/engine/engine-contract.ts';
import { noReplication } from '../../electron/engine/replicate/no-replication.ts';
import type { Change, ChangeKind, EvidenceSource, FileClass } from '../../shared/domain/change.ts';
import type { Movement } from '../../shared/domain/movement.ts';
import { defaultSettings, settingsShape } from '../../shared/domain/settings.ts';
import { err, ok, type Problem, problem } from '../../shared/result.ts';

export type TinyWrite = {
  path: string;
  /** Null deletes the file. */
  content: string | Uint8Array | null;
  agent?: string;
  fileClass?: FileClass;
  baseline?: boolean;
  movement?: Movement;
  local?: boolean;
  source?: EvidenceSource;
  atMs?: number;
};

export type TinyEngine = Engine & {
  /** Records a change, as a scan that found it would, and tells the listeners. */
  write(change: TinyWrite): Change;
  emit<Name extends keyof EngineEvents>(name: Name, event: EngineEvents[Name]): void;
  listeners(): number;
  /** What the retention does to a version. */
  collect(hash: string): void;
  fileProblems: Map<string, Problem>;
};

const _emptyPage = () => ({
  changes: [],
  watermark: '',
  has_more: false,
  node_id: '00000000000000aa',
  vector: '0',
  now_ms: 0,
});

const unlinked = noReplication(
  '00000000000000aa',
  problem('peer-refused', 'tiny', 'It exchanges nothing.', 'Nothing.'),
);

const digest = (algorithm: string, bytes: Uint8Array) => createHash(algorithm).update(bytes).digest('hex');

/** `startMs` is the time of the first change; each later one is a minute after the one before. */
export function createTinyEngine(id: string, startMs: number): TinyEngine {
  const changes: Change[] = [];
  const consolidations: Consolidation[] = [];
  const reports = new Map<number, string>();
  const contents = new Map<string, Uint8Array>();
  const fileProblems = new Map<string, Problem>();
  const listeners = new Map<string, Set<(event: never) => void>>();
  let position = 0;
  let state: EngineState = 'watching';
  let fromFile: Record<string, unknown> = {};

  const settings = () => settingsShape.parse({ ...defaultSettings, ...fromFile });
  const pending = () => changes.filter((change) => change.consolidation === null && !change.baseline);
  const stamp = (atMs: number) =>
    `${atMs.toString(16).padStart(12, '0')}${position.toString(16).padStart(4, '0')}00000000000000aa`;
  const of = (path: string) => changes.filter((change) => change.path === path);

  const write = (it: TinyWrite): Change => {
    const bytes = typeof it.content === 'string' ? Buffer.from(it.content) : it.content;
    const hash = bytes === null ? null : digest('sha256', bytes);
    if (bytes !== null && hash !== null) contents.set(hash, bytes);
    const before = of(it.path).at(-1);
    position += 1;
    const atMs = it.atMs ?? startMs + position * 60_000;
    const kind: ChangeKind = hash === null ? 'deleted' : before?.content == null ? 'created' : 'modified';
    const agent = it.agent ?? 'claude-code';
    const change: Change = {
      position,
      stamp: stamp(atMs),
      node: '00000000000000aa',
      sequence: position,
      kind,
      path: it.path,
      fileClass: it.fileClass ?? 'note',
      content: hash,
      previous: before?.content ?? null,
      parents: before === undefined ? [] : [before.stamp],
      agent,
      evidence: [{ agent, source: it.source ?? 'file-name', detail: 'The name says so.', at: atMs }],
      consolidation: null,
      baseline: it.baseline ?? false,
      movement: it.movement ?? null,
      local: it.local ?? false,
      atMs,
    };
    changes.push(change);
    emit('changes', { changes: [change] });
    return change;
  };

  function emit<Name extends keyof EngineEvents>(name: Name, event: EngineEvents[Name]): void {
    for (const listener of listeners.get(name) ?? []) listener(event as never);
  }

  const files = (): TrackedFile[] =>
    [...new Set(changes.map((change) => change.path))].toSorted().map((path) => {
      const all = of(path);
      const last = all.at(-1)!;
      return {
        path,
        fileClass: last.fileClass,
        content: last.content,
        modifiedMs: last.atMs,
        problem: fileProblems.get(path) ?? null,
        deleted: last.content === null,
        displaced: false,
        versions: all.length,
        pending: pending().filter((change) => change.path === path).length,
        agent: last.agent,
        position: last.position,
      };
    });

  const log: LogReader = {
    changes(filter) {
      const rows = changes.filter(
        (change) =>
          change.position < (filter.before ?? Number.POSITIVE_INFINITY) &&
          change.position > (filter.after ?? 0) &&
          change.path === (filter.path ?? change.path) &&
          change.agent === (filter.agent ?? change.agent) &&
          change.kind === (filter.kind ?? change.kind) &&
          change.fileClass === (filter.fileClass ?? change.fileClass) &&
          change.atMs >= (filter.fromMs ?? 0) &&
          change.atMs < (filter.toMs ?? Number.POSITIVE_INFINITY) &&
          (filter.pending === undefined || filter.pending === pending().includes(change)),
      );
      return (filter.after === undefined ? rows.toReversed() : rows).slice(0, filter.limit);
    },
    change: (wanted) => changes.find((change) => change.position === wanted),
    neighbours: (wanted, each) => ({
      earlier: changes
        .filter((change) => change.position < wanted)
        .toReversed()
        .slice(0, each),
      later: changes.filter((change) => change.position > wanted).slice(0, each),
    }),
    fileNeighbours: (change) => ({
      earlier: of(change.path).findLast((other) => other.position < change.position),
      later: of(change.path).find((other) => other.position > change.position),
    }),
    movedBy: (id) => changes.filter(({ movement }) => movement?.id === id).length,
    pendingCount: () => pending().length,
    files,
    findPath: (given) => (of(given).length > 0 ? given : undefined),
    content: (hash) => contents.get(hash),
    contentFacts(hash) {
      const bytes = contents.get(hash);
      return bytes && { size: bytes.byteLength, md5: digest('md5', bytes) };
    },
    resolveVersion(path, version) {
      const back = /^latest(?:~(\d+))?$/.exec(version);
      const found = back
        ? of(path).at(-1 - Number(back[1] ?? 0))
        : of(path).findLast((change) => change.stamp.startsWith(version));
      return found
        ? ok(found)
        : err(problem('not-found', path, `${path} has no version ${version}.`, 'List its versions.'));
    },
    consolidations: (before, limit) =>
      consolidations
        .filter((it) => it.position < (before ?? Number.POSITIVE_INFINITY))
        .toReversed()
        .slice(0, limit),
    consolidationCount: () => consolidations.length,
    consolidation: (wanted) => consolidations.find((it) => it.stamp.startsWith(wanted)),
    changeByStamp: (wanted) => changes.find((change) => change.stamp === wanted),
    consolidationAt: (wanted) => consolidations.find((it) => it.position === wanted),
    report: (wanted) => reports.get(wanted) ?? '',
    activity: (fromMs, toMs) =>
      changes
        .filter((change) => change.atMs >= fromMs && change.atMs < toMs && !change.baseline)
        .map((change) => ({
          bucketMs: Math.floor(change.atMs / 900_000) * 900_000,
          agent: change.agent,
          changes: 1,
        })),
  };

  return {
    id,
    name: id,
    folder: `/folders/${id}`,
    log,
    fileProblems,
    write,
    emit,
    listeners: () => [...listeners.values()].reduce((count, set) => count + set.size, 0),
    collect: (hash) => void contents.delete(hash),
    keepAside: async () => ok([]),
    start: async () => {},
    stop: async () => {},
    rest: () => undefined,
    status: () => ({
      state,
      pending: pending().length,
      trackedFiles: files().filter((file) => !file.deleted).length,
      watchedFiles: files().length,
      watchedFolders: 1,
      problems: [...fileProblems.values()],
      lastConsolidationMs: consolidations.at(-1)?.trigger.atMs ?? null,
      lastScanMs: null,
      nextTrigger: null,
    }),
    settings: () => ({
      settings: settings(),
      fromFile,
      fileExists: Object.keys(fromFile).length > 0,
      problem: null,
    }),
    async changeSettings(wanted) {
      const parsed = settingsShape.safeParse({ ...fromFile, ...wanted });
      if (!parsed.success) return err(problem('bad-input', 'skein.json', 'It is not valid.', 'Mend it.'));
      fromFile = { ...fromFile, ...wanted };
      return ok(settings());
    },
    async pause() {
      state = 'paused';
    },
    async resume() {
      state = 'watching';
    },
    async scan() {
      if (state === 'paused') return err(problem('paused', id, 'It is paused.', 'Resume it.'));
      return ok({ files: files().length, changes: 0, durationMs: 1 });
    },
    async consolidate() {
      const folded = pending();
      const atMs = startMs + (position + 1) * 60_000;
      const trigger = {
        type: 'manual' as const,
        conditions: { pending_changes: folded.length },
        atMs,
      };
      if (folded.length === 0) return ok({ trigger, changes: 0, consolidation: null });
      position += 1;
      const consolidation: Consolidation = {
        position,
        stamp: stamp(atMs),
        trigger,
        changes: folded.length,
        files: new Set(folded.map((change) => change.path)).size,
        agents: [...new Set(folded.map((change) => change.agent))],
        state: 'written',
        problem: null,
      };
      for (const change of folded) changes[changes.indexOf(change)] = { ...change, consolidation: position };
      consolidations.push(consolidation);
      reports.set(position, `### Consolidation ${position}\n`);
      emit('consolidation', { consolidation, trigger });
      return ok({ trigger, changes: folded.length, consolidation });
    },
    async undoConsolidation(wanted) {
      const index = consolidations.findIndex((it) => it.stamp === wanted);
      const found = consolidations[index];
      if (found === undefined) return err(problem('not-found', wanted, 'No such one.', 'List them.'));
      if (found.state === 'undone')
        return err(problem('already-undone', wanted, 'Undone.', 'Nothing to do.'));
      const consolidation: Consolidation = { ...found, state: 'undone' };
      consolidations[index] = consolidation;
      const freed = changes.filter((change) => change.consolidation === found.position);
      for (const change of freed) changes[changes.indexOf(change)] = { ...change, consolidation: null };
      emit('consolidation', { consolidation, trigger: consolidation.trigger });
      return ok({ consolidation, changesPendingAgain: freed.length });
    },
    async restore(path, version, agent) {
      const wanted = log.resolveVersion(path, version);
      if (!wanted.ok) return wanted;
      if (wanted.value.content === of(path).at(-1)?.content) return ok({ change: null });
      const bytes = wanted.value.content === null ? null : contents.get(wanted.value.content)!;
      return ok({ change: write({ path, content: bytes, agent, fileClass: wanted.value.fileClass }) });
    },
    replication: unlinked,
    conflicts: () => [],
    resolveConflict: async ({ path }) => err(problem('not-found', path, 'No such conflict.', 'List them.')),
    heldChanges: () => [],
    decideHeld: async ([stamp = '']) => err(problem('not-found', stamp, 'It does not wait.', 'List them.')),
    on(name, listener) {
      const ofName = listeners.get(name) ?? new Set();
      listeners.set(name, ofName.add(listener as (event: never) => void));
      return () => ofName.delete(listener as (event: never) => void);
    },
  };
}
