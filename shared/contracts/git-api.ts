/** The part of the endpoint table that is about the git repository of a workspace, and notes. */
import { z } from 'zod';
import { limits } from '../limits.ts';
import { diffShape, problemShape, stampText } from './shapes.ts';

const workspace = z.string().max(64).optional();
const path = z.string().min(1).max(limits.ownPathCharacters);
/** Who does it, as the lock and the commit name them; `human` unless told. */
const agent = z.string().max(limits.lockNameCharacters).optional();

export const gitOperations = ['pull', 'push', 'commit', 'note', 'task'] as const;

const doneShape = z.object({
  at_ms: z.number(),
  success: z.boolean(),
  /** As reference/001 words it where it does. */
  message: z.string(),
});

export const gitStateShape = z.object({
  /** The top of the work tree; null where the workspace lies in no repository, and then all else is null or empty. */
  repository: z.string().nullable(),
  /** Null when HEAD is on no branch. */
  branch: z.string().nullable(),
  head: z.string().nullable(),
  remote: z.string(),
  /** Without what is secret in it; null when the repository knows no remote of this name. */
  remote_address: z.string().nullable(),
  remote_branch: z.string().nullable(),
  /** Commits that the remote lacks, and that it had when it was last asked; null when it never was, or has no such branch. */
  ahead: z.number().nullable(),
  behind: z.number().nullable(),
  /** Tracked files that differ from the last commit. */
  uncommitted: z.array(z.string()),
  /** Why nothing can be committed or pulled now. */
  problem: problemShape.nullable(),
  last_pull: doneShape.nullable(),
  last_push: doneShape.nullable(),
  last_commit: doneShape.nullable(),
  running: z
    .object({
      operation: z.enum(gitOperations),
      agent: z.string(),
      since_ms: z.number(),
      /** What git says meanwhile, for example `Receiving objects: 40 %`; '' before it says anything. */
      progress: z.string(),
    })
    .nullable(),
  auto_push: z.boolean(),
  /** False: Skein commits, pulls and pushes nothing; notes are only written. */
  enabled: z.boolean(),
});
export type GitStateJson = z.infer<typeof gitStateShape>;

export const gitCommitShape = z.object({
  id: z.string(),
  author: z.string(),
  at_ms: z.number(),
  subject: z.string(),
});

export const pullPreviewShape = z.object({
  kind: z.enum(['up-to-date', 'fast-forward', 'merge', 'no-remote-branch']),
  remote: z.string(),
  branch: z.string(),
  /** The newest of them. */
  commits: z.array(gitCommitShape),
  commit_count: z.number(),
  files: z.array(
    z.object({
      path: z.string(),
      kind: z.enum(['created', 'modified', 'deleted']),
      /** Null for what is too large to be compared, and after the first hundred files. */
      diff: diffShape.nullable(),
      /** Changed here without a commit, too: it will hold both. */
      mixed: z.boolean(),
    }),
  ),
  /** What stands in the way, with the reason: then a pull changes nothing. */
  obstacles: z.array(
    z.object({ path: z.string(), why: z.enum(['staged', 'changed', 'untracked', 'unmerged']) }),
  ),
  /** Files that both sides changed and nobody can merge by rule: then a pull changes nothing. */
  conflicts: z.array(z.string()),
  /** Files of which one side will be whole in the file, and the other will wait in the inbox. */
  aside: z.array(z.string()),
});
export type PullPreviewJson = z.infer<typeof pullPreviewShape>;

export const gitOutcomeShape = z.object({
  success: z.boolean(),
  message: z.string(),
  /** Null when it succeeded. */
  problem: problemShape.nullable(),
  /** The commit that the branch is at now. */
  head: z.string().nullable(),
  /** What was committed or brought. */
  paths: z.array(z.string()),
  /** What was left out of a commit, with the reason. */
  left: z.array(problemShape),
  pushed: z.boolean(),
  /**
   * Files that both sides changed so that one is whole in the file; the other is in the commit named, and waits in the
   * inbox by this version, if it is of a tracked file.
   */
  aside: z.array(z.object({ path: z.string(), commit: z.string(), conflict: stampText.nullable() })),
});
export type GitOutcomeJson = z.infer<typeof gitOutcomeShape>;

