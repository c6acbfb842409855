/** What git could not merge, or has not committed yet, is kept here and goes to nobody. */
import { describe, expect, test } from 'vitest';
import { createEngineFixture, finish } from '../../support/engine-fixture.ts';
import { createFakeMovements } from '../../support/fake-movements.ts';
import { onMain, pair, put, story, textsOf } from './moving-pair.ts';

describe('a file that git could not merge', () => {
  const [ours, marked] = [
    `${onMain}- ours\n`,
    `${onMain}<<<<<<< HEAD\n- ours\n=======\n- theirs\n>>>>>>> feature\n`,
  ];
  const merged = `${onMain}- ours\n- theirs\n`;

  async function unmergedAtA() {
    const it = await pair({ 'AGENTS.md': onMain });
    await it.a.save('AGENTS.md', ours);
    await it.calm();
    it.a.git.setUnmerged(['AGENTS.md']);
    await it.a.save('AGENTS.md', marked);
    await it.calm();
    return it;
  }

  test('is kept with its markers, goes to nobody, and says so', async () => {
    const { a, b } = await unmergedAtA();
    expect(b.text('AGENTS.md')).toBe(ours);
    expect(story(a)).toEqual(['modified AGENTS.md git here', 'modified AGENTS.md unknown']);
    expect(textsOf(a, 'AGENTS.md')).toContain(marked);
    expect(a.engine.log.pendingCount()).toBe(1);
    expect(a.engine.status().problems.map(({ code }) => code)).toContain('repository-state');
  });

  test('is kept in each version that somebody makes of it', async () => {
    const { a, b, calm } = await unmergedAtA();
    const half = marked.replace('<<<<<<< HEAD\n', '');
    await a.save('AGENTS.md', half);
    await calm();
    expect(textsOf(a, 'AGENTS.md').slice(-2)).toEqual([marked, half]);
    expect(b.text('AGENTS.md')).toBe(ours);
  });

  test('goes to the others as it was settled, on top of what it was before', async () => {
    const { a, b, calm } = await unmergedAtA();
    await a.save('AGENTS.md', merged);
    await b.save('AGENTS.md', `# Ours\n${ours}`);
    await calm();
    expect([a.text('AGENTS.md'), b.text('AGENTS.md')]).toEqual([merged, `# Ours\n${ours}`]);
    a.git.setUnmerged([]);
    await calm();
    for (const side of [a, b]) {
      expect(side.text('AGENTS.md')).toBe(`# Ours\n${merged}`);
      expect(side.engine.conflicts('all')).toEqual([]);
    }
  });

  test('is as before once the merge is given up', async () => {
    const { a, b, calm } = await unmergedAtA();
    a.git.setUnmerged([]);
    await a.save('AGENTS.md', ours);
    await calm();
    expect(b.text('AGENTS.md')).toBe(ours);
    expect(a.engine.status().problems).toEqual([]);
  });

  test('is not deleted for the others when it is gone here', async () => {
    const { a, b, calm } = await unmergedAtA();
    put(a, 'AGENTS.md', null);
    await calm();
    expect(b.text('AGENTS.md')).toBe(ours);
  });

  test('survives a restart, and is kept once', async () => {
    const { a, b, calm, startA } = await unmergedAtA();
    await finish(a.clock, a.engine.stop());
    await startA();
    await calm();
    expect(b.text('AGENTS.md')).toBe(ours);
    expect(textsOf(a, 'AGENTS.md').filter((text) => text === marked)).toHaveLength(1);
  });

  test('keeps what git put beside it from the others, too, until it is committed or given up', async () => {
    const { a, b, calm } = await pair({ 'AGENTS.md': onMain, 'ROADMAP.md': 'plan\n', 'HANDOFF.md': 'old\n' });
    a.git.setUnmerged(['AGENTS.md'], ['ROADMAP.md', 'HANDOFF.md']);
    await a.save('ROADMAP.md', 'plan of the branch\n');
    put(a, 'HANDOFF.md', null);
    await calm();
    expect([b.text('ROADMAP.md'), b.text('HANDOFF.md')]).toEqual(['plan\n', 'old\n']);
    expect(textsOf(a, 'ROADMAP.md')).toContain('plan of the branch\n');
    expect(a.engine.log.pendingCount()).toBe(0);
    a.git.setUnmerged([]);
    put(a, 'HANDOFF.md', 'old\n');
    await calm();
    expect([b.text('ROADMAP.md'), b.text('HANDOFF.md')]).toEqual(['plan of the branch\n', 'old\n']);
    expect(a.engine.status().problems).toEqual([]);
  });

  test('is forgotten when what git put there was given up while nobody looked', async () => {
    const { a } = await pair({ 'AGENTS.md': onMain });
    a.git.setUnmerged([], ['GEMINI.md']);
    await a.save('GEMINI.md', 'of the merge\n');
    await a.clock.advance(2_000);
    expect(a.engine.status().problems.map(({ subject }) => subject)).toEqual(['GEMINI.md']);
    await finish(a.clock, a.engine.pause());
    put(a, 'GEMINI.md', null);
    a.git.setUnmerged([]);
    await finish(a.clock, a.engine.resume());
    await finish(a.clock, a.engine.scan());
    expect(a.engine.status().problems).toEqual([]);
  });

  test('that somebody added is kept from the others, and listed as deleted once it is given up', async () => {
    const { a, b, calm, startA } = await pair({ 'AGENTS.md': onMain });
    const [path, text] = ['docs/passation_claude.md', 'never committed\n'];
    a.git.setUnmerged(['AGENTS.md'], [], [path]);
    await a.save(path, text);
    await calm();
    expect(story(a)).toEqual([`created ${path} claude-code here`]);
    expect(a.engine.log.files().map((file) => file.path)).toEqual(['AGENTS.md']);
    await finish(a.clock, a.engine.stop());
    a.git.setUnmerged([]);
    put(a, path, null);
    await startA();
    await calm();
    expect(story(a)).toEqual([`deleted ${path} git here`, `created ${path} claude-code here`]);
    expect(a.engine.log.files()).toMatchObject([
      { path: 'AGENTS.md' },
      { path, deleted: true, displaced: false, agent: 'claude-code' },
    ]);
    expect(b.text(path)).toBeUndefined();
    await finish(a.clock, a.engine.restore(path, 'latest~1', 'human'));
    await calm();
    expect([a.text(path), b.text(path)]).toEqual([text, text]);
    expect(a.engine.status().problems).toEqual([]);
  });

  test('that somebody added makes way, when it is given up, for what others wrote under its name', async () => {
    const { a, b, calm } = await pair({ 'AGENTS.md': onMain });
    const path = 'docs/passation_claude.md';
    a.git.setUnmerged(['AGENTS.md'], [], [path]);
    await a.save(path, 'of a\n');
    await b.save(path, 'of b\n');
    await calm();
    put(a, path, null);
    a.git.setUnmerged([]);
    await calm();
    for (const side of [a, b]) expect(side.text(path)).toBe('of b\n');
    expect(textsOf(a, path)).toContain('of a\n');
  });

  test('is no baseline either', async () => {
    const git = createFakeMovements();
    git.setUnmerged(['AGENTS.md']);
    const side = await createEngineFixture({ files: { 'AGENTS.md': marked }, git });
    expect(side.engine.log.changes({ limit: 10 }).map(({ local }) => local)).toEqual([true]);
    git.setUnmerged([]);
    await side.save('AGENTS.md', merged);
    expect(side.engine.log.changes({ limit: 1 })[0]).toMatchObject({ kind: 'created', local: false });
  });
});
