/** What git moves is recorded as what it is, stays here, and comes back without a conflict. */
import { describe, expect, test } from 'vitest';
import { finish } from '../../support/engine-fixture.ts';
import { memoryLink } from '../../support/memory-network.ts';
import { move, onFeature, onMain, open, pair, put, story, textsOf } from './moving-pair.ts';

describe('a switch of branches', () => {
  test('is recorded as git’s, in one group, and nothing of it waits for a report', async () => {
    const side = await open({ 'AGENTS.md': onMain, 'ROADMAP.md': 'old\n' });
    const movement = await move(side, { 'AGENTS.md': onFeature, 'ROADMAP.md': null, 'HANDOFF.md': 'new\n' });
    const changes = side.engine.log.changes({ limit: 10 }).filter(({ baseline }) => !baseline);
    expect(story(side).toSorted()).toEqual([
      'created HANDOFF.md git here',
      'deleted ROADMAP.md git here',
      'modified AGENTS.md git here',
    ]);
    expect(changes.map((change) => change.movement)).toEqual([movement, movement, movement]);
    expect(changes[0]?.evidence[0]?.detail).toBe('Switched from main to feature, at commit 0000000000.');
    expect(side.engine.log.pendingCount()).toBe(0);
    expect(side.engine.log.activity(0, side.clock.nowMs() + 1)).toEqual([]);
  });

  test('is waited for while git is in the middle of it', async () => {
    const side = await open({ 'AGENTS.md': onMain });
    side.git.setAtWork(true);
    put(side, 'AGENTS.md', onFeature);
    await side.clock.advance(2_000);
    expect(story(side)).toEqual([]);
    side.git.moved({ atMs: side.clock.nowMs() }, { 'AGENTS.md': onFeature });
    side.git.setAtWork(false);
    await side.clock.advance(1_000);
    expect(story(side)).toEqual(['modified AGENTS.md git here']);
  });

  test('is not waited for without end', async () => {
    const side = await open({ 'AGENTS.md': onMain });
    side.git.setAtWork(true);
    put(side, 'AGENTS.md', 'somebody\n');
    await side.clock.advance(15_000);
    expect(story(side)).toEqual(['modified AGENTS.md unknown']);
  });

  test('that was done while Skein did not run is found at its start', async () => {
    const side = await open({ 'AGENTS.md': onMain });
    await finish(side.clock, side.engine.stop());
    side.git.moved({ atMs: side.clock.nowMs() }, { 'AGENTS.md': onFeature });
    put(side, 'AGENTS.md', onFeature);
    await side.startEngine();
    expect(story(side)).toEqual(['modified AGENTS.md git here']);
  });

  test('changes nothing for the others, and what they write comes when the branch is back', async () => {
    const { a, b, calm } = await pair({ 'AGENTS.md': onMain });
    await move(a, { 'AGENTS.md': onFeature });
    await calm();
    expect(b.text('AGENTS.md')).toBe(onMain);
    expect(story(b)).toEqual([]);
    await b.save('AGENTS.md', `${onMain}- three\n`);
    await calm();
    expect(a.text('AGENTS.md')).toBe(onFeature);
    await move(a, { 'AGENTS.md': onMain }, { from: 'feature', to: 'main' });
    await calm();
    expect(a.text('AGENTS.md')).toBe(`${onMain}- three\n`);
    expect(b.text('AGENTS.md')).toBe(`${onMain}- three\n`);
    expect(a.engine.conflicts('all')).toEqual([]);
    expect(b.engine.conflicts('all')).toEqual([]);
  });

  test('and back leaves no trace in what is shared', async () => {
    const { a, b, calm } = await pair({ 'AGENTS.md': onMain, 'ROADMAP.md': 'plan\n' });
    await move(a, { 'AGENTS.md': onFeature, 'ROADMAP.md': null, 'HANDOFF.md': 'of the branch\n' });
    await calm();
    await move(a, { 'AGENTS.md': onMain, 'ROADMAP.md': 'plan\n', 'HANDOFF.md': null }, { to: 'main' });
    await calm();
    await a.save('AGENTS.md', `${onMain}- three\n`);
    await b.save('ROADMAP.md', 'plan\nmore\n');
    await calm();
    for (const side of [a, b]) {
      expect(side.text('AGENTS.md')).toBe(`${onMain}- three\n`);
      expect(side.text('ROADMAP.md')).toBe('plan\nmore\n');
      expect(side.text('HANDOFF.md')).toBeUndefined();
    }
    expect(story(b)).toEqual(['modified ROADMAP.md unknown', 'modified AGENTS.md unknown']);
    expect(story(a).filter((it) => it.endsWith(' here'))).toHaveLength(6);
  });

  test('carries an edit on the branch over to the others, without the branch', async () => {
    const { a, b, calm } = await pair({ 'AGENTS.md': onMain });
    await move(a, { 'AGENTS.md': onFeature });
    await a.save('AGENTS.md', `${onFeature}- three\n`);
    await calm();
    expect(b.text('AGENTS.md')).toBe(`${onMain}- three\n`);
    expect(a.text('AGENTS.md')).toBe(`${onFeature}- three\n`);
    expect(a.engine.log.pendingCount()).toBe(1);
    await move(a, { 'AGENTS.md': onMain }, { from: 'feature', to: 'main' });
    await calm();
    expect(a.text('AGENTS.md')).toBe(`${onMain}- three\n`);
  });

  test('keeps an edit on the branch that cannot be told from it, and every version that stood', async () => {
    const { a, b, calm } = await pair({ 'AGENTS.md': 'alpha\n' });
    await move(a, { 'AGENTS.md': 'quite another text\n' });
    await a.save('AGENTS.md', 'quite another story\n');
    await calm();
    expect(b.text('AGENTS.md')).toBe('alpha\n');
    expect(story(b)).toEqual([]);
    await move(a, { 'AGENTS.md': 'alpha\n' }, { to: 'main' });
    await calm();
    expect(textsOf(a, 'AGENTS.md')).toEqual([
      'alpha\n',
      'alpha\n',
      'quite another text\n',
      'quite another story\n',
      'alpha\n',
    ]);
  });

  test('away from what was written on a branch leaves that for the others, and finds it again', async () => {
    const { a, b, calm } = await pair({ 'HANDOFF.md': 'before\n' });
    await a.save('HANDOFF.md', 'before\nwritten on the branch\n');
    await move(a, { 'HANDOFF.md': 'before\n' }, { from: 'feature', to: 'main' });
    await calm();
    expect(a.text('HANDOFF.md')).toBe('before\n');
    expect(b.text('HANDOFF.md')).toBe('before\nwritten on the branch\n');
    await b.save('HANDOFF.md', 'before\nwritten on the branch\nand by b\n');
    await calm();
    await move(a, { 'HANDOFF.md': 'before\nwritten on the branch\n' });
    await calm();
    expect(a.text('HANDOFF.md')).toBe('before\nwritten on the branch\nand by b\n');
  });

  test('back to what was written there while nobody looked is news for all', async () => {
    const { a, b, calm, startA } = await pair({ 'AGENTS.md': onMain, 'ROADMAP.md': 'plan\n' });
    await finish(a.clock, a.engine.stop());
    await a.clock.advance(5_000);
    const [atMs, unseen] = [a.clock.nowMs(), `${onMain}- unseen\n`];
    a.git.committed(atMs, { 'AGENTS.md': unseen });
    a.git.moved({ atMs }, { 'AGENTS.md': onFeature, 'ROADMAP.md': 'of the branch\n' });
    put(a, 'AGENTS.md', onFeature);
    put(a, 'ROADMAP.md', 'of the branch\n');
    await startA();
    await b.save('AGENTS.md', onMain.replace('# Agents', '# All agents'));
    await calm();
    expect(story(b)).toEqual(['modified AGENTS.md unknown']);
    await move(a, { 'AGENTS.md': unseen, 'ROADMAP.md': null }, { from: 'feature', to: 'main' });
    await calm();
    for (const side of [a, b]) {
      expect(side.text('AGENTS.md')).toBe(unseen.replace('# Agents', '# All agents'));
      expect(side.text('ROADMAP.md')).toBeUndefined();
      expect(side.engine.conflicts('all')).toEqual([]);
    }
  });

  test('that was done while Skein did not run, with an edit on top, is both', async () => {
    const { a, b, calm, startA } = await pair({ 'AGENTS.md': onMain, 'ROADMAP.md': 'plan\n' });
    await finish(a.clock, a.engine.stop());
    a.git.moved({ atMs: a.clock.nowMs() }, { 'AGENTS.md': onFeature, 'ROADMAP.md': null });
    put(a, 'AGENTS.md', `${onFeature}- three\n`);
    await startA();
    await calm();
    expect(textsOf(a, 'AGENTS.md').slice(-2)).toEqual([`${onMain}- three\n`, `${onFeature}- three\n`]);
    expect(textsOf(a, 'AGENTS.md')).toContain(onFeature);
    expect(b.text('AGENTS.md')).toBe(`${onMain}- three\n`);
    expect(b.text('ROADMAP.md')).toBe('plan\n');
    await a.save('AGENTS.md', `${onFeature}- three\n- four\n`);
    await calm();
    expect(b.text('AGENTS.md')).toBe(`${onMain}- three\n- four\n`);
    expect(story(a).filter((it) => it === 'modified AGENTS.md git here')).toHaveLength(1);
  });

  test('and an edit that is taken back within the same second are no second movement', async () => {
    const { a, b, calm } = await pair({ 'AGENTS.md': onMain });
    a.git.moved({ atMs: a.clock.nowMs() }, { 'AGENTS.md': onFeature });
    for (const text of [onFeature, `${onFeature}- three\n`, onFeature]) {
      put(a, 'AGENTS.md', text);
      await a.clock.advance(100);
    }
    await calm();
    expect(story(a).filter((it) => it.includes(' git '))).toHaveLength(1);
    expect(b.text('AGENTS.md')).toBe(onMain);
    expect(story(b)).toHaveLength(2);
  });

  test('to a file that only the branch has makes way for one of its name once somebody removed it', async () => {
    const { a, b, calm } = await pair({ 'AGENTS.md': onMain });
    await move(a, { 'HANDOFF.md': 'of the branch\n' });
    await b.save('HANDOFF.md', 'of b\n');
    await calm();
    expect(a.text('HANDOFF.md')).toBe('of the branch\n');
    put(a, 'HANDOFF.md', null);
    await calm();
    for (const side of [a, b]) expect(side.text('HANDOFF.md')).toBe('of b\n');
  });

  test('that threw away what came from others brings it back with the branch', async () => {
    const { a, b, calm } = await pair({ 'AGENTS.md': onMain });
    await b.save('AGENTS.md', `${onMain}- three\n`);
    await calm();
    expect(a.text('AGENTS.md')).toBe(`${onMain}- three\n`);
    await move(a, { 'AGENTS.md': onFeature });
    await move(a, { 'AGENTS.md': onMain }, { from: 'feature', to: 'main' });
    await calm();
    expect(a.text('AGENTS.md')).toBe(`${onMain}- three\n`);
    expect(story(b)).toEqual(['modified AGENTS.md unknown']);
  });

  test('back to what one of several replicas wrote brings what the others wrote, too', async () => {
    const [a, b, other] = [await open({}, 1), await open({ 'ROADMAP.md': 'plan\n' }, 2), await open({}, 3)];
    await move(a, { 'ROADMAP.md': 'of the branch\n' });
    await b.save('ROADMAP.md', 'plan\nmore\n');
    await other.save('ROADMAP.md', 'plan\n');
    const asA = { id: 'a', name: 'A' };
    a.engine.replication.addPeer(memoryLink(() => b.engine, { id: 'b', name: 'B', from: asA }));
    a.engine.replication.addPeer(memoryLink(() => other.engine, { id: 'c', name: 'C', from: asA }));
    await a.clock.advance(2_000);
    expect(a.text('ROADMAP.md')).toBe('of the branch\n');
    await move(a, { 'ROADMAP.md': 'plan\n' }, { from: 'feature', to: 'main' });
    expect(a.text('ROADMAP.md')).toBe('plan\nmore\n');
  });

  test('survives restarts at either end', async () => {
    const { a, b, calm } = await pair({ 'AGENTS.md': onMain });
    await move(a, { 'AGENTS.md': onFeature });
    await b.save('AGENTS.md', `${onMain}- three\n`);
    await calm();
    await finish(a.clock, a.engine.stop());
    await a.startEngine();
    expect(a.text('AGENTS.md')).toBe(onFeature);
    await finish(a.clock, a.engine.stop());
    a.git.moved({ atMs: a.clock.nowMs(), to: 'main' }, { 'AGENTS.md': onMain });
    put(a, 'AGENTS.md', onMain);
    await a.startEngine();
    expect(a.text('AGENTS.md')).toBe(`${onMain}- three\n`);
  });

  test('is news for all when the branch is merged, with its content', async () => {
    const { a, b, calm } = await pair({ 'AGENTS.md': onMain });
    await move(a, { 'AGENTS.md': onFeature });
    await move(a, { 'AGENTS.md': onMain }, { from: 'feature', to: 'main' });
    await move(a, { 'AGENTS.md': onFeature }, { kind: 'merge', from: 'feature', to: 'main', grew: true });
    await calm();
    expect(b.text('AGENTS.md')).toBe(onFeature);
    expect(story(a)[0]).toBe('modified AGENTS.md unknown');
    expect(a.engine.log.changes({ limit: 1 })[0]?.movement).toMatchObject({ kind: 'merge' });
    expect(a.engine.log.pendingCount()).toBe(1);
  });
});

