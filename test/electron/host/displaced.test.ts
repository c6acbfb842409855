/**
 * Files that git put in the place of what is shared, and what ends that: their branch is back, or what lies there is
 * what it has. With the git command line in one of two open folders.
 */
import { describe, expect, test } from 'vitest';
import { git } from '../../adapters/git-subjects.ts';
import { until } from './support/hosts.ts';
import {
  board,
  openTwo,
  paths,
  type Replica,
  type Run,
  read,
  story,
  unseen,
  write,
} from './support/two-clones.ts';

const [three, mine] = [`${board}- three\n`, `${board}- mine\n`];
const both = `${board}- both of them\n`;
const ours = (text: string) => text.replace('# Board', '# Our board');

const displaced = ({ engine }: Replica) =>
  engine.log
    .files()
    .filter((file) => file.displaced)
    .map(({ path }) => path);

/** The first on `feature`, of which it knows; `main` has another board since they parted, which both have. */
async function openOnFeature() {
  const { host, one, two } = await openTwo({ 'HANDOFF.md': mine });
  write(one, 'HANDOFF.md', three);
  await until(host, () => read(two, 'HANDOFF.md') === three);
  git(one.folder, 'commit', '-qam', 'three');
  git(one.folder, 'switch', '-q', 'feature');
  await until(host, () => displaced(one).length === paths.length + 1);
  return { host, one, two };
}

const settle = (replica: Replica, run: Run, text = both) => {
  write(replica, 'HANDOFF.md', text);
  run('add', 'HANDOFF.md');
};

describe('a branch that is back, with something on top of it that git did before anybody looked', () => {
  const ways: Record<string, (run: Run, one: Replica) => void> = {
    'a merge that somebody settled with a text of his own': (run, one) => {
      run('switch', '-q', 'main');
      run('merge', '-q', 'feature');
      settle(one, run);
      run('commit', '-qm', 'merged');
    },
    'a squash that somebody settled': (run, one) => {
      run('switch', '-q', 'main');
      run('merge', '-q', '--squash', 'feature');
      settle(one, run);
      run('commit', '-qm', 'squashed');
    },
    'a picked commit that somebody settled': (run, one) => {
      run('switch', '-q', 'main');
      run('cherry-pick', 'feature');
      settle(one, run);
      run('-c', 'core.editor=true', 'cherry-pick', '--continue');
    },
    'a merge on the branch that was left, into which it then went': (run, one) => {
      run('merge', '-q', 'main');
      settle(one, run);
      run('commit', '-qm', 'merged');
      run('switch', '-q', 'main');
      run('merge', '-q', 'feature');
    },
    'a merge without a branch, to which it was moved': (run, one) => {
      run('switch', '-q', '--detach', 'main');
      run('merge', '-q', 'feature');
      settle(one, run);
      run('commit', '-qm', 'merged');
      run('switch', '-qC', 'main');
    },
    'a merge into it under another name': (run, one) => {
      run('branch', '-m', 'main', 'trunk');
      run('switch', '-q', 'trunk');
      run('merge', '-q', 'feature');
      settle(one, run);
      run('commit', '-qm', 'merged');
    },
  };

  test.each(Object.entries(ways))('is at home: %s', async (_, way) => {
    const { host, one, two } = await openOnFeature();
    await unseen(one, (run) => way(run, one));
    write(two, 'docs/adr/7.md', '# main docs/adr/7.md\n\nby two\n');
    await until(host, () => read(two, 'HANDOFF.md') === both);
    write(two, 'HANDOFF.md', ours(both));
    await until(host, () => read(one, 'HANDOFF.md') === ours(both));
    const joined = '# feature docs/adr/7.md\n\nby two\n';
    await until(host, () => [one, two].every((it) => read(it, 'docs/adr/7.md') === joined));
    await until(host, () => displaced(one).length === 0);
    for (const { engine } of [one, two]) expect(engine.conflicts('all')).toEqual([]);
  });

  test('tells nobody what the merge took from the branch that was left, when it took ours', async () => {
    const { host, one, two } = await openOnFeature();
    await unseen(one, (run) => {
      run('switch', '-q', 'main');
      run('merge', '-q', 'feature');
      settle(one, run, three);
      run('commit', '-qm', 'merged');
    });
    write(two, 'HANDOFF.md', ours(three));
    await until(host, () => read(one, 'HANDOFF.md') === ours(three));
    expect(story(two).filter(({ path }) => path === 'HANDOFF.md')).toHaveLength(2);
  });

  test('takes nothing from the others that they got from the branch that was left', async () => {
    const { host, one, two } = await openOnFeature();
    write(one, 'docs/adr/7.md', '# feature docs/adr/7.md\n\nwritten there\n');
    await until(host, () => read(two, 'docs/adr/7.md') === '# main docs/adr/7.md\n\nwritten there\n');
    git(one.folder, 'commit', '-qam', 'written there');
    await unseen(one, (run) => {
      run('switch', '-q', 'main');
      run('merge', '-q', 'feature~1');
      settle(one, run);
      run('commit', '-qm', 'merged');
    });
    const joined = '# feature docs/adr/7.md\n\nwritten there\n';
    await until(host, () => [one, two].every((it) => read(it, 'docs/adr/7.md') === joined));
  });
});

