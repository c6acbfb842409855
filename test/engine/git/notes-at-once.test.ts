/** A burst of notes is few commits: whoever gets the lock writes those that wait, and everybody hears of their own. */
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openCredentialFile } from '../../../electron/adapters/credential-file.ts';
import { openNoteQueue } from '../../../electron/adapters/note-queue.ts';
import { systemClock } from '../../../electron/adapters/system-clock.ts';
import { addNote, type NoteDeps } from '../../../electron/engine/git/note.ts';
import type { NoteOutcome } from '../../../electron/engine/git/note-queue.ts';
import type { Held } from '../../../electron/engine/lock/held-lock.ts';
import { composeRepository } from '../../../electron/host/compose-repository.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import { must } from '../../support/device.ts';
import { faultsOf, git, makeRepository, useGitLab, write } from '../../support/git-lab.ts';
import { makeLab } from '../../support/pull-lab.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

useGitLab();

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const wish = { remote: 'origin', agent: 'claude-code', push: false };

async function open(folder: string): Promise<NoteDeps> {
  const credentials = openCredentialFile(temporaryFolder(), silent);
  const composed = must(
    await composeRepository(folder, { clock: systemClock, log: silent, env: {}, credentials }),
  );
  onTestFinished(composed.close);
  return composed;
}

/** Gives the notes while somebody holds the lock, so that all of them wait. */
async function giveAtOnce(
  deps: NoteDeps,
  notes: readonly (Partial<typeof wish> & { text: string })[],
): Promise<Result<NoteOutcome>[]> {
  const held: Held = must(await deps.lock.acquire({ operation: 'test', agent: 'human' }));
  const given = notes.map((note) => addNote(deps, { ...wish, ...note }));
  held.release();
  return Promise.all(given);
}

const commitsSince = (folder: string, from: string): string[] =>
  git(folder, 'rev-list', `${from}..HEAD`).split('\n').filter(Boolean);

test('a hundred notes are one commit that names them, and each is in it once', async () => {
  const folder = makeRepository({ 'code.js': 'let a;\n' });
  const first = git(folder, 'rev-parse', 'HEAD');
  const texts = Array.from({ length: 100 }, (_, note) => `Note ${note}`);
  const outcomes = (
    await giveAtOnce(
      await open(folder),
      texts.map((text) => ({ text })),
    )
  ).map(must);
  const [commit = '', ...others] = commitsSince(folder, first);
  expect(others).toEqual([]);
  expect(new Set(outcomes.map((it) => it.commit))).toEqual(new Set([commit]));
  expect(outcomes.flatMap(({ problems }) => problems)).toEqual([]);
  for (const [index, { path }] of outcomes.entries())
    expect(git(folder, 'show', `${commit}:${path}`)).toContain(`# Note ${index}\n`);
  const added = git(folder, 'show', '--name-only', '--format=', commit).split('\n');
  expect(added.toSorted()).toEqual(outcomes.map(({ path }) => path).toSorted());
  const message = git(folder, 'show', '--no-patch', '--format=%B', commit);
  expect(message).toMatch(/^Notes: 100 at once\n\n(- Note \d+\n){100}\nCo-Authored-By: Claude Code </);
  expect(git(folder, 'status', '--porcelain')).toBe('');
  expect(faultsOf(folder)).toBe('');
});

test('each agent signs a commit of its own, and all of them are pushed at once', async () => {
  const lab = makeLab({ 'code.js': 'let a;\n' });
  const first = git(lab.ours, 'rev-parse', 'HEAD');
  const deps = await open(lab.ours);
  let pushes = 0;
  const remotes: NoteDeps['remotes'] = {
    ...deps.remotes,
    push(...call) {
      pushes += 1;
      return deps.remotes.push(...call);
    },
  };
  const notes = ['claude-code', 'codex-local', 'claude-code'].map((agent, index) => ({
    text: `Note ${index}`,
    agent,
    push: true,
  }));
  const outcomes = (await giveAtOnce({ ...deps, remotes }, notes)).map(must);
  expect(outcomes.map(({ pushed }) => pushed)).toEqual([true, true, true]);
  expect(pushes).toBe(1);
  expect(git(lab.bare, 'rev-parse', 'main')).toBe(outcomes[0]?.commit);
  const authors = commitsSince(lab.ours, first).map((id) =>
    git(lab.ours, 'show', '--no-patch', '--format=%B', id),
  );
  expect(authors.toSorted()).toEqual([
    expect.stringMatching(/^Note 1\n\nCo-Authored-By: Codex/),
    expect.stringMatching(/^Notes: 2 at once\n\n- Note 0\n- Note 2\n\nCo-Authored-By: Claude/),
  ]);
});

