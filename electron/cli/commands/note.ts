/** skein note */
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import type { Answer, Command, Context } from '../context.ts';
import { readInput } from '../read-input.ts';
import { outcomeOf } from './git.ts';

export const note: Command = {
  name: 'note',
  summary: 'write a note into the workspace: lock, pull, write, commit, push, release',
  details: `The note becomes a file of its own in memory-bank/notes/. Without a remote it stays local; when the remote does
not answer, or the repository is in the middle of something, the note is written all the same, and the answer says
what is missing. With git switched off it is only written. Without TEXT it is read from standard input. Skein need not be running.`,
  args: [{ name: 'TEXT', optional: true, many: true, summary: 'the note; its first line is the heading' }],
  examples: [
    { line: 'skein note "The parser wants a fuzz test"', what: 'for whoever comes next' },
    { line: 'skein note < summary.md', what: 'a longer one' },
  ],
  run: addNote,
};

async function addNote(context: Context, args: readonly (string | undefined)[]): Promise<Result<Answer>> {
  const words = args.flatMap((word) => word ?? []).join(' ');
  const text = words === '' ? await readInput('the note') : ok(words);
  if (!text.ok) return text;
  if (text.value.trim() === '') return err(nothingSaid);
  return outcomeOf(context, (work, agent) => work.note({ agent, text: text.value }));
}

const nothingSaid = problem(
  'bad-input',
  'the note',
  'The note is empty.',
  'Give its text: skein note "TEXT", or on standard input.',
);
