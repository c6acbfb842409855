/** Git as the running Skein does it by itself: the shared files are committed after a consolidation, where that is set. */
import { existsSync, linkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { must } from '../../support/device.ts';
import { git, useGitLab, write } from '../../support/git-lab.ts';
import { makePlace, openEngine, startHost, until } from './support/hosts.ts';

useGitLab();

test('a consolidation is committed once it is written, and nothing else with it', async () => {
  const place = makePlace();
  git(place.project, 'init', '--quiet', '--initial-branch=main');
  write(place.project, 'skein.json', '{ "git_commit_consolidations": true, "git_auto_push": false }\n');
  write(place.project, 'code.js', 'let a;\n');
  git(place.project, 'add', '--all');
  git(place.project, 'commit', '--quiet', '--message', 'First');
  const { host } = await startHost(place);
  const { engine } = await openEngine(host, place.project);
  write(place.project, 'AGENTS.md', '# Agents\n\nMore.\n');
  write(place.project, 'code.js', 'let b;\n');
  await until(host, () => engine.log.pendingCount() > 0);
  await engine.consolidate();
  await until(host, () => git(place.project, 'rev-list', '--count', 'HEAD') === '2');
  // The branch moves before the index.
  await until(host, () => git(place.project, 'status', '--porcelain') === ' M code.js');
  expect(git(place.project, 'show', '--format=%B', '--name-only')).toBe(
    'Consolidate the shared files\n\n\nAGENTS.md\nSYNC_STATUS.md',
  );
});

test.each([
  [true, 'The hook pre-commit of this repository refused it: Not today.'],
  [false, 'Committed 1 file as '],
])('with git_hooks %s', async (isOn, said) => {
  const place = makePlace();
  git(place.project, 'init', '--quiet', '--initial-branch=main');
  write(place.project, 'skein.json', JSON.stringify({ git_hooks: isOn }));
  for (const name of ['pre-commit', 'pre-push'])
    write(place.project, `.git/hooks/${name}`, '#!/bin/sh\necho Not today. >&2\nexit 1\n', 0o755);
  git(place.project, 'init', '--quiet', '--bare', `${place.project}.git`);
  git(place.project, 'remote', 'add', 'origin', `${place.project}.git`);
  const { host } = await startHost(place);
  const { id } = await openEngine(host, place.project);
  const work = must(await host.repositories.of(id));
  const committed = await work.commit({ agent: 'human', paths: ['AGENTS.md'] });
  expect(committed.ok ? committed.value.message : committed.error.message).toContain(said);
  if (isOn) git(place.project, 'commit', '--quiet', '--no-verify', '--allow-empty', '--message', 'First');
  expect(must(await work.push('human'))).toMatchObject({ success: !isOn });
});

test('where it is not set, nothing is committed by itself, and a folder without git stays one', async () => {
  const place = makePlace();
  const { host } = await startHost(place);
  const opened = await openEngine(host, place.project);
  const state = await host.repositories.state(opened.id);
  expect(state).toMatchObject({ ok: true, value: { repository: null, uncommitted: [] } });
});

test('what a crash left of a commit is cleared when the workspace is opened, and a commit of others is told', async () => {
  const place = makePlace();
  git(place.project, 'init', '--quiet', '--initial-branch=main');
  git(place.project, 'add', '--all');
  git(place.project, 'commit', '--quiet', '--message', 'First');
  const [own, lock] = ['skein-index-0123456789ab', 'index.lock'].map((name) =>
    join(place.project, '.git', name),
  ) as [string, string];
  writeFileSync(own, '');
  linkSync(own, lock);
  const { host } = await startHost(place);
  await openEngine(host, place.project);
  await until(host, () => !existsSync(lock) && !existsSync(own));
  const told = new Promise<void>((resolve) =>
    host.onChanged(({ topics }) => topics.includes('git') && resolve()),
  );
  git(place.project, 'commit', '--quiet', '--allow-empty', '--message', 'By hand');
  await told;
});
