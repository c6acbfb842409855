/** What started a consolidation, in words. */
import type { ConsolidationJson } from '../../../shared/contracts/shapes.ts';

export type TriggerType = ConsolidationJson['trigger_type'];

export const labelByTrigger: Readonly<Record<TriggerType, string>> = {
  threshold: 'Threshold reached',
  time_based: 'Interval over',
  manual: 'By hand',
};

/** The state of a report where it is not simply written. */
export function stateNote(
  report: ConsolidationJson,
): { label: string; tone: 'warn' | 'neutral' } | undefined {
  if (report.state === 'waiting') return { label: 'Not in the file yet', tone: 'warn' };
  if (report.state === 'skipped') return { label: 'Only in Skein', tone: 'neutral' };
  return report.state === 'undone' ? { label: 'Undone', tone: 'neutral' } : undefined;
}
