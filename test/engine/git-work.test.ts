/** When git is asked, and when it is left alone. */
import { describe, expect, test } from 'vitest';
import type { GitFinding } from '../../electron/engine/agents/git-evidence.ts';
import { createGitWork } from '../../electron/engine/git-work.ts';
import { createEngineFixture, finish } from '../support/engine-fixture.ts';
import { createFakeGit } from '../support/fake-git.ts';
import { createCoreFixture, evidence } from './core-fixture.ts';

const message = 'work\n\nCo-Authored-By: Claude <noreply@anthropic.com>';

function setUp() {
  const fixture = createCoreFixture();
  const asked: string[] = [];
  const git = {
    ...fixture.git,
    commitsOf: (paths: readonly string[], atMost: number) => {
      asked.push(...paths);
      return fixture.git.commitsOf(paths, atMost);
    },
  };
  const commit = (files: Record<string, string>) => fixture.git.commit({ files, message });
  const start = () => {
    const answers: GitFinding[] = [];
    const work = createGitWork({ ...fixture.core, git }, (findings) => void answers.push(...findings));
    const explain = async () => {
      work.ask();
      await work.idle();
      return work.believe(answers.splice(0));
    };
    return { ...work, explain };
  };
  return { ...fixture, asked, commit, start };
}

test('each path is asked about once for each commit, and at once when it is new', async () => {
  const { save, start, commit, asked } = setUp();
  commit({ other: 'x' });
  const work = start();
  await save('AGENTS.md', 'a\n');
  work.wonder(['AGENTS.md']);
  await work.explain();
  await work.explain();
  expect(asked).toEqual(['AGENTS.md']);
  await save('ROADMAP.md', 'r\n');
  work.wonder(['ROADMAP.md']);
  await work.explain();
  expect(asked).toEqual(['AGENTS.md', 'ROADMAP.md']);
  commit({ other: 'y' });
  await work.explain();
  expect(asked.slice(2).toSorted()).toEqual(['AGENTS.md', 'ROADMAP.md']);
});

test('paths that wait are asked about together: each question starts a process', async () => {
  const { save, core, git, commit } = setUp();
  const questions: number[] = [];
  const commitsOf: typeof git.commitsOf = (paths, atMost) => {
    questions.push(paths.length);
    return git.commitsOf(paths, atMost);
  };
  const names = Array.from({ length: 450 }, (_, index) => `memory-bank/${index}.md`);
  for (const name of names) await save(name, `${name}\n`);
  commit(Object.fromEntries(names.map((name) => [name, `${name}\n`])));
  const answers: GitFinding[] = [];
  const work = createGitWork({ ...core, git: { ...git, commitsOf } }, (found) => void answers.push(...found));
  work.ask();
  await work.idle();
  expect(questions).toEqual([200, 200, 50]);
  expect(work.believe(answers)).toHaveLength(450);
});

test('a path that git explained is left alone until it changes again', async () => {
  const { save, start, commit, asked } = setUp();
  const work = start();
  await save('AGENTS.md', 'a\n');
  work.wonder(['AGENTS.md']);
  commit({ 'AGENTS.md': 'a\n' });
  expect(await work.explain()).toMatchObject([{ path: 'AGENTS.md', agent: 'claude-code' }]);
  commit({ other: 'y' });
  expect(await work.explain()).toEqual([]);
  expect(asked).toHaveLength(1);
});

test('what was open when Skein stopped is asked about at the next start', async () => {
  const { save, start, commit } = setUp();
  await save('AGENTS.md', 'a\n');
  commit({ 'AGENTS.md': 'a\n' });
  expect(await start().explain()).toHaveLength(1);
  expect(await start().explain()).toEqual([]);
});

test('without a repository nothing is asked, and what was wondered about is kept', async () => {
  const { save, start, commit, asked, git } = setUp();
  const work = start();
  await save('AGENTS.md', 'a\n');
  work.wonder(['AGENTS.md']);
  expect(await work.explain()).toEqual([]);
  git.setMissing(true);
  commit({ 'AGENTS.md': 'a\n' });
  expect(await work.explain()).toEqual([]);
  expect(asked).toEqual([]);
  git.setMissing(false);
  expect(await work.explain()).toHaveLength(1);
});

