/** Fetching and pushing over http, from a real `git http-backend` that asks for a login and fails in every way. */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openCredentialFile } from '../../electron/adapters/credential-file.ts';
import { openGitRemotes } from '../../electron/adapters/git-remotes.ts';
import { makeCertificate } from '../../electron/host/peers/certificate.ts';
import { basic, type GitServer, startGitServer } from '../support/git-http-server.ts';
import { openStore } from '../support/open-repository.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { commitIn, git, gitMissing } from './git-subjects.ts';
import { filesIn, makeRemoted, need, openRemotes, problemOf, type Remoted } from './remote-fixture.ts';

const login = { username: 'ada@example.org', password: 'p@ss/wörd 1' };
const inAddress = (origin: string) =>
  origin.replace('://', `://${encodeURIComponent(login.username)}:${encodeURIComponent(login.password)}@`);

const unseal = (sealed: Uint8Array) => Buffer.from(sealed).reverse().toString();

afterEach(() => vi.unstubAllEnvs());

/** The remote behind http; `secured` asks for the login above. */
async function served(
  how: { secured?: boolean; files?: Record<string, string> } = {},
): Promise<Remoted & { server: GitServer }> {
  const remoted = makeRemoted(how.files);
  const server = await startGitServer({ root: remoted.root, ...(how.secured ? { login } : {}) });
  git(remoted.folder, 'remote', 'set-url', 'origin', `${server.origin}/site.git`);
  return { ...remoted, server };
}

/** More than git unpacks one by one. */
const big = () =>
  Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`f${at}`, randomBytes(4_000).toString('hex')]));

