import { describe, expect, it } from 'vitest';
import {
  agentChoices,
  filterInput,
  isFiltered,
  meantPath,
} from '../../../renderer/src/changes/filter-input.ts';
import { reasonOf } from '../../../renderer/src/changes/kinds.ts';
import { logRowKey, logRows } from '../../../renderer/src/changes/log-rows.ts';
import { dayOf } from '../../../renderer/src/words/time.ts';
import { aChange, startMs } from '../a-change.ts';

const dayMs = 86_400_000;

describe('the rows of the log', () => {
  it('have one heading a day', () => {
    const rows = logRows([aChange(3), aChange(2), aChange(1, { at_ms: startMs - 2 * dayMs })]);
    expect(rows.map((row) => row.row)).toEqual(['day', 'change', 'change', 'day', 'change']);
  });

  it('do not repeat a heading when a clock was set back', () => {
    const rows = logRows([aChange(3), aChange(2, { at_ms: startMs - 2 * dayMs }), aChange(1)]);
    expect(rows.filter((row) => row.row === 'day')).toHaveLength(2);
    expect(new Set(rows.map(logRowKey)).size).toBe(rows.length);
  });
});

describe('what git moved at once', () => {
  const movement = {
    id: 'm',
    kind: 'switch',
    from: 'main',
    to: 'feature',
    commit: 'c',
    at_ms: startMs,
    grew: false,
    changes: 2,
  } as const;
  const moved = (position: number, id = 'm') => aChange(position, { movement: { ...movement, id } });

  it('is one row, until it is unfolded', () => {
    const changes = [aChange(4), moved(3), moved(2), aChange(1)];
    expect(logRows(changes).map((row) => row.row)).toEqual(['day', 'change', 'movement', 'change']);
    const open = logRows(changes, new Set(['m']));
    expect(open.map((row) => row.row)).toEqual(['day', 'change', 'movement', 'change', 'change', 'change']);
    expect(new Set(open.map(logRowKey)).size).toBe(open.length);
  });

  it('is told apart from the movement before it, and one file alone is a change like any other', () => {
    const rows = logRows([moved(5, 'b'), moved(4, 'b'), moved(3), moved(2), moved(1, 'c')]);
    expect(rows.map((row) => row.row)).toEqual(['day', 'movement', 'movement', 'change']);
  });
});

describe('a filter', () => {
  it('asks for the whole day of the viewer', () => {
    const day = dayOf(startMs);
    const input = filterInput({ day });
    expect(dayOf(input.from_ms!)).toBe(day);
    expect(dayOf(input.to_ms!)).toBe(day);
    expect(dayOf(input.from_ms! - 1)).not.toBe(day);
    expect(dayOf(input.to_ms! + 1)).not.toBe(day);
  });

  it('offers the agents that there are, and the chosen one', () => {
    const agents = [{ agent: 'human' }, { agent: 'codex-local' }];
    expect(agentChoices(agents, undefined)).toEqual(['codex-local', 'human']);
    expect(agentChoices(agents, 'human')).toEqual(['codex-local', 'human']);
    expect(agentChoices([], 'gandalf')).toEqual(['gandalf']);
  });

  it('means the file whose name stands in the field, however odd', () => {
    const paths = ['AGENTS.md', 'line\nbreak.md', 'space ', 'space'];
    expect(meantPath('linebreak.md', paths)).toBe('line\nbreak.md');
    expect(['space ', 'space', ' AGENTS.md '].map((typed) => meantPath(typed, paths))).toEqual([
      'space ',
      'space',
      'AGENTS.md',
    ]);
    expect(meantPath('CLAUDE.md', paths)).toBe('CLAUDE.md');
    expect(meantPath('  ', paths)).toBeUndefined();
  });

  it('is one only when something is set', () => {
    expect(isFiltered({ agent: undefined })).toBe(false);
    expect(isFiltered({ agent: 'human' })).toBe(true);
  });
});

describe('the reason of an attribution', () => {
  it('is the evidence for the agent that was named', () => {
    const change = aChange(1, {
      agent_owner: 'human',
      evidence: [
        { agent: 'unknown', source: 'none', detail: 'nothing', at_ms: 0 },
        { agent: 'human', source: 'git', detail: 'the commit', at_ms: 0 },
      ],
    });
    expect(reasonOf(change)).toBe('the commit');
  });

  it('is honest when there is none', () => {
    expect(reasonOf(aChange(1))).toBe('Nothing tells who made it');
  });
});
