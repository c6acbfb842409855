/**
 * What would be committed, laid out for hooks: a copy of the index with the tree in it, so that whatever git knows of
 * files is known there, too, and the message in a file. A person may have their editor on git's own COMMIT_EDITMSG.
 */
import { copyFile, lstat, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import type { Draft, HookName, LaidOut } from '../engine/git/hooks.ts';
import { describeFileError, meansAbsent } from './file-problems.ts';
import type { HookCall } from './hook-process.ts';
import { findOwnFiles, keptVariable, newOwnFile } from './own-git-files.ts';
import type { RepositoryPlace } from './repository-facts.ts';
import { runGit } from './run-git.ts';

type Call = (name: HookName, call: HookCall) => Promise<Result<null>>;

export async function layOut(
  { top, gitFolder }: RepositoryPlace,
  draft: Draft,
  call: Call,
): Promise<Result<LaidOut>> {
  const index = newOwnFile(gitFolder);
  const folder = join(gitFolder, 'skein-commit');
  const messageFile = join(folder, 'COMMIT_EDITMSG');
  const close = async () => {
    for (const file of [index, `${index}.lock`, folder]) await rm(file, { force: true, recursive: true });
  };
  const attempt = async <Value>(work: () => Promise<Result<Value>>): Promise<Result<Value>> =>
    work().catch((cause: unknown) => err(describeFileError(cause, messageFile, 'written')));
  const ready = await attempt(async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(messageFile, draft.message);
    return fillIndex({ top, gitFolder, index }, draft.tree);
  });
  const env = ready.ok ? await environmentOf(top, { gitFolder, index, draft }) : ready;
  if (!env.ok) return close().then(() => env);
  return ok({
    run: (name, run) => call(name, { args: argumentsOf(name, messageFile, draft), env: env.value, run }),
    async tree() {
      // To git an index that is not there is one without files: a commit of it would delete them all.
      if ((await lstat(index).catch(() => undefined)) === undefined) return err(noIndex());
      const answer = await runGit(top, ['write-tree'], { env: { GIT_INDEX_FILE: index } });
      return answer.ok ? ok(answer.value.bytes.toString().trim()) : answer;
    },
    message: () => attempt(() => readMessage(messageFile)),
    close,
  });
}

/** A hook may have put anything in its place, also what would be waited for without end. */
async function readMessage(file: string): Promise<Result<string>> {
  const stats = await lstat(file);
  if (!stats.isFile()) return err(noMessage('is no file any more'));
  if (stats.size > limits.hookMessageBytes) return err(noMessage(`has ${stats.size} bytes`));
  return ok(await readFile(file, 'utf8'));
}

function argumentsOf(name: HookName, messageFile: string, { source }: Draft): string[] {
  if (name === 'prepare-commit-msg') return [messageFile, source];
  return name === 'commit-msg' ? [messageFile] : [];
}

/** Entries that the tree shares with the index keep what is known of their files; the others are looked at. */
async function fillIndex(
  { top, gitFolder, index }: { top: string; gitFolder: string; index: string },
  tree: string,
): Promise<Result<null>> {
  await copyFile(join(gitFolder, 'index'), index).catch((cause: unknown) => {
    if (!meansAbsent(cause)) throw cause;
  });
  const env = { GIT_INDEX_FILE: index };
  const filled = await runGit(top, ['read-tree', '--reset', tree], { env });
  if (!filled.ok) return filled;
  // It ends with 1 where a file differs, which is no failure here.
  const refreshed = await runGit(top, ['update-index', '-q', '--refresh'], { env, answers: [1] });
  return refreshed.ok ? ok(null) : refreshed;
}

async function environmentOf(
  top: string,
  { gitFolder, index, draft }: { gitFolder: string; index: string; draft: Draft },
): Promise<Result<Record<string, string>>> {
  const author = await authorOf(top, draft);
  if (!author.ok) return author;
  const kept = (await findOwnFiles(gitFolder)).join(',');
  return ok({ ...author.value, GIT_INDEX_FILE: index, [keptVariable]: kept });
}

/** As git tells its hooks: who, and when, of the commit that is about to be. */
async function authorOf(top: string, { author }: Draft): Promise<Result<Record<string, string>>> {
  const given = author === undefined ? {} : { GIT_AUTHOR_NAME: author.name, GIT_AUTHOR_EMAIL: author.email };
  const answer = await runGit(top, ['var', 'GIT_AUTHOR_IDENT'], { env: given });
  if (!answer.ok) return answer;
  const [, name = '', email = '', date = ''] =
    /^(.*) <(.*)> (\d+ [-+]\d+)$/.exec(answer.value.bytes.toString().trim()) ?? [];
  return ok({ GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: `@${date}` });
}

const noMessage = (what: string): Problem =>
  problem(
    'hook-refused',
    'commit-msg',
    `After the hooks of this repository the message of the commit ${what}.`,
    'See what prepare-commit-msg and commit-msg do with it, then commit again; nothing was changed.',
  );

const noIndex = (): Problem =>
  problem(
    'hook-refused',
    'the index',
    'A hook of this repository removed the index of the commit.',
    'See what the hooks do with GIT_INDEX_FILE, then commit again; nothing was changed.',
  );
