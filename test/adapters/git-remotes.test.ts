/** Fetching and pushing with the real git: files of this machine, and ssh by a program that stands for it. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { canMount, mountTiny } from '../electron/host/support/tiny-disk.ts';
import { write } from '../support/git-lab.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { commitIn, git, gitMissing } from './git-subjects.ts';
import { makeRemoted, need, openRemotes, problemOf } from './remote-fixture.ts';

afterEach(() => vi.unstubAllEnvs());

describe.skipIf(gitMissing)('a fetch', () => {
  test('brings the commit and moves only the branch of the remote', async () => {
    const { folder, other, first } = makeRemoted();
    git(other, 'tag', 'v1');
    git(other, 'push', '--quiet', 'origin', 'v1', 'main:side');
    const { remotes, logged } = await openRemotes(folder);
    expect(need(await remotes.fetch('origin', 'main'))).toBe(first);
    expect(git(folder, 'for-each-ref', '--format=%(refname)')).toBe('refs/remotes/origin/main');
    expect(existsSync(join(folder, '.git/FETCH_HEAD'))).toBe(false);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toMatch(/^Fetches origin \(.*site\.git\) by git, as files of this machine\.$/);
  });

  test('lets git status see what is new', async () => {
    const { folder, other, first } = makeRemoted();
    const { remotes } = await openRemotes(folder);
    need(await remotes.fetch('origin', 'main'));
    git(folder, 'checkout', '--quiet', '-b', 'main', '--track', 'origin/main');
    const second = commitIn(other, { files: { 'a.md': 'two\n' }, message: 'second' });
    git(other, 'push', '--quiet', 'origin', 'main');
    expect(need(await remotes.fetch('origin', 'main'))).toBe(second);
    expect(git(folder, 'status', '--branch', '--porcelain=v2')).toContain('# branch.ab +0 -1');
    expect(git(folder, 'rev-parse', 'HEAD')).toBe(first);
  });

  test('follows a branch that was written anew', async () => {
    const { folder, other } = makeRemoted();
    const { remotes } = await openRemotes(folder);
    need(await remotes.fetch('origin', 'main'));
    git(other, 'commit', '--quiet', '--amend', '--message', 'anew');
    git(other, 'push', '--quiet', '--force', 'origin', 'main');
    expect(need(await remotes.fetch('origin', 'main'))).toBe(git(other, 'rev-parse', 'HEAD'));
  });

  test('of a branch that is not there brings nothing, and says so of a remote that is not', async () => {
    const { folder } = makeRemoted();
    const { remotes } = await openRemotes(folder);
    expect(need(await remotes.fetch('origin', 'missing'))).toBeUndefined();
    const gone = problemOf(await remotes.fetch('upstream', 'main'));
    expect(gone).toMatchObject({ code: 'remote-missing', message: "Remote 'upstream' not found" });
    expect(need(await remotes.addressOf('upstream'))).toBeUndefined();
  });

  test('takes no name for an option or for more than one branch', async () => {
    const { folder } = makeRemoted();
    const { remotes } = await openRemotes(folder);
    const names = ['main:refs/heads/main', '*', 'a b', '', '../main', '-main ', '-main'];
    for (const branch of names)
      expect(problemOf(await remotes.fetch('origin', branch)).code).toBe('bad-input');
    expect(problemOf(await remotes.fetch('--upload-pack=touch x', 'main')).code).toBe('remote-missing');
  });

  test.each([
    ['noted://user:S3CRET@host/x', 'noted://host/x'],
    ['noted::http://user:S3CRET@host/x', 'noted::http://host/x'],
    ['noted::https://ghp_S3CRETS3CRET@host/x', 'noted::https://host/x'],
    ['ssh://user:S3CRET@host/x', 'ssh://host/x'],
    ['http://user:S3CRET@ho st/x', 'http://ho st/x'],
  ])('gives no program the password in %s, where every user could read it', async (address, shown) => {
    const { folder } = makeRemoted();
    const programs = temporaryFolder();
    const noted = join(programs, 'noted');
    for (const name of ['git-remote-noted', 'git-remote-http', 'ssh'])
      writeFileSync(join(programs, name), `#!/bin/sh\necho "$@" >> '${noted}'\nexit 1\n`, { mode: 0o755 });
    vi.stubEnv('PATH', `${programs}:${process.env['PATH']}`);
    vi.stubEnv('GIT_SSH_COMMAND', join(programs, 'ssh'));
    vi.stubEnv('GIT_ALLOW_PROTOCOL', 'noted:http:ssh');
    git(folder, 'remote', 'set-url', 'origin', address);
    const { remotes, logged } = await openRemotes(folder);
    const commit = commitIn(folder, { files: { 'b.md': 'x\n' }, message: 'ours' });
    for (const outcome of [
      await remotes.fetch('origin', 'main'),
      await remotes.push('origin', { commit, branch: 'main' }),
    ]) {
      const problem = problemOf(outcome);
      expect(problem.message).toContain(`origin (${shown}) has a password in its address`);
      expect(JSON.stringify([problem, logged])).not.toContain('S3CRET');
    }
    expect(existsSync(noted)).toBe(false);
  });

  test('says when there is no repository at the address', async () => {
    const { folder } = makeRemoted();
    git(folder, 'remote', 'set-url', 'origin', '/nowhere/at.git');
    const problem = problemOf(await (await openRemotes(folder)).remotes.fetch('origin', 'main'));
    expect(problem.code).toBe('remote-refused');
    expect(problem.message).toBe(
      'origin (/nowhere/at.git) refuses: there is no such repository, or we may not see it.',
    );
  });

  test.skipIf(!canMount)('onto a full disk says so, also when only the branch did not fit', async () => {
    const { folder: elsewhere } = makeRemoted();
    const disk = mountTiny('size=1m');
    const folder = join(disk, 'repository');
    cpSync(elsewhere, folder, { recursive: true });
    const { remotes } = await openRemotes(folder);
    need(await remotes.fetch('origin', 'main'));
    git(folder, 'update-ref', '-d', 'refs/remotes/origin/main');
    const fill = () => writeFileSync(join(disk, 'fill'), Buffer.alloc(2_000_000));
    expect(fill).toThrow('ENOSPC');
    expect(problemOf(await remotes.fetch('origin', 'main'))).toMatchObject({ code: 'disk-full' });
  });

  test('tells how far it is, each step once', async () => {
    const files = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`f${at}.md`, `${at}\n`]));
    const { folder } = makeRemoted(files);
    const told: string[] = [];
    const progress = (words: string) => void told.push(words);
    need(await (await openRemotes(folder)).remotes.fetch('origin', 'main', { progress }));
    expect(told).toContain('Receiving: 100 %');
    expect(told.filter((words, at) => words === told[at - 1])).toEqual([]);
  });
});

describe.skipIf(gitMissing)('a push', () => {
  test('sends the commit, and git knows of it', async () => {
    const { folder, bare } = makeRemoted();
    const { remotes, logged } = await openRemotes(folder);
    const commit = commitIn(folder, { files: { 'b.md': 'x\n' }, message: 'ours' });
    expect(need(await remotes.push('origin', { commit, branch: 'new' }))).toBe('pushed');
    expect(git(bare, 'rev-parse', 'refs/heads/new')).toBe(commit);
    expect(git(folder, 'rev-parse', 'refs/remotes/origin/new')).toBe(commit);
    expect(need(await remotes.push('origin', { commit, branch: 'new' }))).toBe('pushed');
    expect(logged[0]).toMatch(/^Pushes to origin \(/);
  });

  test('is rejected while the other side has more, whether we know of that or not', async () => {
    const { folder, bare, first } = makeRemoted();
    const { remotes } = await openRemotes(folder);
    const commit = commitIn(folder, { files: { 'b.md': 'x\n' }, message: 'ours' });
    expect(need(await remotes.push('origin', { commit, branch: 'main' }))).toBe('rejected');
    need(await remotes.fetch('origin', 'main'));
    expect(need(await remotes.push('origin', { commit, branch: 'main' }))).toBe('rejected');
    expect(git(bare, 'rev-parse', 'main')).toBe(first);
  });

  test('never forces, whatever the settings say', async () => {
    const { folder, bare, first } = makeRemoted();
    git(folder, 'config', 'remote.origin.push', '+refs/heads/*:refs/heads/*');
    const commit = commitIn(folder, { files: { 'b.md': 'x\n' }, message: 'ours' });
    const { remotes } = await openRemotes(folder);
    expect(need(await remotes.push('origin', { commit, branch: 'main' }))).toBe('rejected');
    expect(git(bare, 'rev-parse', 'main')).toBe(first);
  });

  test('that the other side does not take says why, in its words', async () => {
    const { folder, bare } = makeRemoted();
    const hook = join(bare, 'hooks/pre-receive');
    mkdirSync(join(bare, 'hooks'), { recursive: true });
    writeFileSync(hook, '#!/bin/sh\necho "main is protected" >&2\nexit 1\n');
    chmodSync(hook, 0o755);
    const commit = commitIn(folder, { files: { 'b.md': 'x\n' }, message: 'ours' });
    const problem = problemOf(
      await (await openRemotes(folder)).remotes.push('origin', { commit, branch: 'new' }),
    );
    expect(problem.code).toBe('remote-refused');
    expect(problem.message).toContain('pre-receive hook declined: main is protected');
  });

  test('runs the hook of the user, for LFS sends its files in it', async () => {
    const { folder } = makeRemoted();
    const hook = join(folder, '.git/hooks/pre-push');
    mkdirSync(join(folder, '.git/hooks'), { recursive: true });
    writeFileSync(hook, '#!/bin/sh\necho "fatal: lint failed" >&2\nexit 1\n');
    chmodSync(hook, 0o755);
    const commit = commitIn(folder, { files: { 'b.md': 'x\n' }, message: 'ours' });
    const problem = problemOf(
      await (await openRemotes(folder)).remotes.push('origin', { commit, branch: 'new' }),
    );
    expect(problem).toMatchObject({ code: 'hook-refused', subject: 'pre-push' });
    expect(problem.message).toBe('The hook pre-push of this repository refused it: fatal: lint failed.');
  });
});

describe.skipIf(gitMissing)('the hook of a push', () => {
  test.each([
    ['Permission denied', 'Permission denied.'],
    ['', 'it gave no reason.'],
  ])('that says %j is named, wherever it lies', async (says, words) => {
    const { folder } = makeRemoted();
    write(folder, 'own-hooks/pre-push', `#!/bin/sh\nprintf '%s' '${says}' >&2\nexit 1\n`, 0o755);
    git(folder, 'config', 'core.hooksPath', 'own-hooks');
    const commit = commitIn(folder, { files: { 'b.md': 'x\n' }, message: 'ours' });
    const { remotes } = await openRemotes(folder);
    const problem = problemOf(await remotes.push('origin', { commit, branch: 'new' }));
    expect(problem).toMatchObject({
      code: 'hook-refused',
      message: `The hook pre-push of this repository refused it: ${words}`,
    });
  });

  const hooked = () => {
    const { folder } = makeRemoted();
    mkdirSync(join(folder, '.git/hooks'), { recursive: true });
    writeFileSync(join(folder, '.git/hooks/pre-push'), '#!/bin/sh\nenv > .git/seen; exit 1\n', {
      mode: 0o755,
    });
    return { folder, commit: commitIn(folder, { files: { 'b.md': 'x\n' }, message: 'ours' }) };
  };

  test('finds the lock under which it runs', async () => {
    const { folder, commit } = hooked();
    const hold = { id: 'mine', token: 7 };
    await (await openRemotes(folder)).remotes.push('origin', { commit, branch: 'new' }, { hold });
    const seen = readFileSync(join(folder, '.git/seen'), 'utf8');
    expect(seen).toMatch(/^SKEIN_LOCK_HOLDS=(.*,)?mine$/m);
    expect(seen).toMatch(/^SKEIN_LOCK_TOKEN=7$/m);
  });
});

describe.skipIf(gitMissing || process.platform === 'win32')(
  'a push whose hook leaves a program behind',
  () => {
    test('ends, and so can the process that asked for it', async () => {
      const { folder } = makeRemoted();
      mkdirSync(join(folder, '.git/hooks'), { recursive: true });
      const hook = '#!/bin/sh\nsetsid sleep 1000 & echo $! > .git/pid\n';
      writeFileSync(join(folder, '.git/hooks/pre-push'), hook, { mode: 0o755 });
      const commit = commitIn(folder, { files: { 'b.md': 'x\n' }, message: 'ours' });
      const adapter = (name: string) =>
        JSON.stringify(join(import.meta.dirname, '../../electron/adapters', name));
      const script = `const { openGitRemotes } = await import(${adapter('git-remotes.ts')});
      const { openGitStore } = await import(${adapter('git-store.ts')});
      const { value } = await openGitStore(${JSON.stringify(folder)});
      const log = { info() {}, warn() {}, error() {} };
      const remotes = openGitRemotes(value, { log, credentials: { find: async () => undefined } });
      console.log((await remotes.push('origin', { commit: '${commit}', branch: 'new' })).value);`;
      const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        timeout: 15_000,
      });
      process.kill(Number(readFileSync(join(folder, '.git/pid'), 'utf8')));
      expect({ status, stdout: stdout.toString() }).toEqual({ status: 0, stdout: 'pushed\n' });
    });
  },
);

describe.skipIf(gitMissing || process.platform === 'win32')('ssh', () => {
  /** A program that takes the arguments of ssh, notes them, and runs the last one here. */
  function standIn(): { program: string; noted: string } {
    const place = temporaryFolder();
    const [program, noted] = [join(place, 'ssh'), join(place, 'noted')];
    const script = `#!/bin/sh\necho "$@" >> ${noted}\nfor last; do :; done\nexec sh -c "$last"\n`;
    writeFileSync(program, script);
    chmodSync(program, 0o755);
    return { program, noted };
  }

  test('asks nothing of a person', async () => {
    const { folder, bare, first } = makeRemoted();
    const { program, noted } = standIn();
    vi.stubEnv('PATH', `${join(program, '..')}:${process.env['PATH']}`);
    git(folder, 'remote', 'set-url', 'origin', `ssh://git@host.example${bare}`);
    const { remotes, logged } = await openRemotes(folder);
    expect(need(await remotes.fetch('origin', 'main'))).toBe(first);
    expect(readFileSync(noted, 'utf8')).toMatch(/-o BatchMode=yes .*git@host\.example git-upload-pack/);
    expect(logged[0]).toBe(
      `Fetches origin (ssh://git@host.example${bare}) by git, with the keys that ssh has.`,
    );
  });

  test('is as the user has set it up', async () => {
    const { folder, bare, first } = makeRemoted();
    const { program, noted } = standIn();
    git(folder, 'remote', 'set-url', 'origin', `git@host.example:${bare}`);
    git(folder, 'config', 'core.sshCommand', `${program} -i key`);
    expect(need(await (await openRemotes(folder)).remotes.fetch('origin', 'main'))).toBe(first);
    expect(readFileSync(noted, 'utf8')).toMatch(/^-i key .*git@host\.example/);
    expect(readFileSync(noted, 'utf8')).not.toContain('BatchMode');
  });
});
