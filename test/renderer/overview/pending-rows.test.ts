import { describe, expect, it } from 'vitest';
import { countFiles, pendingRowKey, pendingRows } from '../../../renderer/src/overview/pending-rows.ts';
import { aChange } from '../a-change.ts';

const changes = [
  aChange(1, { file_path: 'a.md', agent_owner: 'human' }),
  aChange(2, { file_path: 'b.md', agent_owner: 'codex-local' }),
  aChange(3, { file_path: 'a.md', agent_owner: 'codex-local' }),
];
const none = new Set<string>();
const describeRows = (rows: ReturnType<typeof pendingRows>) =>
  rows.map((row) => (row.row === 'heading' ? `${row.name} (${row.changes})` : row.change.position));

describe('the rows of the pending list', () => {
  it('group by file, the newest change first', () => {
    expect(describeRows(pendingRows(changes, 'file', none))).toEqual(['a.md (2)', 3, 1, 'b.md (1)', 2]);
  });

  it('group by agent', () => {
    expect(describeRows(pendingRows(changes, 'agent', none))).toEqual([
      'codex-local (2)',
      3,
      2,
      'human (1)',
      1,
    ]);
  });

  it('fold a closed group to its heading', () => {
    expect(describeRows(pendingRows(changes, 'file', new Set(['a.md'])))).toEqual([
      'a.md (2)',
      'b.md (1)',
      2,
    ]);
  });

  it('have keys that never meet, even when a file is called like a number', () => {
    const rows = pendingRows([aChange(3, { file_path: '3' })], 'file', none);
    expect(new Set(rows.map(pendingRowKey)).size).toBe(rows.length);
  });

  it('count files, not changes', () => {
    expect(countFiles(changes)).toBe(2);
    expect(pendingRows([], 'file', none)).toEqual([]);
  });
});
