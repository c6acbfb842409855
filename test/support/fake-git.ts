import { diffArrays } from 'diff';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import type { CommitInfo, GitMoves, GitRepository } from '../../electron/engine/ports.ts';

export type NewCommit = {
  /** Text of the files that this commit changes; null deletes one. */
  files: Record<string, string | null>;
  message: string;
  authorName?: string;
  authorEmail?: string;
  /** Unix milliseconds; a second after the commit before unless told otherwise. */
  atMs?: number;
};

/** A place without a repository. */
export const noGit: GitRepository = {
  follow: () => ({ look: () => undefined, close: () => undefined }),
  head: async () => undefined,
  rootCommit: async () => undefined,
  commitsOf: async () => new Map(),
  blame: async () => undefined,
  isAtWork: async () => false,
  isInTheMiddle: async () => false,
  unfinishedAt: async () => 'none',
  unmergedAt: async () => [],
  movementBehind: async () => undefined,
  checkedOut: async () => undefined,
  isAtHome: async () => false,
  isThere: async () => false,
  hasCommitted: async () => false,
  isStashed: async () => false,
};

export type FakeGit = GitRepository & {
  /** Commits on top of what is checked out and returns the id. */
  commit(commit: NewCommit): string;
  /** From now on git is not there, or there again. */
  setMissing(missing: boolean): void;
};

type Committed = { info: CommitInfo; textByPath: ReadonlyMap<string, string> };

/** A repository in memory with one straight line of commits. */
export function createFakeGit(): FakeGit {
  const history: Committed[] = [];
  const followers = new Set<() => void>();
  let missing = false;
  const answer = async <Value>(value: () => Value, otherwise: Value) => (missing ? otherwise : value());

  function commit(next: NewCommit): string {
    const last = history.at(-1);
    const textByPath = new Map(last?.textByPath);
    for (const [path, text] of Object.entries(next.files)) {
      if (text === null) textByPath.delete(path);
      else textByPath.set(path, text);
    }
    const info = commitInfo(next, last?.info);
    history.push({ info, textByPath });
    for (const follower of followers) queueMicrotask(() => followers.has(follower) && follower());
    return info.id;
  }

  return {
    commit,
    setMissing: (next) => {
      missing = next;
    },
    follow: (onMove) => follow(followers, onMove, () => missing),
    head: () => answer(() => history.at(-1)?.info.id, undefined),
    rootCommit: () => answer(() => history[0]?.info.id, undefined),
    commitsOf: (paths, atMost) => answer(() => commitsOfEach(history, paths, atMost), new Map()),
    isAtWork: noGit.isAtWork,
    isInTheMiddle: noGit.isInTheMiddle,
    unfinishedAt: noGit.unfinishedAt,
    unmergedAt: noGit.unmergedAt,
    movementBehind: noGit.movementBehind,
    checkedOut: noGit.checkedOut,
    isAtHome: noGit.isAtHome,
    isThere: noGit.isThere,
    hasCommitted: noGit.hasCommitted,
    isStashed: noGit.isStashed,
    blame: (path, id) => answer(() => blame(history, path, id), undefined),
  };
}

function follow(followers: Set<() => void>, onMove: () => void, isMissing: () => boolean): GitMoves {
  const follower = () => void (isMissing() || onMove());
  followers.add(follower);
  const look = () => queueMicrotask(() => followers.has(follower) && follower());
  look();
  return { look, close: () => void followers.delete(follower) };
}

function commitInfo(next: NewCommit, parent: CommitInfo | undefined): CommitInfo {
  const info = {
    atMs: next.atMs ?? (parent?.atMs ?? Date.UTC(2026, 0, 1)) + 1_000,
    authorName: next.authorName ?? 'Ada',
    authorEmail: next.authorEmail ?? 'ada@example.org',
    message: next.message.trimEnd(),
    trailers: trailersOf(next.message),
  };
  const content = JSON.stringify([parent?.id, info, next.files]);
  return { id: nodeCodec.sha256(Buffer.from(content)).slice(0, 40), ...info };
}

/** Lines like `Key: value` at the end of the last paragraph, unless that is the subject. */
function trailersOf(message: string): CommitInfo['trailers'] {
  const paragraphs = message.trimEnd().split(/\n{2,}/);
  const lines = paragraphs.length > 1 ? (paragraphs.at(-1)?.split('\n') ?? []) : [];
  return lines.flatMap((line) => {
    const [, key, value] = /^([\w-]+):\s*(.*)$/.exec(line) ?? [];
    return key === undefined || value === undefined ? [] : [{ key: key.toLowerCase(), value }];
  });
}

function commitsOfEach(history: readonly Committed[], paths: readonly string[], atMost: number) {
  const newest = (path: string) => commitsOf(history, path).slice(0, Math.max(0, atMost));
  return new Map(
    paths.flatMap((path) => {
      const commits = newest(path);
      return commits.length === 0 ? [] : [[path, commits] as const];
    }),
  );
}

function commitsOf(history: readonly Committed[], path: string) {
  return history
    .map(({ info, textByPath }, index) => ({
      commit: info,
      text: textByPath.get(path),
      before: history[index - 1]?.textByPath.get(path),
    }))
    .filter(({ text, before }) => text !== before)
    .map(({ commit, text }) => ({
      commit,
      blob: text === undefined ? undefined : nodeCodec.gitBlobId(Buffer.from(text)),
    }))
    .reverse();
}

function blame(history: readonly Committed[], path: string, id: string): string[] | undefined {
  const until = history.findIndex(({ info }) => info.id === id);
  if (!history[until]?.textByPath.has(path)) return undefined;
  let lines: string[] = [];
  let commits: string[] = [];
  for (const { info, textByPath } of history.slice(0, until + 1)) {
    const next = linesOf(textByPath.get(path) ?? '');
    const old = commits.values();
    commits = diffArrays(lines, next).flatMap(({ added, removed, value }) => {
      if (added) return value.map(() => info.id);
      const kept = value.map(() => old.next().value ?? info.id);
      return removed ? [] : kept;
    });
    lines = next;
  }
  return commits;
}

function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}
