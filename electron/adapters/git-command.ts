import { limits } from '../../shared/limits.ts';
import type { CommitInfo, GitRepository, TouchingCommit } from '../engine/ports.ts';
import { createGitMovements } from './git-movements.ts';
import { followGit } from './git-moves.ts';
import { askGit } from './git-process.ts';

/** A commit with the blob that it left under each path that it touched. */
type ParsedCommit = { commit: CommitInfo; blobs: ReadonlyMap<string, string | undefined>; parents: string };

const commitId = /^[0-9a-f]{40,64}$/;

/**
 * The repository that `folder` lies in, by the installed git. Paths are relative to `folder`, which may be a
 * folder deep inside the repository. In a shallow clone the oldest commit that is there seems to have written
 * everything; it is left out, because it did not.
 */
export function openGit(folder: string): GitRepository {
  const ask = (...question: string[]) => askGit(folder, question);
  const isShallow = async () => (await ask('rev-parse', '--is-shallow-repository'))?.trim() !== 'false';

  /** Commits that touched any of the paths; undefined when there may be more than `atMost`. */
  async function commitsTouching(
    paths: readonly string[],
    atMost: number,
  ): Promise<ParsedCommit[] | undefined> {
    const printed = await ask(...logQuestion(paths, atMost));
    const commits = parseLog(printed ?? '', new Set(paths));
    if (paths.length > 1 && (printed === undefined || commits.length >= atMost)) return undefined;
    const doubtful = commits.some(({ parents }) => parents === '') && (await isShallow());
    return commits.filter(({ parents }) => !(doubtful && parents === ''));
  }

  /** One question for all of them, unless the answer would leave some out: then each by itself. */
  async function askAbout(paths: readonly string[], atMost: number): Promise<[string, TouchingCommit[]][]> {
    const commits = await commitsTouching(paths, atMost);
    if (commits !== undefined) return paths.map((path) => [path, touching(commits, path)]);
    const each: [string, TouchingCommit[]][] = [];
    for (const path of paths) each.push(...(await askAbout([path], atMost)));
    return each;
  }

  async function commitsOf(paths: readonly string[], atMost: number): Promise<Map<string, TouchingCommit[]>> {
    const commitsByPath = new Map<string, TouchingCommit[]>();
    if (atMost < 1) return commitsByPath;
    for (const some of questionsFor(paths.filter((path) => path !== ''))) {
      for (const [path, commits] of await askAbout(some, atMost))
        if (commits.length > 0) commitsByPath.set(path, commits);
    }
    return commitsByPath;
  }

  return {
    ...createGitMovements(folder),
    follow: (onMove) => followGit(folder, onMove),
    head: async () => {
      const printed = await ask('rev-parse', '--verify', '--quiet', 'HEAD^{commit}');
      return printed?.trim() || undefined;
    },
    rootCommit: async () => {
      const printed = await ask('rev-list', '--max-parents=0', '--timestamp', 'HEAD');
      if (printed === undefined || (await isShallow())) return undefined;
      return oldestRoot(printed);
    },
    commitsOf,
    blame: async (path, commit) => {
      if (!commitId.test(commit)) return undefined;
      const printed = await ask('blame', ...blameOptions, commit, '--', path);
      return printed === undefined ? undefined : parseBlame(printed);
    },
  };
}

/** A list of commits to overlook is for reading code; when its file is missing git would refuse to answer. */
const blameOptions = ['--incremental', '--no-textconv', '--no-ignore-revs-file'];

/** Fields of one commit, each ended by a NUL, which cannot stand in any of them. */
const fields = ['%H', '%P', '%ct', '%an', '%ae', '%(trailers:only,unfold)', '%B'];

/** As many paths at once as a command line holds: for each question a process is started. */
function questionsFor(paths: readonly string[]): string[][] {
  const questions: string[][] = [];
  let characters = Number.POSITIVE_INFINITY;
  for (const path of paths) {
    characters += path.length;
    if (characters > limits.gitQuestionCharacters) {
      questions.push([]);
      characters = path.length;
    }
    questions.at(-1)?.push(path);
  }
  return questions;
}

const touching = (commits: readonly ParsedCommit[], path: string): TouchingCommit[] =>
  commits.flatMap(({ commit, blobs }) => (blobs.has(path) ? [{ commit, blob: blobs.get(path) }] : []));

function logQuestion(paths: readonly string[], atMost: number): string[] {
  const shape = ['-z', '--raw', '--root', '--relative', '--no-abbrev', '--no-renames', '--no-ext-diff'];
  // A merge is compared with its first parent: git names it only when it differs from all of them.
  const merges = ['--diff-merges=first-parent', '--no-textconv', '--no-color', '--encoding=UTF-8'];
  const format = `--format=${fields.join('%x00')}`;
  return ['log', ...shape, ...merges, `--max-count=${Math.floor(atMost)}`, format, '--', ...paths];
}

/**
 * Walks the NUL-separated parts: the fields of a commit, then for each file that it touched one part like
 * `:100644 100644 <blob before> <blob after> M` and one with the path. Stops where the text is not as expected.
 */
function parseLog(printed: string, paths: ReadonlySet<string>): ParsedCommit[] {
  const parts = printed.split('\0');
  const commits: ParsedCommit[] = [];
  for (let at = 0; commitId.test(parts[at] ?? ''); ) {
    const [id = '', parents = '', seconds, authorName = '', authorEmail = '', trailers = '', message = ''] =
      parts.slice(at, at + fields.length);
    at += fields.length;
    const commit = { id, atMs: Number(seconds) * 1000, authorName, authorEmail, message: message.trimEnd() };
    const blobs = new Map<string, string | undefined>();
    for (; /^\n?:/.test(parts[at] ?? ''); at += 2) {
      const path = parts[at + 1] ?? '';
      if (paths.has(path)) blobs.set(path, blobAfter(parts[at] ?? ''));
    }
    commits.push({ commit: { ...commit, trailers: parseTrailers(trailers) }, blobs, parents });
  }
  return commits;
}

/** Only files have a blob: not what was deleted, nor a submodule. */
function blobAfter(raw: string): string | undefined {
  const [, modeAfter, , blob = ''] = raw.trim().split(' ');
  return modeAfter === '160000' || /^0+$/.test(blob) ? undefined : blob;
}

function parseTrailers(text: string): CommitInfo['trailers'] {
  return text.split('\n').flatMap((line) => {
    const colon = line.indexOf(':');
    if (colon < 1) return [];
    return [{ key: line.slice(0, colon).trim().toLowerCase(), value: line.slice(colon + 1).trim() }];
  });
}

/** Git walks the roots of joined histories in no fixed order: the oldest, then the smallest id, is the same everywhere. */
function oldestRoot(printed: string): string | undefined {
  const roots = printed
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
    .sort(([oneTime, oneId = ''], [otherTime, otherId = '']) => {
      return Number(oneTime) - Number(otherTime) || (oneId < otherId ? -1 : 1);
    });
  return roots[0]?.[1] || undefined;
}

/** Each group of lines begins with `<commit> <line there> <line here> <number of lines>`; the rest is about the commit. */
function parseBlame(printed: string): string[] {
  const commitByLine: string[] = [];
  for (const [, commit = '', first, count] of printed.matchAll(/^([0-9a-f]{40,64}) \d+ (\d+) (\d+)$/gm)) {
    for (let line = 0; line < Number(count); line += 1) commitByLine[Number(first) - 1 + line] = commit;
  }
  return commitByLine;
}