test('a note that cannot be written is no obstacle for the others', async () => {
  const folder = makeRepository({ 'code.js': 'let a;\n' });
  const deps = await open(folder);
  const refusing: NoteDeps = {
    ...deps,
    writeNew: async (path, text) =>
      text.includes('Bad')
        ? err(problem('disk-full', path, 'No room.', 'Make room.'))
        : deps.writeNew(path, text),
  };
  const [good, bad, also] = await giveAtOnce(refusing, [
    { text: 'Good' },
    { text: 'Bad' },
    { text: 'Also good' },
  ]);
  expect(bad).toMatchObject({ ok: false, error: { code: 'disk-full' } });
  expect(good).toMatchObject({ ok: true, value: { commit: git(folder, 'rev-parse', 'HEAD') } });
  expect(also).toMatchObject({ ok: true, value: { commit: git(folder, 'rev-parse', 'HEAD') } });
});

test('a note that a hook refuses is no obstacle for the others', async () => {
  const folder = makeRepository({ 'code.js': 'let a;\n' });
  write(folder, '.git/hooks/pre-commit', '#!/bin/sh\n! git diff --cached | grep -q Bad\n', 0o755);
  const [good, bad, also] = (
    await giveAtOnce(await open(folder), [{ text: 'Good' }, { text: 'Bad' }, { text: 'Also good' }])
  ).map(must);
  expect(bad).toMatchObject({ commit: undefined, problems: [{ code: 'hook-refused' }] });
  expect(git(folder, 'status', '--porcelain', '--untracked-files=all')).toBe(`?? ${bad?.path}`);
  for (const one of [good, also]) expect(git(folder, 'show', `${one?.commit}:${one?.path}`)).toContain('ood');
});

test('a note that the repository ignores is left out alone', async () => {
  const folder = makeRepository({ '.gitignore': 'memory-bank/notes/*-bad.md\n' });
  const [good, bad] = (await giveAtOnce(await open(folder), [{ text: 'Good' }, { text: 'Bad' }])).map(must);
  expect(good).toMatchObject({ commit: git(folder, 'rev-parse', 'HEAD'), problems: [] });
  expect(bad).toMatchObject({ commit: undefined, problems: [{ subject: bad?.path }] });
});

test('what somebody wrote who died over it is neither lost nor there twice', async () => {
  const folder = makeRepository({ 'code.js': 'let a;\n' });
  const deps = await open(folder);
  /** It dies where `at` says; the lock goes with it. */
  const dying = (at: 'plan' | 'writeNew' | 'finish'): NoteDeps => {
    const die = () => {
      throw new Error('died');
    };
    const { queue } = deps;
    if (at === 'writeNew') return { ...deps, writeNew: async (...call) => deps.writeNew(...call).then(die) };
    return { ...deps, queue: { ...queue, [at]: die } };
  };
  for (const at of ['plan', 'writeNew', 'finish'] as const)
    await expect(addNote(dying(at), { ...wish, text: `Died at ${at}` })).rejects.toThrow('died');
  must(await addNote(deps, { ...wish, text: 'Alive' }));
  const subjects = git(folder, 'grep', '--no-index', '-h', '^# ', '--', 'memory-bank/notes').split('\n');
  expect(subjects.toSorted()).toEqual([
    '# Alive',
    '# Died at finish',
    '# Died at plan',
    '# Died at writeNew',
  ]);
  expect(git(folder, 'status', '--porcelain', '--untracked-files=all')).toBe('');
});

test('who gives up while it waits is not written, and who was served in that moment hears of it', async () => {
  const folder = makeRepository({ 'code.js': 'let a;\n' });
  const deps = await open(folder);
  const held = must(await deps.lock.acquire({ operation: 'test', agent: 'human' }));
  const stop = new AbortController();
  const given = addNote(deps, { ...wish, text: 'Given up', signal: stop.signal });
  stop.abort();
  expect(await given).toMatchObject({ ok: false, error: { code: 'stopping' } });
  const other = new AbortController();
  const late = addNote(deps, { ...wish, text: 'Served', signal: other.signal });
  const queue = openNoteQueue(join(folder, '.git'));
  const like = { ...wish, text: '', at: '', folder: 'memory-bank/notes/' };
  const [served] = queue.begin(like);
  expect(served?.text).toBe('Served');
  const outcome = ok({ path: 'memory-bank/notes/x.md', commit: 'c', pushed: false, problems: [] });
  if (served !== undefined) queue.finish(served, outcome);
  other.abort();
  expect(await late).toEqual(outcome);
  held.release();
  expect(queue.begin(like)).toEqual([]);
});

test('notes that go another way wait for their own turn', () => {
  const queue = openNoteQueue(temporaryFolder());
  const note = { ...wish, text: 'One', at: '2026-02-03T04:05:06.000Z', folder: 'notes/' };
  must(queue.put(note));
  must(queue.put({ ...note, text: 'Pushed', push: true }));
  must(queue.put({ ...note, text: 'Elsewhere', remote: 'elsewhere' }));
  must(queue.put({ ...note, text: 'Branch', branch: 'other' }));
  expect(queue.begin(note).map(({ text }) => text)).toEqual(['One']);
  expect(queue.begin({ ...note, push: true }).map(({ text }) => text)).toEqual(['Pushed']);
});
