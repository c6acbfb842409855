/** Addresses of remotes over http that hold more than a way: secrets that cannot be hidden, several logins for one host. */
import { describe, expect, test } from 'vitest';
import { openGitRemotes } from '../../electron/adapters/git-remotes.ts';
import { basic, startGitServer } from '../support/git-http-server.ts';
import { openStore } from '../support/open-repository.ts';
import { git, gitMissing } from './git-subjects.ts';
import { makeRemoted, need, openRemotes, problemOf } from './remote-fixture.ts';

describe.skipIf(gitMissing)('a secret that git would give to a program as it is', () => {
  test.each(['?token=S3CRET', '?a=b&access_token=S3CRET', '?acc%65ss_token=S3CRET', '#token=S3CRET'])(
    'is refused before anything is asked: %s',
    async (query) => {
      const { root, folder } = makeRemoted();
      const server = await startGitServer({ root });
      for (const login of ['', 'ada:geheim@']) {
        const address = `${server.origin}/site.git`.replace('://', `://${login}`);
        git(folder, 'remote', 'set-url', 'origin', address + query);
        const { remotes, logged } = await openRemotes(folder);
        const push = { commit: git(folder, 'hash-object', '-t', 'tree', '/dev/null'), branch: 'main' };
        for (const asked of [await remotes.fetch('origin', 'main'), await remotes.push('origin', push)]) {
          const problem = problemOf(asked);
          expect(problem).toMatchObject({ code: 'remote-refused', subject: 'origin' });
          expect(problem.message).toMatch(/^origin \(http:.*=…\) has a password in its address, /);
          expect(JSON.stringify([problem, logged])).not.toMatch(/S3CRET|geheim/);
        }
        expect(need(await remotes.addressOf('origin'))).not.toMatch(/S3CRET|geheim/);
      }
      expect(server.authorizations).toEqual([]);
    },
  );

  test('is none where the query holds no secret', async () => {
    const { root, folder } = makeRemoted();
    const server = await startGitServer({ root });
    git(folder, 'remote', 'set-url', 'origin', `${server.origin}/site.git?depth=1`);
    const { remotes } = await openRemotes(folder);
    await remotes.fetch('origin', 'main');
    expect(server.authorizations.length).toBeGreaterThan(0);
  });
});

describe.skipIf(gitMissing)('two addresses of one host to push to', () => {
  const ada = { username: 'ada', password: 'one' };
  const bob = { username: 'bob', password: 'two' };

  /** Each repository of the server opens to one of them only. */
  async function makeTwo() {
    const remoted = makeRemoted();
    const { root, folder, bare } = remoted;
    git(root, 'clone', '--quiet', '--bare', bare, `${root}/other.git`);
    const server = await startGitServer({ root });
    server.intercept = (request, response) => {
      const owner = request.url?.startsWith('/other.git') ? bob : ada;
      if (request.headers.authorization === basic(owner)) return false;
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return true;
    };
    const as = ({ username, password }: typeof ada) =>
      server.origin.replace('://', `://${username}:${password}@`);
    git(folder, 'remote', 'set-url', 'origin', `${as(ada)}/site.git`);
    for (const address of [`${as(ada)}/site.git`, `${as(bob)}/other.git`])
      git(folder, 'config', '--add', 'remote.origin.pushurl', address);
    return { ...remoted, server };
  }

  test.each([true, false])('get each its own login, be there hooks (%s) or not', async (hasHooks) => {
    const { folder, root, bare, first } = await makeTwo();
    const ignore = () => undefined;
    const remotes = openGitRemotes(await openStore(folder), {
      credentials: { find: async () => undefined },
      log: { info: ignore, warn: ignore, error: ignore },
      runsHooks: async () => hasHooks,
    });
    expect(need(await remotes.fetch('origin', 'main'))).toBe(first);
    git(folder, 'reset', '--quiet', '--hard', first);
    const commit = git(folder, 'commit-tree', '-p', first, '-m', 'Ours', `${first}^{tree}`);
    expect(need(await remotes.push('origin', { commit, branch: 'main' }))).toBe('pushed');
    expect([bare, `${root}/other.git`].map((it) => git(it, 'rev-parse', 'main'))).toEqual([commit, commit]);
  });
});