test('asked again while it is asking, it asks once more; stopped, it asks no more', async () => {
  const { save, commit, git, core, asked } = setUp();
  await save('AGENTS.md', 'a\n');
  commit({ 'AGENTS.md': 'a\n' });
  const answers: GitFinding[] = [];
  const work = createGitWork({ ...core, git }, (findings) => void answers.push(...findings));
  work.ask();
  work.ask();
  work.stop();
  await work.idle();
  expect(answers).toEqual([]);
  expect(asked).toEqual([]);
});

/** A git that answers about a path only when told to. */
async function slowly() {
  const fixture = setUp();
  const gate = Promise.withResolvers<void>();
  const git = {
    ...fixture.git,
    commitsOf: async (paths: readonly string[], atMost: number) => {
      fixture.asked.push(...paths);
      await gate.promise;
      return fixture.git.commitsOf(paths, atMost);
    },
  };
  await fixture.save('AGENTS.md', 'a\n');
  fixture.commit({ 'AGENTS.md': 'a\n' });
  const answers: GitFinding[] = [];
  const work = createGitWork({ ...fixture.core, git }, (findings) => void answers.push(...findings));
  work.ask();
  await new Promise(setImmediate);
  return { ...fixture, work, gate, answers };
}

test('what is wondered about while git answers is asked about right afterwards', async () => {
  const { work, gate, asked, save, commit, answers, core } = await slowly();
  await save('ROADMAP.md', 'r\n');
  commit({ 'ROADMAP.md': 'r\n' });
  work.wonder(['ROADMAP.md']);
  work.ask();
  work.ask();
  expect(asked).toEqual(['AGENTS.md']);
  gate.resolve();
  await work.idle();
  const explained = new Set(answers.map(({ position }) => core.reader.change(position)?.path));
  expect([...explained]).toEqual(['AGENTS.md', 'ROADMAP.md']);
});

test('an answer that comes after the stop is dropped', async () => {
  const { work, gate, answers, asked } = await slowly();
  work.stop();
  gate.resolve();
  await work.idle();
  expect(asked).toEqual(['AGENTS.md']);
  expect(answers).toEqual([]);
});

test('an answer about a change that got better evidence meanwhile only joins it', async () => {
  const { work, gate, answers, core } = await slowly();
  gate.resolve();
  await work.idle();
  const change = core.reader.changes({ limit: 1 })[0];
  if (change !== undefined) core.attribution.add(change, evidence('process', 'aider'));
  expect(work.believe(answers)).toMatchObject([{ agent: 'aider', evidence: [{}, { source: 'git' }, {}] }]);
  expect(work.believe([{ position: 999, evidence: evidence('git', 'human') }])).toEqual([]);
});

describe('HEAD is followed', () => {
  /** An engine that has asked git about its one change, and learned nothing. */
  async function afterAnEdit() {
    const git = createFakeGit();
    git.commit({ files: { other: 'x' }, message: 'first' });
    const fixture = await createEngineFixture({ git });
    await fixture.save('AGENTS.md', 'a\n');
    const agent = () => fixture.engine.log.changes({ limit: 1 })[0]?.agent;
    expect(agent()).toBe('unknown');
    const commit = () => git.commit({ files: { 'AGENTS.md': 'a\n' }, message });
    return { ...fixture, git, agent, commit };
  }
  /** Long before the next check. */
  const momentMs = 1_000;

  test('so that a commit is believed within a moment', async () => {
    const { clock, agent, commit } = await afterAnEdit();
    commit();
    await clock.advance(momentMs);
    expect(agent()).toBe('claude-code');
  });

  test('only while the engine watches', async () => {
    const { clock, agent, commit, engine } = await afterAnEdit();
    await finish(clock, engine.pause());
    commit();
    await clock.advance(momentMs);
    expect(agent()).toBe('unknown');
    await finish(clock, engine.resume());
    await clock.advance(momentMs);
    expect(agent()).toBe('claude-code');
  });

  test('in a repository that comes later, too', async () => {
    const { clock, agent, commit, git, disk } = await afterAnEdit();
    git.setMissing(true);
    commit();
    await clock.advance(momentMs);
    git.setMissing(false);
    disk.makeFolder('.git');
    await clock.advance(momentMs);
    expect(agent()).toBe('claude-code');
  });
});
