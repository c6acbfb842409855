/** What Skein tracks, both sides changed: our merge, whether the changes are committed or not. */
import { describe, expect, test } from 'vitest';
import { pull } from '../../../electron/engine/git/pull.ts';
import { commitAll, copyOf, faultsOf, git, portrait, useGitLab, write } from '../../support/git-lab.ts';
import { makeLab, openPull, put, request, textOf, theyPush } from '../../support/pull-lab.ts';

useGitLab();

const journal = (...entries: string[]) => `# Journal\n\n${entries.map((entry) => `- ${entry}\n`).join('')}`;
const base = { 'JOURNAL.md': journal('one'), 'code.ts': 'x\n' };

/** Both sides committed to the journal. */
function bothCommitted(mine: string | null, theirs: string | null) {
  const lab = makeLab(base);
  put(lab.ours, { 'JOURNAL.md': mine });
  const ours = commitAll(lab.ours, 'Mine');
  const other = theyPush(lab, { 'JOURNAL.md': theirs });
  return { ...lab, heads: [ours, other] };
}

describe('committed on both sides', () => {
  test('entries that both add are both kept, where git sees a conflict', async () => {
    const lab = bothCommitted(journal('one', 'mine'), journal('one', 'theirs'));
    expect(() => git(copyOf(lab.ours), 'pull', '--quiet', '--no-rebase', 'origin', 'main')).toThrow();
    const { deps } = await openPull(lab.ours);
    const outcome = await pull(deps, request);
    expect(outcome).toMatchObject({ success: true, kind: 'merge', aside: [] });
    const text = textOf(lab.ours, 'JOURNAL.md');
    for (const entry of ['- one\n', '- mine\n', '- theirs\n']) expect(text).toContain(entry);
    expect(text).not.toContain('<<<<');
    expect(git(lab.ours, 'status', '--porcelain')).toBe('');
    expect(git(lab.ours, 'log', '-1', '--format=%P').split(' ')).toEqual(lab.heads);
    const place = lab.bare.replace(/\.git$/, '');
    expect(git(lab.ours, 'log', '-1', '--format=%B').trim()).toBe(`Merge branch 'main' of ${place}`);
    expect(faultsOf(lab.ours)).toBe('');
  });

  test('the others get the same by a fast-forward, and nothing is left to merge', async () => {
    const lab = bothCommitted(journal('one', 'mine'), journal('one', 'theirs'));
    await pull((await openPull(lab.ours)).deps, request);
    git(lab.ours, 'push', '--quiet', 'origin', 'main');
    const { deps } = await openPull(lab.theirs);
    expect(await pull(deps, request)).toMatchObject({ success: true, kind: 'fast-forward' });
    expect(textOf(lab.theirs, 'JOURNAL.md')).toBe(textOf(lab.ours, 'JOURNAL.md'));
  });

  test('what cannot be merged keeps one side whole, and gives the other away', async () => {
    const mine = 'Everything written anew by us, line after line.\nNothing of old.\nAt all.\n';
    const theirs = 'They too began from scratch.\nOther words.\nOther thoughts.\n';
    const lab = bothCommitted(mine, theirs);
    const { deps, logged } = await openPull(lab.ours);
    const outcome = await pull(deps, request);
    if (!outcome.success) throw new Error(outcome.message);
    const [aside] = outcome.aside;
    expect([mine, theirs]).toContain(textOf(lab.ours, 'JOURNAL.md'));
    expect(outcome.aside).toHaveLength(1);
    expect(Buffer.from(aside?.bytes ?? []).toString()).toBe(aside?.side === 'ours' ? mine : theirs);
    expect(textOf(lab.ours, 'JOURNAL.md')).toBe(aside?.side === 'ours' ? theirs : mine);
    expect(aside?.commit).toBe(lab.heads[aside?.side === 'ours' ? 0 : 1]);
    expect(logged.join('\n')).toContain('JOURNAL.md');
    expect(git(lab.ours, 'status', '--porcelain')).toBe('');
  });

  test.each<[string, string | null, string | null]>([
    ['they removed it', journal('one', 'mine'), null],
    ['we removed it', null, journal('one', 'theirs')],
  ])('an edit wins over a deletion: %s', async (_what, mine, theirs) => {
    const lab = bothCommitted(mine, theirs);
    const { deps } = await openPull(lab.ours);
    expect(await pull(deps, request)).toMatchObject({ success: true, kind: 'merge' });
    expect(textOf(lab.ours, 'JOURNAL.md')).toBe(mine ?? theirs);
    expect(git(lab.ours, 'status', '--porcelain')).toBe('');
  });

  test('a conflict in the code beside it leaves the journal untouched, too', async () => {
    const lab = makeLab(base);
    put(lab.ours, { 'JOURNAL.md': journal('one', 'mine'), 'code.ts': 'ours\n' });
    commitAll(lab.ours, 'Mine');
    theyPush(lab, { 'JOURNAL.md': journal('one', 'theirs'), 'code.ts': 'theirs\n' });
    const before = portrait(lab.ours);
    const { deps } = await openPull(lab.ours);
    expect(await pull(deps, request)).toMatchObject({ success: false, paths: ['code.ts'] });
    expect(portrait(lab.ours)['files']).toEqual(before['files']);
    expect(portrait(lab.ours)['index']).toEqual(before['index']);
  });

  test('two pointers of LFS are not merged line by line', async () => {
    const pointer = (digit: string) =>
      `version https://git-lfs.github.com/spec/v1\noid sha256:${digit.repeat(64)}\nsize ${digit}\n`;
    const lab = bothCommitted(pointer('1'), pointer('2'));
    const { deps } = await openPull(lab.ours);
    expect(await pull(deps, request)).toMatchObject({ success: false, kind: 'merge-conflict' });
    expect(textOf(lab.ours, 'JOURNAL.md')).toBe(pointer('1'));
  });
});