describe.skipIf(gitMissing)('a login', () => {
  test('of the settings opens the remote, for fetch and push', async () => {
    const { folder, server, first, bare } = await served({ secured: true });
    const { remotes, logged } = await openRemotes(folder, { [server.origin]: login });
    expect(need(await remotes.fetch('origin', 'main'))).toBe(first);
    const commit = commitIn(folder, { files: { 'b.md': 'x\n' }, message: 'ours' });
    expect(need(await remotes.push('origin', { commit, branch: 'new' }))).toBe('pushed');
    expect(git(bare, 'rev-parse', 'new')).toBe(commit);
    expect(logged[0]).toBe(
      `Fetches origin (${server.origin}/site.git) by git, with the token of the settings, from its file.`,
    );
  });

  test('that Skein keeps opens the remote, and stands in no log and no list of processes', async () => {
    const { folder, server, first } = await served({ secured: true });
    const logged: string[] = [];
    const note = (message: string) => void logged.push(message);
    const log = { info: note, warn: note, error: note };
    const sealing = { seal: (text: string) => Buffer.from(text).reverse(), open: unseal };
    for (const [keychain, place] of [
      [undefined, 'from its file'],
      [sealing, 'from the keychain'],
    ] as const) {
      const credentials = openCredentialFile(temporaryFolder(), log, keychain);
      need(await credentials.keep(`${server.origin}/site.git`, login));
      const arguments_: string[] = [];
      server.intercept = () => {
        arguments_.push(...argumentsOfAll());
        return false;
      };
      expect(
        need(await openGitRemotes(await openStore(folder), { credentials, log }).fetch('origin', 'main')),
      ).toBe(first);
      expect(logged.at(-1)).toMatch(new RegExp(`with the token of the settings, ${place}\\.$`));
      expect(server.authorizations.at(-1)).toBe(basic(login));
      for (const secret of [login.password, encodeURIComponent(login.password), basic(login).slice(6)])
        expect([...arguments_, ...logged].filter((it) => it.includes(secret))).toEqual([]);
    }
  });

  test('that is missing or wrong is said, at once and without asking anybody', async () => {
    const { folder, server } = await served({ secured: true });
    const wrong = { username: 'ada', password: 'wrong-secret' };
    for (const logins of [{}, { [server.origin]: wrong }]) {
      const { remotes, logged } = await openRemotes(folder, logins);
      const problem = problemOf(await remotes.fetch('origin', 'main'));
      expect(problem.code).toBe('remote-refused');
      expect(problem.message).toBe(
        `origin (${server.origin}/site.git) refuses: it does not accept who we are.`,
      );
      expect(JSON.stringify([problem, logged])).not.toContain('wrong-secret');
    }
  });

  test('comes from the helper that the user has set up', async () => {
    const { folder, server, first } = await served({ secured: true });
    const helper = `!f() { echo 'username=${login.username}'; echo 'password=${login.password}'; }; f`;
    git(folder, 'config', 'credential.helper', helper);
    const { remotes, logged } = await openRemotes(folder);
    expect(need(await remotes.fetch('origin', 'main'))).toBe(first);
    expect(logged[0]).toContain('with the login that git itself finds');
    expect(server.authorizations).toContain(basic(login));
  });

  test('in the address works, and stands in no message, no log and no list of processes', async () => {
    const { folder, server, first } = await served({ secured: true });
    git(folder, 'remote', 'set-url', 'origin', `${inAddress(server.origin)}/site.git`);
    const arguments_: string[] = [];
    server.intercept = () => {
      arguments_.push(...argumentsOfAll());
      return false;
    };
    const { remotes, logged } = await openRemotes(folder);
    expect(need(await remotes.fetch('origin', 'main'))).toBe(first);
    const commit = commitIn(folder, { files: { 'b.md': 'x\n' }, message: 'ours' });
    expect(need(await remotes.push('origin', { commit, branch: 'new' }))).toBe('pushed');
    expect(need(await remotes.addressOf('origin'))).toBe(`${server.origin}/site.git`);
    expect(logged.join('\n')).toContain('with the login in its address');
    for (const secret of [login.password, encodeURIComponent(login.password), basic(login).slice(6)]) {
      expect(logged.join('\n')).not.toContain(secret);
      expect(arguments_.filter((it) => it.includes(secret))).toEqual([]);
    }
    if (process.platform === 'linux')
      expect(arguments_.filter((it) => it.includes(`${server.origin}/site.git`))).not.toEqual([]);
  });

  test('that insteadOf puts into the address is hidden the same way', async () => {
    const { folder, server, first } = await served({ secured: true });
    git(folder, 'config', `url.${inAddress(server.origin)}/.insteadOf`, 'team:');
    git(folder, 'remote', 'set-url', 'origin', 'team:site.git');
    const { remotes, logged } = await openRemotes(folder);
    expect(need(await remotes.fetch('origin', 'main'))).toBe(first);
    expect(logged[0]).toContain(`origin (${server.origin}/site.git)`);
    git(folder, 'remote', 'set-url', 'origin', 'team:missing.git');
    const problem = problemOf(await remotes.fetch('origin', 'main'));
    expect(problem.message).toBe(
      `origin (${server.origin}/missing.git) refuses: there is no such repository, or we may not see it.`,
    );
  });

  test('does not go along to another origin that we are sent to', async () => {
    const { folder, server, root } = await served({ secured: true });
    const elsewhere = await startGitServer({ root, login });
    server.intercept = (request, response) => {
      if (request.headers.authorization !== basic(login)) return false;
      response.writeHead(302, { location: `${elsewhere.origin}${request.url}` }).end();
      return true;
    };
    const { remotes } = await openRemotes(folder, { [server.origin]: login });
    expect(problemOf(await remotes.fetch('origin', 'main')).code).toBe('remote-refused');
    expect(server.authorizations).toContain(basic(login));
    expect(elsewhere.authorizations.length).toBeGreaterThan(0);
    expect(elsewhere.authorizations.filter((it) => it !== '')).toEqual([]);
  });
});

