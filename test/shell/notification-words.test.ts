import { expect, test } from 'vitest';
import type { Consolidation } from '../../electron/engine/engine-contract.ts';
import {
  changesNotice,
  consolidationNotice,
  problemNotice,
} from '../../electron/shell/notification-words.ts';
import type { Change } from '../../shared/domain/change.ts';
import { problem } from '../../shared/result.ts';

const where = { id: 'w1', name: 'notes' };

const change = (path: string, agent = 'claude-code', position = 7): Change => ({
  position,
  stamp: '0'.repeat(32),
  node: '1',
  sequence: 1,
  kind: 'modified',
  path,
  fileClass: 'note',
  content: null,
  previous: null,
  parents: [],
  agent,
  evidence: [],
  consolidation: null,
  baseline: false,
  movement: null,
  local: false,
  atMs: 0,
});

test('a consolidation says how much, by whom and why', () => {
  const consolidation: Consolidation = {
    position: 3,
    stamp: 'ab'.repeat(16),
    trigger: { type: 'threshold', conditions: {}, atMs: 0 },
    changes: 5,
    files: 1,
    agents: ['claude-code', 'unknown'],
    state: 'written',
    problem: null,
  };
  expect(consolidationNotice(where, consolidation)).toEqual({
    title: '5 changes consolidated',
    body: 'notes: 1 file, by claude-code; enough changes had gathered.',
    destination: { workspace: 'w1', view: 'report', stamp: 'ab'.repeat(16) },
  });
});

test('a problem says what happened and what to do', () => {
  const it = problem('disk-full', '/data', 'The disk is full.', 'Make room.');
  expect(problemNotice(where, it)).toEqual({
    title: 'notes needs you',
    body: 'The disk is full. Make room.',
    destination: { workspace: 'w1', view: 'overview' },
  });
});

test('one change leads to itself', () => {
  expect(changesNotice(where, [change('AGENTS.md')], 0)).toEqual({
    title: '1 change in notes',
    body: 'AGENTS.md, by claude-code',
    destination: { workspace: 'w1', view: 'change', position: 7 },
  });
});

test('several changes of one file lead to the file', () => {
  const notice = changesNotice(where, [change('AGENTS.md'), change('AGENTS.md', 'gemini-cli', 8)], 0);
  expect(notice.body).toBe('AGENTS.md, by claude-code, gemini-cli');
  expect(notice.destination).toEqual({ workspace: 'w1', view: 'file', path: 'AGENTS.md' });
});

test('changes of several files lead to the overview and count those that were too many', () => {
  const changes = ['a.md', 'b.md', 'c.md'].map((path) => change(path, 'unknown'));
  expect(changesNotice(where, changes, 4)).toEqual({
    title: '7 changes in notes',
    body: 'a.md and 2 more files',
    destination: { workspace: 'w1', view: 'overview' },
  });
});

test('many agents are not all named', () => {
  const changes = ['a', 'b', 'c', 'd'].map((agent) => change('x.md', agent));
  expect(changesNotice(where, changes, 0).body).toBe('x.md, by a, b, c and others');
});

test('what nobody sees in a name is named, so that it turns no text around', () => {
  const path = 'docs/line\nbreak\u202edm.md';
  expect(changesNotice(where, [change(path)], 0).body).toBe(
    'docs/line⟨U+000A⟩break⟨U+202E⟩dm.md, by claude-code',
  );
  const { body } = problemNotice(where, problem('too-large', path, `${path} is too large.`, 'Split it.'));
  expect(body).toBe('docs/line⟨U+000A⟩break⟨U+202E⟩dm.md is too large. Split it.');
});
