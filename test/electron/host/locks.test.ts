/** The locks of open workspaces, on real repositories, with other processes at them. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../../electron/adapters/system-clock.ts';
import { composeLock } from '../../../electron/host/compose-lock.ts';
import type { Host } from '../../../electron/host/host-contract.ts';
import type { LockJson } from '../../../shared/contracts/lock-api.ts';
import type { Result } from '../../../shared/result.ts';
import { temporaryFolder } from './support/folders.ts';
import { makePlace, openEngine, startHost } from './support/hosts.ts';
import { createMemoryLog } from './support/memory-log.ts';
import { makeRepository } from './support/repositories.ts';

function valueIn<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}

/** The lock as another process has it. */
async function lockElsewhere(folder: string) {
  const composed = await composeLock(folder, { clock: systemClock, log: createMemoryLog() });
  return valueIn(composed).lock;
}

/** Resolves when the lock of the workspace was told to be another and is as it `should`. */
async function untilLock(host: Host, id: string, should: (lock: LockJson) => boolean): Promise<void> {
  let tell: () => void = () => undefined;
  const leave = host.onChanged(({ workspace, topics }) => {
    if (workspace === id && topics.includes('lock')) tell();
  });
  for (;;) {
    const told = new Promise<void>((resolve) => {
      tell = resolve;
    });
    if (should(valueIn(await host.locks.look(id)))) break;
    await told;
  }
  leave();
}

test('two worktrees of one repository have one lock, which shows who holds it and who waits', async () => {
  const repository = makeRepository();
  const { host } = await startHost(repository);
  const main = await openEngine(host, repository.project);
  const linked = await openEngine(host, repository.worktree('feature'));
  const lock = valueIn(await host.locks.of(main.id));
  expect(valueIn(await host.locks.of(linked.id))).toBe(lock);
  const held = valueIn(await lock.acquire({ operation: 'pull', agent: 'skein' }));
  const waiting = lock.acquire({ operation: 'note', agent: 'claude-code', mode: 'shared' });
  const seen = valueIn(await host.locks.look(linked.id));
  expect(seen).toMatchObject({
    repository: repository.project,
    lock_file: join(repository.project, '.kb_operations.lock'),
    lease_seconds: 300,
    holders: [
      { agent: 'skein', operation: 'pull', pid: process.pid, mode: 'exclusive', position: null, token: 1 },
    ],
    waiting: [{ agent: 'claude-code', operation: 'note', mode: 'shared', position: 1, token: null }],
  });
  held.release();
  valueIn(await waiting).release();
});

test('the screen is told when another process takes the lock, waits and lets go', async () => {
  const repository = makeRepository();
  const { host } = await startHost(repository);
  const main = await openEngine(host, repository.project);
  const linked = await openEngine(host, repository.worktree('feature'));
  const other = await lockElsewhere(repository.project);
  const shown = untilLock(host, linked.id, ({ holders }) => holders.length === 1);
  const held = valueIn(await other.acquire({ operation: 'task', agent: 'codex-local' }));
  await shown;
  const queued = untilLock(host, main.id, ({ waiting }) => waiting.length === 1);
  const next = other.acquire({ operation: 'task', agent: 'codex-local' });
  await queued;
  const empty = untilLock(host, main.id, ({ holders, waiting }) => holders.length + waiting.length === 0);
  held.release();
  valueIn(await next).release();
  await empty;
});

test('holds of every process are told once to whoever follows', async () => {
  const repository = makeRepository();
  const { host } = await startHost(repository);
  const { id } = await openEngine(host, repository.project);
  const history = valueIn(await host.locks.follow(id));
  const other = await lockElsewhere(repository.project);
  valueIn(await other.acquire({ operation: 'task', agent: 'codex-local' })).release();
  expect(history.news()).toMatchObject([{ agent: 'codex-local', operation: 'task', contended: false }]);
  expect(history.news()).toEqual([]);
});

test('breaking it takes it from those who were shown, says so in the log, and spares who came later', async () => {
  const repository = makeRepository();
  const { host, log } = await startHost(repository);
  const { id } = await openEngine(host, repository.project);
  const other = await lockElsewhere(repository.project);
  const held = valueIn(await other.acquire({ operation: 'task', agent: 'codex-local' }));
  const shown = valueIn(await host.locks.look(id)).holders.map((party) => party.id);
  expect(valueIn(await host.locks.breakOff(id, shown)).holders).toEqual([]);
  expect(held.check()).toMatchObject({ error: { code: 'lock-lost' } });
  expect(log.lines.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([
    expect.stringMatching(/^The lock of .* was broken: it was taken from codex-local on .*, for “task”\.$/),
  ]);
  const next = valueIn(await other.acquire({ operation: 'note', agent: 'human' }));
  expect(await host.locks.breakOff(id, shown)).toMatchObject({ error: { code: 'changed-meanwhile' } });
  expect(next.isValid()).toBe(true);
  next.release();
});

test('opening a workspace leaves no lock behind; the first hold says to git what to overlook', async () => {
  const repository = makeRepository();
  const { host } = await startHost(repository);
  const { id } = await openEngine(host, repository.project);
  const lock = valueIn(await host.locks.of(id));
  expect(valueIn(await host.locks.look(id))).toMatchObject({ holders: [], waiting: [] });
  expect(existsSync(join(repository.project, '.kb_operations.lock'))).toBe(false);
  expect(existsSync(join(repository.project, '.git', 'skein-lock'))).toBe(false);
  valueIn(await lock.acquire({ operation: 'pull', agent: 'skein' })).release();
  const exclude = readFileSync(join(repository.project, '.git', 'info', 'exclude'), 'utf8');
  expect(exclude.split('\n').filter((line) => line === '/.kb_operations.lock')).toHaveLength(1);
});

test('a folder without git has a lock, and one that is closed has none any more', async () => {
  const place = makePlace();
  const { host } = await startHost(place);
  const { id } = await openEngine(host, place.project);
  const lock = valueIn(await host.locks.of(id));
  valueIn(await lock.acquire({ operation: 'note', agent: 'human' })).release();
  expect(readdirSync(place.project)).toContain('.kb_operations.lock');
  await host.close(id);
  expect(await host.locks.look(id)).toMatchObject({ ok: false, error: { code: 'no-workspace' } });
});

test('a folder that is gone has no lock to find', async () => {
  const gone = join(temporaryFolder(), 'gone');
  const composed = await composeLock(gone, { clock: systemClock, log: createMemoryLog() });
  expect(composed).toMatchObject({ ok: false, error: { code: 'not-found', subject: gone } });
});
