/** skein knowledge worker, and the options by which other commands ask an outbox in PostgreSQL. */
import type { FoundJson } from '../../../shared/contracts/knowledge-api.ts';
import { limits } from '../../../shared/limits.ts';
import type { Result } from '../../../shared/result.ts';
import type { Answer, Command, Context, Option, Values } from '../context.ts';
import type { IndexQuestion } from '../outbox-commands.ts';
import { wholeNumber } from '../read-option.ts';

/** Where the address stands. */
export const outboxVariable = 'SKEIN_OUTBOX_URL';

export const outboxOption: Option = {
  flags: '--outbox [URL]',
  summary: `of the notes in a PostgreSQL; its address without a password (default: ${outboxVariable})`,
};

export const worker: Command = {
  name: 'worker',
  summary: 'index the notes of a PostgreSQL as its outbox tells, until stopped by Ctrl+C',
  details: `The address stands in ${outboxVariable}: postgres://USER:PASSWORD@HOST:5432/DATABASE. With
--outbox, where everybody sees it who may list processes, it has no password; PGPASSWORD or
~/.pgpass may have it. The tables are in docs/outbox.sql, and the guide tells of them under "Notes
in PostgreSQL". Any number of workers share the work of one index. Its vectors are those of the
built-in embedder unless told. With --embedder device the text of the notes goes to the server that
"skein knowledge embedder" shows; another index is made then, beside the one that serves.`,
  options: [
    {
      flags: '--outbox <URL>',
      summary: `address of the PostgreSQL, without a password (default: ${outboxVariable})`,
    },
    {
      flags: '--embedder <WHICH>',
      summary: 'builtin (default), or device: the one that this device uses',
      choices: ['builtin', 'device'],
    },
    { flags: '--index <DIR>', summary: 'folder of the index (default: outbox/ in the data folder)' },
    {
      flags: '--poll <SECONDS>',
      summary: `how often to look without a notification (default: ${limits.outboxPollMs / 1000})`,
      read: wholeNumber(1, limits.outboxPollLongestMs / 1000),
    },
    { flags: '--once', summary: 'index what is due now, then end' },
  ],
  examples: [
    { line: 'skein knowledge worker', what: `with the address in ${outboxVariable}` },
    { line: 'skein knowledge worker --once --index ./index', what: 'from cron, into a folder of your own' },
    { line: 'skein search --index ./index why do tombstones stay', what: 'what it indexed' },
  ],
  run: async (context, _args, values) => (await parts()).runWorker(context, values),
};

/** skein knowledge status --outbox */
export const showOutbox = async (context: Context, values: Values): Promise<Result<Answer>> =>
  (await parts()).showOutbox(context, values);

/** skein knowledge retry --outbox */
export const retryOutbox = async (
  context: Context,
  note: string | undefined,
  values: Values,
): Promise<Result<Answer>> => (await parts()).retryOutbox(context, note, values);

/** skein search --index */
export const searchIndex = async (
  context: Context,
  folder: string,
  question: IndexQuestion,
): Promise<Result<FoundJson>> => (await parts()).searchIndex(context, folder, question);

/** Loaded only when it is wanted, so that the other commands start without what talks to PostgreSQL. */
const parts = () => import('../outbox-commands.ts');
