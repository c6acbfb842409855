/** The words of DESIGN section 2 as types. */
import type { Movement } from './movement.ts';

export type ChangeKind = 'created' | 'modified' | 'deleted';

export const fileClasses = ['instructions', 'status', 'journal', 'roadmap', 'architecture', 'note'] as const;
export type FileClass = (typeof fileClasses)[number];

/**
 * Sources of attribution, strongest first (DESIGN section 10). `claim` is reserved for hooks and claims;
 * `skein` marks our own writes and `restore` a restore that a user asked for.
 */
export const evidenceSources = [
  'skein',
  'restore',
  'claim',
  'process',
  'git',
  'rule',
  'file-name',
  'none',
] as const;
export type EvidenceSource = (typeof evidenceSources)[number];

/** Why we believe that `agent` made a change. `detail` is one sentence for a person; `at` is in Unix milliseconds. */
export type Evidence = { agent: string; source: EvidenceSource; detail: string; at: number };

export const unknownAgent = 'unknown';

/** Content identity: lower-case hex SHA-256. */
export type ContentHash = string;

/**
 * One change as the log holds it. `position` is the local order of arrival, the value of every cursor;
 * `stamp` names the change everywhere; `parents` are stamps of changes of the same path.
 */
export type Change = {
  position: number;
  stamp: string;
  node: string;
  sequence: number;
  kind: ChangeKind;
  path: string;
  fileClass: FileClass;
  content: ContentHash | null;
  previous: ContentHash | null;
  parents: readonly string[];
  agent: string;
  evidence: readonly Evidence[];
  /** Position of the consolidation record that folded it; null while pending. */
  consolidation: number | null;
  /** Recorded because Skein saw the file for the first time, not because somebody changed it: never pending. */
  baseline: boolean;
  /** What git did to bring it; null when somebody wrote it, or when it came from another replica. */
  movement: Movement | null;
  /** Told to no other replica: what lies here on a branch, in the place of what is shared. */
  local: boolean;
  /** Unix milliseconds of the recording, from the stamp. */
  atMs: number;
};
