/**
 * One of many that work on a repository at once, as a process that may be killed at any moment: `note` and `agent` as
 * Skein works, until it is killed. Prints one line for each note or task that it was told is done: the path.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../electron/adapters/system-clock.ts';
import { findWorkTreeChanges } from '../../electron/adapters/work-tree-changes.ts';
import { addNote } from '../../electron/engine/git/note.ts';
import { beginTask, endTask } from '../../electron/engine/git/task.ts';
import { type ComposedRepository, composeRepository } from '../../electron/host/compose-repository.ts';
import { ok } from '../../shared/result.ts';

const [kind = '', id = '', folder = ''] = process.argv.slice(2);
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
const request = { remote: 'origin', agent: id };

const composed = await composeRepository(folder, {
  clock: systemClock,
  log: quiet,
  env: {},
  credentials: { find: async () => undefined },
});
if (!composed.ok) throw new Error(composed.error.message);
for (let count = 0; ; count++) {
  const done = kind === 'note' ? await writeNote(composed.value, count) : await doTask(composed.value, count);
  if (done !== undefined) process.stdout.write(`${done}\n`);
}

async function writeNote(repository: ComposedRepository, count: number): Promise<string | undefined> {
  const text = `Note ${count} of ${id} ${process.pid}`;
  const added = await addNote(repository, { ...request, text, push: count % 3 === 0 });
  if (!added.ok) process.stderr.write(`${added.error.code} ${added.error.message}\n`);
  return added.ok && added.value.commit !== undefined ? added.value.path : undefined;
}

/** The agent is a line in a file of its own. */
async function doTask(repository: ComposedRepository, count: number): Promise<string | undefined> {
  const path = `task-${id}-${process.pid}-${count}.txt`;
  const findChanges = () => findWorkTreeChanges(repository.top, repository.store);
  const deps = { ...repository, findChanges };
  const done = await repository.lock.during({ operation: 'task', agent: id }, async (held) => {
    const before = await beginTask(deps, request, held);
    if (!before.ok) return before;
    appendFileSync(join(folder, path), 'Done.\n');
    const end = { ...request, subject: path, push: count % 3 === 0 };
    const ended = await endTask(deps, end, { held, before: before.value });
    return ended.ok ? ok(ended.value.paths.includes(path)) : ended;
  });
  if (!done.ok) process.stderr.write(`${done.error.code} ${done.error.message}\n`);
  return done.ok && done.value ? path : undefined;
}
