/** What notifications say. Short: systems show about one line of title and two of text. */
import type { Change } from '../../shared/domain/change.ts';
import { unknownAgent } from '../../shared/domain/change.ts';
import { visibleText } from '../../shared/domain/visible-text.ts';
import type { Problem } from '../../shared/result.ts';
import type { Consolidation, TriggerType } from '../engine/engine-contract.ts';
import type { Destination } from './destination.ts';

export type Notice = { title: string; body: string; destination: Destination };
/** Where it happened: id and name of the workspace. */
export type Where = { id: string; name: string };

const reasons: Record<TriggerType, string> = {
  threshold: 'enough changes had gathered',
  time_based: 'it was time',
  manual: 'you asked for it',
};

export function consolidationNotice({ id, name }: Where, it: Consolidation): Notice {
  return {
    title: `${count(it.changes, 'change')} consolidated`,
    body: `${name}: ${count(it.files, 'file')}${byWhom(it.agents)}; ${reasons[it.trigger.type]}.`,
    destination: { workspace: id, view: 'report', stamp: it.stamp },
  };
}

export function problemNotice({ id, name }: Where, it: Problem): Notice {
  return {
    title: `${name} needs you`,
    body: visibleText(`${it.message} ${it.advice}`.trim()),
    destination: { workspace: id, view: 'overview' },
  };
}

/** Paths whose instructions wait for approval, and paths of which two versions stand against each other. */
export type Waiting = { approvals: readonly string[]; conflicts: readonly string[] };

export function inboxNotice({ id, name }: Where, { approvals, conflicts }: Waiting): Notice {
  const sentences = [
    ...(approvals.length === 0 ? [] : [`Instructions from another device: ${namesOf(approvals)}.`]),
    ...(conflicts.length === 0 ? [] : [`Written in two places at once: ${namesOf(conflicts)}.`]),
  ];
  return {
    title: `${name} waits for your decision`,
    body: sentences.join(' '),
    destination: { workspace: id, view: 'inbox' },
  };
}

/** `missed` changes were too many to keep; they are counted all the same. */
export function changesNotice({ id, name }: Where, changes: readonly Change[], missed: number): Notice {
  const paths = unique(changes.map(({ path }) => path));
  return {
    title: `${count(changes.length + missed, 'change')} in ${name}`,
    body: `${namesOf(paths)}${byWhom(unique(changes.map(({ agent }) => agent)))}`,
    destination: destinationOf(id, changes, paths),
  };
}

/** One change leads to itself, changes of one file to the file, the rest to the overview. */
function destinationOf(workspace: string, changes: readonly Change[], paths: readonly string[]): Destination {
  const [change, ...others] = changes;
  if (change === undefined || paths.length > 1) return { workspace, view: 'overview' };
  if (others.length > 0) return { workspace, view: 'file', path: change.path };
  return { workspace, view: 'change', position: change.position };
}

function byWhom(agents: readonly string[]): string {
  const known = agents.filter((agent) => agent !== unknownAgent);
  return known.length === 0
    ? ''
    : `, by ${known.slice(0, 3).join(', ')}${known.length > 3 ? ' and others' : ''}`;
}

function namesOf(paths: readonly string[]): string {
  const [first = '', ...others] = unique(paths);
  return `${visibleText(first)}${others.length === 0 ? '' : ` and ${count(others.length, 'more file')}`}`;
}

const unique = (texts: readonly string[]): string[] => [...new Set(texts)];
const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
