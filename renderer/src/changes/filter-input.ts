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

export const isFiltered = (filter: ChangesFilter): boolean =>
  Object.values(filter).some((value) => value !== undefined);