describe.skipIf(gitMissing)('a push with a hook', () => {
  async function hooked(hook: string) {
    const place = await served({ secured: true });
    const runtime = temporaryFolder();
    vi.stubEnv('XDG_RUNTIME_DIR', runtime);
    mkdirSync(join(place.folder, '.git/hooks'), { recursive: true });
    writeFileSync(join(place.folder, '.git/hooks/pre-push'), `#!/bin/sh\n${hook}\n`, { mode: 0o755 });
    const commit = commitIn(place.folder, { files: { 'b.md': 'x\n' }, message: 'ours' });
    return { ...place, runtime, commit };
  }
  const seenBy = (folder: string) => readFileSync(join(folder, '.git/seen'), 'utf8');

  test.each(['kept', 'in the address'])(
    'shows it no login that is %s, and leaves none behind',
    async (how) => {
      const { folder, server, runtime, commit } = await hooked(
        '{ env; git config --list --name-only; } > .git/seen',
      );
      const isKept = how === 'kept';
      if (!isKept) git(folder, 'remote', 'set-url', 'origin', `${inAddress(server.origin)}/site.git`);
      const { remotes } = await openRemotes(folder, isKept ? { [server.origin]: login } : {});
      expect(need(await remotes.push('origin', { commit, branch: 'new' }))).toBe('pushed');
      for (const secret of [login.password, encodeURIComponent(login.password)])
        expect(seenBy(folder)).not.toContain(secret);
      expect(readdirSync(runtime)).toEqual([]);
    },
  );

  test('lets what the hook sends find the login by git, as LFS does', async () => {
    const ask = (origin: string) => `printf 'url=${origin}/site.git\\n\\n' | git credential fill > .git/seen`;
    const { folder, server, commit } = await hooked('exit 0');
    writeFileSync(join(folder, '.git/hooks/pre-push'), `#!/bin/sh\n${ask(server.origin)}\n`);
    const { remotes } = await openRemotes(folder, { [server.origin]: login });
    expect(need(await remotes.push('origin', { commit, branch: 'new' }))).toBe('pushed');
    expect(seenBy(folder)).toContain(`password=${login.password}\n`);
  });

  test('removes what a process that died left of a login, and nothing of one that runs', async () => {
    const { folder, server, runtime, commit } = await hooked('exit 0');
    const dead = spawnSync(process.execPath, ['--version']).pid;
    for (const pid of [dead, process.ppid]) mkdirSync(join(runtime, `skein-login-${pid}-0`));
    const { remotes } = await openRemotes(folder, { [server.origin]: login });
    expect(need(await remotes.push('origin', { commit, branch: 'new' }))).toBe('pushed');
    expect(readdirSync(runtime)).toEqual([`skein-login-${process.ppid}-0`]);
  });
});

describe.skipIf(gitMissing)('a push to several addresses', () => {
  test('finds the login of each, and shows none in messages, logs and lists of processes', async () => {
    const { folder, server, root, bare } = await served({ secured: true });
    const other = await startGitServer({ root, login });
    const second = join(root, 'second.git');
    git(root, 'init', '--quiet', '--bare', '--initial-branch=main', second);
    git(folder, 'remote', 'set-url', '--push', 'origin', `${inAddress(server.origin)}/site.git`);
    git(folder, 'remote', 'set-url', '--add', '--push', 'origin', `${inAddress(other.origin)}/second.git`);
    const arguments_: string[] = [];
    for (const it of [server, other])
      it.intercept = () => {
        arguments_.push(...argumentsOfAll());
        return false;
      };
    const commit = commitIn(folder, { files: { 'b.md': 'x\n' }, message: 'ours' });
    const { remotes, logged } = await openRemotes(folder);
    expect(need(await remotes.push('origin', { commit, branch: 'new' }))).toBe('pushed');
    for (const it of [bare, second]) expect(git(it, 'rev-parse', 'new')).toBe(commit);
    git(folder, 'remote', 'set-url', '--push', 'origin', 'second.git', `/second\\.git`);
    const problem = problemOf(await remotes.push('origin', { commit, branch: 'new' }));
    for (const secret of [login.password, encodeURIComponent(login.password)]) {
      expect(arguments_.filter((it) => it.includes(secret))).toEqual([]);
      expect(`${logged.join()}${problem.message}`).not.toContain(secret);
    }
    if (process.platform === 'linux')
      expect(arguments_.filter((it) => it.includes(`${other.origin}/second.git`))).not.toEqual([]);
  });
});