describe('a workspace that follows branches', () => {
  async function following() {
    const it = await pair({ 'AGENTS.md': onMain });
    for (const side of [it.a, it.b])
      await finish(side.clock, side.engine.changeSettings({ follow_branches: true }));
    return it;
  }

  test('changes the files of the others, too, and no report waits for that', async () => {
    const { a, b, calm } = await following();
    await move(a, { 'AGENTS.md': onFeature });
    await calm();
    expect(b.text('AGENTS.md')).toBe(onFeature);
    for (const side of [a, b]) {
      expect(story(side)[0]).toBe('modified AGENTS.md git');
      expect(side.engine.log.pendingCount()).toBe(0);
    }
    await b.save('AGENTS.md', `${onFeature}- three\n`);
    await calm();
    expect(a.text('AGENTS.md')).toBe(`${onFeature}- three\n`);
  });
});

describe('a workspace that follows branches from now on', () => {
  test('tells the others what lies here, and takes what they wrote meanwhile', async () => {
    const { a, b, calm } = await pair({ 'AGENTS.md': onMain, 'ROADMAP.md': 'plan\n' });
    await move(a, { 'AGENTS.md': onFeature, 'ROADMAP.md': null, 'HANDOFF.md': 'new\n' });
    await b.save('AGENTS.md', `${onMain}- three\n`);
    await calm();
    await finish(a.clock, a.engine.changeSettings({ follow_branches: true }));
    await calm();
    for (const side of [a, b]) {
      expect(side.text('AGENTS.md')).toBe(`${onFeature}- three\n`);
      expect(side.text('ROADMAP.md')).toBeUndefined();
      expect(side.text('HANDOFF.md')).toBe('new\n');
    }
  });
});

