/**
 * `npm run search-quality -- [DIR] [--json] [--embedder ollama|openai [--model M] [--url U]]`: how well each search finds
 * the passages that answer known questions.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Answer, askAll, type Score, scoreOf } from './judge-search.ts';
import { openMeasured } from './measured-embedder.ts';
import { type Exam, recordedExam, recordedNotes } from './questions.ts';
import { searchesOf } from './searches.ts';

/** Characters of the first column and of the others. */
const wide = 28;
const narrow = 18;

type Row = { search: string; scoreByGroup: Record<string, Score> };

const { values, positionals } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    embedder: { type: 'string', default: 'builtin' },
    model: { type: 'string' },
    url: { type: 'string' },
  },
  allowPositionals: true,
});
const root = path.resolve(positionals[0] ?? recordedNotes);
const exam = recordedExam(root);
if (exam === undefined) {
  console.log(
    `No recorded notes (log.jsonl and blobs/) in ${root}. Name a folder: npm run search-quality -- DIR`,
  );
} else {
  const rows = await compare(exam);
  console.log(values.json ? JSON.stringify(rows, undefined, 2) : table(rows));
}

async function compare(asked: Exam): Promise<Row[]> {
  const rows: Row[] = [];
  const embedder = await openMeasured(values);
  for (const search of Object.values(await searchesOf(asked.notes, embedder))) {
    rows.push({ search: search.name, scoreByGroup: scoresByGroup(await askAll(search, asked)) });
  }
  return rows;
}

/** All, by the history that is asked about, and by kind of the question. */
function scoresByGroup(answers: readonly Answer[]): Record<string, Score> {
  const groups = new Map<string, Answer[]>();
  const file = (name: string, answer: Answer) => groups.set(name, [...(groups.get(name) ?? []), answer]);
  for (const answer of answers) file('all', answer);
  for (const answer of answers) file(answer.question.file.split('/')[0] ?? '', answer);
  for (const answer of answers) file(answer.question.kind, answer);
  return Object.fromEntries([...groups].map(([name, some]) => [name, scoreOf(some)]));
}

function table(rows: readonly Row[]): string {
  const lines = [
    ''.padEnd(wide) + rows.map(({ search }) => search.padStart(narrow)).join(''),
    ''.padEnd(wide) + rows.map(() => 'recall@5    MRR'.padStart(narrow)).join(''),
  ];
  for (const [name, score] of Object.entries(rows[0]?.scoreByGroup ?? {})) {
    const title = `${name} (${score.questions})`.padEnd(wide);
    lines.push(title + rows.map(({ scoreByGroup }) => cell(scoreByGroup[name] ?? score)).join(''));
  }
  return lines.join('\n');
}

function cell({ recallAt5, meanReciprocalRank }: Score): string {
  return `${recallAt5.toFixed(3)}  ${meanReciprocalRank.toFixed(3)}`.padStart(narrow);
}
