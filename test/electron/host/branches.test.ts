/** Two open folders of one repository, and the git command line in one of them: what the other gets, and what comes back. */
import { describe, expect, test } from 'vitest';
import type { Host } from '../../../electron/host/host-contract.ts';
import { git } from '../../adapters/git-subjects.ts';
import { until } from './support/hosts.ts';
import { board, openTwo, paths, type Replica, read, story, write } from './support/two-clones.ts';

async function pull(host: Host, { folder }: Replica) {
  const id = host.workspaces().find((it) => it.folder === folder)?.id ?? '';
  const work = await host.repositories.of(id);
  return work.ok ? work.value.pull('human') : work;
}

const recorded = (host: Host, replica: Replica, count: number) =>
  until(host, () => story(replica).length >= count);

describe('git switch of many files', () => {
  test('is one movement here, nothing there, and back again without a conflict', async () => {
    const { host, one, two } = await openTwo();
    git(one.folder, 'switch', '-q', 'feature');
    await recorded(host, one, paths.length);
    expect(new Set(story(one).map(({ movement }) => movement?.id)).size).toBe(1);
    expect(story(one)[0]?.movement).toMatchObject({ kind: 'switch', from: 'main', to: 'feature' });
    expect(one.engine.log.pendingCount()).toBe(0);

    write(two, 'docs/adr/7.md', `# main docs/adr/7.md\n\nwritten meanwhile\n`);
    write(one, 'HANDOFF.md', `${board}- three\n`);
    await until(host, () => read(two, 'HANDOFF.md') === `${board}- three\n`);
    expect(
      story(two)
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual(['HANDOFF.md', 'docs/adr/7.md']);
    expect(read(one, 'docs/adr/7.md')).toBe('# feature docs/adr/7.md\n');
    expect(git(one.folder, 'status', '--porcelain')).toBe('M HANDOFF.md');

    git(one.folder, 'switch', '-q', 'main');
    await until(host, () => read(one, 'docs/adr/7.md')?.includes('written meanwhile') === true);
    expect(git(one.folder, 'status', '--porcelain')).toBe('M HANDOFF.md\n M docs/adr/7.md');
    expect(read(two, 'docs/adr/3.md')).toBe('# main docs/adr/3.md\n');
    for (const { engine } of [one, two]) expect(engine.conflicts('all')).toEqual([]);
  });

  test('goes to the other where the workspace follows branches', async () => {
    const { host, one, two } = await openTwo();
    for (const { engine } of [one, two])
      expect(await engine.changeSettings({ follow_branches: true })).toMatchObject({ ok: true });
    git(one.folder, 'switch', '-q', 'feature');
    await until(host, () => paths.every((path) => read(two, path) === `# feature ${path}\n`));
    for (const { engine } of [one, two]) expect(engine.log.pendingCount()).toBe(0);
  });
});

describe('a file that came from another replica and is not committed', () => {
  test('is one version with the same content by a pull, and git finds nothing to do', async () => {
    const { host, one, two } = await openTwo();
    write(one, 'HANDOFF.md', `${board}- three\n`);
    await until(host, () => read(two, 'HANDOFF.md') === `${board}- three\n`);
    git(one.folder, 'commit', '-qam', 'three');
    expect(await pull(host, two)).toMatchObject({ ok: true, value: { success: true } });
    expect(git(two.folder, 'status', '--porcelain')).toBe('');
    write(two, 'HANDOFF.md', `${board}- three\n- four\n`);
    await until(host, () => read(one, 'HANDOFF.md') === `${board}- three\n- four\n`);
    for (const replica of [one, two]) {
      expect(story(replica)).toHaveLength(2);
      expect(replica.engine.conflicts('all')).toEqual([]);
    }
  });

  test('stays an edit when a switch carries it over', async () => {
    const { host, one, two } = await openTwo();
    write(two, 'HANDOFF.md', `${board}- three\n`);
    await until(host, () => read(one, 'HANDOFF.md') === `${board}- three\n`);
    git(one.folder, 'switch', '-q', 'feature');
    await recorded(host, one, paths.length + 1);
    expect(git(one.folder, 'status', '--porcelain')).toBe('M HANDOFF.md');
    expect(story(one).filter(({ path }) => path === 'HANDOFF.md')).toMatchObject([
      { local: false, movement: null },
    ]);
  });
});

describe('git rebase', () => {
  test('that stands still at a conflict tells the other nothing of all that it did beside it', async () => {
    const { host, one, two } = await openTwo({ 'HANDOFF.md': `${board}- mine\n` });
    write(one, 'HANDOFF.md', `${board}- three\n`);
    await until(host, () => read(two, 'HANDOFF.md') === `${board}- three\n`);
    git(one.folder, 'commit', '-qam', 'three');
    expect(() => git(one.folder, 'rebase', '-q', 'main', 'feature')).toThrow();
    const waiting = () => one.engine.status().problems.filter(({ code }) => code === 'repository-state');
    await until(host, () => waiting().length === paths.length + 1);
    git(one.folder, 'rebase', '--abort');
    git(one.folder, 'switch', '-q', 'main');
    await until(host, () => waiting().length === 0);
    write(one, 'HANDOFF.md', `${board}- three\n- four\n`);
    await until(host, () => read(two, 'HANDOFF.md') === `${board}- three\n- four\n`);
    expect(story(two).map(({ path }) => path)).toEqual(['HANDOFF.md', 'HANDOFF.md']);
    for (const path of paths) expect(read(two, path)).toBe(`# main ${path}\n`);
  });

  test('is recorded as one movement, and what is written afterwards goes to the other', async () => {
    const { host, one, two } = await openTwo();
    git(one.folder, 'switch', '-qc', 'topic');
    write(one, 'HANDOFF.md', `${board}- three\n`);
    await until(host, () => read(two, 'HANDOFF.md') === `${board}- three\n`);
    git(one.folder, 'commit', '-qam', 'three');
    git(one.folder, 'rebase', '-q', 'feature');
    await recorded(host, one, paths.length + 1);
    await until(host, () =>
      story(one).every(({ path, movement }) => movement?.kind === 'rebase' || path === 'HANDOFF.md'),
    );
    write(one, 'docs/adr/5.md', '# feature docs/adr/5.md\n\nadded\n');
    await until(host, () => read(two, 'docs/adr/5.md') === '# main docs/adr/5.md\n\nadded\n');
    expect(story(two)).toHaveLength(2);
  });
});

describe('git merge with a conflict', () => {
  test('sends its markers to nobody, and what somebody makes of them once git has it', async () => {
    const { host, one, two } = await openTwo();
    git(one.folder, 'switch', '-qc', 'topic');
    write(one, 'docs/adr/4.md', '# topic\n');
    await until(host, () => read(two, 'docs/adr/4.md') === '# topic\n');
    git(one.folder, 'commit', '-qam', 'topic');
    expect(() => git(one.folder, 'merge', '-q', 'feature')).toThrow();
    const isHeld = ({ local, path }: { local: boolean; path: string }) => local && path === 'docs/adr/4.md';
    await until(host, () => story(one).some(isHeld));
    write(one, 'HANDOFF.md', `${board}- three\n`);
    await until(host, () => read(two, 'HANDOFF.md') === `${board}- three\n`);
    expect(read(one, 'docs/adr/4.md')).toContain('<<<<<<<');
    expect(read(two, 'docs/adr/4.md')).toBe('# topic\n');

    write(one, 'docs/adr/4.md', '# both\n');
    git(one.folder, 'add', 'docs/adr/4.md');
    git(one.folder, 'commit', '-qm', 'merged');
    await until(host, () => read(two, 'docs/adr/4.md') === '# both\n');
    expect(two.engine.log.changes({ limit: 1_000 }).some(({ content }) => isMarked(two, content))).toBe(
      false,
    );
  });
});

describe('while git stands still at a conflict', () => {
  /** `words` is what git does in the first, where `AGENTS.md` lies that no branch changed. */
  async function openStanding(...words: string[]) {
    const { host, one, two } = await openTwo({ 'HANDOFF.md': `${board}- mine\n` });
    write(one, 'HANDOFF.md', `${board}- three\n`);
    write(one, 'AGENTS.md', '# Agents\n');
    await until(
      host,
      () => read(two, 'HANDOFF.md') === `${board}- three\n` && read(two, 'AGENTS.md') !== undefined,
    );
    git(one.folder, 'add', '.');
    git(one.folder, 'commit', '-qm', 'three');
    expect(() => git(one.folder, ...words)).toThrow();
    return { host, one, two };
  }

  const waiting = ({ engine }: Replica) =>
    engine.status().problems.some(({ message }) => message.includes('Skein writes nothing to'));

  test.each([
    ['merge', 'feature'],
    ['rebase', 'feature'],
  ])(
    'what others write waits in the log: git %s can be given up, and loses nothing of theirs',
    async (...words) => {
      const { host, one, two } = await openStanding('-c', 'advice.detachedHead=false', ...words);
      write(two, 'AGENTS.md', '# Agents\n\nby two\n');
      write(two, 'docs/adr/7.md', '# main docs/adr/7.md\n\nby two\n');
      await until(host, () => waiting(one));
      expect(read(one, 'AGENTS.md')).toBe('# Agents\n');
      git(one.folder, words[0] as string, '--abort');
      await until(host, () => read(one, 'AGENTS.md') === '# Agents\n\nby two\n');
      await until(host, () => read(one, 'docs/adr/7.md')?.includes('by two') === true);
      expect(waiting(one)).toBe(false);
      expect(read(two, 'AGENTS.md')).toBe('# Agents\n\nby two\n');
      expect(read(two, 'docs/adr/7.md')).toBe('# main docs/adr/7.md\n\nby two\n');
    },
  );

  test('git can go on, though a report and news came meanwhile, and these come then', async () => {
    const { host, one, two } = await openStanding('rebase', 'feature');
    write(two, 'AGENTS.md', '# Agents\n\nby two\n');
    await until(host, () => waiting(one));
    const consolidated = await one.engine.consolidate();
    expect(consolidated).toMatchObject({ ok: true });
    expect(read(one, 'SYNC_STATUS.md')).toBeUndefined();
    write(one, 'HANDOFF.md', `${board}- both\n`);
    git(one.folder, 'add', 'HANDOFF.md');
    git(one.folder, '-c', 'core.editor=true', 'rebase', '--continue');
    await until(host, () => read(one, 'AGENTS.md') === '# Agents\n\nby two\n');
    await until(host, () => read(one, 'SYNC_STATUS.md') !== undefined);
  });
});

const isMarked = ({ engine }: Replica, hash: string | null): boolean =>
  hash !== null && new TextDecoder().decode(engine.log.content(hash)).includes('<<<<<<<');