/** A token of a remote, of which everything but itself is told. */
export const gitTokenShape = z.object({
  /** Like `https://host:8443`. */
  origin: z.string(),
  username: z.string(),
  place: z.enum(['keychain', 'file']),
  /** False: it is in the keychain, and this Skein cannot open that. */
  usable: z.boolean(),
});
export type GitTokenJson = z.infer<typeof gitTokenShape>;

/** Names and secrets of git end with their line. */
const oneLine = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^\P{Cc}+$/u, 'must be one line without control characters');

const host = z.string().min(1).max(limits.gitHostCharacters);

export const gitEndpoints = {
  listGitTokens: {
    method: 'GET',
    path: '/api/git/tokens',
    summary: 'For which remotes a token is kept, and where; never the tokens',
    input: z.object({}),
    output: z.object({
      /** Where the next one is kept. */
      place: z.enum(['keychain', 'file']),
      /** Why not in the keychain; null when it is. */
      reason: z.string().nullable(),
      tokens: z.array(gitTokenShape),
    }),
  },
  keepGitToken: {
    method: 'POST',
    path: '/api/git/tokens',
    summary: 'Keep the token of a remote, in the place of one that is kept for it; no answer ever has it',
    input: z.object({
      /** A host, or the address of a repository on it. */
      host,
      /** Services that only look at the token take any name. */
      username: oneLine(limits.gitLoginCharacters).default('x-access-token'),
      token: oneLine(limits.gitLoginCharacters),
    }),
    output: gitTokenShape,
  },
  forgetGitToken: {
    method: 'POST',
    path: '/api/git/tokens/forget',
    summary: 'Forget the token of a remote; it stays valid there until it is revoked',
    input: z.object({ host }),
    output: z.object({ forgotten: z.boolean() }),
  },
  getGit: {
    method: 'GET',
    path: '/api/git',
    summary:
      "State of the workspace's git repository: branch, ahead and behind, what is not committed, what runs",
    input: z.object({ workspace }),
    output: gitStateShape,
  },
  previewPull: {
    method: 'POST',
    path: '/api/git/preview',
    summary: 'Ask the remote, and say what a pull would bring; changes no file, index or branch',
    input: z.object({ workspace }),
    output: pullPreviewShape,
  },
  pullGit: {
    method: 'POST',
    path: '/api/git/pull',
    summary:
      'Fetch, merge and check out under the lock of the repository; on failure everything is as it was',
    input: z.object({ workspace, agent }),
    output: gitOutcomeShape,
  },
  pushGit: {
    method: 'POST',
    path: '/api/git/push',
    summary: 'Send the commits of the branch; when others were quicker, theirs are pulled first',
    input: z.object({ workspace, agent }),
    output: gitOutcomeShape,
  },
  commitGit: {
    method: 'POST',
    path: '/api/git/commit',
    summary:
      'Commit exactly these files, or all tracked files that differ, and push them where that is set; what is staged is left alone',
    input: z.object({
      workspace,
      agent,
      paths: z.array(path).max(limits.commitPaths).optional(),
      message: z.string().min(1).max(limits.commitCharacters).optional(),
    }),
    output: gitOutcomeShape,
  },
  cancelGit: {
    method: 'POST',
    path: '/api/git/cancel',
    summary: 'End the pull or push that runs; everything is as it was before it',
    input: z.object({ workspace }),
    output: gitStateShape,
  },
  addNote: {
    method: 'POST',
    path: '/api/notes',
    summary:
      'Note mode of reference/001: lock, pull, write the note, commit, push, release; with git switched off it is only written',
    input: z.object({ workspace, agent, text: z.string().min(1).max(limits.noteCharacters) }),
    output: gitOutcomeShape.extend({ path: z.string() }),
  },
} as const;
