/**
 * Who wrote what lies on the disk now. An ordered list of sources, strongest first (DESIGN section 10); hooks and
 * claims join the list when they come. What git says arrives later, from git-evidence.ts, because an agent commits
 * after it writes.
 */

import { agentFromFileName } from '../../../shared/domain/agents.ts';
import { type Evidence, type EvidenceSource, unknownAgent } from '../../../shared/domain/change.ts';
import type { Clock, FileHolders } from '../ports.ts';

/** `fresh`: the file changed a moment ago, so processes that hold it may tell who wrote. */
export type Subject = { path: string; fresh: boolean };
export type Attribute = (subject: Subject) => Promise<[Evidence, ...Evidence[]]>;

type Finding = { agent: string; detail: string };
type Source = {
  source: EvidenceSource;
  find(subject: Subject): Promise<Finding | undefined> | Finding | undefined;
};

/** `owners` finds the owner that a rule of skein.json names. */
export function createAttribute(deps: {
  clock: Clock;
  holders: FileHolders;
  owner: (path: string) => Finding | undefined;
}): Attribute {
  const sources: readonly Source[] = [
    { source: 'process', find: (subject) => findHolder(deps.holders, subject) },
    { source: 'rule', find: ({ path }) => deps.owner(path) },
    { source: 'file-name', find: ({ path }) => agentFromFileName(path) },
  ];
  return async (subject) => {
    const at = deps.clock.nowMs();
    const found: Evidence[] = [];
    for (const { source, find } of sources) {
      const finding = await find(subject);
      if (finding !== undefined) found.push({ ...finding, source, at });
    }
    const [first, ...rest] = found;
    return first === undefined ? [nothing(at)] : [first, ...rest];
  };
}

async function findHolder(holders: FileHolders, subject: Subject): Promise<Finding | undefined> {
  if (!subject.fresh) return undefined;
  const found = await holders.holdersOf(subject.path);
  const agents = new Set(found.map((holder) => holder.agent));
  const [first] = found;
  if (first === undefined || agents.size > 1) return undefined;
  return { agent: first.agent, detail: `Process ${first.pid} (${first.command}) had the file open.` };
}

const nothing = (at: number): Evidence => ({
  agent: unknownAgent,
  source: 'none',
  detail: 'Nothing told who wrote this.',
  at,
});
