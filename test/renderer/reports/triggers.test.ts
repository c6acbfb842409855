import { describe, expect, it } from 'vitest';
import { stateNote } from '../../../renderer/src/reports/triggers.ts';
import type { ConsolidationJson } from '../../../shared/contracts/shapes.ts';

const report = (state: ConsolidationJson['state']): ConsolidationJson => ({
  stamp: '0'.repeat(32),
  position: 1,
  timestamp: '2026-11-21T09:00:00',
  at_ms: 0,
  trigger_type: 'manual',
  conditions_met: {},
  changes: 1,
  files: 1,
  agents: [],
  state,
  problem: null,
});

describe('the note at a report', () => {
  it.each([
    ['written', undefined],
    ['waiting', 'Not in the file yet'],
    ['skipped', 'Only in Skein'],
    ['undone', 'Undone'],
  ] as const)('%s', (state, label) => {
    expect(stateNote(report(state))?.label).toBe(label);
  });
});
