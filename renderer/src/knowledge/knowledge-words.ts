/** How the knowledge index stands, in words. */
import type {
  EmbeddingUseJson,
  IndexedNoteJson,
  KnowledgeJson,
  SharedEmbeddingsJson,
} from '../../../shared/contracts/knowledge-api.ts';
import { dollars } from '../../../shared/domain/dollars.ts';
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

/** `12,000 tokens, $0.01`; `about`, where the server did not count all of them. */
export function useWords({ tokens, estimated, cost }: EmbeddingUseJson): string {
  const counted = plural(tokens, 'token');
  const all = cost === null ? counted : `${counted}, ${dollars(cost)}`;
  return estimated ? `about ${all}` : all;
}

/** `Embeddings: 300 from desk, 40 from tower, 12 checked, 3 refused, 20 given`; empty where nothing went either way. */
export function sharedWords({ from, checked, refused, given }: SharedEmbeddingsJson): string {
  const counts: [number, string][] = [
    ...from.map(({ name, taken }): [number, string] => [taken, `from ${name}`]),
    [checked, 'checked'],
    [refused, 'refused'],
    [given, 'given'],
  ];
  const words = counts.filter(([count]) => count > 0).map(([count, word]) => `${formatCount(count)} ${word}`);
  return words.length === 0 ? '' : `Embeddings: ${words.join(', ')}`;
}

/** `12,000 tokens so far, about $0.03 more`; empty where no server is asked. */
export function spentWords({ use, left_use: left, done, total }: Progress): string {
  if (use === null) return '';
  const so = `${useWords(use)} so far`;
  if (left === null || done >= total) return so;
  const rest = left.cost === null ? plural(left.tokens, 'token') : dollars(left.cost);
  return `${so}, about ${rest} more`;
}

/** What is searched while another index is made. */
export function meanwhileWords(knowledge: KnowledgeJson): string {
  if (isFirst(knowledge)) return 'What it has so far is found already.';
  return knowledge.by_meaning
    ? 'Searches use the old one until it is ready.'
    : 'Until it is ready the words alone are searched: the old one is of another model.';
}

type Look = { label: string; tone: 'neutral' | 'good' | 'bad' | 'accent' };

export const lookByNoteState: Readonly<Record<IndexedNoteJson['state'], Look>> = {
  current: { label: 'Up to date', tone: 'good' },
  behind: { label: 'Not indexed yet', tone: 'accent' },
  stuck: { label: 'Stuck', tone: 'bad' },
  'left-out': { label: 'Left out', tone: 'neutral' },
};