describe('a merge that stands still on the branch that is back', () => {
  async function openStanding() {
    const it = await openOnFeature();
    await unseen(it.one, (run) => {
      run('switch', '-q', 'main');
      run('merge', '-q', 'feature');
    });
    const waits = () => it.one.engine.status().problems.some(({ subject }) => subject === 'HANDOFF.md');
    await until(it.host, waits);
    return it;
  }

  test('tells nobody of it, and all what somebody made of it once it is committed', async () => {
    const { host, one, two } = await openStanding();
    write(two, 'HANDOFF.md', ours(three));
    write(one, 'HANDOFF.md', both);
    git(one.folder, 'add', 'HANDOFF.md');
    git(one.folder, 'commit', '-qm', 'merged');
    await until(host, () => [one, two].every((it) => read(it, 'HANDOFF.md') === ours(both)));
    await until(host, () => displaced(one).length === 0);
    await until(host, () => paths.every((path) => read(two, path) === `# feature ${path}\n`));
  });

  test.each([
    ['merge', '--abort'],
    ['reset', '--hard', '-q'],
    ['reset', '--merge', '-q'],
  ])('leaves all as it was on that branch when it is given up by git %s %s', async (...words) => {
    const { host, one, two } = await openStanding();
    git(one.folder, ...words);
    await until(host, () => displaced(one).length === 0);
    write(two, 'HANDOFF.md', ours(three));
    await until(host, () => read(one, 'HANDOFF.md') === ours(three));
    expect(story(two).map(({ path }) => path)).toEqual(['HANDOFF.md', 'HANDOFF.md']);
  });
});

