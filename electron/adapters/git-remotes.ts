/** The other ends of a repository, by the installed git: it knows every transport and every login. */
import { join } from 'node:path';
import { isBranchName } from '../../shared/domain/branch-name.ts';
import { withoutSecrets } from '../../shared/domain/secrets.ts';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import type { GitRemotes, RemoteOptions } from '../engine/git/repository.ts';
import { variablesOfHold } from '../engine/lock/hold-variables.ts';
import type { Log } from '../engine/ports.ts';
import { type Carried, carryByEnvironment, carryByFiles } from './carry-login.ts';
import { describeFileError } from './file-problems.ts';
import { hasPushHook } from './git-hooks.ts';
import type { OpenedRepository } from './git-store.ts';
import { runTransport, type TransportEnd } from './git-transport.ts';
import { hookRefused } from './hook-process.ts';
import { watchLeftovers } from './leftover-packs.ts';
import {
  accessTo,
  addressOfRemote,
  type Credentials,
  type Remote,
  type RemoteAccess,
} from './remote-access.ts';
import { pushRefused, transportProblem } from './transport-problems.ts';
import { progressWords } from './transport-progress.ts';

export type RemoteDeps = {
  credentials: Credentials;
  log: Log;
  /** Whether a push runs the hook of the repository; it does unless told. */
  runsHooks?: () => Promise<boolean>;
  silenceMs?: number;
};

/** Nothing else than what is asked for: no tags, no submodules, no tidying up, none of the user's other branches. */
const onlyThat = [
  '--no-tags',
  '--no-recurse-submodules',
  '--no-auto-gc',
  '--no-prune',
  '--no-write-fetch-head',
];
const alone = ['-c', 'gc.auto=0', '-c', 'maintenance.auto=false', '-c', 'fetch.writeCommitGraph=false'];
/** Git has none for a fetch that the user would miss. Of a push they stay: LFS sends its files in one. */
const noHooks = ['-c', 'core.hooksPath=/dev/null'];

export function openGitRemotes(
  { place, settings, commitAt }: Pick<OpenedRepository, 'place' | 'settings' | 'commitAt'>,
  deps: RemoteDeps,
): GitRemotes {
  const folder = place.top;
  const remoteNow = async (name: string): Promise<Remote> => ({
    top: folder,
    settings: await settings.now(),
    name,
  });

  async function run(access: RemoteAccess, { carried, args }: Words, options: RemoteOptions) {
    const { signal, progress, hold } = options;
    return runTransport(folder, [...alone, ...access.args, ...carried.args, ...args], {
      env: { ...access.env, ...carried.env, ...(hold && variablesOfHold(process.env, hold)) },
      silenceMs: deps.silenceMs ?? limits.gitSilenceMs,
      signal,
      onLine: progress && tellOnce(progress),
    }).finally(carried.drop);
  }

  /** The way to the remote, told in the log. */
  async function reach(
    remote: string,
    branch: string,
    deed: 'fetch' | 'push',
  ): Promise<Result<RemoteAccess>> {
    if (!isBranchName(branch)) return err(notABranch(branch));
    const access = await accessTo(await remoteNow(remote), deed, deps.credentials);
    if (!access.ok) return access;
    if (access.value === undefined) return err(noRemote(remote));
    const { address, way } = access.value;
    const does = deed === 'fetch' ? 'Fetches' : 'Pushes to';
    deps.log.info(`${does} ${remote} (${address}) by git, ${way}.`);
    return ok(access.value);
  }

  return {
    addressOf: async (remote) => ok(await addressOfRemote(await remoteNow(remote))),
    hasAny: async () => (await settings.now()).has(/^remote\..*\.url$/s),
    async upstreamOf(remote, branch) {
      const now = await settings.now();
      if (now.get(`branch.${branch}.remote`) !== remote) return ok(undefined);
      const [, upstream] = /^refs\/heads\/(.+)$/.exec(now.get(`branch.${branch}.merge`) ?? '') ?? [];
      return ok(upstream);
    },
    async fetch(remote, branch, options = {}) {
      const access = await reach(remote, branch, 'fetch');
      if (!access.ok) return access;
      const tracking = `refs/remotes/${remote}/${branch}`;
      const what = ['--refmap=', '--progress', remote, `+refs/heads/${branch}:${tracking}`];
      const removeLeftovers = await watchLeftovers(join(place.commonFolder, 'objects'));
      const words = {
        args: [...noHooks, 'fetch', ...onlyThat, ...what],
        carried: carryByEnvironment(access.value.carries),
      };
      const end = await run(access.value, words, options);
      if (!isGood(end)) await removeLeftovers();
      const spoken = { remote, ...access.value };
      if (isMissingBranch(end)) return ok(undefined);
      if (!isGood(end)) return err(transportProblem(end, spoken, 'Fetching from'));
      return commitAt(tracking);
    },
    async push(remote, { commit, branch }, options = {}) {
      const access = await reach(remote, branch, 'push');
      if (!access.ok) return access;
      const how = ['--porcelain', '--progress', '--no-follow-tags', '--recurse-submodules=no'];
      const hasHooks = (await deps.runsHooks?.()) !== false;
      const what = [
        'push',
        ...how,
        ...(hasHooks ? [] : ['--no-verify']),
        remote,
        `${commit}:refs/heads/${branch}`,
      ];
      const carried = await (hasHooks
        ? carryForHooks(access.value)
        : ok(carryByEnvironment(access.value.carries)));
      if (!carried.ok) return carried;
      const words = { args: hasHooks ? what : [...noHooks, ...what], carried: carried.value };
      const end = await run(access.value, words, options);
      const spoken = { remote, ...access.value };
      const refused = isGood(end) ? undefined : readRefusal(end);
      if (refused === 'behind') return ok('rejected');
      if (refused !== undefined) return err(pushRefused(refused, end.said, spoken));
      if (hasHooks && isHeldBack(end) && (await hasPushHook(folder)))
        return err(hookRefused('pre-push', withoutSecrets(wordsOfHook(end), spoken.secrets)));
      return isGood(end) ? ok('pushed') : err(transportProblem(end, spoken, 'Pushing to'));
    },
  };
}

