/** skein search */
import { resolve } from 'node:path';
import type { FoundJson, FoundPassageJson } from '../../../shared/contracts/knowledge-api.ts';
import { searchModes } from '../../../shared/contracts/knowledge-api.ts';
import { fileClasses } from '../../../shared/domain/change.ts';
import { excerpt } from '../../../shared/domain/knowledge/excerpt.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import { countOf, pathText } from '../change-columns.ts';
import type { Command, Context, Values } from '../context.ts';
import { moment, wholeNumber } from '../read-option.ts';
import { timeAgo } from '../relative-time.ts';
import type { Style } from '../style.ts';
import { plainText } from '../text-width.ts';
import { searchIndex } from './knowledge-worker.ts';

type SearchMode = (typeof searchModes)[number];

export const search: Command = {
  name: 'search',
  summary: 'find passages of the notes, by their words and by what they mean',
  details: `Passages that hold the words, and passages that are about the same, are ranked together, best first. Without a running
Skein the notes are indexed first, which takes a moment where many changed; after ${limits.knowledgeWaitMs / 1_000} seconds what there is by then
is searched, and below the passages stands how many notes are behind.`,
  args: [{ name: 'QUESTION', many: true, summary: 'some words, or a whole question' }],
  options: [
    {
      flags: '-n, --limit <NUMBER>',
      summary: `how many at most (default: ${shown()})`,
      read: wholeNumber(1, limits.foundPassagesMost),
    },
    {
      flags: '--by <WAY>',
      summary: 'by words, by meaning, or by both (default: hybrid)',
      choices: searchModes,
    },
    {
      flags: '--path <PATTERN>',
      summary: 'only files that this pattern matches, or below this folder: `docs`',
    },
    { flags: '--agent <NAME>', summary: 'only files that this agent wrote to' },
    { flags: '--class <CLASS>', summary: 'only files of this class', choices: fileClasses },
    { flags: '--index <DIR>', summary: 'in the index that `skein knowledge worker` keeps in this folder' },
    {
      flags: '--since <TIME>',
      summary: 'only files that changed from then on: 2026-11-21, 2h',
      read: moment('start'),
    },
  ],
  examples: [
    { line: 'skein search why do we keep tombstones', what: 'the passages that answer best' },
    { line: 'skein search --path "docs/**" --by words SKEIN_DATA', what: 'an exact word, below docs/' },
  ],
  async run(context, args, values) {
    const q = args
      .flatMap((word) => word ?? [])
      .join(' ')
      .trim();
    if (q === '') return err(nothingAsked);
    const question = {
      q,
      mode: values['by'] as 'words' | undefined,
      limit: Number(values['limit'] ?? shown()),
      // A folder is one with its slash, too.
      path: (values['path'] as string | undefined)?.replace(/\/+$/, ''),
    };
    const answer = await ask(context, question, values);
    if (!answer.ok) return answer;
    return ok({ json: answer.value, write: (style) => writeFound(answer.value, style) });
  },
};

type Question = { q: string; mode: SearchMode | undefined; limit: number; path: string | undefined };

async function ask(context: Context, question: Question, values: Values): Promise<Result<FoundJson>> {
  const filter = {
    agent: values['agent'] as string | undefined,
    file_class: values['class'] as 'note' | undefined,
    since_ms: values['since'],
  };
  if (typeof values['index'] === 'string') {
    if (Object.values(filter).some((it) => it !== undefined)) return err(unknownOfNotes);
    return searchIndex(context, resolve(context.workingFolder, values['index']), question);
  }
  const found = await context.workspace();
  if (!found.ok) return found;
  return found.value.client.call('search', {
    workspace: found.value.workspace.id,
    ...question,
    ...filter,
  } as never);
}

/** As many as fit a terminal. */
function shown(): number {
  return 5;
}

function writeFound({ passages, behind, problem: reason }: FoundJson, style: Style): string {
  const remarks = [
    ...(behind > 0
      ? [`${countOf(behind, 'note')} changed and ${behind === 1 ? 'is' : 'are'} not indexed yet.`]
      : []),
    ...(reason === null ? [] : [`${reason.message} ${reason.advice}`]),
  ].map((remark) => style.colors.dim(remark));
  const found =
    passages.length === 0 ? ['No passage was found.'] : passages.map((it) => writePassage(it, style));
  return [...found, ...remarks].join('\n\n');
}

/** Where, under which headings, by whom and when; then the lines around what matched. */
function writePassage(passage: FoundPassageJson, style: Style): string {
  const { colors, nowMs } = style;
  const { path, headings, agent, changed_ms: changedMs } = passage;
  const part = excerpt(passage, limits.excerptCharacters);
  const place = colors.bold(`${pathText(path)}:${passage.line + part.linesBefore}`);
  const when = changedMs === null ? [] : [timeAgo(changedMs, nowMs)];
  const about = [...(agent === null ? [] : [agent]), ...when, whyWords(passage)].join(' · ');
  const title = headings.length === 0 ? [] : [colors.cyan(plainText(headings.join(' › ')))];
  const lines = part.segments
    .map(({ text, marked }) => (marked ? colors.yellow(plainLines(text)) : plainLines(text)))
    .join('')
    .split('\n')
    .map((line) => `  ${line}`.trimEnd());
  return [`${place}  ${colors.dim(about)}`, ...title, ...lines].join('\n');
}

const plainLines = (text: string): string => text.split('\n').map(plainText).join('\n');

function whyWords({ why }: FoundPassageJson): string {
  if (why.words !== null && why.meaning !== null) return 'by words and meaning';
  return why.words === null ? 'by meaning' : 'by words';
}

const unknownOfNotes = problem(
  'bad-input',
  '--index',
  'An index of notes in a PostgreSQL does not know who wrote them, of which class they are, or when they changed.',
  'Leave --agent, --class and --since away; --path and --by work.',
);

const nothingAsked = problem(
  'bad-input',
  'the question',
  'There is nothing to search for.',
  'Give some words: skein search QUESTION',
);
