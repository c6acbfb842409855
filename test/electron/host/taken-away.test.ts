/** A new file that somebody adds while git stands still at a conflict: git takes it away when that is given up. */
import { describe, expect, test } from 'vitest';
import { git } from '../../adapters/git-subjects.ts';
import { until } from './support/hosts.ts';
import { board, openTwo, type Replica, read, story, unseen, write } from './support/two-clones.ts';

const mine = 'docs/passation_claude.md';
const journal = '# Journal\n\nnever committed\n';
const gone = ({ engine }: Replica) =>
  engine.log.files().filter(({ deleted, path }) => deleted && path !== 'AGENTS.md');
const of = (replica: Replica, path: string) =>
  story(replica)
    .filter((change) => change.path === path)
    .map(({ kind, agent, local }) => `${kind} ${agent}${local ? ' here' : ''}`);

const ways = [
  ['merge', 'feature'],
  ['rebase', 'feature'],
  ['cherry-pick', 'feature'],
] as const;

test('a new file that others have stays with them when git takes it away', async () => {
  const { host, one, two } = await openTwo({ 'HANDOFF.md': `${board}- mine\n` });
  write(one, mine, journal);
  write(one, 'HANDOFF.md', `${board}- three\n`);
  await until(host, () => read(two, mine) === journal && read(two, 'HANDOFF.md') === `${board}- three\n`);
  git(one.folder, 'commit', '-qm', 'three', 'HANDOFF.md');
  await unseen(one, (run) => {
    run('merge', 'feature');
    run('add', mine);
  });
  await until(host, () => one.engine.status().problems.some(({ subject }) => subject === 'HANDOFF.md'));
  git(one.folder, 'merge', '--abort');
  await until(host, () => gone(one).length > 0);
  expect(gone(one)).toMatchObject([{ path: mine, agent: 'claude-code' }]);
  write(one, 'HANDOFF.md', `${board}- three\n- four\n`);
  await until(host, () => read(two, 'HANDOFF.md') === `${board}- three\n- four\n`);
  expect(read(two, mine)).toBe(journal);
  expect(await one.engine.restore(mine, 'latest~1', 'human')).toMatchObject({ ok: true });
  write(two, mine, `${journal}more\n`);
  await until(host, () => read(one, mine) === `${journal}more\n`);
});

describe('a new file that is staged while git stands still', () => {
  /** `docs/passation_claude.md` is somebody's, `AGENTS.md` comes from the other branch. */
  async function openStanding(words: readonly string[] = ['merge', 'feature']) {
    const { host, one, two } = await openTwo({ 'HANDOFF.md': `${board}- mine\n` });
    await unseen(one, (run) => {
      run('switch', '-q', 'feature');
      write(one, 'AGENTS.md', '# Of the branch\n');
      run('add', '.');
      run('commit', '-q', '--amend', '--no-edit');
      run('switch', '-q', 'main');
      write(one, 'HANDOFF.md', `${board}- three\n`);
      run('commit', '-qam', 'three');
      run(...words);
      write(one, mine, journal);
      run('add', mine);
    });
    await until(host, () => of(one, mine).length > 0 && of(one, 'AGENTS.md').length > 0);
    return { host, one, two };
  }

  test.each(ways)(
    'is listed as deleted when git %s %s is given up, with whoever wrote it',
    async (...words) => {
      const { host, one, two } = await openStanding(words);
      git(one.folder, words[0], '--abort');
      await until(host, () => gone(one).length > 0);
      expect(gone(one)).toMatchObject([{ path: mine, agent: 'claude-code', displaced: false }]);
      expect(of(one, mine)).toEqual(['deleted git here', 'created claude-code here']);
      expect(of(two, mine)).toEqual([]);
      expect(await one.engine.restore(mine, 'latest~1', 'human')).toMatchObject({ ok: true });
      await until(host, () => [one, two].every((it) => read(it, mine) === journal));
    },
  );

  test.each([
    ['merge', '--abort'],
    ['reset', '--hard', '-q'],
    ['reset', '--merge', '-q'],
  ])('is so, too, when nobody looked while git %s %s took it away', async (...words) => {
    const { host, one } = await openStanding();
    await unseen(one, (run) => run(...words));
    await until(host, () => gone(one).length > 0);
    expect(gone(one)).toMatchObject([{ path: mine, agent: 'claude-code' }]);
    expect(of(one, 'AGENTS.md')).toEqual(['created git here']);
  });

  test('is listed as deleted when somebody removes it, and then nobody is told', async () => {
    const { host, one, two } = await openStanding();
    git(one.folder, 'rm', '-qf', mine);
    await until(host, () => gone(one).length > 0);
    expect(of(one, mine)).toEqual(['deleted unknown here', 'created claude-code here']);
    expect(of(two, mine)).toEqual([]);
  });

  test('goes to the others when it is committed', async () => {
    const { host, one, two } = await openStanding();
    expect(read(two, mine)).toBeUndefined();
    write(one, 'HANDOFF.md', `${board}- both\n`);
    git(one.folder, 'commit', '-qam', 'merged');
    await until(host, () => read(two, mine) === journal);
    expect(of(two, mine)).toEqual(['created claude-code']);
    expect(gone(one)).toEqual([]);
  });
});
