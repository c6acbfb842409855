/** A file that git displaced is at home again, or gets there what others write. */
import { describe, expect, test } from 'vitest';
import type { Movement } from '../../../shared/domain/movement.ts';
import { limits } from '../../../shared/limits.ts';
import { finish } from '../../support/engine-fixture.ts';
import { move, onFeature, onMain, pair, put, type Side, story } from './moving-pair.ts';

const main = { branch: 'main', commit: 'a' };
const later = { branch: 'main', commit: 'b' };
const left = { left: main };

/** HEAD has moved to where these texts are committed. */
async function atHome(side: Side, texts: Record<string, string | null>): Promise<void> {
  side.git.setCheckedOut(later, texts);
  await finish(side.clock, side.engine.scan());
  await side.clock.advance(3_000);
}

const displaced = ({ engine }: Side) =>
  engine.log.files().flatMap((file) => (file.displaced ? [file.path] : []));

describe('a file that is at home, though git did not touch it', () => {
  test('is news for all, and gets what others wrote', async () => {
    const { a, b, calm } = await pair({ 'AGENTS.md': onMain });
    await move(a, { 'AGENTS.md': onFeature }, left);
    await b.save('AGENTS.md', `${onMain}- three\n`);
    await atHome(a, { 'AGENTS.md': onFeature });
    await calm();
    for (const side of [a, b]) {
      expect(side.text('AGENTS.md')).toBe(`${onFeature}- three\n`);
      expect(side.engine.conflicts('all')).toEqual([]);
    }
    expect(displaced(a)).toEqual([]);
  });

  test('is one that came from the branch, or one that went with it', async () => {
    const { a, b, calm } = await pair({ 'AGENTS.md': onMain, 'ROADMAP.md': 'plan\n' });
    await move(a, { 'ROADMAP.md': null, 'HANDOFF.md': 'of the branch\n' }, left);
    await atHome(a, { 'ROADMAP.md': null, 'HANDOFF.md': 'of the branch\n' });
    await calm();
    expect([b.text('ROADMAP.md'), b.text('HANDOFF.md')]).toEqual([undefined, 'of the branch\n']);
    expect(displaced(a)).toEqual([]);
  });

  test('is gone for nobody where it was made on the branch, and is removed when that is back', async () => {
    const { a, b, calm } = await pair({ 'AGENTS.md': onMain });
    await move(a, { 'HANDOFF.md': 'of the branch\n' }, left);
    await b.save('HANDOFF.md', 'of b\n');
    await calm();
    a.git.setCheckedOut(later, { 'HANDOFF.md': null });
    put(a, 'HANDOFF.md', null);
    await calm();
    for (const side of [a, b]) expect(side.text('HANDOFF.md')).toBe('of b\n');
    expect(story(b)).toEqual(['created HANDOFF.md unknown']);
    expect(a.engine.status().problems).toEqual([]);
    expect(displaced(a)).toEqual([]);
  });

  test('is so, too, where nobody else has one of its name', async () => {
    const { a, b, calm } = await pair({ 'AGENTS.md': onMain });
    await move(a, { 'HANDOFF.md': 'of the branch\n' }, left);
    a.git.setCheckedOut(later, { 'HANDOFF.md': null });
    put(a, 'HANDOFF.md', null);
    await calm();
    expect([b.text('HANDOFF.md'), displaced(a), a.logged]).toEqual([undefined, [], []]);
  });

  test('stands for what it stood for, where somebody wrote that again', async () => {
    const { a, b, calm } = await pair({ 'AGENTS.md': 'alpha\n' });
    await move(a, { 'AGENTS.md': 'quite another text\n' }, left);
    await a.save('AGENTS.md', 'quite another story\n');
    await a.save('AGENTS.md', 'alpha\n');
    await b.save('AGENTS.md', 'alpha\nbeta\n');
    await atHome(a, { 'AGENTS.md': 'alpha\n' });
    await calm();
    for (const side of [a, b]) expect(side.text('AGENTS.md')).toBe('alpha\nbeta\n');
    expect(story(b)).toEqual(['modified AGENTS.md unknown']);
  });

  test('is a large one, too, also where somebody wrote on top of it', async () => {
    const large = (first: string) => `${first}\n${'- line\n'.repeat(Math.ceil(limits.atOnceBytes / 7))}`;
    const { a, b, calm } = await pair({ 'AGENTS.md': large('main') });
    await move(a, { 'AGENTS.md': large('feature') }, left);
    await calm();
    expect(displaced(a)).toEqual(['AGENTS.md']);
    a.git.setCheckedOut(later, { 'AGENTS.md': large('merged') });
    await a.save('AGENTS.md', large('merged'));
    await calm();
    expect(b.text('AGENTS.md')).toBe(large('merged'));
    expect(displaced(a)).toEqual([]);
  });

  test('is so after a restart, with what the log knows of its home', async () => {
    const { a, b, calm, startA } = await pair({ 'AGENTS.md': onMain });
    await move(a, { 'AGENTS.md': onFeature }, left);
    await finish(a.clock, a.engine.stop());
    a.git.setCheckedOut(later, { 'AGENTS.md': onFeature });
    await startA();
    await calm();
    expect(b.text('AGENTS.md')).toBe(onFeature);
  });

  test('is none of which nobody knows where it is at home', async () => {
    const { a, b, calm } = await pair({ 'AGENTS.md': onMain });
    await move(a, { 'AGENTS.md': onFeature });
    await atHome(a, { 'AGENTS.md': onFeature });
    await calm();
    expect(b.text('AGENTS.md')).toBe(onMain);
  });
});

