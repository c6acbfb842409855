/** What the loop does about hints. */
import { expect, test } from 'vitest';
import { temporaryLabel } from '../../shared/domain/temporary-label.ts';
import { limits } from '../../shared/limits.ts';
import { createCoreFixture } from './core-fixture.ts';

test('others hear of a burst while the rest of it is looked at, and of a few changes once', async () => {
  const { work, core, clock, run, write, recordedSome } = createCoreFixture();
  const paths = Array.from(
    { length: 2 * limits.recordedAtOnce + 1 },
    (_, index) => `memory-bank/note-${index}.md`,
  );
  const recorded: number[] = [];
  recordedSome.mockImplementation(() => void recorded.push(core.reader.changes({ limit: 100 }).length));
  for (const path of ['AGENTS.md', ...paths]) write(path, `${path}\n`);
  await clock.advance(1_000);
  for (const path of paths) work.hint({ path });
  expect(await run(work.lookAtHints())).toHaveLength(paths.length);
  expect(recorded).toEqual([limits.recordedAtOnce, 2 * limits.recordedAtOnce]);
  work.hint({ path: 'AGENTS.md' });
  expect(await run(work.lookAtHints())).toHaveLength(1);
  expect(recorded).toHaveLength(2);
});

test('what is only there until it is moved into place is not worth a look', () => {
  const { work } = createCoreFixture();
  expect(work.hint({ path: `memory-bank/.skein-${'0'.repeat(16)}.tmp` })).toBe(false);
  expect(work.hint({ path: `.skein-${temporaryLabel('AGENTS.md')}-${'0'.repeat(16)}.tmp` })).toBe(false);
  expect(work.hint({ path: 'memory-bank/.skein-notes.tmp' })).toBe(true);
});
