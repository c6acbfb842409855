/** A filter in the address as the input of listChanges. */
import type { ChangesFilter } from '../state/routes.ts';
import { dayBounds } from '../words/time.ts';

export function filterInput(filter: ChangesFilter) {
  const bounds = filter.day === undefined ? undefined : dayBounds(filter.day);
  return {
    path: filter.path,
    agent: filter.agent,
    kind: filter.kind,
    file_class: filter.fileClass,
    from_ms: bounds?.fromMs,
    to_ms: bounds?.toMs,
  };
}

/**
 * The file that is meant by what stands in a field. A field shows no line breaks, and people leave spaces around what
 * they type; a name may have both.
 */
export function meantPath(typed: string, paths: readonly string[]): string | undefined {
  const shown = (path: string) => path.replace(/[\r\n]/g, '');
  return paths.find((path) => shown(path) === typed) ?? (typed.trim() || undefined);
}

/** The agents to choose from: those that made changes, and the chosen one, whose last change may be long ago. */
export function agentChoices(agents: readonly { agent: string }[], chosen: string | undefined): string[] {
  return [...new Set([...agents.map((it) => it.agent), ...(chosen === undefined ? [] : [chosen])])].sort();
}

export const isFiltered = (filter: ChangesFilter): boolean =>
  Object.values(filter).some((value) => value !== undefined);
