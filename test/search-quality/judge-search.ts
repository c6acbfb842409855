/** Asks a search all questions of an exam and says how high it put the passages that answer them. */
import type { Exam, Note, Question } from './questions.ts';

/** A passage that a search found: where it stands in which note. */
export type Hit = { file: string; from: number; to: number };

/** Any way of searching the notes of an exam. */
export type Search = {
  name: string;
  /** At most `limit` passages, the best first. */
  find(question: string, limit: number): readonly Hit[] | Promise<readonly Hit[]>;
};

/** `rank` of the first passage that holds the answer, from 1; 0 when none of those looked at does. */
export type Answer = { question: Question; rank: number };
export type Score = { questions: number; recallAt5: number; meanReciprocalRank: number };

/** Passages of an answer that are looked at; further down nobody scrolls. */
const looked = 50;

export async function askAll(search: Search, exam: Exam): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const question of exam.questions) {
    const hits = await search.find(question.question, looked);
    const at = placeOf(question, exam.notes);
    const rank = 1 + hits.findIndex((hit) => hit.file === question.file && hit.from <= at && at < hit.to);
    answers.push({ question, rank });
  }
  return answers;
}

/** Offset of the answer in its note. */
function placeOf({ file, quote }: Question, notes: readonly Note[]): number {
  const text = notes.find((note) => note.file === file)?.text ?? '';
  const at = text.indexOf(quote);
  if (at < 0 || text.indexOf(quote, at + 1) >= 0) throw new Error(`Not once in ${file}: ${quote}`);
  return at;
}

export function scoreOf(answers: readonly Answer[]): Score {
  const mean = (value: (rank: number) => number): number =>
    answers.reduce((sum, { rank }) => sum + value(rank), 0) / Math.max(1, answers.length);
  return {
    questions: answers.length,
    recallAt5: mean((rank) => (rank > 0 && rank <= 5 ? 1 : 0)),
    meanReciprocalRank: mean((rank) => (rank > 0 ? 1 / rank : 0)),
  };
}