describe('what others write to a file that git moved on its own branch', () => {
  const rebase: Partial<Movement> = { kind: 'rebase', from: 'main', to: 'feature', left: main };

  async function rebased() {
    const it = await pair({ 'AGENTS.md': onMain });
    await move(it.a, { 'AGENTS.md': onFeature }, rebase);
    it.a.git.setCheckedOut(later);
    return it;
  }

  test('is in the file, and nothing of the movement goes to them, whoever writes next', async () => {
    const { a, b, calm } = await rebased();
    await b.save('AGENTS.md', `${onMain}- three\n`);
    await calm();
    expect(a.text('AGENTS.md')).toBe(`${onFeature}- three\n`);
    await a.save('AGENTS.md', `${onFeature}- three\n- four\n`);
    await calm();
    await b.save('AGENTS.md', `${onMain}- three\n- four\n- five\n`);
    await calm();
    expect(a.text('AGENTS.md')).toBe(`${onFeature}- three\n- four\n- five\n`);
    expect(b.text('AGENTS.md')).toBe(`${onMain}- three\n- four\n- five\n`);
    expect(displaced(a)).toEqual(['AGENTS.md']);
    for (const side of [a, b]) expect(side.engine.conflicts('all')).toEqual([]);
  });

  test('is in the file with what was written here at the same time', async () => {
    const { a, b, calm } = await rebased();
    put(a, 'AGENTS.md', onFeature.replace('- one', '- one of a'));
    put(b, 'AGENTS.md', `${onMain}- three\n`);
    await calm();
    const joined = (text: string) => `${text.replace('- one', '- one of a')}- three\n`;
    expect([a.text('AGENTS.md'), b.text('AGENTS.md')]).toEqual([joined(onFeature), joined(onMain)]);
  });

  test('waits where it cannot be told from the movement, and is lost to nobody', async () => {
    const { a, b, calm } = await pair({ 'AGENTS.md': 'alpha\n' });
    await move(a, { 'AGENTS.md': 'quite another text\n' }, rebase);
    a.git.setCheckedOut(later);
    await b.save('AGENTS.md', 'beta\n');
    await calm();
    expect([a.text('AGENTS.md'), b.text('AGENTS.md')]).toEqual(['quite another text\n', 'beta\n']);
    await atHome(a, { 'AGENTS.md': 'quite another text\n' });
    await calm();
    expect(a.text('AGENTS.md')).toBe(b.text('AGENTS.md'));
    expect(displaced(a)).toEqual([]);
  });

  test.each([
    ['on another branch', { branch: 'feature', commit: 'b' }, []],
    ['in the middle of a rebase', undefined, []],
    ['while a stash has what lay there', later, ['AGENTS.md']],
  ])('waits %s', async (_, now, stashed) => {
    const { a, b, calm } = await rebased();
    a.git.setCheckedOut(now);
    a.git.setStashed(stashed);
    await b.save('AGENTS.md', `${onMain}- three\n`);
    await calm();
    expect(a.text('AGENTS.md')).toBe(onFeature);
    a.git.setCheckedOut(later);
    a.git.setStashed([]);
    // Nobody tells of a stash that was dropped, but the next wide scan looks.
    await a.clock.advance(11 * 60_000);
    await calm();
    expect(a.text('AGENTS.md')).toBe(`${onFeature}- three\n`);
  });

  test('is in the file once, also after a restart', async () => {
    const { a, b, calm, startA } = await rebased();
    await b.save('AGENTS.md', `${onMain}- three\n`);
    await calm();
    await finish(a.clock, a.engine.stop());
    await startA();
    await calm();
    expect(a.text('AGENTS.md')).toBe(`${onFeature}- three\n`);
    expect(story(b).filter((it) => it.includes('AGENTS.md'))).toEqual(['modified AGENTS.md unknown']);
  });
});
