/** Whether git is there to ask who wrote what. */
import { execFile } from 'node:child_process';
import { limits } from '../../../shared/limits.ts';
import { type Check, passed, warning } from './check.ts';

/** The first git whose `blame` and `log` take all the options that we use; from 2018. */
const oldestGit = [2, 20] as const;

/** Asks the git on the PATH of `env` for its version. */
export async function checkGit(env: NodeJS.ProcessEnv): Promise<Check> {
  const answer = await gitVersion(env);
  const version = /(\d+)\.(\d+)[.\d]*/.exec(answer ?? '');
  if (version === null) {
    return warning(
      'git',
      'There is no git on the PATH, so commits cannot tell who wrote a change.',
      'Install git, or add it to the PATH of the program that starts Skein.',
    );
  }
  const [major, minor] = [Number(version[1]), Number(version[2])];
  const isOld = major < oldestGit[0] || (major === oldestGit[0] && minor < oldestGit[1]);
  if (!isOld) return passed('git', `git ${version[0]}.`);
  const wanted = oldestGit.join('.');
  return warning('git', `git ${version[0]} is older than ${wanted}.`, `Update git to ${wanted} or newer.`);
}

function gitVersion(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile('git', ['--version'], { env, timeout: limits.gitQuestionMs, windowsHide: true }, (cause, text) =>
      resolve(cause === null ? text : undefined),
    );
  });
}