describe('a file of another branch', () => {
  test('stays one when the branch of the others is merged into it, and tells them nothing of it', async () => {
    const { host, one, two } = await openOnFeature();
    await unseen(one, (run) => {
      run('merge', '-q', 'main');
      settle(one, run);
      run('commit', '-qm', 'merged');
    });
    write(one, 'AGENTS.md', '# Agents\n');
    await until(host, () => read(two, 'AGENTS.md') !== undefined);
    expect(displaced(one)).toHaveLength(paths.length + 1);
    expect(read(two, 'HANDOFF.md')).toBe(three);
    expect(read(two, 'docs/adr/7.md')).toBe('# main docs/adr/7.md\n');
  });

  test('is at home once the branch of the others has it, too', async () => {
    const { host, one, two } = await openOnFeature();
    git(one.folder, 'commit', '-q', '--allow-empty', '-m', 'more');
    git(one.folder, 'branch', '-f', 'spare', 'main');
    await unseen(one, (run) => {
      run('merge', '-q', 'main');
      settle(one, run);
      run('commit', '-qm', 'merged');
      run('push', '-q', '.', 'HEAD:main');
    });
    write(two, 'HANDOFF.md', ours(three));
    await until(host, () => [one, two].every((it) => read(it, 'HANDOFF.md') === ours(both)));
    await until(host, () => displaced(one).length === 0);
  });

  test.each([
    ['deleted', ['branch', '-d', 'topic']],
    ['of another name', ['branch', '-m', 'topic', 'old']],
  ] as const)('is at home where the branch that it is of was merged, and is %s', async (how, words) => {
    const { host, one, two } = await openTwo({ 'HANDOFF.md': mine });
    git(one.folder, 'switch', '-qc', 'topic');
    write(one, 'HANDOFF.md', three);
    await until(host, () => read(two, 'HANDOFF.md') === three);
    git(one.folder, 'commit', '-qam', 'three');
    git(one.folder, 'switch', '-q', 'feature');
    await until(host, () => displaced(one).length === paths.length + 1);
    await unseen(one, (run) => {
      run('merge', '-q', 'topic');
      settle(one, run);
      run('commit', '-qm', 'merged');
      if (how === 'of another name') run('branch', '-f', 'topic');
      run(...words);
    });
    write(two, 'HANDOFF.md', ours(three));
    await until(host, () => [one, two].every((it) => read(it, 'HANDOFF.md') === ours(both)));
    await until(host, () => displaced(one).length === 0);
  });

  test.each([
    ['branch', ['switch', '-qc', 'topic']],
    ['detached HEAD', ['switch', '-q', '--detach']],
  ])(
    'is at home where the %s that it is of was merged into the one that that was made from',
    async (_, words) => {
      const { host, one, two } = await openTwo({ 'HANDOFF.md': mine });
      git(one.folder, ...words);
      write(one, 'HANDOFF.md', three);
      await until(host, () => read(two, 'HANDOFF.md') === three);
      git(one.folder, 'commit', '-qam', 'three');
      const work = git(one.folder, 'rev-parse', 'HEAD');
      git(one.folder, 'switch', '-q', 'main');
      await until(host, () => displaced(one).length === 1);
      await unseen(one, (run) => {
        run('merge', '-q', 'feature');
        run('merge', '-q', work);
        settle(one, run);
        run('commit', '-qm', 'merged');
      });
      write(two, 'HANDOFF.md', ours(three));
      await until(host, () => [one, two].every((it) => read(it, 'HANDOFF.md') === ours(both)));
      await until(host, () => displaced(one).length === 0);
      for (const { engine } of [one, two]) expect(engine.conflicts('all')).toEqual([]);
    },
  );

  test('that is merged where branches are followed is sent like every change', async () => {
    const { host, one, two } = await openTwo({ 'HANDOFF.md': mine });
    for (const { engine } of [one, two]) await engine.changeSettings({ follow_branches: true });
    write(one, 'HANDOFF.md', three);
    await until(host, () => read(two, 'HANDOFF.md') === three);
    git(one.folder, 'commit', '-qam', 'three');
    git(one.folder, 'switch', '-q', 'feature');
    await until(host, () => read(two, 'HANDOFF.md') === mine);
    await unseen(one, (run) => {
      run('stash', '-q');
      run('switch', '-q', 'main');
      run('merge', '-q', 'feature');
      settle(one, run);
      run('commit', '-qm', 'merged');
    });
    await until(host, () => read(two, 'HANDOFF.md') === both);
    write(two, 'HANDOFF.md', ours(both));
    await until(host, () => read(one, 'HANDOFF.md') === ours(both));
    await until(host, () => displaced(one).length === 0);
  });
});

