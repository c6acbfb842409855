/** What is asked of one repository: notes and commits wait for each other, and nothing is said to be done that is not. */
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../electron/adapters/system-clock.ts';
import { composeRepository } from '../../../electron/host/compose-repository.ts';
import { createRepositoryWork } from '../../../electron/host/repository-work.ts';
import { must } from '../../support/device.ts';
import { commitAll, git, makeRepository, useGitLab } from '../../support/git-lab.ts';
import { cloneOf, makeLab } from '../../support/pull-lab.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

useGitLab();

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function openWork(folder: string, env: NodeJS.ProcessEnv = {}) {
  const credentials = { find: async () => undefined };
  const around = { clock: systemClock, log: quiet, env, credentials };
  const repository = must(await composeRepository(folder, around));
  const work = createRepositoryWork({ repository, trackedPaths: () => [], changed: () => undefined });
  onTestFinished(() => work.close());
  return { repository, work };
}

const base = { 'AGENTS.md': '# Agents\n' };
const added = (folder: string): string[] =>
  git(folder, 'log', '--format=', '--name-only', '--', 'memory-bank').split('\n').filter(Boolean);

describe('of several at once', () => {
  test('each note is in the history', async () => {
    const { work } = await openWork(makeRepository(base));
    const texts = ['One', 'Two', 'Three'];
    const notes = await Promise.all(texts.map((text) => work.note({ agent: 'codex-local', text })));
    const paths = notes.map((note) => must(note).path);
    expect(notes.map((note) => must(note).success)).toEqual([true, true, true]);
    expect(
      added((await work.state()).ok ? (must(await work.state()).repository ?? '') : '').toSorted(),
    ).toEqual(paths.toSorted());
  });

  test('a second pull of the same person is refused, one of an agent waits', async () => {
    const { repository, work } = await openWork(makeLab(base).ours);
    const held = must(await repository.lock.acquire({ operation: 'test', agent: 'human' }));
    const first = work.pull('human');
    expect(await work.pull('human')).toMatchObject({ ok: false, error: { code: 'git-busy' } });
    const other = work.pull('codex-local');
    held.release();
    expect([must(await first).success, must(await other).success]).toEqual([true, true]);
    expect(must(await work.state()).running).toBeNull();
  });
});

describe('a note', () => {
  test('behind a link is not said to be committed, and none is written outside', async () => {
    const lab = makeLab(base);
    const outside = temporaryFolder();
    mkdirSync(join(lab.ours, 'memory-bank'));
    symlinkSync(outside, join(lab.ours, 'memory-bank/notes'));
    commitAll(lab.ours, 'Link');
    const { work } = await openWork(lab.ours);
    expect(await work.note({ agent: 'human', text: 'Out' })).toMatchObject({
      ok: false,
      error: { code: 'link-leaves' },
    });
    expect(readdirSync(outside)).toEqual([]);
  });

  test('that the repository ignores is on the disk, and said not to be committed', async () => {
    const lab = makeLab({ ...base, '.gitignore': 'memory-bank/\n' });
    const { work } = await openWork(lab.ours);
    const note = must(await work.note({ agent: 'human', text: 'Ignored' }));
    expect(note).toMatchObject({ success: false, head: null, pushed: false });
    expect(note.message).toBe(`Wrote ${note.path}, and did not commit it`);
    expect(existsSync(join(lab.ours, note.path))).toBe(true);
  });

  test('with git switched off is only written, and the state says that it is', async () => {
    const folder = cloneOf(makeLab(base).bare);
    const { work } = await openWork(folder, { KB_GIT_ENABLED: 'false' });
    const note = must(await work.note({ agent: 'human', text: 'Only here' }));
    expect(note).toMatchObject({ success: true, head: null, pushed: false });
    expect(git(folder, 'status', '--porcelain', '-uall')).toBe(`?? ${note.path}`);
    expect(must(await work.state()).enabled).toBe(false);
    expect(await work.pull('human')).toMatchObject({ ok: false, error: { code: 'repository-state' } });
  });
});
