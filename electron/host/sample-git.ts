/** Puts the sample into a repository, so that it looks like a real project. Touches no configuration of the user. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { limits } from '../../shared/limits.ts';
import type { Log } from '../engine/ports.ts';

const run = promisify(execFile);

/** Given with each command, so that nothing is written down: an identity, and none of the user's hooks or keys. */
const settings = [
  'user.name=Skein Sample',
  'user.email=sample@skein.invalid',
  'init.defaultBranch=main',
  'commit.gpgSign=false',
  'core.hooksPath=/dev/null',
  'core.autocrlf=false',
  'core.fsmonitor=false',
].flatMap((setting) => ['-c', setting]);

/** First commit of everything in the folder. Without git the sample is an ordinary folder, said in the log. */
export async function commitSample(
  folder: string,
  { env, log }: { env: NodeJS.ProcessEnv; log: Log },
): Promise<void> {
  try {
    await git(folder, env, ['init', '--quiet', '--template=']);
    await git(folder, env, ['add', '--all', '--force', '.']);
    await git(folder, env, ['commit', '--quiet', '--message', 'Start the harbour notes']);
  } catch (cause) {
    log.info('The sample workspace has no git history, because git could not make it.', { cause });
  }
}

function git(folder: string, env: NodeJS.ProcessEnv, args: string[]) {
  // GIT_DIR and its kin, set when we were started from a hook, would lead into another repository.
  const ownEnv = Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('GIT_')));
  return run('git', [...settings, ...args], {
    cwd: folder,
    env: ownEnv,
    timeout: limits.gitQuestionMs,
    windowsHide: true,
  });
}
