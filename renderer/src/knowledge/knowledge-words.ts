/** How the knowledge index stands, in words. */
import type { IndexedNoteJson, KnowledgeJson } from '../../../shared/contracts/knowledge-api.ts';
import { formatCount, plural } from '../words/text.ts';
import { distanceWords } from '../words/time.ts';

type Progress = NonNullable<KnowledgeJson['rebuild']>;

/** The index is made for the first time: nothing serves yet but what it has so far. */
export const isFirst = ({ state, rebuild }: KnowledgeJson): boolean =>
  state === 'indexing' && rebuild !== null;

export function freshnessWords({ state, behind }: KnowledgeJson): string {
  if (state === 'unavailable') return 'Not available';
  return behind === 0 ? 'Up to date' : `${plural(behind, 'note')} behind`;
}

/** `120 of 340 notes, about 20 s left`. */
export function progressWords({ done, total, left_ms }: Progress): string {
  if (total === 0) return 'Looking at the notes';
  const left = left_ms === null || done >= total ? '' : `, ${leftWords(left_ms)}`;
  return `${formatCount(done)} of ${plural(total, 'note')}${left}`;
}

function leftWords(leftMs: number): string {
  return leftMs < 10_000 ? 'some seconds left' : `about ${distanceWords(leftMs)} left`;
}

type Look = { label: string; tone: 'neutral' | 'good' | 'bad' | 'accent' };

export const lookByNoteState: Readonly<Record<IndexedNoteJson['state'], Look>> = {
  current: { label: 'Up to date', tone: 'good' },
  behind: { label: 'Not indexed yet', tone: 'accent' },
  stuck: { label: 'Stuck', tone: 'bad' },
  'left-out': { label: 'Left out', tone: 'neutral' },
};
