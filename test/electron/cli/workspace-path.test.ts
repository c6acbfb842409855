import { expect, test } from 'vitest';
import { workspacePath } from '../../../electron/cli/workspace-path.ts';

test.each([
  ['AGENTS.md', '/site', 'AGENTS.md'],
  ['notes.md', '/site/docs', 'docs/notes.md'],
  ['../AGENTS.md', '/site/docs', 'AGENTS.md'],
  ['./docs//notes.md', '/site', 'docs/notes.md'],
  ['/site/docs/notes.md', '/elsewhere', 'docs/notes.md'],
  ['docs/notes.md', '/elsewhere', 'docs/notes.md'],
])('%j typed in %s is %j', (typed, workingFolder, path) => {
  expect(workspacePath(typed, '/site', workingFolder)).toBe(path);
});

test.each(['../../etc/passwd', '/etc/passwd', '../../site-old/AGENTS.md'])(
  '%j leaves the workspace and stays as typed, for the engine to refuse',
  (typed) => {
    expect(workspacePath(typed, '/site', '/site/docs')).toBe(typed);
  },
);
