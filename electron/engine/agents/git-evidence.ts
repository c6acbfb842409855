/**
 * What git knows about changes that are in the log already. A version whose bytes git holds was committed by
 * somebody: its commit's trailers and author say who (git blame decides where several commits came at once).
 */
import { agentFromTrailers } from '../../../shared/domain/agents.ts';
import type { Evidence } from '../../../shared/domain/change.ts';
import { limits } from '../../../shared/limits.ts';
import type { Attribution } from '../log/attribution.ts';
import type { Clock, CommitInfo, GitRepository, TouchingCommit } from '../ports.ts';
import type { BlobIds } from './blob-ids.ts';
import { findSpans, type Span } from './commit-spans.ts';
import type { Logged } from './pair-versions.ts';

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
    const weak = deps.attribution.weakerThan('git', path, limits.gitCommits);
    if (weak.length === 0) continue;
    const spanByPosition = await findSpansOf(deps, path, commits.toReversed());
    for (const { position } of weak) {
      const finding = await explain(deps, path, spanByPosition.get(position) ?? []);
      if (finding === undefined) continue;
      const evidence: Evidence = { ...finding, source: 'git', at: deps.clock.nowMs() };
      findings.push({ position, evidence });
    }
  }
  return findings;
}

/** Of all newest changes of the path: the commit that brought one that needs no evidence brought no later one. */
async function findSpansOf(
  deps: GitEvidenceDeps,
  path: string,
  commits: readonly TouchingCommit[],
): Promise<Map<number, Span>> {
  const changes = deps.attribution.newest(path, limits.gitCommits).toReversed();
  const contents = [changes[0]?.previous ?? null, ...changes.map((change) => change.content)];
  const versions: Logged[] = [];
  for (const content of contents) versions.push(content === null ? [undefined] : await deps.blobIds(content));
  return findSpans(changes, versions, commits);
}

async function explain(deps: GitEvidenceDeps, path: string, span: Span): Promise<Finding | undefined> {
  const [last] = span;
  if (last === undefined) return undefined;
  const findings = span.map((entry) => fromCommit(entry.commit));
  const agents = new Set(findings.map((finding) => finding?.agent));
  if (agents.size === 1) return findings[0];
  return (await mostBlamed(deps, path, last, span)) ?? findings[0];
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
  span: Span,
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
