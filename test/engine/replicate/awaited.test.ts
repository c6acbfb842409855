/** The order in which contents are asked for that did not come along. */
import { expect, test } from 'vitest';
import { awaitedContents } from '../../../electron/engine/replicate/awaited.ts';
import type { FileClass } from '../../../shared/domain/change.ts';
import { createLogFixture } from './log-fixture.ts';

test('contents of instructions and status are asked for before those of notes, the newest of each first', () => {
  const sender = createLogFixture(1);
  const written: [string, FileClass][] = [
    ['docs/a.md', 'note'],
    ['AGENTS.md', 'instructions'],
    ['docs/b.md', 'note'],
    ['SYNC_STATUS.md', 'status'],
    ['CLAUDE.md', 'instructions'],
  ];
  for (const [path, fileClass] of written) sender.write(path, `bytes of ${path}`, { fileClass });
  const receiver = createLogFixture(2);
  const { changes } = sender.page({});
  receiver.take(changes.map((row) => ('body' in row ? { ...row, body: undefined } : row)));
  const awaited = awaitedContents(receiver.sql);
  expect(awaited.hashes().flatMap(awaited.pathsOf)).toEqual([
    'CLAUDE.md',
    'AGENTS.md',
    'SYNC_STATUS.md',
    'docs/b.md',
    'docs/a.md',
  ]);
});
