/** How the exchange of index files with one peer went, in words. */
import type { IndexPeerJson } from '../../../shared/contracts/knowledge-api.ts';
import { plural } from '../words/text.ts';

type Drift = { label: string; tone: 'neutral' | 'good' | 'warn' };

/** `0.4 % differ`; more than the limit is a warning. */
export function driftOf({ drift, drift_limit: most }: IndexPeerJson): Drift {
  if (drift === null) return { label: 'Not compared yet', tone: 'neutral' };
  if (drift === 0) return { label: 'No drift', tone: 'good' };
  const percent = `${(drift * 100).toFixed(1)} % drift`;
  return drift > most
    ? { label: `${percent}, over ${most * 100} %`, tone: 'warn' }
    : { label: percent, tone: 'good' };
}

/** `2 files pulled, 1 pushed, 1 removed here`; of the last exchange that ended well. */
export function movedWords(it: IndexPeerJson): string {
  const parts = [`${plural(it.taken, 'file')} pulled`, `${it.given} pushed`];
  if (it.removed_here > 0) parts.push(`${it.removed_here} removed here`);
  if (it.removed_there > 0) parts.push(`${it.removed_there} removed there`);
  if (it.refused.length > 0) parts.push(`${it.refused.length} refused`);
  return parts.join(', ');
}
