/** Changes, files and statuses for the tests of the screen: whole, plausible, and different where a test says so. */
import type { ChangeJson, StatusJson, TrackedFileJson } from '../../shared/contracts/shapes.ts';

export const startMs = Date.UTC(2026, 10, 21, 9, 0, 0);

export function aChange(position: number, part: Partial<ChangeJson> = {}): ChangeJson {
  const atMs = startMs + position * 60_000;
  return {
    file_path: 'AGENTS.md',
    event_type: 'modified',
    timestamp: new Date(atMs).toISOString().slice(0, 19),
    old_checksum: null,
    new_checksum: null,
    agent_owner: 'claude-code',
    position,
    stamp: position.toString(16).padStart(32, '0'),
    node: '0000000000000001',
    sequence: position,
    file_class: 'instructions',
    at_ms: atMs,
    size: 12,
    evidence: [],
    consolidation: null,
    baseline: false,
    movement: null,
    local: false,
    pending: true,
    parents: [],
    restorable: true,
    ...part,
  };
}

export function aFile(path: string, part: Partial<TrackedFileJson> = {}): TrackedFileJson {
  return {
    file_path: path,
    file_class: 'note',
    state: 'synced',
    problem: null,
    checksum: null,
    size: 1,
    last_modified: '2026-11-21T09:00:00',
    last_modified_ms: startMs,
    agent_owner: 'unknown',
    versions: 1,
    pending: 0,
    position: 1,
    deleted: false,
    displaced: false,
    ...part,
  };
}

export function aStatus(part: Partial<StatusJson> = {}): StatusJson {
  return {
    running: true,
    pending_changes: 2,
    last_consolidation: null,
    watched_files: 3,
    checksums_tracked: 3,
    consolidation_threshold: 5,
    check_interval_seconds: 30,
    consolidation_interval_minutes: 60,
    state: 'watching',
    watched_folders: 2,
    problems: [],
    last_consolidation_ms: null,
    last_scan_ms: null,
    next_trigger: null,
    workspace: { id: 'w1', name: 'notes', folder: '/home/ada/notes' },
    report_file: 'SYNC_STATUS.md',
    ...part,
  };
}
