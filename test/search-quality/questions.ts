/** Questions with their known answers, and the notes that they ask about. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { findHistories, readHistory } from '../replay/recorded-history.ts';

const questionShape = z.object({
  question: z.string(),
  kind: z.enum(['exact', 'paraphrase', 'inflection', 'identifier', 'language']),
  file: z.string(),
  /** Stands once in the file, in the passage that answers. */
  quote: z.string(),
});
export type Question = z.infer<typeof questionShape>;
export type Note = { file: string; text: string };
export type Exam = { notes: Note[]; questions: Question[] };

const here = import.meta.dirname;
export const recordedNotes = path.join(here, '../../../shared/corpus/replay');

/** The questions on recorded histories, each in the state that it ended in; undefined when none is there. */
export function recordedExam(root = recordedNotes): Exam | undefined {
  const notes = findHistories(root).flatMap((folder) => lastNotes(folder));
  return notes.length === 0 ? undefined : { notes, questions: readQuestions('questions.json') };
}

/** The questions on the notes beside this file. */
export function ownExam(): Exam {
  const folder = path.join(here, 'notes');
  const notes = readdirSync(folder).map((file) => ({
    file,
    text: readFileSync(path.join(folder, file), 'utf8'),
  }));
  return { notes, questions: readQuestions('own-questions.json') };
}

function readQuestions(name: string): Question[] {
  return z.array(questionShape).parse(JSON.parse(readFileSync(path.join(here, name), 'utf8')));
}

function lastNotes(folder: string): Note[] {
  const textByPath = new Map<string, string>();
  for (const version of readHistory(folder)) {
    if (version.bytes === undefined) textByPath.delete(version.path);
    else textByPath.set(version.path, version.bytes.toString('utf8'));
  }
  return [...textByPath].map(([file, text]) => ({ file: `${path.basename(folder)}/${file}`, text }));
}