describe.skipIf(gitMissing)('a remote', () => {
  test('that nothing answers at, or whose name nobody knows, cannot be reached', async () => {
    const { folder } = makeRemoted();
    const { remotes } = await openRemotes(folder);
    git(folder, 'remote', 'set-url', 'origin', 'http://127.0.0.1:1/site.git');
    const refused = problemOf(await remotes.fetch('origin', 'main'));
    expect(refused.code).toBe('remote-unreachable');
    expect(refused.message).toBe(
      'origin (http://127.0.0.1:1/site.git) cannot be reached: nothing answers there.',
    );
    git(folder, 'remote', 'set-url', 'origin', 'http://no-such-name.invalid/site.git');
    const unknown = problemOf(await remotes.fetch('origin', 'main'));
    expect(unknown).toMatchObject({ code: 'remote-unreachable' });
    expect(unknown.message).toContain('its name cannot be looked up');
  });

  test('with a certificate that nobody vouches for is not believed', async () => {
    const { folder, root } = makeRemoted();
    const server = await startGitServer({ root, login, tls: makeCertificate() });
    git(folder, 'remote', 'set-url', 'origin', `${server.origin}/site.git`);
    const { remotes } = await openRemotes(folder, { [server.origin]: login });
    const problem = problemOf(await remotes.fetch('origin', 'main'));
    expect(problem).toMatchObject({ code: 'remote-unreachable' });
    expect(problem.message).toContain('its certificate cannot be trusted');
    expect(server.authorizations).toEqual([]);
  });

  test('that says nothing is given up, and nothing runs on', async () => {
    const { folder, server } = await served();
    server.intercept = () => true;
    const problem = problemOf(await (await openRemotes(folder, {}, 300)).remotes.fetch('origin', 'main'));
    expect(problem.code).toBe('remote-unreachable');
    expect(problem.message).toContain('nothing came for too long');
    expect(argumentsOfAll().filter((it) => it.includes(server.origin))).toEqual([]);
  });

  test('that breaks off leaves the repository as it was, and the next fetch brings everything', async () => {
    const { folder, server, first } = await served({ files: big() });
    const before = filesIn(folder);
    server.fault = { afterBytes: 300_000, how: 'cut' };
    const { remotes } = await openRemotes(folder);
    const problem = problemOf(await remotes.fetch('origin', 'main'));
    expect(problem).toMatchObject({ code: 'remote-unreachable' });
    expect(problem.message).toContain('it broke off');
    expect(filesIn(folder)).toEqual(before);
    server.fault = undefined;
    expect(need(await remotes.fetch('origin', 'main'))).toBe(first);
    git(folder, 'fsck', '--strict');
  });

  test('that fails inside is one that broke off', async () => {
    const { folder, server } = await served();
    server.intercept = (_, response) => {
      response.writeHead(503).end();
      return true;
    };
    const problem = problemOf(await (await openRemotes(folder)).remotes.fetch('origin', 'main'));
    expect(problem).toMatchObject({ code: 'remote-unreachable' });
  });
});

describe.skipIf(gitMissing)('cancelling', () => {
  test('ends a fetch that waits, and leaves nothing behind', async () => {
    const { folder, server } = await served();
    const before = filesIn(folder);
    const controller = new AbortController();
    server.intercept = () => {
      controller.abort();
      return true;
    };
    const { remotes } = await openRemotes(folder);
    const problem = problemOf(await remotes.fetch('origin', 'main', { signal: controller.signal }));
    expect(problem).toMatchObject({ code: 'stopping' });
    expect(filesIn(folder)).toEqual(before);
    expect(argumentsOfAll().filter((it) => it.includes(server.origin))).toEqual([]);
    server.intercept = () => false;
    const again = problemOf(await remotes.fetch('origin', 'main', { signal: controller.signal }));
    expect(again.code).toBe('stopping');
  });

  test('ends a fetch in the middle of what it receives, and leaves nothing behind', async () => {
    const { folder, server, first } = await served({ files: big() });
    const before = filesIn(folder);
    const controller = new AbortController();
    const progress = (words: string) => {
      if (words.startsWith('Receiving')) controller.abort();
    };
    server.fault = { afterBytes: 300_000, how: 'stall' };
    const { remotes } = await openRemotes(folder);
    const options = { signal: controller.signal, progress };
    expect(problemOf(await remotes.fetch('origin', 'main', options)).code).toBe('stopping');
    expect(filesIn(folder)).toEqual(before);
    server.fault = undefined;
    expect(need(await remotes.fetch('origin', 'main'))).toBe(first);
  });
});

/** The command lines of all processes, where the system shows them. */
function argumentsOfAll(): string[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc').flatMap((name) => {
    try {
      return /^\d+$/.test(name) ? [readFileSync(join('/proc', name, 'cmdline'), 'utf8')] : [];
    } catch {
      return [];
    }
  });
}
