import { expect } from 'vitest';

/** The answers that reference/004 prints; types count, values do not. `null` stands for text or nothing. */
export const reference = {
  status: {
    running: true,
    pending_changes: 3,
    last_consolidation: null,
    watched_files: 8,
    checksums_tracked: 8,
    consolidation_threshold: 5,
    check_interval_seconds: 30,
  },
  consolidate: {
    status: 'success',
    trigger: {
      trigger_type: 'manual',
      conditions_met: { pending_changes: 3 },
      timestamp: '2025-10-10T14:35:00',
    },
    changes_consolidated: 3,
  },
  pending: {
    count: 3,
    changes: [
      {
        file_path: 'AGENT_SYNC.md',
        event_type: 'modified',
        timestamp: '2025-10-10T14:32:00',
        old_checksum: 'a1b2c3d4...',
        new_checksum: 'e5f6g7h8...',
        agent_owner: 'claude-code',
      },
    ],
  },
  checksums: {
    count: 8,
    checksums: {
      'AGENT_SYNC_CLAUDE.md': {
        checksum: 'a1b2c3d4',
        last_modified: '2025-10-10T14:32:00',
        agent_owner: 'claude-code',
      },
    },
  },
};

/** Every documented key is there with its type; more keys may be. */
export function expectShape(actual: unknown, documented: unknown, where: string): void {
  if (documented === null)
    return void expect(actual === null || typeof actual === 'string', where).toBe(true);
  expect(typeof actual, where).toBe(typeof documented);
  expect(Array.isArray(actual), where).toBe(Array.isArray(documented));
  if (typeof documented !== 'object') return;
  for (const [key, value] of Object.entries(documented)) {
    expect(actual, where).toHaveProperty([key]);
    expectShape((actual as Record<string, unknown>)[key], value, `${where}.${key}`);
  }
}
