/** Git on the command line: notes, tasks, pull, commit and push on real repositories with a real remote. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { GitOutcomeJson, GitStateJson, PullPreviewJson } from '../../../shared/contracts/git-api.ts';
import { makePlace, type Place } from '../../support/cli-place.ts';
import { commitAll, faultsOf, git, useGitLab, write } from '../../support/git-lab.ts';
import { whileLocked } from '../../support/held-notes.ts';
import { isAlive } from '../../support/is-alive.ts';
import { skeinScript } from '../../support/skein-script.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

useGitLab();

/** A clone with one commit, and another clone of the same remote. */
function makeClones(): { place: Place; other: string; remote: string } {
  const place = makePlace();
  const remote = join(temporaryFolder(), 'remote.git');
  mkdirSync(remote);
  git(remote, 'init', '--quiet', '--bare', '--initial-branch=main');
  git(place.repository, 'checkout', '--quiet', '-b', 'main');
  write(place.repository, 'AGENTS.md', '# Agents\n');
  write(place.repository, 'code.js', 'let a = 1;\n');
  commitAll(place.repository, 'First');
  git(place.repository, 'remote', 'add', 'origin', `file://${remote}`);
  git(place.repository, 'push', '--quiet', 'origin', 'main');
  const other = join(temporaryFolder(), 'other');
  git(remote, 'clone', '--quiet', `file://${remote}`, other);
  return { place, other, remote };
}

const subjects = (folder: string, ref = 'main'): string[] =>
  git(folder, 'log', '--format=%s', ref).split('\n');

