/** What commands do with the outbox of a PostgreSQL. */
import { join, resolve } from 'node:path';
import type { FoundJson, FoundPassageJson } from '../../shared/contracts/knowledge-api.ts';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, ProblemError, problem, type Result } from '../../shared/result.ts';
import { connectOutbox, holdsPassword, type OutboxConnection } from '../adapters/outbox-connection.ts';
import { type OutboxStanding, readStandings, retryNotes } from '../adapters/outbox-standing.ts';
import type { FoundPassage, SearchMode } from '../engine/knowledge/search.ts';
import {
  embeddersOf,
  type OpenedOutboxEmbedder,
  type OutboxEmbedder,
  openOutboxEmbedder,
} from '../host/knowledge/outbox-embedder.ts';
import { searchedBy, searchOutboxIndex } from '../host/knowledge/outbox-index.ts';
import {
  createOutboxWorker,
  type OutboxWorker,
  type WorkerProgress,
} from '../host/knowledge/outbox-worker.ts';
import { countOf } from './change-columns.ts';
import { outboxVariable } from './commands/knowledge-worker.ts';
import type { Answer, Context, Values } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import { timedLog } from './log.ts';
import { exitCodeOfSignal, stoppable } from './stop-signal.ts';
import type { Style } from './style.ts';
import { plainText } from './text-width.ts';

/** Where a worker keeps its index unless told. */
export const outboxFolder = (context: Context, values: Values): string =>
  typeof values['index'] === 'string'
    ? resolve(context.workingFolder, values['index'])
    : join(context.dataFolder, 'outbox');

/** skein knowledge worker */
export async function runWorker(context: Context, values: Values): Promise<Result<Answer>> {
  const stopping = new AbortController();
  const which = (values['embedder'] ?? 'builtin') as OutboxEmbedder;
  const opened = await openOutboxEmbedder(which, placeOf(context), stopping.signal);
  if (!opened.ok) return opened;
  const connection = openOutbox(context, values['outbox']);
  if (!connection.ok) return connection;
  const made = makeWorker(context, { ...opened.value, connection: connection.value }, values);
  const isOnce = values['once'] === true;
  const { value: outcome, signal } = await stoppable(made.stop, isOnce ? made.once : made.run);
  stopping.abort();
  await made.close();
  if (!outcome.ok) return outcome;
  const done = outcome.value;
  const failed = done.failing > 0 ? exitCodes.failed : exitCodes.ok;
  return ok({
    json: { ...toJson(done), stopped: signal ?? null },
    write: (style) => writeEnd(done, style),
    exitCode: isOnce ? (signal === undefined ? failed : exitCodeOfSignal(signal)) : exitCodes.ok,
  });
}

const placeOf = ({ dataFolder, env }: Context) => ({ dataFolder, env, log: silentLog });

type WorksWith = OpenedOutboxEmbedder & { connection: OutboxConnection };

function makeWorker(
  context: Context,
  { connection, embedder, host }: WorksWith,
  values: Values,
): OutboxWorker {
  const { print, tell, globals } = context;
  const { server, database } = connection.place;
  if (!globals.json) tell(`Indexing the notes of ${database} at ${server}.`);
  if (host !== undefined) tell(`Their text goes to ${host}, which makes the vectors (${embedder.model}).`);
  return createOutboxWorker({
    connection,
    folder: outboxFolder(context, values),
    embedder,
    pollMs: 1000 * Number(values['poll'] ?? limits.outboxPollMs / 1000),
    log: timedLog(tell, Date.now),
    progressed: (now) => print(globals.json ? JSON.stringify(toJson(now)) : writeProgress(now)),
    troubled: (why) =>
      tell(why === undefined ? `${server} is back.` : `${plainText(why.message)} ${plainText(why.advice)}`),
  });
}

/** Fails with `bad-input` when there is no address, or one with a password among the arguments. */
function openOutbox({ env }: Context, given: unknown): Result<OutboxConnection> {
  if (typeof given === 'string' && holdsPassword(given)) return err(passwordShown);
  const address = typeof given === 'string' ? given : env[outboxVariable];
  return address === undefined || address === '' ? err(noAddress) : connectOutbox(address);
}

/** Asks the tables of the workers. */
async function askOutbox<Value>(
  context: Context,
  given: unknown,
  work: (connection: OutboxConnection) => Promise<Value>,
): Promise<Result<Value>> {
  const connection = openOutbox(context, given);
  if (!connection.ok) return connection;
  try {
    return ok(await work(connection.value));
  } catch (cause) {
    if (cause instanceof ProblemError) return err(cause.problem);
    throw cause;
  } finally {
    await connection.value.close();
  }
}

