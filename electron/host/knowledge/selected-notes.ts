/** Which notes may go to another machine: those that each of some lists of patterns selects. */
import type { NoteChoice } from '../../engine/knowledge/knowledge-ports.ts';
import { everyNote } from '../../engine/knowledge/silent-embedder.ts';
import { selectedBy } from '../peers/partial.ts';

/** An empty list selects every note. */
export function notesSelectedBy(all: readonly (readonly string[])[]): NoteChoice {
  const lists = all.filter((list) => list.length > 0);
  if (lists.length === 0) return everyNote;
  const tests = lists.map((list) => selectedBy([...list]));
  const has = (note: string): boolean => tests.every((isSelected) => isSelected?.(note) ?? true);
  return { name: JSON.stringify(lists), has };
}
