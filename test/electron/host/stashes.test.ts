/** What a stash took away, and somebody brings back on top of what was written in between, with others at the same file. */
import { describe, expect, test } from 'vitest';
import { git } from '../../adapters/git-subjects.ts';
import { until } from './support/hosts.ts';
import { openTwo, type Replica, type Run, read, unseen, write } from './support/two-clones.ts';

const file = 'HANDOFF.md';
const begin = '# Board\n\n- one\n- two\n\n## Part\n\n- three\n\n';
/** The items stand where git can't tell them apart; what is brought back by a merge would stand in the order of its letters. */
const listed = (...items: string[]) => `${begin}${items.map((item) => `- ${item}\n`).join('')}## End\n`;

const displaced = ({ engine }: Replica) => engine.log.files().filter((it) => it.displaced).length;
const isDisplaced = (replica: Replica) => displaced(replica) === 1;

async function openListed() {
  const { host, one, two } = await openTwo();
  const both = (text: string) => until(host, () => [one, two].every((it) => read(it, file) === text));
  write(one, file, listed());
  await both(listed());
  git(one.folder, 'commit', '-qam', 'listed');
  const told = (replica: Replica, text: string, other: string) => {
    write(replica, file, text);
    return until(host, () => read(replica === one ? two : one, file)?.includes(other) === true);
  };
  return { host, one, two, both, told };
}

/** A stash that comes back with a conflict, settled before anybody looks, as a quick hand or an agent does. */
function popSettled(run: Run, one: Replica, text: string) {
  run('stash', 'pop', '-q');
  write(one, file, text);
  run('add', file);
  run('reset', '-q');
  run('stash', 'drop', '-q');
}

describe('a stash that comes back', () => {
  test.each([
    ['on its branch', [], 'stash'],
    ['without a branch', ['switch', '-q', '--detach'], 'stash'],
  ])('is at home, with each line once: %s', async (_, words) => {
    const { host, one, two, both, told } = await openListed();
    if (words.length > 0) git(one.folder, ...words);
    await told(one, listed('away'), 'away');
    git(one.folder, 'stash', '-q');
    await until(host, () => isDisplaced(one));
    if (words.length > 0) git(one.folder, 'switch', '-q', 'main');
    await told(one, listed('five', '', 'next'), 'next');
    git(one.folder, 'commit', '-qam', 'next');
    await unseen(one, (run) => popSettled(run, one, listed('five', '', 'next', 'away')));
    await both(listed('five', '', 'next', 'away'));
    write(two, file, `${listed('five', '', 'next', 'away')}- by two\n`);
    await both(`${listed('five', '', 'next', 'away')}- by two\n`);
    expect(displaced(one)).toBe(0);
    for (const { engine } of [one, two]) expect(engine.conflicts('all')).toEqual([]);
  });

  test('brings what others wrote meanwhile', async () => {
    const { host, one, two, told } = await openListed();
    await told(one, listed('away'), 'away');
    git(one.folder, 'stash', '-q');
    await until(host, () => isDisplaced(one));
    write(two, file, listed('away').replace('# Board', '# Our board'));
    write(two, 'AGENTS.md', '# Agents\n');
    await until(host, () => read(one, 'AGENTS.md') !== undefined);
    await told(one, listed('five', '', 'next'), 'next');
    git(one.folder, 'commit', '-qam', 'next');
    await unseen(one, (run) => popSettled(run, one, listed('five', '', 'next', 'away')));
    const all = listed('five', '', 'next', 'away').replace('# Board', '# Our board');
    await until(host, () => [one, two].every((it) => read(it, file) === all));
    expect(displaced(one)).toBe(0);
  });

  test('after a later one has, is at home, and neither is there twice', async () => {
    const { host, one, both, told } = await openListed();
    await told(one, listed('first'), 'first');
    git(one.folder, 'stash', '-q');
    await until(host, () => isDisplaced(one));
    await told(one, listed('second'), 'second');
    git(one.folder, 'stash', '-q');
    await until(host, () => one.engine.log.changes({ limit: 1, path: file })[0]?.movement != null);
    await told(one, listed('five', '', 'next'), 'next');
    git(one.folder, 'commit', '-qam', 'next');
    await unseen(one, (run) => popSettled(run, one, listed('five', '', 'next', 'second')));
    git(one.folder, 'commit', '-qam', 'second');
    await unseen(one, (run) => popSettled(run, one, listed('five', '', 'next', 'second', 'first')));
    await both(listed('five', '', 'next', 'second', 'first'));
    expect(displaced(one)).toBe(0);
  });

  test('with what nobody saw before it was taken away, is at home, and the others get that', async () => {
    const { host, one, two, both, told } = await openListed();
    const unseenLine = (text: string) => text.replace('- one\n', '- one\n- unseen\n');
    await unseen(one, (run) => {
      write(one, file, unseenLine(listed()));
      run('stash', '-q');
    });
    await told(two, listed('by two'), 'by two');
    git(one.folder, 'stash', '-q');
    await until(host, () => isDisplaced(one));
    await unseen(one, (run) => {
      for (const subject of ['by two', 'unseen']) {
        run('stash', 'pop', '-q');
        run('commit', '-qam', subject);
      }
      run('reset', '-q');
    });
    await both(unseenLine(listed('by two')));
    expect(displaced(one)).toBe(0);
  });
});

test('what a reset threw away here stays with the others, and comes back when somebody restores it', async () => {
  const { host, one, two, both, told } = await openListed();
  await told(two, listed('by two'), 'by two');
  git(one.folder, 'reset', '-q', '--hard');
  await until(host, () => isDisplaced(one));
  const theirs = listed('by two').replace('# Board', '# Our board');
  await told(two, theirs, '# Our board');
  expect([read(one, file), read(two, file)]).toEqual([listed().replace('# Board', '# Our board'), theirs]);
  const [newest] = two.engine.log.changes({ limit: 1, path: file });
  expect(await one.engine.restore(file, newest?.stamp ?? '', 'human')).toMatchObject({ ok: true });
  await both(theirs);
  expect(displaced(one)).toBe(0);
});
