/**
 * The JSON that crosses the app API, as schemas; the types derive from them. Field names follow
 * reference/004 (snake_case); fields beyond it are additions that an old client ignores.
 * `timestamp` fields are UTC without zone, to the second, as documented; `at_ms` is the exact Unix time.
 */
import { z } from 'zod';
import { evidenceSources, fileClasses } from '../domain/change.ts';
import { movementKinds } from '../domain/movement.ts';

export const stampText = z.string().regex(/^[0-9a-f]{32}$/);
const checksum = z.string().nullable();

export const evidenceShape = z.object({
  agent: z.string(),
  source: z.enum(evidenceSources),
  detail: z.string(),
  at_ms: z.number(),
});

/** A movement of git; all changes of one have the same `id`. */
export const movementShape = z.object({
  id: z.string(),
  kind: z.enum(movementKinds),
  /** What was checked out before and is now: a branch, or the beginning of a commit. */
  from: z.string(),
  to: z.string(),
  commit: z.string(),
  at_ms: z.number(),
  /** True: the branch got more commits, so that what they bring is news for everybody. */
  grew: z.boolean(),
  /** Changes that it brought, so far. */
  changes: z.number(),
});
export type MovementJson = z.infer<typeof movementShape>;

export const changeShape = z.object({
  file_path: z.string(),
  event_type: z.enum(['created', 'modified', 'deleted']),
  timestamp: z.string(),
  /** MD5, as reference/004 documents; null when there was or is no file, or the version was collected. */
  old_checksum: checksum,
  new_checksum: checksum,
  agent_owner: z.string(),
  position: z.number(),
  stamp: stampText,
  node: z.string(),
  sequence: z.number(),
  file_class: z.enum(fileClasses),
  at_ms: z.number(),
  size: z.number().nullable(),
  evidence: z.array(evidenceShape),
  /** Stamp of the consolidation that folded this change; null while pending or for a baseline. */
  consolidation: stampText.nullable(),
  baseline: z.boolean(),
  pending: z.boolean(),
  parents: z.array(stampText),
  /** What git did to bring it; null when somebody wrote it, or when it came from another replica. */
  movement: movementShape.nullable(),
  /** True: it lies here on a branch, in the place of what is shared, and no other replica hears of it. */
  local: z.boolean(),
  /** False when the retention collected this version's content. */
  restorable: z.boolean(),
});
export type ChangeJson = z.infer<typeof changeShape>;

export const triggerShape = z.object({
  trigger_type: z.enum(['threshold', 'time_based', 'manual']),
  conditions_met: z.record(z.string(), z.number()),
  timestamp: z.string(),
});

export const problemShape = z.object({
  code: z.string(),
  message: z.string(),
  subject: z.string(),
  advice: z.string(),
});

export const statusShape = z.object({
  running: z.boolean(),
  pending_changes: z.number(),
  last_consolidation: z.string().nullable(),
  watched_files: z.number(),
  checksums_tracked: z.number(),
  consolidation_threshold: z.number(),
  check_interval_seconds: z.number(),
  consolidation_interval_minutes: z.number(),
  /** starting: the first scan runs; disabled: AUTOSYNC_ENABLED=0. */
  state: z.enum(['starting', 'watching', 'polling', 'paused', 'disabled', 'error']),
  watched_folders: z.number(),
  /** What needs the user's attention now, worst first; empty is healthy. */
  problems: z.array(problemShape),
  last_consolidation_ms: z.number().nullable(),
  last_scan_ms: z.number().nullable(),
  /** What consolidates next and why; null when nothing is pending. */
  next_trigger: z
    .object({
      trigger_type: z.enum(['threshold', 'time_based']),
      /** Changes still missing to the threshold. */
      changes_missing: z.number(),
      /** Unix milliseconds of the time trigger; null when automatic consolidation is off. */
      due_ms: z.number().nullable(),
      reason: z.string(),
    })
    .nullable(),
  workspace: z.object({ id: z.string(), name: z.string(), folder: z.string() }),
  report_file: z.string(),
});
export type StatusJson = z.infer<typeof statusShape>;

export const trackedFileShape = z.object({
  file_path: z.string(),
  file_class: z.enum(fileClasses),
  state: z.enum(['synced', 'out_of_sync', 'error']),
  problem: problemShape.nullable(),
  checksum: checksum,
  size: z.number().nullable(),
  last_modified: z.string(),
  last_modified_ms: z.number(),
  agent_owner: z.string(),
  versions: z.number(),
  pending: z.number(),
  /** Position of the newest change of the file. */
  position: z.number(),
  deleted: z.boolean(),
  /** True: git put that of another branch in the place of what is shared, and what others write waits. */
  displaced: z.boolean(),
});
export type TrackedFileJson = z.infer<typeof trackedFileShape>;

export const consolidationShape = z.object({
  stamp: stampText,
  position: z.number(),
  timestamp: z.string(),
  at_ms: z.number(),
  trigger_type: z.enum(['threshold', 'time_based', 'manual']),
  conditions_met: z.record(z.string(), z.number()),
  changes: z.number(),
  files: z.number(),
  agents: z.array(z.string()),
  /** waiting: recorded, not yet in the file; written; skipped: the user turned the file off; undone. */
  state: z.enum(['waiting', 'written', 'skipped', 'undone']),
  /** Why the report is still waiting, when it is. */
  problem: problemShape.nullable(),
});
export type ConsolidationJson = z.infer<typeof consolidationShape>;

/** A run of text inside a line: `same` on both sides, or only on the side the line stands on. */
export const diffRunShape = z.object({ text: z.string(), changed: z.boolean() });
export const diffLineShape = z.object({
  kind: z.enum(['same', 'added', 'removed']),
  /** 1-based line numbers; null where the side lacks the line. */
  old_line: z.number().nullable(),
  new_line: z.number().nullable(),
  /** Word marks; one run when nothing is marked. */
  runs: z.array(diffRunShape),
});
export const diffShape = z.object({
  hunks: z.array(z.object({ old_start: z.number(), new_start: z.number(), lines: z.array(diffLineShape) })),
  added: z.number(),
  removed: z.number(),
  /** Facts that line by line cannot show, as sentences: line endings, byte order mark, final newline, not text. */
  notes: z.array(z.string()),
  /** True when the texts were too far apart and both stand whole. */
  coarse: z.boolean(),
});
export type DiffJson = z.infer<typeof diffShape>;

export const workspaceShape = z.object({
  id: z.string(),
  /** What clones of one repository share, and peers name; null until the folder could be looked at. */
  workspace_id: z.string().nullable(),
  name: z.string(),
  folder: z.string(),
  state: statusShape.shape.state,
  pending_changes: z.number(),
  problem: problemShape.nullable(),
});
export type WorkspaceJson = z.infer<typeof workspaceShape>;

export const appSettingsShape = z.object({
  notifications: z.enum(['off', 'summary', 'all']),
  theme: z.enum(['system', 'light', 'dark']),
  start_at_login: z.boolean(),
});
export type AppSettingsJson = z.infer<typeof appSettingsShape>;

export const doctorCheckShape = z.object({
  name: z.string(),
  state: z.enum(['ok', 'warning', 'failure', 'skipped']),
  message: z.string(),
  /** What the user can do; empty when nothing is to be done. */
  advice: z.string(),
  /** True when `skein doctor --mend` can do it. */
  mendable: z.boolean(),
});
export type DoctorCheckJson = z.infer<typeof doctorCheckShape>;
