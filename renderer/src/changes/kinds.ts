/** The kinds of change and the classes of files, in words. */
import type { ChangeJson } from '../../../shared/contracts/shapes.ts';
import type { EvidenceSource, FileClass } from '../../../shared/domain/change.ts';

export type ChangeKind = ChangeJson['event_type'];

export const labelByKind: Readonly<Record<ChangeKind, string>> = {
  created: 'Created',
  modified: 'Modified',
  deleted: 'Deleted',
};

export const labelByClass: Readonly<Record<FileClass, string>> = {
  instructions: 'Instructions',
  status: 'Status',
  journal: 'Journal',
  roadmap: 'Roadmap',
  architecture: 'Architecture',
  note: 'Note',
};

export const labelBySource: Readonly<Record<EvidenceSource, string>> = {
  skein: 'Skein itself',
  restore: 'Restore',
  claim: 'Claim',
  process: 'Running process',
  git: 'Git',
  rule: 'Rule in skein.json',
  'file-name': 'File name',
  none: 'No evidence',
};

/** Why we believe who made a change, as one sentence; the strongest evidence speaks. */
export function reasonOf(change: ChangeJson): string {
  const strongest =
    change.evidence.find((evidence) => evidence.agent === change.agent_owner) ?? change.evidence[0];
  return strongest?.detail ?? 'Nothing tells who made it';
}