describe('a stash', () => {
  const [stashed, committed, settled] = ['Mine', 'Theirs', 'Both'].map((word) =>
    board.replace('Board', word),
  ) as [string, string, string];

  /** What the first wrote, and both have, is on the stash; the first then committed something else there. */
  async function openStashed() {
    const { host, one, two } = await openTwo();
    write(one, 'HANDOFF.md', stashed);
    await until(host, () => read(two, 'HANDOFF.md') === stashed);
    git(one.folder, 'stash', '-q');
    await until(host, () => displaced(one).length === 1);
    write(one, 'HANDOFF.md', committed);
    git(one.folder, 'commit', '-qam', 'theirs');
    await until(host, () => story(one).filter(({ path }) => path === 'HANDOFF.md').length === 3);
    expect(() => git(one.folder, 'stash', 'pop')).toThrow();
    await until(host, () => one.engine.status().problems.some(({ subject }) => subject === 'HANDOFF.md'));
    return { host, one, two };
  }

  test('that came back with a conflict is what somebody made of it, for all', async () => {
    const { host, one, two } = await openStashed();
    write(one, 'HANDOFF.md', settled);
    git(one.folder, 'restore', '--staged', 'HANDOFF.md');
    git(one.folder, 'stash', 'drop', '-q');
    await until(host, () => read(two, 'HANDOFF.md') === settled);
    write(two, 'HANDOFF.md', `${settled}- three\n`);
    await until(host, () => read(one, 'HANDOFF.md') === `${settled}- three\n`);
    expect(displaced(one)).toEqual([]);
    for (const { engine } of [one, two]) expect(engine.conflicts('all')).toEqual([]);
  });

  test('of some files, that can still come back, is not written over', async () => {
    const { host, one, two } = await openTwo();
    write(one, 'HANDOFF.md', stashed);
    await until(host, () => read(two, 'HANDOFF.md') === stashed);
    git(one.folder, 'stash', 'push', '-q', '--', 'HANDOFF.md');
    await until(host, () => displaced(one).length === 1);
    write(two, 'HANDOFF.md', `${stashed}- three\n`);
    write(two, 'AGENTS.md', '# Agents\n');
    await until(host, () => read(one, 'AGENTS.md') !== undefined);
    expect(read(one, 'HANDOFF.md')).toBe(board);
    git(one.folder, 'stash', 'pop', '-q');
    await until(host, () => read(one, 'HANDOFF.md') === `${stashed}- three\n`);
    expect(displaced(one)).toEqual([]);
  });

  test('that came back with a conflict, and was taken away again, tells nobody of it, and news wait until it is dropped', async () => {
    const { host, one, two } = await openStashed();
    git(one.folder, 'reset', '-q', '--hard');
    await until(host, () => one.engine.status().problems.length === 0);
    write(two, 'HANDOFF.md', `${stashed}- three\n`);
    write(two, 'AGENTS.md', '# Agents\n');
    await until(host, () => read(one, 'AGENTS.md') !== undefined);
    expect(read(one, 'HANDOFF.md')).toBe(committed);
    expect(read(two, 'HANDOFF.md')).toBe(`${stashed}- three\n`);
    // Git could not bring it back over what we wrote; once it is dropped nothing comes back.
    git(one.folder, 'stash', 'drop', '-q');
    write(two, 'HANDOFF.md', `${stashed}- three\n- four\n`);
    await until(host, () => read(one, 'HANDOFF.md') === `${committed}- three\n- four\n`);
  });
});

describe('a file that git moved on its own branch', () => {
  const ways: Record<string, (run: Run, one: Replica) => string> = {
    'a rebase that somebody settled': (run, one) => {
      run('rebase', '-q', 'feature');
      settle(one, run);
      run('-c', 'core.editor=true', 'rebase', '--continue');
      return both;
    },
    'a rebase of which the commit was left out': (run) => {
      run('rebase', '-q', 'feature');
      run('rebase', '--skip');
      return mine;
    },
    'a reset to what was before': (run) => {
      run('reset', '-q', '--hard', 'HEAD~1');
      return board;
    },
  };

  test.each(Object.entries(ways))(
    'gets what others write, and tells them nothing of it: %s',
    async (_, way) => {
      const { host, one, two } = await openTwo({ 'HANDOFF.md': mine });
      write(one, 'HANDOFF.md', three);
      await until(host, () => read(two, 'HANDOFF.md') === three);
      git(one.folder, 'commit', '-qam', 'three');
      let lies = '';
      await unseen(one, (run) => {
        lies = way(run, one);
      });
      await until(host, () => displaced(one).includes('HANDOFF.md'));
      write(two, 'HANDOFF.md', ours(three));
      await until(host, () => read(one, 'HANDOFF.md') === ours(lies));
      expect(read(two, 'HANDOFF.md')).toBe(ours(three));
      write(one, 'HANDOFF.md', `${ours(lies)}\nWritten here.\n`);
      await until(host, () => read(two, 'HANDOFF.md') === `${ours(three)}\nWritten here.\n`);
      for (const { engine } of [one, two]) expect(engine.conflicts('all')).toEqual([]);
    },
  );

  test('is as it was when a rebase is given up', async () => {
    const { host, one, two } = await openTwo({ 'HANDOFF.md': mine });
    write(one, 'HANDOFF.md', three);
    await until(host, () => read(two, 'HANDOFF.md') === three);
    git(one.folder, 'commit', '-qam', 'three');
    expect(() => git(one.folder, 'rebase', '-q', 'feature')).toThrow();
    await until(host, () => one.engine.status().problems.some(({ subject }) => subject === 'HANDOFF.md'));
    write(two, 'HANDOFF.md', ours(three));
    git(one.folder, 'rebase', '--abort');
    await until(host, () => read(one, 'HANDOFF.md') === ours(three));
    await until(host, () => displaced(one).length === 0);
  });
});
