/** What a repository is, and in which state: some asked of git once, the rest read where git keeps it. */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import type { RepositoryFacts, Unfinished } from '../engine/git/repository.ts';
import { runGit } from './run-git.ts';

/** What does not change while a repository is open. */
export type RepositoryPlace = {
  /** The work tree; of a bare repository git's own folder. */
  top: string;
  isBare: boolean;
  prefix: string;
  /** Git's own folder of this work tree, and the one that all work trees share. */
  gitFolder: string;
  commonFolder: string;
  /** Bytes of an id: 20 for SHA-1, 32 for SHA-256. */
  idBytes: number;
};

/** Fails with `not-found` where there is no repository. */
export async function findPlace(folder: string): Promise<Result<RepositoryPlace>> {
  const questions = [
    '--is-bare-repository',
    '--absolute-git-dir',
    '--git-common-dir',
    '--show-object-format',
    '--show-prefix',
  ];
  const answer = await runGit(folder, ['rev-parse', ...questions]);
  if (!answer.ok)
    return answer.error.code === 'git-failed' ? err(noRepository(folder, answer.error)) : answer;
  const [bare, gitFolder = '', common = '', format, prefix = ''] = answer.value.bytes.toString().split('\n');
  const isBare = bare === 'true';
  const top = isBare ? ok(gitFolder) : await topOf(folder);
  if (!top.ok) return top;
  return ok({
    top: top.value,
    isBare,
    prefix,
    gitFolder,
    commonFolder: resolve(folder, common),
    idBytes: format === 'sha256' ? 32 : 20,
  });
}

async function topOf(folder: string): Promise<Result<string>> {
  const answer = await runGit(folder, ['rev-parse', '--show-toplevel']);
  return answer.ok ? ok(answer.value.bytes.toString().replace(/\r?\n$/, '')) : answer;
}

/** `commitAt` is the commit behind a name. */
export async function readFacts(
  place: RepositoryPlace,
  commitAt: (name: string) => Promise<Result<string | undefined>>,
): Promise<Result<RepositoryFacts>> {
  const branch = await readBranch(place);
  if (!branch.ok) return branch;
  const head = await commitAt('HEAD');
  if (!head.ok) return head;
  return ok({
    top: place.isBare ? undefined : place.top,
    prefix: place.prefix,
    branch: branch.value,
    head: head.value,
    isShallow: existsSync(join(place.commonFolder, 'shallow')),
    unfinished: findUnfinished(place.gitFolder),
  });
}

/** As git writes it into its file; where it keeps its names elsewhere, this says so and git is asked. */
async function readBranch({ top, gitFolder }: RepositoryPlace): Promise<Result<string | undefined>> {
  const text = textOf(join(gitFolder, 'HEAD'));
  const [, written] = /^ref: refs\/heads\/(.+)\n$/.exec(text) ?? [];
  if (written !== undefined && written !== '.invalid') return ok(written);
  if (/^[0-9a-f]{40,64}\n$/.test(text)) return ok(undefined);
  const name = await runGit(top, ['symbolic-ref', '--quiet', 'HEAD'], { answers: [1, 128] });
  if (!name.ok) return name;
  const [, branch] = /^refs\/heads\/(.+)\n$/.exec(name.value.bytes.toString()) ?? [];
  return ok(branch);
}

/** A few bytes: read sooner than another thread begins with it. */
function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Where git notes what it is in the middle of, the most telling first. */
const notes: readonly (readonly [string, Unfinished])[] = [
  ['rebase-merge', 'rebase'],
  ['rebase-apply/applying', 'am'],
  ['rebase-apply', 'rebase'],
  ['MERGE_HEAD', 'merge'],
  ['CHERRY_PICK_HEAD', 'cherry-pick'],
  ['REVERT_HEAD', 'revert'],
  ['BISECT_LOG', 'bisect'],
];

const findUnfinished = (gitFolder: string): Unfinished | undefined =>
  notes.find(([file]) => existsSync(join(gitFolder, file)))?.[1];

const noRepository = (folder: string, { message }: Problem): Problem =>
  problem(
    'not-found',
    folder,
    `${folder} is in no git repository: ${message}`,
    'Choose a folder of a repository.',
  );
