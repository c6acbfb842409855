/** Why git could not talk to a remote, in plain words (DESIGN rule 11). */

import { withoutSecrets } from '../../shared/domain/secrets.ts';
import { type Problem, type ProblemCode, problem } from '../../shared/result.ts';
import type { TransportEnd } from './git-transport.ts';

/** `secrets` must not stand in any text, whatever git says. */
export type Spoken = { remote: string; address: string; secrets: readonly string[] };

type Reading = { says: RegExp; code: ProblemCode; because: string; advice: string };

const online = 'Check the network and the address of the remote (`git remote -v`), then try again.';
const again = 'Try again; what was done so far is not lost.';
const who =
  'Give git a login for it (`git credential`, or a key for ssh), or Skein a token for this address, then try again.';

/** The first that fits counts: what is said of the network is surer than what git makes of it. */
const readings: readonly Reading[] = [
  {
    says: /cannot lock ref|unable to create '[^']*\.lock'|unable to lock|another git process/i,
    code: 'git-busy',
    because: 'another git is at work on this repository',
    advice: 'Let it finish, then try again.',
  },
  {
    says: /no space left on device|disk quota exceeded/i,
    code: 'disk-full',
    because: 'the disk or the quota is full',
    advice: 'Free some space, then try again.',
  },
  {
    // Of a branch git says no more than that.
    says: /couldn't write '|unable to write (?:file|loose object|new[ -]index)|failed to write (?:object|to)/i,
    code: 'disk-full',
    because: 'git could not write into the repository; the disk or the quota may be full',
    advice: 'See that there is space, and that you may write there, then try again.',
  },
  {
    says: /could not resolve|name or service not known|name resolution|no such host|nodename nor servname/i,
    code: 'remote-unreachable',
    because: 'its name cannot be looked up',
    advice: online,
  },
  {
    says: /timed? ?out|operation too slow/i,
    code: 'remote-unreachable',
    because: 'it does not answer in time',
    advice: online,
  },
  {
    says: /connection refused|couldn't connect|could not connect to server/i,
    code: 'remote-unreachable',
    because: 'nothing answers there',
    advice: online,
  },
  {
    says: /no route to host|network is unreachable/i,
    code: 'remote-unreachable',
    because: 'there is no way to it',
    advice: online,
  },
  {
    says: /host key verification failed|remote host identification has changed/i,
    code: 'remote-refused',
    because: 'its ssh key is not one that this machine knows',
    advice: 'Connect to it once with ssh by hand and compare its key, then try again.',
  },
  {
    says: /certificate|ssl connect|ssl_|tls handshake|gnutls/i,
    code: 'remote-unreachable',
    because: 'its certificate cannot be trusted',
    advice:
      'Check the address and the clock of this machine; a company network may need its own certificate.',
  },
  {
    says: /authentication failed|could not read (?:username|password)|terminal prompts disabled|permission denied|returned error: 40[137]|invalid (?:username|credentials)|access denied/i,
    code: 'remote-refused',
    because: 'it does not accept who we are',
    advice: who,
  },
  {
    says: /unable to update url base from redirection/i,
    code: 'remote-refused',
    because: 'it sends us to another address',
    advice: 'Set the address that it has now with `git remote set-url`.',
  },
  {
    says: /repository .*not found|not found.*repository|does not appear to be a git repository|returned error: 404|no such file or directory/i,
    code: 'remote-refused',
    because: 'there is no such repository, or we may not see it',
    advice: 'Check the address with `git remote -v`, and that you may read it.',
  },
  {
    says: /early eof|unexpected disconnect|hung up|rpc failed|transfer closed|connection (?:was )?reset|connection closed|broken pipe|empty reply|returned error: 5\d\d|gone away/i,
    code: 'remote-unreachable',
    because: 'it broke off',
    advice: again,
  },
];

const openings: Partial<Record<ProblemCode, (place: string) => string>> = {
  'remote-refused': (place) => `${place} refuses`,
  'remote-unreachable': (place) => `${place} cannot be reached`,
};

/** What a run that brought no result ended with. */
export function transportProblem(end: TransportEnd, spoken: Spoken, deed: string): Problem {
  const { remote, address } = spoken;
  const place = `${remote} (${address})`;
  if (end.how === 'missing') return gitMissing(remote);
  if (end.how === 'cancelled')
    return problem('stopping', remote, `${deed} ${place} was cancelled.`, 'Start it again when you like.');
  if (end.how === 'silent')
    return problem(
      'remote-unreachable',
      remote,
      `${place} cannot be reached: nothing came for too long.`,
      online,
    );
  const reading = readings.find(({ says }) => says.test(end.said));
  if (reading === undefined) return unknown(end, spoken, deed);
  const message = openings[reading.code]?.(place) ?? `${deed} ${place} failed`;
  return problem(reading.code, remote, `${message}: ${reading.because}.`, reading.advice);
}

/** What the other side says to somebody who may not push there. */
export function pushRefused(reason: string, said: string, { remote, address, secrets }: Spoken): Problem {
  const told = said
    .split('\n')
    .filter((line) => line.startsWith('remote:'))
    .map((line) => line.slice('remote:'.length).trim())
    .filter((line) => line !== '')
    .slice(0, 3)
    .join(' ');
  const words = withoutSecrets(told === '' ? reason : `${reason}: ${told}`, secrets);
  return problem(
    'remote-refused',
    remote,
    `${remote} (${address}) takes no push to this branch: ${words}.`,
    'Ask who keeps it for the right to push, or push to another branch.',
  );
}

export const gitMissing = (subject: string): Problem =>
  problem(
    'git-unavailable',
    subject,
    'git could not be started.',
    'Install git 2.38 or newer, and see that it is on the PATH.',
  );

/** In git's own words: the lines that say why, or else the last. */
function unknown({ said, code }: TransportEnd, { remote, secrets }: Spoken, deed: string): Problem {
  const lines = said.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  const telling = lines.filter((line) => /^(?:fatal|error): /.test(line));
  const words = (telling.length > 0 ? telling : lines.slice(-2)).slice(0, 3).join(' ').trim();
  const message = `${deed} ${remote} failed: ${withoutSecrets(words || `git ended with code ${code}`, secrets)}`;
  return problem('git-failed', remote, message, `Try it by hand with git in this repository to see more.`);
}