describe('skein note', () => {
  test('pulls, writes, commits nothing else, and pushes', async () => {
    const { place, other, remote } = makeClones();
    write(other, 'AGENTS.md', '# Agents\n\nMore.\n');
    commitAll(other, 'More');
    git(other, 'push', '--quiet');
    place.write('code.js', 'let a = 2;\n');
    const env = { SKEIN_AGENT: 'claude-code' };
    const noted = await place.json<GitOutcomeJson>(['note', 'The parser wants a fuzz test'], { env });
    expect(noted).toMatchObject({ success: true, pushed: true, problem: null });
    const [path = ''] = noted.paths;
    expect(path).toMatch(/^memory-bank\/notes\/[\d-]+-the-parser-wants-a-fuzz-test\.md$/);
    expect(place.read(path)).toMatch(
      /^# The parser wants a fuzz test\n\nThe parser.*\n\n\*claude-code, 20.*Z\*\n$/,
    );
    expect(subjects(remote)).toEqual(['The parser wants a fuzz test', 'More', 'First']);
    const shown = git(place.repository, 'show', '--format=%b', '--name-only');
    expect(shown).toBe(`Co-Authored-By: Claude Code <noreply@anthropic.com>\n\n\n${path}`);
    expect(git(place.repository, 'status', '--porcelain')).toBe(' M code.js');
    expect(faultsOf(place.repository)).toBe('');
  });

  test('of many processes at once is one commit, and each hears of its own note', {
    timeout: 60_000,
  }, async () => {
    const { place, remote } = makeClones();
    const words = ['One', 'Two', 'Three', 'Four'];
    git(place.repository, 'config', 'user.name', 'Ada');
    git(place.repository, 'config', 'user.email', 'ada@example.org');
    const ran = await whileLocked(place.repository, words.length, (note) =>
      place.spawn(['note', words[note] ?? '', '--json']),
    );
    const noted = ran.map(({ out }) => JSON.parse(out) as GitOutcomeJson);
    const head = git(place.repository, 'rev-parse', 'HEAD');
    for (const [index, outcome] of noted.entries()) {
      expect(outcome).toMatchObject({ success: true, pushed: true, head });
      expect(place.read(outcome.paths[0] ?? '')).toContain(`# ${words[index]}\n`);
    }
    expect(subjects(remote)).toEqual(['Notes: 4 at once', 'First']);
    expect(git(place.repository, 'status', '--porcelain')).toBe('');
  });

  test('is kept, and says what is missing, when the repository is in the middle of something', async () => {
    const { place } = makeClones();
    git(place.repository, 'bisect', 'start');
    const ran = await place.skein(['note', 'Not lost', '--json']);
    const noted = JSON.parse(ran.out) as GitOutcomeJson;
    expect(noted).toMatchObject({ success: false, problem: { code: 'repository-state' } });
    expect(noted.left).toHaveLength(1);
    expect(place.read(noted.paths[0] ?? '')).toContain('Not lost');
    expect(ran.code).toBe(5);
  });

  test('stays local without a remote, and one that cannot be reached is said and nothing lost', async () => {
    const { place } = makeClones();
    git(place.repository, 'remote', 'set-url', 'origin', 'file:///nowhere/at/all');
    const away = await place.json<GitOutcomeJson>(['note', 'Away']);
    expect(away).toMatchObject({
      success: true,
      pushed: false,
      left: [{ code: expect.stringMatching(/^remote/) }],
    });
    git(place.repository, 'remote', 'remove', 'origin');
    const local = await place.json<GitOutcomeJson>(['note', 'Local']);
    expect(local).toMatchObject({ success: true, pushed: false, left: [] });
    expect(subjects(place.repository)).toEqual(['Local', 'Away', 'First']);
  });

  test('says that it was not pushed, and why, when somebody named a remote that there is not', async () => {
    const { place } = makeClones();
    const named = await place.skein(['note', 'Named'], { env: { KB_GIT_REMOTE: 'nope' } });
    expect(named).toMatchObject({ code: 0, out: expect.stringContaining(', and did not push it\n') });
    expect(named.out.match(/left: Remote 'nope' not found/g)).toHaveLength(1);
    place.write('AGENTS.md', '# Agents\n\nOne.\n');
    const env = { KB_GIT_REMOTE: 'nope' };
    const committed = await place.skein(['git', 'commit', 'AGENTS.md'], { env });
    expect(committed.out).toMatch(/, and did not push it\n(?:.*\n)*left: Remote 'nope' not found/);
    git(place.repository, 'remote', 'rename', 'origin', 'upstream');
    const renamed = await place.json<GitOutcomeJson>(['note', 'Renamed']);
    expect(renamed).toMatchObject({ success: true, pushed: false, left: [{ code: 'remote-missing' }] });
  });

  test('is refused in a bare repository before anything is written', async () => {
    const { place, remote } = makeClones();
    const before = readdirSync(remote, { recursive: true });
    const refused = await place.skein(['note', 'Nowhere'], { cwd: remote });
    expect(refused).toMatchObject({ code: 5, errors: expect.stringContaining('it is bare') });
    const off = await place.skein(['note', 'Nowhere'], { cwd: remote, env: { KB_GIT_ENABLED: 'false' } });
    expect(off).toMatchObject({ code: 5, errors: expect.stringContaining('it is bare') });
    expect(readdirSync(remote, { recursive: true })).toEqual(before);
  });

  test('is refused, and so is all else, when the environment says neither true nor false', async () => {
    const { place } = makeClones();
    const env = { KB_GIT_ENABLED: 'maybe' };
    const says = 'KB_GIT_ENABLED says "maybe", which is neither true nor false.';
    for (const line of ['note Perhaps', 'git commit', 'git preview', 'task run -- true']) {
      const ran = await place.skein(line.split(' '), { env });
      expect([line, ran]).toMatchObject([line, { code: 5, errors: expect.stringContaining(says) }]);
    }
    expect(await place.json<GitStateJson>(['git'], { env })).toMatchObject({
      enabled: false,
      problem: { message: says },
    });
    expect(git(place.repository, 'status', '--porcelain')).toBe('');
    expect(subjects(place.repository)).toEqual(['First']);
  });

  test.skipIf(process.platform === 'win32')('is refused on standard input that is no UTF-8', async () => {
    const { place } = makeClones();
    const line = `printf 'caf\\351' | "$0" "$1" note`;
    const { status, stderr } = spawnSync('sh', ['-c', line, process.execPath, skeinScript], {
      cwd: place.repository,
      env: { ...place.env, ...process.env },
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining('is no UTF-8') });
    expect(git(place.repository, 'status', '--porcelain')).toBe('');
  });

  test('has a subject though its first line is an empty heading', async () => {
    const { place } = makeClones();
    const noted = await place.json<GitOutcomeJson>(['note', '# \n\nheading?']);
    expect(noted.paths[0]).toMatch(/-heading\.md$/);
    expect(subjects(place.repository)).toEqual(['heading?', 'First']);
    place.write('AGENTS.md', '# Agents\n\nOne.\n');
    await place.json(['git', 'commit', 'AGENTS.md', '-m', ' ']);
    expect(subjects(place.repository)[0]).toBe('Update the shared files');
  });

  test('goes to no branch whose name git refuses', async () => {
    const { place, remote } = makeClones();
    const noted = await place.json<GitOutcomeJson>(['note', 'Evil'], { env: { KB_GIT_BRANCH: '-evil' } });
    expect(noted).toMatchObject({ success: true, pushed: false, left: [{ subject: '-evil' }] });
    expect(git(remote, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
  });

  test('without a word, or with git switched off, commits nothing', async () => {
    const { place } = makeClones();
    expect((await place.skein(['note', '  '])).code).toBe(2);
    place.write('skein.json', '{ "git_enabled": false }\n');
    const off = await place.skein(['note', 'Off']);
    expect(off).toMatchObject({ code: 0, out: expect.stringContaining('git is switched off') });
    const pulled = await place.skein(['git', 'pull']);
    expect(pulled).toMatchObject({ code: 5, errors: expect.stringContaining('Git is switched off') });
    expect(subjects(place.repository)).toEqual(['First']);
  });
});

describe('skein task run', () => {
  const identity = () => ({ ...process.env }) as Record<string, string>;

  test('commits what the agent changed, in its name, and pushes it', async () => {
    const { place, remote } = makeClones();
    place.write('mine.js', 'half\n');
    const script =
      'echo out; echo more >> AGENTS.md; echo new > new.js; echo more >> mine.js; test "$SKEIN_AGENT" = codex-local';
    const ran = await place.spawn(
      ['task', 'run', '--agent', 'codex-local', '-m', 'Tidy', '--', 'sh', '-c', script],
      { env: identity() },
    );
    expect(ran).toMatchObject({ code: 0, errors: '' });
    expect(ran.out).toMatch(
      /^out\nCommitted 2 files as [0-9a-f]{10} and pushed it\.\nmine\.js was left out: /,
    );
    expect(subjects(remote)).toEqual(['codex-local: Tidy', 'First']);
    expect(git(place.repository, 'show', '--format=%b', '--name-only')).toBe(
      'Co-Authored-By: Codex <noreply@openai.com>\n\n\nAGENTS.md\nnew.js',
    );
    expect(git(place.repository, 'status', '--porcelain')).toBe('?? mine.js');
  });

  test('takes no other line of the message from the name of an agent', async () => {
    const { place } = makeClones();
    const line = ['task', 'run', '--agent', 'a>b <x@y>\n\nFoo: bar', '--', 'sh', '-c', 'echo new > new.js'];
    expect(await place.spawn(line, { env: identity() })).toMatchObject({ code: 0, errors: '' });
    expect(git(place.repository, 'show', '--no-patch', '--format=%B')).toBe(
      'a b x@y Foo: bar: sh\n\nCo-Authored-By: a b x@y Foo: bar <a-b-x-y-foo-bar@agents.invalid>\n',
    );
  });

  test('names what it changed and git cannot hold as a file of this repository', async () => {
    const { place } = makeClones();
    place.write('old/.keep', '');
    git(join(place.repository, 'old'), 'init', '--quiet');
    write(place.repository, 'old/a', 'a');
    const script = `printf z > "$(printf 'bad\\377')"
      git init -q new && echo 1 > new/1 && git -C new add . && git -C new commit -q -m 1`;
    const line = ['task', 'run', '--agent', 'a', '--', 'sh', '-c', script];
    const ran = await place.spawn([...line.slice(0, 2), '--json', ...line.slice(2)], { env: identity() });
    expect(JSON.parse(ran.out)).toMatchObject({
      commit: null,
      left: [
        { subject: 'bad\\377', message: 'bad\\377 was left out: its name is no UTF-8.' },
        { subject: 'new', message: 'new was left out: it is a repository of its own.' },
      ],
    });
    rmSync(join(place.repository, 'new'), { recursive: true });
    const said = await place.spawn(line, { env: identity() });
    expect(said.out).toMatch(/^Nothing was committed: .*\nbad\\377 was left out.*\nnew was left out/);
  });

  test('that fails, or is interrupted, commits nothing and frees the lock', async () => {
    const { place } = makeClones();
    const failing = ['task', 'run', '--', 'sh', '-c', 'echo half >> AGENTS.md; exit 3'];
    expect((await place.spawn(failing, { env: identity() })).code).toBe(3);
    const killed = ['task', 'run', '--', 'sh', '-c', 'kill -INT $$; sleep 5'];
    expect((await place.spawn(killed, { env: identity() })).code).toBe(130);
    expect(subjects(place.repository)).toEqual(['First']);
    expect(git(place.repository, 'status', '--porcelain')).toBe(' M AGENTS.md');
    expect((await place.skein(['lock', 'status'])).code).toBe(3);
  });
});

test('under the lock that a program above holds, nothing waits for itself', async () => {
  const { place, remote } = makeClones();
  place.write('AGENTS.md', '# Agents\n\nMore.\n');
  const script = '"$0" "$1" git commit -m Inner && "$0" "$1" git push && "$0" "$1" note Inside';
  const env = { ...process.env } as Record<string, string>;
  const ran = await place.spawn(['lock', 'run', '--', 'sh', '-c', script, process.execPath, skeinScript], {
    env,
  });
  expect(ran).toMatchObject({ code: 0 });
  expect(subjects(remote)).toEqual(['Inside', 'Inner', 'First']);
});

describe('skein git', () => {
  test('shows, previews, pulls, commits and pushes', async () => {
    const { place, other, remote } = makeClones();
    write(other, 'AGENTS.md', '# Agents\n\nTheirs.\n');
    commitAll(other, 'Theirs');
    git(other, 'push', '--quiet');
    expect(await place.json<PullPreviewJson>(['git', 'preview'])).toMatchObject({
      kind: 'fast-forward',
      commit_count: 1,
      commits: [{ subject: 'Theirs', author: 'Ada' }],
      files: [{ path: 'AGENTS.md', kind: 'modified', mixed: false, diff: { added: 2, removed: 0 } }],
      obstacles: [],
    });
    expect(await place.json<GitStateJson>(['git'])).toMatchObject({ branch: 'main', ahead: 0, behind: 1 });
    expect(place.read('AGENTS.md')).toBe('# Agents\n');

    const pulled = await place.skein(['git', 'pull']);
    expect(pulled).toMatchObject({ code: 0, out: 'Pulled 1 commit from origin/main\n  AGENTS.md\n' });
    expect(place.read('AGENTS.md')).toBe('# Agents\n\nTheirs.\n');

    place.write('AGENTS.md', '# Agents\n\nTheirs and ours.\n');
    place.write('code.js', 'let a = 2;\n');
    expect(await place.json<GitStateJson>(['git', 'status'])).toMatchObject({ uncommitted: ['AGENTS.md'] });
    expect(await place.json(['git', 'commit', '-m', 'Ours\n\nAnd why.'])).toMatchObject({
      success: true,
      pushed: true,
      paths: ['AGENTS.md'],
    });
    expect(git(place.repository, 'show', '--no-patch', '--format=%B')).toBe('Ours\n\nAnd why.\n');
    expect(subjects(remote)).toEqual(['Ours', 'Theirs', 'First']);
    expect(await place.json(['git', 'push'])).toMatchObject({ success: true, pushed: true });
    expect(subjects(remote)).toEqual(['Ours', 'Theirs', 'First']);
    const state = await place.skein(['git']);
    expect(state.out).toMatch(
      /^main, the same as origin\/main in .*\nlast pull, .*\nlast push, .*\nlast commit, /,
    );
  });

  test('commits without a push where that is set, and says when a push failed: the commit is safe', async () => {
    const { place, remote } = makeClones();
    place.write('AGENTS.md', '# Agents\n\nOne.\n');
    const env = { ...process.env, KB_GIT_AUTO_PUSH: 'false' } as Record<string, string>;
    const kept = await place.spawn(['git', 'commit', 'AGENTS.md', '-m', 'One'], { env });
    expect(kept.out).toMatch(/^Committed 1 file as [0-9a-f]{10}\n/);
    expect(subjects(remote)).toEqual(['First']);

    git(place.repository, 'remote', 'set-url', 'origin', join(remote, 'gone'));
    place.write('AGENTS.md', '# Agents\n\nTwo.\n');
    const failed = await place.skein(['git', 'commit', 'AGENTS.md', '-m', 'Two']);
    expect(failed.out).toMatch(/^Committed 1 file as [0-9a-f]{10}, and did not push it\n/);
    expect(failed.out).toContain('left: origin');
    expect(failed.code).toBe(0);

    git(place.repository, 'remote', 'remove', 'origin');
    place.write('AGENTS.md', '# Agents\n\nThree.\n');
    const alone = await place.skein(['git', 'commit', 'AGENTS.md', '-m', 'Three']);
    expect(alone.out).toMatch(/^Committed 1 file as [0-9a-f]{10}\n/);
  });

  test('says in the documented words why a pull was refused, and changes nothing', async () => {
    const { place, other } = makeClones();
    write(other, 'code.js', 'let a = 9;\n');
    commitAll(other, 'Theirs');
    git(other, 'push', '--quiet');
    place.write('code.js', 'let a = 2;\n');
    const dirty = await place.skein(['git', 'pull']);
    expect(dirty.code).toBe(5);
    expect(dirty.out).toContain('problem: Repository has uncommitted changes');
    expect(dirty.out).toContain('  code.js');
    commitAll(place.repository, 'Ours');
    const head = git(place.repository, 'rev-parse', 'HEAD');
    expect((await place.skein(['git', 'pull'])).out).toContain('problem: Merge conflict during pull');
    expect(git(place.repository, 'rev-parse', 'HEAD')).toBe(head);
    expect(git(place.repository, 'status', '--porcelain')).toBe('');
    const env = { KB_GIT_REMOTE: 'upstream' };
    expect((await place.skein(['git', 'pull'], { env })).out).toContain(
      "problem: Remote 'upstream' not found",
    );
  });

  test('is cancelled by Ctrl+C, with all that it started, and everything is as it was', async () => {
    const { place, other } = makeClones();
    commitAll(other, 'Theirs');
    git(other, 'push', '--quiet');
    const slow = join(place.home, 'slow.sh');
    const started = join(place.home, 'started');
    writeFileSync(
      slow,
      `#!/bin/sh\necho $$ > '${started}.new'\nmv '${started}.new' '${started}'\nexec sleep 300\n`,
      {
        mode: 0o755,
      },
    );
    git(place.repository, 'config', 'remote.origin.uploadpack', slow);
    const before = git(place.repository, 'for-each-ref');
    const { child, ended } = place.start(['git', 'pull']);
    await vi.waitUntil(() => existsSync(started), { timeout: 30_000 });
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    const transport = Number(readFileSync(started, 'utf8'));
    await vi.waitUntil(() => !isRunning(transport), { timeout: 30_000 });
    expect(git(place.repository, 'for-each-ref')).toBe(before);
    git(place.repository, 'config', '--unset', 'remote.origin.uploadpack');
    expect((await place.skein(['git', 'pull'])).out).toContain('Pulled 1 commit');
  });

  test('where there is no repository, and in one without a commit', async () => {
    const place = makePlace();
    expect(await place.json<GitStateJson>(['git'])).toMatchObject({ head: null, ahead: null, problem: null });
    const folder = join(temporaryFolder(), 'plain');
    mkdirSync(folder);
    writeFileSync(join(folder, 'AGENTS.md'), '# Agents\n');
    expect((await place.skein(['git'], { cwd: folder })).code).toBe(4);
    expect((await place.skein(['note', 'Here'], { cwd: folder })).code).toBe(3);
    expect(readFileSync(join(folder, 'AGENTS.md'), 'utf8')).toBe('# Agents\n');
  });
});

describe('a hook of the repository', () => {
  function hook(place: Place, name: string, lines: string): void {
    write(place.repository, `.git/hooks/${name}`, `#!/bin/sh\n${lines}\n`, 0o755);
    // For the processes of their own.
    git(place.repository, 'config', 'user.name', 'Ada');
    git(place.repository, 'config', 'user.email', 'ada@example.org');
  }
  const skein = `"${process.execPath}" "${skeinScript}"`;

  test('is quoted where it refuses, and leaves everything as it was', async () => {
    const { place } = makeClones();
    hook(place, 'pre-commit', 'echo "AGENTS.md: line 3 is too long" >&2; exit 1');
    place.write('AGENTS.md', '# Agents\n\nMore.\n');
    const ran = await place.skein(['git', 'commit', 'AGENTS.md']);
    expect(ran.code).toBe(5);
    expect(ran.errors).toContain(
      'The hook pre-commit of this repository refused it: AGENTS.md: line 3 is too long',
    );
    expect(git(place.repository, 'status', '--porcelain')).toBe(' M AGENTS.md');
    const noted = await place.json<GitOutcomeJson & { path: string }>(['note', 'Kept all the same']);
    expect(noted).toMatchObject({ success: false, problem: { code: 'hook-refused' } });
    expect(place.read(noted.path)).toContain('Kept all the same');
  });

  test('that calls skein does not wait for the commit that waits for it', async () => {
    const { place } = makeClones();
    hook(place, 'pre-commit', `${skein} lock run -- touch .git/ran && ${skein} git status > .git/seen`);
    place.write('AGENTS.md', '# Agents\n\nMore.\n');
    const ran = await place.spawn(['git', 'commit', 'AGENTS.md', '-m', 'More']);
    expect(ran).toMatchObject({ code: 0, errors: '' });
    expect(subjects(place.repository)).toEqual(['More', 'First']);
    expect(existsSync(join(place.repository, '.git/ran'))).toBe(true);
    expect(readFileSync(join(place.repository, '.git/seen'), 'utf8')).toContain('main');
    expect(git(place.repository, 'status', '--porcelain')).toBe('');
  });

  test('that makes a note meets the lock of the index, and harms neither', async () => {
    const { place } = makeClones();
    hook(
      place,
      'pre-commit',
      `test -n "$NESTED" && exit 0; NESTED=1 ${skein} note "From a hook" --json > .git/seen; true`,
    );
    place.write('AGENTS.md', '# Agents\n\nMore.\n');
    const ran = await place.spawn(['git', 'commit', 'AGENTS.md', '-m', 'More']);
    expect(ran).toMatchObject({ code: 0 });
    const seen = JSON.parse(readFileSync(join(place.repository, '.git/seen'), 'utf8'));
    expect(seen).toMatchObject({ success: false, problem: { code: 'git-busy' } });
    expect(subjects(place.repository)).toEqual(['More', 'First']);
    expect(place.read(seen.path)).toContain('From a hook');
    expect(faultsOf(place.repository)).toBe('');
  }, 60_000);

  test.each([
    ['git commit', ['git', 'commit', 'AGENTS.md']],
    ['note', ['note', 'Never mind']],
    ['task run', ['task', 'run', '--', 'sh', '-c', 'echo More. >> AGENTS.md']],
  ])('that hangs ends with skein %s at Ctrl+C, and nothing is left', async (_name, args) => {
    const { place } = makeClones();
    hook(place, 'pre-commit', 'echo $$ > .git/hook-pid; sleep 1000');
    place.write('AGENTS.md', '# Agents\n\nMore.\n');
    const child = spawn(process.execPath, [skeinScript, ...args], { env: place.env, cwd: place.repository });
    const ended = once(child, 'close');
    const pid = () => Number(readFileSync(join(place.repository, '.git/hook-pid'), 'utf8'));
    await vi.waitFor(() => expect(pid()).toBeGreaterThan(0), { timeout: 20_000 });
    child.kill('SIGINT');
    expect((await ended)[0]).not.toBe(0);
    await vi.waitFor(() => expect(isAlive(pid())).toBe(false), { timeout: 15_000 });
    expect(existsSync(join(place.repository, '.git/index.lock'))).toBe(false);
    expect(subjects(place.repository)).toEqual(['First']);
    expect(git(place.repository, 'diff', '--cached', '--name-only')).toBe('');
    expect(await place.json(['lock'])).toMatchObject({ holders: [] });
  });

  test.each([
    ['git commit', ['git', 'commit', 'AGENTS.md', '-m', 'Ours']],
    ['git push', ['git', 'push']],
    ['note', ['note', 'Ours']],
    ['task run', ['task', 'run', '-m', 'Ours', '--', 'sh', '-c', 'echo More. >> AGENTS.md']],
  ])(
    'that hangs in a push ends with skein %s at Ctrl+C, and what was committed stays',
    async (name, args) => {
      const { place, remote } = makeClones();
      hook(place, 'pre-push', 'echo $$ > .git/hook-pid; sleep 1000');
      place.write('AGENTS.md', '# Agents\n\nMore.\n');
      if (name === 'git push') git(place.repository, 'commit', '--quiet', '--all', '--message', 'Ours');
      const { child, ended } = place.start(args);
      const pid = () => Number(readFileSync(join(place.repository, '.git/hook-pid'), 'utf8'));
      await vi.waitFor(() => expect(pid()).toBeGreaterThan(0), { timeout: 20_000 });
      child.kill('SIGINT');
      expect((await ended).code).toBe(130);
      await vi.waitFor(() => expect(isAlive(pid())).toBe(false), { timeout: 15_000 });
      expect(subjects(place.repository)[0]).toMatch(/Ours$/);
      expect(subjects(remote)).toEqual(['First']);
      expect(await place.json(['lock'])).toMatchObject({ holders: [] });
    },
  );
});
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
