/** The state of a git repository, and what a pull would do, as people read them. */
import type { GitStateJson, PullPreviewJson } from '../../../shared/contracts/git-api.ts';
import { visibleText } from '../../../shared/domain/visible-text.ts';
import { plural } from '../words/text.ts';

type Apart = Pick<GitStateJson, 'remote' | 'remote_branch' | 'remote_address' | 'ahead' | 'behind'>;

/** How the branch and that of the remote are apart, as it was when the remote was last asked. */
export function apartWords({ remote, remote_branch, remote_address, ahead, behind }: Apart): string {
  if (remote_address === null) return `No remote “${remote}”`;
  const there = visibleText(`${remote}/${remote_branch ?? ''}`);
  if (remote_branch === null) return `Follows no branch of ${remote}`;
  if (ahead === null || behind === null) return `${there} was not heard of yet`;
  if (ahead === 0 && behind === 0) return `The same as ${there}`;
  const words = [ahead > 0 ? `${ahead} ahead` : '', behind > 0 ? `${behind} behind` : ''].filter(Boolean);
  return `${words.join(', ')} ${ahead > 0 && behind === 0 ? 'of ' : ''}${there}`;
}

/** Whether there is somebody to pull from. */
export const canPull = ({ enabled, remote_address }: GitStateJson): boolean =>
  enabled && remote_address !== null;

/** A branch that the remote does not have yet is pushed as a whole. */
export function canPush(state: GitStateJson): boolean {
  const { ahead, branch, head } = state;
  if (branch === null || head === null || !canPull(state)) return false;
  return ahead === null || ahead > 0;
}

export type Deed = 'pull' | 'push' | 'commit';

/** The last of each that was done. */
export function lastDone(
  state: GitStateJson,
): { deed: Deed; at_ms: number; success: boolean; message: string }[] {
  const deeds = [
    ['pull', state.last_pull],
    ['push', state.last_push],
    ['commit', state.last_commit],
  ] as const;
  return deeds.flatMap(([deed, done]) => (done === null ? [] : [{ deed, ...done }]));
}

const verbs: Readonly<Record<NonNullable<GitStateJson['running']>['operation'], string>> = {
  pull: 'Pulling',
  push: 'Pushing',
  commit: 'Committing',
  note: 'Writing a note',
  task: 'Running a task',
};

/** What is done now, and for whom where that is no person. */
export function runningWords({ operation, agent }: NonNullable<GitStateJson['running']>): string {
  return agent === 'human' ? verbs[operation] : `${verbs[operation]} for ${agent}`;
}

/** The path from the folder of a workspace; undefined for what lies outside of it. */
export function pathInWorkspace(repository: string, folder: string, path: string): string | undefined {
  const [top, own] = [repository, folder].map((it) => it.replaceAll('\\', '/').replace(/\/+$/, ''));
  if (top === own) return path;
  const prefix = own?.startsWith(`${top}/`) ? `${own.slice((top ?? '').length + 1)}/` : undefined;
  return prefix !== undefined && path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
}

/** What a pull would bring, in one line. */
export function previewWords({ kind, remote, branch, commit_count, files }: PullPreviewJson): string {
  const there = visibleText(`${remote}/${branch}`);
  if (kind === 'no-remote-branch')
    return `Remote branch '${visibleText(branch)}' doesn't exist on ${remote}; a push makes it.`;
  if (commit_count === 0) return `Nothing new on ${there}.`;
  const how = kind === 'merge' ? 'merged with your commits' : 'taken as they are';
  return `${plural(commit_count, 'commit')} of ${there} with ${plural(files.length, 'file')}, to be ${how}.`;
}

const reasons: Readonly<Record<PullPreviewJson['obstacles'][number]['why'], string>> = {
  staged: 'is staged and not committed',
  changed: 'was changed and not committed',
  untracked: 'lies there and is not in git',
  unmerged: 'has a merge that nobody finished',
};

export const obstacleWords = (why: keyof typeof reasons): string => reasons[why];

/** What is to be told before a pull, worst first; a pull that cannot be done is told as it would be refused. */
export function warningsOf({ obstacles, conflicts, aside }: PullPreviewJson): PreviewWarning[] {
  const warnings: PreviewWarning[] = [
    {
      tone: 'bad',
      message: 'Merge conflict during pull',
      advice: 'Both sides changed these. Merge them by hand with git; until then a pull touches nothing.',
      lines: conflicts.map((path) => ({ path, why: '' })),
    },
    {
      tone: 'bad',
      message: 'Repository has uncommitted changes',
      advice:
        'A pull would change these files, too. Commit them, then pull; until then a pull touches nothing.',
      lines: obstacles.map(({ path, why }) => ({ path, why: obstacleWords(why) })),
    },
    {
      tone: 'warn',
      message: `Of ${plural(aside.length, 'file')} one side will be in the file, the other in the inbox`,
      advice:
        'Both sides changed the same place and no rule can merge it. After the pull, the inbox shows both: take from the other side what belongs in the file.',
      lines: aside.map((path) => ({ path, why: '' })),
    },
  ];
  return warnings.filter(({ lines }) => lines.length > 0);
}

export type PreviewWarning = {
  tone: 'warn' | 'bad';
  message: string;
  advice: string;
  lines: { path: string; why: string }[];
};

const pastWords: Readonly<Record<Deed, string>> = { pull: 'Pulled', push: 'Pushed', commit: 'Committed' };

/** `Pulled`, or `Last pull failed`. */
export const doneWords = (deed: Deed, success: boolean): string =>
  success ? pastWords[deed] : `Last ${deed} failed`;
