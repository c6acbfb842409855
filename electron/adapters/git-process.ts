import { execFile } from 'node:child_process';
import { dirname } from 'node:path';
import { limits } from '../../shared/limits.ts';

/**
 * Nothing here may run a program that a repository names in its settings, take a lock, or change the answer by
 * what a user has set for reading: a repository may come from anywhere.
 */
const settings = [
  ['core.fsmonitor', 'false'],
  ['core.hooksPath', '/dev/null'],
  ['core.quotePath', 'false'],
  ['log.showSignature', 'false'],
  ['log.showRoot', 'true'],
  ['log.follow', 'false'],
  ['trailer.separators', ':'],
].flatMap(([name, value]) => ['-c', `${name}=${value}`]);
/** Options before the question. */
export const plainGit: readonly string[] = [
  '--no-optional-locks',
  '--no-replace-objects',
  '--literal-pathspecs',
  '--no-pager',
  ...settings,
];

/** Variables by which a git that runs a hook of its own would lead us to its repository instead of ours. */
const misleading =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|PREFIX|GRAFT_FILE|SHALLOW_FILE|EXTERNAL_DIFF|TRACE.*|.*_PATHSPECS)$/;

/**
 * Asks the installed git about the repository that `folder` lies in; no shell, no prompt, no network (a partial
 * clone does not fetch what it lacks). Returns what it printed; undefined when git is missing, is no help, takes
 * longer than `limits.gitQuestionMs` or prints more than `limits.gitAnswerBytes`.
 */
export async function askGit(folder: string, question: readonly string[]): Promise<string | undefined> {
  const options = {
    cwd: neutralFolder,
    env: { ...cleanEnvironment(), ...quiet },
    timeout: limits.gitQuestionMs,
    maxBuffer: limits.gitAnswerBytes,
    killSignal: 'SIGKILL' as const,
    windowsHide: true,
  };
  const asked = new Promise<string | undefined>((resolve) => {
    execFile('git', ['-C', folder, ...plainGit, ...question], options, (error, stdout) =>
      resolve(error === null ? stdout : undefined),
    );
  });
  // Node itself refuses a path with a NUL in it.
  return asked.catch(() => undefined);
}

/** The same with all that users and repositories have set; only for what starts no program by it. '' when it fails. */
export function askGitAsSet(folder: string, question: readonly string[]): Promise<string> {
  const options = {
    cwd: neutralFolder,
    env: { ...cleanEnvironment(), LC_ALL: 'C' },
    timeout: limits.gitQuestionMs,
    maxBuffer: limits.gitAnswerBytes,
    windowsHide: true,
  };
  return new Promise((answer) => {
    execFile('git', ['-C', folder, ...question], options, (error, printed) =>
      answer(error === null ? printed : ''),
    );
  });
}

/** Windows looks for a program in the current folder first: that must not be the repository. */
export const neutralFolder = process.platform === 'win32' ? dirname(process.execPath) : '/';

const quiet = {
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_LAZY_FETCH: '1',
  // No protocol of this name exists, so none is allowed: older versions know only this way to stay offline.
  GIT_ALLOW_PROTOCOL: 'none',
};

/** Ours without what would lead git to another repository. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !misleading.test(name)));
}
