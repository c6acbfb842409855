/** Puts the sample into a repository, so that it looks like a real project. Touches no configuration of the user. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { agentLabel } from '../../shared/domain/agents.ts';
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

type Around = { env: NodeJS.ProcessEnv; log: Log };

/** First commit of everything in the folder. Without git the sample is an ordinary folder, said in the log. */
export async function commitSample(folder: string, { env, log }: Around): Promise<void> {
  try {
    await git(folder, env, ['init', '--quiet', '--template=']);
    await git(folder, env, ['add', '--all', '--force', '.']);
    await git(folder, env, ['commit', '--quiet', '--message', 'Start the harbour notes']);
  } catch (cause) {
    log.info('The sample workspace has no git history, because git could not make it.', { cause });
  }
}

/** Commits one file as its agent would, with the trailer by which agents sign; nothing else goes along. */
export async function commitEdit(
  folder: string,
  edit: { path: string; agent: string },
  { env, log }: Around,
): Promise<void> {
  if (!existsSync(join(folder, '.git'))) return;
  const signed =
    edit.agent === 'human'
      ? []
      : ['--message', `Co-Authored-By: ${agentLabel(edit.agent)} <${edit.agent}@skein.invalid>`];
  try {
    await git(folder, env, [
      'commit',
      '--quiet',
      '--message',
      `Update ${edit.path}`,
      ...signed,
      '--',
      edit.path,
    ]);
  } catch (cause) {
    log.info(`git could not commit ${edit.path} of the sample.`, { cause });
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