describe('changed here without a commit', () => {
  test('it holds both, and is still what was not committed', async () => {
    const lab = makeLab(base);
    const to = theyPush(lab, { 'JOURNAL.md': journal('one', 'theirs') });
    write(lab.ours, 'JOURNAL.md', journal('mine', 'one'));
    const { deps } = await openPull(lab.ours);
    expect(await pull(deps, request)).toMatchObject({ success: true, mixed: ['JOURNAL.md'], to });
    for (const entry of ['- mine\n', '- one\n', '- theirs\n'])
      expect(textOf(lab.ours, 'JOURNAL.md')).toContain(entry);
    expect(git(lab.ours, 'status', '--porcelain')).toBe(' M JOURNAL.md');
    expect(git(lab.ours, 'show', ':JOURNAL.md')).toBe(journal('one', 'theirs').trimEnd());
    expect(git(lab.ours, 'diff', '--numstat')).toMatch(/^1\t0\t/);
    expect(faultsOf(lab.ours)).toBe('');
  });

  test('a new journal that they began, too, holds both', async () => {
    const lab = makeLab(base);
    theyPush(lab, { 'NEW.md': '# New\n\n- theirs\n' });
    write(lab.ours, 'NEW.md', '# New\n\n- mine\n');
    const { deps } = await openPull(lab.ours);
    expect(await pull(deps, request)).toMatchObject({ success: true, mixed: ['NEW.md'] });
    expect(textOf(lab.ours, 'NEW.md')).toContain('- mine\n');
    expect(textOf(lab.ours, 'NEW.md')).toContain('- theirs\n');
    expect(git(lab.ours, 'status', '--porcelain')).toBe(' M NEW.md');
  });

  test('with line endings of this machine it keeps them', async () => {
    const lab = makeLab(base);
    git(lab.ours, 'config', 'core.autocrlf', 'true');
    theyPush(lab, { 'JOURNAL.md': journal('one', 'theirs') });
    write(lab.ours, 'JOURNAL.md', journal('mine', 'one').replaceAll('\n', '\r\n'));
    const { deps } = await openPull(lab.ours);
    expect(await pull(deps, request)).toMatchObject({ success: true, mixed: ['JOURNAL.md'] });
    const text = textOf(lab.ours, 'JOURNAL.md');
    expect(text.replaceAll('\r\n', '').includes('\n')).toBe(false);
    expect(text).toContain('- theirs\r\n');
    expect(git(lab.ours, 'diff', '--numstat')).toMatch(/^1\t0\t/);
  });

  test('staged, or past what our merge settles, it stops the pull and stays', async () => {
    const lab = makeLab(base);
    theyPush(lab, { 'JOURNAL.md': 'They began anew.\nOther words.\nOther thoughts.\n' });
    const mine = 'We began anew.\nNothing of old.\nAt all, really.\n';
    write(lab.ours, 'JOURNAL.md', mine);
    const { deps } = await openPull(lab.ours);
    expect(await pull(deps, request)).toMatchObject({ success: false, kind: 'uncommitted-changes' });
    expect(textOf(lab.ours, 'JOURNAL.md')).toBe(mine);
    write(lab.ours, 'JOURNAL.md', journal('mine', 'one'));
    git(lab.ours, 'add', '.');
    expect(await pull(deps, request)).toMatchObject({ success: false, paths: ['JOURNAL.md'] });
  });
});
