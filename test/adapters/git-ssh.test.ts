/** Fetching and pushing over ssh, by the real ssh to a real server where one is installed. */
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { makeKey, startSshServer } from '../support/ssh-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { commitIn, git, gitMissing } from './git-subjects.ts';
import { makeRemoted, need, openRemotes, problemOf } from './remote-fixture.ts';

const started = await startSshServer();
const why = gitMissing ?? ('why' in started ? started.why : undefined);

describe.skipIf(why !== undefined)(`a remote over ssh${why === undefined ? '' : ` (${why})`}`, () => {
  const server = started as Exclude<typeof started, { why: string }>;
  afterAll(() => server.stop());
  beforeEach(() => {
    server.configure({});
    vi.stubEnv('PATH', `${server.program}:${process.env['PATH']}`);
    vi.stubEnv('SSH_AUTH_SOCK', '');
  });

  async function reached() {
    const { folder, bare, first } = makeRemoted();
    git(folder, 'remote', 'set-url', 'origin', `ssh://${server.user}@${server.host}:${server.port}${bare}`);
    return { folder, bare, first, ...(await openRemotes(folder)) };
  }

  test('is fetched from and pushed to with the keys that ssh has', async () => {
    const { folder, bare, first, remotes, logged } = await reached();
    expect(need(await remotes.fetch('origin', 'main'))).toBe(first);
    const commit = commitIn(folder, { files: { 'b.md': 'ours\n' }, message: 'ours' });
    expect(need(await remotes.push('origin', { commit, branch: 'new' }))).toBe('pushed');
    expect(git(bare, 'rev-parse', 'new')).toBe(commit);
    expect(need(await remotes.fetch('origin', 'missing'))).toBeUndefined();
    expect(logged[0]).toMatch(/by git, with the keys that ssh has\.$/);
  });

  test('whose key this machine does not know is refused at once, and asks nobody', async () => {
    const { remotes } = await reached();
    server.configure({ UserKnownHostsFile: join(temporaryFolder(), 'none') });
    expect(problemOf(await remotes.fetch('origin', 'main')).message).toMatch(
      /its ssh key is not one that this machine knows/,
    );
  });

  test('lets nobody in by another key, nor by one that wants a passphrase', async () => {
    const { folder, remotes } = await reached();
    const commit = commitIn(folder, { files: { 'b.md': 'ours\n' }, message: 'ours' });
    for (const passphrase of ['', 'secret of the key']) {
      server.configure({ IdentityFile: makeKey(temporaryFolder(), 'other', passphrase) });
      const refused = [
        problemOf(await remotes.fetch('origin', 'main')),
        problemOf(await remotes.push('origin', { commit, branch: 'new' })),
      ];
      expect(refused.map(({ code }) => code)).toEqual(['remote-refused', 'remote-refused']);
    }
  });

  test('that is not there any more is unreachable, in a sentence', async () => {
    const { folder, bare, remotes } = await reached();
    git(folder, 'remote', 'set-url', 'origin', `ssh://${server.user}@${server.host}:1${bare}`);
    expect(problemOf(await remotes.fetch('origin', 'main'))).toMatchObject({ code: 'remote-unreachable' });
  });
});
