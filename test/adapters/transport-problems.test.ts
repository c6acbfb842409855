/** What git, curl and ssh say when a remote does not answer, in plain words. The texts are theirs. */
import { describe, expect, test } from 'vitest';
import { pushRefused, transportProblem } from '../../electron/adapters/transport-problems.ts';
import { progressWords } from '../../electron/adapters/transport-progress.ts';

const spoken = { remote: 'origin', address: 'https://host.example/site.git', secrets: ['hunter2'] };
const failed = (said: string) => ({ how: 'exited', code: 128, printed: '', said }) as const;

const unable = "fatal: unable to access 'https://host.example/site.git/': ";
const heard: [string, string, string][] = [
  [`${unable}Could not resolve host: host.example`, 'remote-unreachable', 'its name cannot be looked up'],
  [
    'ssh: Could not resolve hostname h: Name or service not known',
    'remote-unreachable',
    'its name cannot be looked up',
  ],
  [
    `${unable}Failed to connect to host.example port 443 after 3 ms: Couldn't connect to server`,
    'remote-unreachable',
    'nothing answers there',
  ],
  ['ssh: connect to host h port 22: Connection refused', 'remote-unreachable', 'nothing answers there'],
  [
    `${unable}Failed to connect to host.example port 443: Connection timed out`,
    'remote-unreachable',
    'it does not answer in time',
  ],
  [
    `${unable}Operation too slow. Less than 100 bytes/sec transferred the last 45 seconds`,
    'remote-unreachable',
    'it does not answer in time',
  ],
  ['ssh: connect to host h port 22: No route to host', 'remote-unreachable', 'there is no way to it'],
  [
    `${unable}server certificate verification failed. CAfile: none CRLfile: none`,
    'remote-unreachable',
    'its certificate cannot be trusted',
  ],
  [
    `${unable}SSL certificate problem: certificate has expired`,
    'remote-unreachable',
    'its certificate cannot be trusted',
  ],
  [
    'error: RPC failed; curl 18 transfer closed with outstanding read data remaining\nfatal: early EOF',
    'remote-unreachable',
    'it broke off',
  ],
  ['fatal: the remote end hung up unexpectedly', 'remote-unreachable', 'it broke off'],
  [`${unable}The requested URL returned error: 502`, 'remote-unreachable', 'it broke off'],
  [
    "fatal: Authentication failed for 'https://host.example/site.git/'",
    'remote-refused',
    'it does not accept who we are',
  ],
  [
    "fatal: could not read Username for 'https://host.example': terminal prompts disabled",
    'remote-refused',
    'it does not accept who we are',
  ],
  [
    'git@host.example: Permission denied (publickey).\nfatal: Could not read from remote repository.',
    'remote-refused',
    'it does not accept who we are',
  ],
  [`${unable}The requested URL returned error: 403`, 'remote-refused', 'it does not accept who we are'],
  [
    'Host key verification failed.\nfatal: Could not read from remote repository.',
    'remote-refused',
    'its ssh key is not one that this machine knows',
  ],
  [
    "remote: Repository not found.\nfatal: repository 'https://host.example/site.git/' not found",
    'remote-refused',
    'there is no such repository, or we may not see it',
  ],
  [
    "fatal: '/srv/site.git' does not appear to be a git repository\nfatal: Could not read from remote repository.",
    'remote-refused',
    'there is no such repository, or we may not see it',
  ],
  ['fatal: write error: No space left on device', 'disk-full', 'the disk or the quota is full'],
  [
    "error: cannot lock ref 'refs/remotes/origin/main': is at 1 but expected 2",
    'git-busy',
    'another git is at work on this repository',
  ],
];

describe('why a remote was not reached', () => {
  test.each(heard)('%s', (said, code, because) => {
    const problem = transportProblem(failed(said), spoken, 'Fetching from');
    expect(problem).toMatchObject({ code, subject: 'origin' });
    expect(problem.message).toContain(`origin (https://host.example/site.git)`);
    expect(problem.message).toContain(because);
    expect(problem.advice).not.toBe('');
  });

  test('that nobody foresaw is told in the words of git, without secrets', () => {
    const said = 'Receiving objects: 10%\rwarning: odd\nfatal: hunter2 at https://a:b@host.example is odd\n';
    const problem = transportProblem(failed(said), spoken, 'Fetching from');
    expect(problem.code).toBe('git-failed');
    expect(problem.message).toBe('Fetching from origin failed: fatal: … at https://host.example is odd');
    expect(transportProblem(failed(''), spoken, 'Fetching from').message).toContain(
      'git ended with code 128',
    );
  });

  test('is that git is missing, that nothing came, or that somebody cancelled', () => {
    const ended = (how: 'missing' | 'silent' | 'cancelled') =>
      transportProblem({ how, code: null, printed: '', said: '' }, spoken, 'Pushing to').code;
    expect(ended('missing')).toBe('git-unavailable');
    expect(ended('silent')).toBe('remote-unreachable');
    expect(ended('cancelled')).toBe('stopping');
  });

  test('a push that is refused says what the other side said, and no more than that', () => {
    const said = 'remote: \nremote: Protected branch hunter2.\nTo https://host.example/site.git\n';
    expect(pushRefused('protected branch hook declined', said, spoken).message).toContain(
      'protected branch hook declined: Protected branch ….',
    );
    expect(pushRefused('deny updating a hidden ref', '', spoken).message).toContain(
      ': deny updating a hidden ref.',
    );
  });
});

describe('progress', () => {
  test.each([
    ['remote: Counting objects:  50% (1/2)', 'Finding what is new there: 50 %'],
    ['remote: Compressing objects: 100% (2/2), done.', 'Packing there: 100 %'],
    ['Receiving objects:  45% (450/1000), 1.20 MiB | 300.00 KiB/s', 'Receiving: 45 %'],
    ['Resolving deltas:   0% (0/3)', 'Putting together: 0 %'],
    ['Writing objects: 100% (3/3), 240 bytes | 240.00 KiB/s, done.', 'Sending: 100 %'],
  ])('%s', (line, words) => expect(progressWords(line)).toBe(words));

  test.each([
    'From /srv/site',
    'remote: 50% off',
    'Total 3 (delta 0)',
    ' * [new branch] main -> origin/main',
    '',
  ])('is not in “%s”', (line) => expect(progressWords(line)).toBeUndefined());
});
