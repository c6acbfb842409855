/** Filtering the notes of the index. */
import type { IndexedNoteJson } from '../../../shared/contracts/knowledge-api.ts';

export type NoteChoice = { text: string; state: string };

/** `state` is empty for all of them. */
export function chooseNotes(notes: readonly IndexedNoteJson[], choice: NoteChoice): IndexedNoteJson[] {
  const text = choice.text.trim().toLowerCase();
  return notes.filter(
    (note) => (choice.state === '' || note.state === choice.state) && note.path.toLowerCase().includes(text),
  );
}
