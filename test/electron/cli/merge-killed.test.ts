/**
 * A Skein that is killed while a merge of git stands still at a conflict: neither it nor the next one writes into the
 * work tree by itself, and once the merge is through, all that waited goes on.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makePlace, type Place, type Serving } from '../../support/cli-place.ts';
import { commitAll, faultsOf, git, portrait, shell, useGitLab } from '../../support/git-lab.ts';
import { until } from '../../support/until.ts';

useGitLab();

const base = '# Agents\n\nOne.\n';
const merged = '# Agents\n\nOurs and theirs.\n';

/** As many as start a consolidation. */
const mine = ['CLAUDE.md', 'GEMINI.md', 'ROADMAP.md'];

/** Two branches that both changed a line of a shared file, and one that also brings another. */
function makeParted(): Place {
  const place = makePlace();
  const { repository } = place;
  git(repository, 'checkout', '--quiet', '-b', 'main');
  place.write('skein.json', '{ "consolidation_threshold": 3 }\n');
  place.write('AGENTS.md', base);
  for (const name of mine) place.write(name, `# ${name}\n`);
  commitAll(repository, 'First');
  git(repository, 'switch', '--quiet', '--create', 'side');
  place.write('AGENTS.md', base.replace('One', 'Theirs'));
  place.write('memory-bank/theirs.md', 'Theirs.\n');
  commitAll(repository, 'Theirs');
  git(repository, 'switch', '--quiet', 'main');
  place.write('AGENTS.md', base.replace('One', 'Ours'));
  commitAll(repository, 'Ours');
  return place;
}

/** A Skein that runs there and knows of everything that lies there, but for the report that waits for git. */
async function serveWaiting(place: Place): Promise<Serving> {
  const serving = await place.serve();
  await until(async () => (await waitingFor(place)).includes('SYNC_STATUS.md'));
  return serving;
}

/** What Skein does not write because git is in the middle of something. */
async function waitingFor(place: Place): Promise<string[]> {
  const { problems } = await place.json<{ problems: { code: string; subject: string }[] }>(['status']);
  return problems.filter(({ code }) => code === 'repository-state').map(({ subject }) => subject);
}

const seen = (place: Place) => ({
  ...portrait(place.repository),
  merging: existsSync(join(place.repository, '.git/MERGE_HEAD')),
});

test('nothing is written meanwhile, and all goes on afterwards', { timeout: 120_000 }, async () => {
  const place = makeParted();
  const { repository } = place;
  shell(repository, 'git merge side > /dev/null || true');
  // It has seen the merge, and dies before the others are written.
  await (await place.serve()).stop('SIGKILL');
  for (const name of mine) place.write(name, `# ${name}\n\nMine.\n`);
  const before = seen(place);
  expect(before).toMatchObject({ merging: true, index: expect.stringMatching(/ 3\tAGENTS.md$/m) });
  for (let round = 1; round <= 2; round++) {
    const serving = await serveWaiting(place);
    expect(await waitingFor(place)).toEqual(expect.arrayContaining(['AGENTS.md', 'SYNC_STATUS.md']));
    expect(seen(place)).toEqual(before);
    await serving.stop('SIGKILL');
    expect(seen(place)).toEqual(before);
    expect(faultsOf(repository)).toBe('');
  }

  place.write('AGENTS.md', merged);
  shell(repository, 'git add AGENTS.md; GIT_EDITOR=true git merge --continue');
  const tree = git(repository, 'rev-parse', 'HEAD^{tree}');
  const serving = await place.serve();
  await until(() => existsSync(join(repository, 'SYNC_STATUS.md')));
  await until(async () => (await waitingFor(place)).length === 0);
  for (const name of mine) expect(place.read('SYNC_STATUS.md')).toContain(name);
  expect((await place.skein(['show', 'AGENTS.md'])).out).toBe(merged);
  expect((await place.skein(['show', 'memory-bank/theirs.md'])).out).toBe('Theirs.\n');
  expect(git(repository, 'rev-parse', 'HEAD^{tree}')).toBe(tree);
  const changed = mine.map((name) => ` M ${name}`).join('\n');
  expect(git(repository, 'status', '--porcelain')).toBe(`${changed}\n?? SYNC_STATUS.md`);
  expect(faultsOf(repository)).toBe('');
  expect(await serving.stop()).toBe(0);
});