/** skein knowledge status --outbox */
export async function showOutbox(context: Context, values: Values): Promise<Result<Answer>> {
  const found = await askOutbox(context, values['outbox'], ({ query }) => readStandings(query));
  if (!found.ok) return found;
  const json = { indexes: found.value.map(standingJson) };
  return ok({ json, write: () => writeStandings(found.value) });
}

/** skein knowledge retry --outbox */
export async function retryOutbox(
  context: Context,
  note: string | undefined,
  values: Values,
): Promise<Result<Answer>> {
  const retried = await askOutbox(context, values['outbox'], ({ query }) => retryNotes(query, note));
  if (!retried.ok) return retried;
  const count = retried.value;
  const text =
    count === 0
      ? 'No note had failed.'
      : `${countOf(count, 'note')} will be tried again by a worker that runs, or by the next one.`;
  return ok({ json: { retried: count }, write: () => text });
}

export type IndexQuestion = {
  q: string;
  mode: SearchMode | undefined;
  limit: number;
  path: string | undefined;
};

/** skein search --index. Of a note itself the index knows nothing but its id. */
export async function searchIndex(
  context: Context,
  folder: string,
  { q, mode = 'hybrid', limit, path }: IndexQuestion,
): Promise<Result<FoundJson>> {
  const embedders = await embeddersOf(placeOf(context), new AbortController().signal);
  const embedder = searchedBy(folder, embedders);
  const deps = { folder, embedder, log: silentLog, progressed: () => {} };
  const answer = await searchOutboxIndex(deps, { text: q, mode, atMost: limit, path });
  if (!answer.ok) return answer;
  const { passages, problem: why = null } = answer.value;
  return ok({ passages: passages.map(toPassageJson), behind: 0, problem: why });
}

const silentLog = { info: () => {}, warn: () => {}, error: () => {} };

const toPassageJson = ({ id: _, facts: __, note, lastLine, ...it }: FoundPassage): FoundPassageJson => ({
  ...it,
  headings: [...it.headings],
  path: note,
  last_line: lastLine,
  file_class: null,
  agent: null,
  changed_ms: null,
});

const toJson = (it: WorkerProgress) => ({
  indexed: it.indexed,
  ...standingJson(it),
  problem: it.lately ?? null,
});

const standingJson = ({ index, notes, behind, failing, stuck }: Omit<OutboxStanding, 'dueInMs'>) => ({
  index,
  notes,
  behind,
  failing,
  stuck: stuck.map(({ note, problem: why, failures, sinceMs, nextMs }) => ({
    note,
    problem: why,
    failures,
    since_ms: sinceMs,
    next_ms: nextMs,
  })),
});

function writeProgress({ indexed, behind, failing, lately }: WorkerProgress): string {
  const left = behind === 0 ? 'all up to date' : `${behind} to go`;
  const line = `${countOf(indexed, 'note')} indexed, ${left}${failing === 0 ? '' : `, ${failing} failed`}.`;
  return lately === undefined ? line : `${line} ${plainText(lately.message)} ${plainText(lately.advice)}`;
}

const writeEnd = (done: WorkerProgress, { colors }: Style): string =>
  [writeProgress(done), ...done.stuck.map((it) => colors.red(writeStuck(it)))].join('\n');

const writeStuck = ({ note, problem: why }: OutboxStanding['stuck'][number]): string =>
  `${plainText(note)}: ${plainText(why.message)} ${plainText(why.advice)}`;

function writeStandings(standings: readonly OutboxStanding[]): string {
  if (standings.length === 0) return 'No worker has indexed anything here yet.';
  return standings
    .flatMap(({ index, notes, behind, failing, stuck }) => [
      `${index}: ${countOf(notes, 'note')} indexed, ${behind} to be indexed, ${failing} failed, ${stuck.length} stuck.`,
      ...stuck.map(writeStuck),
    ])
    .join('\n');
}

const passwordShown: Problem = problem(
  'bad-input',
  '--outbox',
  'The address of --outbox holds a password, which everybody sees who may list processes.',
  `Put the address into ${outboxVariable}, or the password into PGPASSWORD, and change it if others may have seen it.`,
);

const noAddress: Problem = problem(
  'bad-input',
  outboxVariable,
  'It is not said which PostgreSQL holds the notes.',
  `Set ${outboxVariable} to postgres://USER:PASSWORD@HOST:5432/DATABASE.`,
);