describe('what came from another replica and is not committed yet', () => {
  const [old, next] = ['old\n', 'old\nnew\n'];
  const pulled = { kind: 'pull', from: '1234567890', to: 'main', grew: true } as const;

  test('is one version with the same content that a pull brings later', async () => {
    const { a, b, calm } = await pair({ 'HANDOFF.md': old });
    await a.save('HANDOFF.md', next);
    await calm();
    await move(b, { 'HANDOFF.md': next }, pulled);
    await calm();
    expect(story(a)).toEqual(['modified HANDOFF.md unknown']);
    expect(story(b)).toEqual(['modified HANDOFF.md unknown']);
  });

  test('is one version with what a pull brought before it came', async () => {
    const { a, b, calm } = await pair({ 'HANDOFF.md': old });
    await a.save('HANDOFF.md', next);
    await move(b, { 'HANDOFF.md': next }, pulled);
    await calm();
    await b.save('HANDOFF.md', `${next}more\n`);
    await calm();
    for (const side of [a, b]) {
      expect(side.text('HANDOFF.md')).toBe(`${next}more\n`);
      expect(side.engine.conflicts('all')).toEqual([]);
    }
  });

  test('is one version with what a switch brings', async () => {
    const { a, b, calm } = await pair({ 'HANDOFF.md': old });
    await a.save('HANDOFF.md', next);
    await calm();
    await move(b, { 'HANDOFF.md': old });
    await move(b, { 'HANDOFF.md': next });
    await a.save('HANDOFF.md', `${next}more\n`);
    await calm();
    expect(b.text('HANDOFF.md')).toBe(`${next}more\n`);
  });
});

describe('a stash', () => {
  test('takes a file away here and nowhere else, and brings it back without a change', async () => {
    const { a, b, calm } = await pair({ 'AGENTS.md': onMain });
    await a.save('HANDOFF.md', 'mine\n');
    await calm();
    await move(a, { 'HANDOFF.md': null }, { kind: 'reset', to: 'HEAD' });
    await calm();
    expect(b.text('HANDOFF.md')).toBe('mine\n');
    await a.save('HANDOFF.md', 'mine\n');
    await b.save('HANDOFF.md', 'mine\nand theirs\n');
    await calm();
    for (const side of [a, b]) {
      expect(side.text('HANDOFF.md')).toBe('mine\nand theirs\n');
      expect(side.engine.conflicts('all')).toEqual([]);
    }
    expect(story(b)).toEqual(['modified HANDOFF.md unknown', 'created HANDOFF.md unknown']);
  });
});
