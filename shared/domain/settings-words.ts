/** What the keys of skein.json mean, for people: editors show it from the JSON schema, `skein config` prints it. */
import type { settingsShape } from './settings.ts';

type KeyWords = { title: string; description: string };

const patternRules =
  'Patterns start at the workspace folder: * and ? stand for characters of one name, ** for any folders, {a,b} for either.';

export const settingsWords: Record<keyof typeof settingsShape.shape, KeyWords> = {
  $schema: { title: 'Schema', description: 'The JSON schema of this file; editors use it to help.' },
  track: {
    title: 'Tracked files',
    description: `Files to track besides the defaults, each with the class of its files. The first match counts. ${patternRules}`,
  },
  ignore: {
    title: 'Ignored files and folders',
    description: `Files never to track and folders never to enter; they win over everything else. ${patternRules}`,
  },
  defaults: {
    title: 'Default patterns',
    description: 'Whether the default patterns count. When false, only "track" and the report file do.',
  },
  owners: {
    title: 'Owners',
    description:
      'Which agent a file belongs to when nothing better tells who wrote it. The first match counts.',
  },
  check_interval_seconds: {
    title: 'Seconds between scans',
    description: 'Changes are found at once; the scan finds what the system did not report.',
  },
  consolidation_threshold: {
    title: 'Changes that start a consolidation',
    description: 'So many pending changes are consolidated at once. 0 turns this trigger off.',
  },
  consolidation_interval_minutes: {
    title: 'Minutes until a consolidation',
    description: 'Pending changes are consolidated after this time. 0 turns this trigger off.',
  },
  report_file: {
    title: 'Report file',
    description: 'The file that receives the reports. null keeps them in Skein only.',
  },
  reports_kept: {
    title: 'Reports in the file',
    description: 'Older reports leave the file and stay in the history.',
  },
  conflict_strategy: {
    title: 'Changed in two places at once',
    description:
      'merge takes both together; last-writer-wins, prefer-local and prefer-remote keep one whole. What is not in the file waits in the inbox.',
  },
  conflicts: {
    title: 'Strategies of single files',
    description: `Files that another strategy fits better than that of the workspace. The first match counts. ${patternRules}`,
  },
  share: {
    title: 'Worktrees and clones on this machine',
    description: 'shared exchanges every change at once; staged only what a consolidation folded.',
  },
  git_enabled: {
    title: 'Commit and pull',
    description: 'When false, Skein commits, pulls and pushes nothing; KB_GIT_ENABLED goes before it.',
  },
  git_auto_push: {
    title: 'Push what was committed',
    description: 'What Skein commits is pushed at once; KB_GIT_AUTO_PUSH goes before it.',
  },
  git_remote: {
    title: 'Remote',
    description: 'The remote that is pulled from and pushed to; KB_GIT_REMOTE goes before it.',
  },
  git_branch: {
    title: 'Branch of the remote',
    description: 'null is the branch that is checked out; KB_GIT_BRANCH goes before it.',
  },
  git_commit_consolidations: {
    title: 'Commit after a consolidation',
    description:
      'The tracked files that differ are committed after each consolidation, and pushed when pushing is on.',
  },
  git_hooks: {
    title: 'Run the hooks of the repository',
    description:
      'pre-commit, commit-msg, post-merge, pre-push and the others run as git runs them; one that fails refuses the commit.',
  },
  follow_branches: {
    title: 'Follow branches',
    description:
      'What a switch of branches, a reset or a rebase does to the files here is done to those of the other replicas, too. Off: it stays here.',
  },
  locale: { title: 'Language of the reports', description: 'en, fr or ru.' },
};