type Words = { args: readonly string[]; carried: Carried };

async function carryForHooks({ carries, address }: RemoteAccess): Promise<Result<Carried>> {
  try {
    return ok(await carryByFiles(carries));
  } catch (cause) {
    return err(describeFileError(cause, `the login for ${address}`, 'written'));
  }
}

const isGood = ({ how, code }: TransportEnd): boolean => how === 'exited' && code === 0;

const isMissingBranch = ({ how, said }: TransportEnd): boolean =>
  how === 'exited' && /^fatal: couldn't find remote ref /m.test(said);

/** The one line `!\t<from>:<to>\t[rejected] (fetch first)`; undefined when the other side said nothing of the branch. */
function readRefusal({ how, printed }: TransportEnd): 'behind' | string | undefined {
  if (how !== 'exited') return undefined;
  const [, by, reason = ''] =
    /^!\t[^\t]*\t\[(rejected|remote rejected)\](?: \((.*)\))?$/m.exec(printed) ?? [];
  if (by === 'rejected') return 'behind';
  // Somebody else was quicker by a moment.
  if (/cannot lock ref|failed to update ref|failed to lock|fetch first|non-fast-forward|stale/.test(reason))
    return 'behind';
  return by === undefined ? undefined : reason || 'it gives no reason';
}

/** A hook may end without a line end. */
const heldBack = /error: failed to push some refs to .*$/m;

/** Git gave up before it asked the other side for anything, which would be a line for the branch: so do hooks end it. */
const isHeldBack = ({ how, printed, said }: TransportEnd): boolean =>
  how === 'exited' && heldBack.test(said) && !/^[ +\-*=!]\t/m.test(printed);

const wordsOfHook = ({ said }: TransportEnd): string => said.replace(heldBack, '');

/** Git says the same percentage more than once. */
function tellOnce(progress: (words: string) => void): (line: string) => void {
  let last = '';
  return (line) => {
    const words = progressWords(line);
    if (words === undefined || words === last) return;
    last = words;
    progress(words);
  };
}

const notABranch = (branch: string): Problem =>
  problem(
    'bad-input',
    branch,
    `${JSON.stringify(branch)} is no name that a branch can have.`,
    'Name a branch as `git branch` lists it.',
  );

const noRemote = (remote: string): Problem =>
  problem(
    'remote-missing',
    remote,
    `Remote '${remote}' not found`,
    'Add it with `git remote add`, or name another one; `git remote -v` lists those that there are.',
  );
