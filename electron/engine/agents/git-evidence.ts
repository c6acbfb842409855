/**
 * What git knows about changes that are in the log already. A version whose bytes git holds was committed by
 * somebody: its commit's trailers and author say who (git blame decides where several commits came at once).
 */
import { agentFromTrailers } from '../../../shared/domain/agents.ts';
import type { Change, Evidence } from '../../../shared/domain/change.ts';
import { limits } from '../../../shared/limits.ts';
import type { Attribution } from '../log/attribution.ts';
import type { Clock, CommitInfo, GitRepository, TouchingCommit } from '../ports.ts';
import type { BlobIds } from './blob-ids.ts';

export type GitEvidenceDeps = {
  clock: Clock;
  git: GitRepository;
  blobIds: BlobIds;
  attribution: Attribution;
};

type Finding = { agent: string; detail: string };

/** What git says about one change of the log. */
export type GitFinding = { position: number; evidence: Evidence };

/** Looks at the newest weakly attributed changes of these paths; writes nothing. */
export async function askGit(deps: GitEvidenceDeps, paths: readonly string[]): Promise<GitFinding[]> {
  const commitsByPath = await deps.git.commitsOf(paths, limits.gitCommits);
  const findings: GitFinding[] = [];
  for (const [path, commits] of commitsByPath) {
    for (const change of deps.attribution.weakerThan('git', path, limits.gitCommits)) {
      const finding = await explain(deps, change, commits);
      if (finding === undefined) continue;
      const evidence: Evidence = { ...finding, source: 'git', at: deps.clock.nowMs() };
      findings.push({ position: change.position, evidence });
    }
  }
  return findings;
}

async function explain(
  deps: GitEvidenceDeps,
  change: Change,
  commits: TouchingCommit[],
): Promise<Finding | undefined> {
  const blobs = { before: await blobsOf(deps, change.previous), after: await blobsOf(deps, change.content) };
  const span = spanOf(commits, change, blobs);
  const [last] = span;
  if (last === undefined) return undefined;
  const findings = span.map((entry) => fromCommit(entry.commit));
  const agents = new Set(findings.map((finding) => finding?.agent));
  if (agents.size === 1) return findings[0];
  return (await mostBlamed(deps, change.path, last, span)) ?? findings[0];
}

/**
 * The commits that brought a change, newest first: from the one that left its text back to the text before it.
 * Texts return, so of several such spans the shortest counts. Where git holds the text before only after the text
 * itself, the change goes back in history, and no commit has brought it yet.
 */
function spanOf(
  commits: TouchingCommit[],
  change: Change,
  blobs: { before: Blobs; after: Blobs },
): TouchingCommit[] {
  const places = (wanted: Blobs): number[] =>
    commits.flatMap((entry, index) => (wanted.includes(entry.blob) ? [index] : []));
  const before = places(blobs.before);
  const after = places(blobs.after);
  const spans = after.flatMap((from) => {
    const to = before.find((index) => index > from);
    return to === undefined ? [] : [commits.slice(from, to)];
  });
  const [shortest] = spans.toSorted((one, other) => one.length - other.length);
  if (shortest !== undefined) return shortest;
  const [newest] = after;
  const goesBack = change.previous !== null && before.length > 0;
  return newest === undefined || goesBack ? [] : commits.slice(newest, newest + 1);
}

/** Undefined stands for no file. */
type Blobs = readonly (string | undefined)[];

async function blobsOf({ blobIds }: GitEvidenceDeps, content: string | null): Promise<Blobs> {
  return content === null ? [undefined] : blobIds(content);
}

function fromCommit(commit: CommitInfo): Finding | undefined {
  const found = agentFromTrailers(commit);
  if (found === undefined) return undefined;
  return { agent: found.agent, detail: `Commit ${commit.id.slice(0, 8)}: ${found.detail}` };
}

/** Several commits of different agents came at once: who wrote most of the lines that they left? */
async function mostBlamed(
  deps: GitEvidenceDeps,
  path: string,
  last: TouchingCommit,
  span: TouchingCommit[],
): Promise<Finding | undefined> {
  const lines = (await deps.git.blame(path, last.commit.id)) ?? [];
  const linesByAgent = new Map<string, number>();
  for (const { commit } of span) {
    const agent = fromCommit(commit)?.agent;
    const written = lines.filter((line) => line === commit.id).length;
    if (agent !== undefined && written > 0) linesByAgent.set(agent, (linesByAgent.get(agent) ?? 0) + written);
  }
  const [most] = [...linesByAgent].toSorted((a, b) => b[1] - a[1]);
  if (most === undefined) return undefined;
  const total = [...linesByAgent.values()].reduce((sum, count) => sum + count, 0);
  return { agent: most[0], detail: `git blame: ${most[1]} of ${total} new lines in ${span.length} commits.` };
}
