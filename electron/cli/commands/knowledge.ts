/** skein knowledge */
import type { EndpointName, Output } from '../../../shared/contracts/app-api.ts';
import type {
  IndexExchangeJson,
  IndexedNoteJson,
  IndexPeerJson,
  KnowledgeJson,
  SharedEmbeddingsJson,
  StoreJson,
} from '../../../shared/contracts/knowledge-api.ts';
import { byteCount } from '../../../shared/domain/byte-count.ts';
import { visibleText } from '../../../shared/domain/visible-text.ts';
import { ok, type Result } from '../../../shared/result.ts';
import { countOf, pathText } from '../change-columns.ts';
import type { Answer, Command, Context } from '../context.ts';
import { progressWords, tellProgress, useWords } from '../index-progress.ts';
import { pathOf } from '../path-of.ts';
import { timeAgo } from '../relative-time.ts';
import type { Style } from '../style.ts';
import { type Column, writeFacts, writeTable } from '../table.ts';
import { embedder, key } from './knowledge-embedder.ts';
import { store } from './knowledge-store.ts';
import { outboxOption, retryOutbox, showOutbox, worker } from './knowledge-worker.ts';

const status: Command = {
  name: 'status',
  summary: 'what is indexed, how fresh it is, and which notes are stuck',
  options: [outboxOption],
  examples: [{ line: 'skein knowledge status', what: 'how the index stands' }],
  run: (context, _args, values) =>
    values['outbox'] === undefined ? showStatus(context) : showOutbox(context, values),
};

const notes: Command = {
  name: 'notes',
  summary: 'every note of the index, and how fresh its passages are',
  examples: [{ line: 'skein knowledge notes --json', what: 'for a program' }],
  run: (context) => ask(context, 'listIndexedNotes', {}, (it, style) => writeNotes(it.notes, style)),
};

const retry: Command = {
  name: 'retry',
  summary: 'try stuck notes again now',
  args: [{ name: 'PATH', optional: true, summary: 'only this one' }],
  options: [outboxOption],
  examples: [
    { line: 'skein knowledge retry', what: 'all of them' },
    { line: 'skein knowledge retry NOTE --outbox', what: 'a note of a PostgreSQL' },
  ],
  async run(context, [path], values) {
    if (values['outbox'] !== undefined) return retryOutbox(context, path, values);
    const found = await context.workspace();
    if (!found.ok) return found;
    const file = path === undefined ? undefined : await pathOf(context, found.value.workspace, path);
    return ask(context, 'retryNotes', { path: file }, ({ retried }) =>
      retried === 0 ? 'No note had failed.' : `${countOf(retried, 'note')} will be tried again now.`,
    );
  },
};

const rebuild: Command = {
  name: 'rebuild',
  summary: 'make the index anew from the log; the old one serves meanwhile',
  examples: [{ line: 'skein knowledge rebuild', what: 'when search finds what it should not' }],
  run: (context) => ask(context, 'rebuildKnowledge', {}, writeState),
};

const sync: Command = {
  name: 'sync',
  summary: 'exchange index files with other clusters now',
  details: `ENABLE_GLOBAL_KNOWLEDGE_SYNC=true turns the exchange on, where Skein is started, and
GLOBAL_KNOWLEDGE_SYNC_PEERS names whom to ask; the guide tells the rest, under Search.`,
  examples: [
    { line: 'skein knowledge sync', what: 'what was taken, given and removed, and what still differs' },
  ],
  async run(context) {
    const found = await context.workspace();
    if (!found.ok) return found;
    const answer = await found.value.client.call('syncKnowledge', {});
    if (!answer.ok) return answer;
    return ok({ json: answer.value, write: (style) => writeExchange(answer.value, style) });
  },
};

export const knowledge: Command = {
  name: 'knowledge',
  summary: 'the index that search uses: how it stands, and making it anew',
  commands: [status, notes, retry, rebuild, embedder, key, store, sync, worker],
  examples: [{ line: 'skein knowledge', what: 'how the index stands' }],
  run: showStatus,
};

function showStatus(context: Context): Promise<Result<Answer>> {
  return ask(context, 'getKnowledge', {}, writeState);
}

type KnowledgeQuestion = EndpointName &
  ('getKnowledge' | 'listIndexedNotes' | 'retryNotes' | 'rebuildKnowledge');

/** These are through only when the index is; the others wait some seconds for it at most. */
const workOnIndex: ReadonlySet<KnowledgeQuestion> = new Set<KnowledgeQuestion>([
  'retryNotes',
  'rebuildKnowledge',
]);

async function ask<Name extends KnowledgeQuestion>(
  context: Context,
  name: Name,
  input: { path?: string | undefined },
  write: (answer: Output<Name>, style: Style) => string,
): Promise<Result<Answer>> {
  const found = await context.workspace();
  if (!found.ok) return found;
  const { client, workspace } = found.value;
  const asked = client.call(name, { workspace: workspace.id, ...input } as never);
  const answer = await (workOnIndex.has(name) ? tellProgress(context, found.value, asked) : asked);
  if (!answer.ok) return answer;
  return ok({ json: answer.value, write: (style) => write(answer.value, style) });
}

const stateWords = {
  current: 'up to date',
  indexing: 'being brought up to date',
  rebuilding: 'being made anew; the old one serves meanwhile',
  unavailable: 'not available',
} as const;

const stateOf = ({ state, by_meaning: byMeaning }: KnowledgeJson): string =>
  state === 'rebuilding' && !byMeaning
    ? 'being made anew; meanwhile the old one is searched by words'
    : stateWords[state];

/** Who makes the vectors, and what that took; nothing of the built-in embedder. */
function embeddingFacts({ embedding }: KnowledgeJson): [string, string][] {
  if (embedding === null) return [];
  const { host, local, kept, use, shared } = embedding;
  const facts: [string, string][] = [
    ['Notes go to', local ? `${host}, on this machine` : `${host}, another machine`],
    ['Asked', `${countOf(use.requests, 'time')}, ${useWords(use)}`],
  ];
  if (use.failures > 0) facts.push(['Failed', countOf(use.failures, 'request')]);
  facts.push(...sharedFacts(shared));
  if (kept > 0) facts.push(['Not sent', `${countOf(kept, 'note')}, found by words only`]);
  return facts;
}

/** `300 from desk, 40 from tower, 12 checked, 3 refused`; nothing where nothing went either way. */
function sharedFacts({ checked, refused, from, given }: SharedEmbeddingsJson): [string, string][] {
  const facts: [string, string][] = [];
  const words = from.map((it) => `${it.taken} from ${visibleText(it.name)}`);
  if (checked > 0) words.push(`${checked} checked`);
  if (refused > 0) words.push(`${refused} refused`);
  if (words.length > 0) facts.push(['Embeddings', words.join(', ')]);
  if (given > 0) facts.push(['Given to peers', countOf(given, 'embedding')]);
  return facts;
}

function writeState(state: KnowledgeJson, style: Style): string {
  const { problem, last_indexed_ms: lastMs, rebuild: making } = state;
  const reason = problem === null ? '' : `${problem.message} ${problem.advice}`;
  if (state.state === 'unavailable') return `Search is not available. ${reason}`;
  const facts: [string, string][] = [
    ['Index', problem === null ? stateOf(state) : 'not brought up to date now'],
    ['Notes', `${state.notes}, ${countOf(state.passages, 'passage')}`],
    ['Model', state.model],
    ...embeddingFacts(state),
    ['On the disk', byteCount(state.bytes)],
    ['Last indexed', lastMs === null ? 'never' : timeAgo(lastMs, style.nowMs)],
  ];
  if (state.store !== null) facts.push(...storeFacts(state.store));
  if (state.behind > 0) facts.push(['To be indexed', countOf(state.behind, 'note')]);
  if (making !== null) facts.push(['New index', progressWords(making)]);
  const stuck = state.stuck.map(
    ({ path, problem: why }) => `${pathText(path)}: ${why.message} ${why.advice}`,
  );
  const heading = stuck.length === 0 ? [] : ['', `${countOf(stuck.length, 'note')} stuck:`];
  const exchange = state.exchange === null ? [] : ['', writeExchange(state.exchange, style)];
  const why = reason === '' ? [] : ['', `The notes are not indexed now. ${reason}`];
  return [writeFacts(facts, style), ...why, ...heading, ...stuck, ...exchange].join('\n');
}

function storeFacts({ kind, url, state, waiting }: StoreJson): [string, string][] {
  if (kind === 'embedded') return [];
  const behind = waiting === 0 ? '' : `, ${countOf(waiting, 'passage')} to be given`;
  return [['Store', `${kind} at ${url ?? 'no address'}, ${state}${behind}`]];
}

function writeExchange({ peers }: IndexExchangeJson, style: Style): string {
  if (peers.length === 0)
    return 'Index files: no peer is set in GLOBAL_KNOWLEDGE_SYNC_PEERS; others can ask.';
  const columns: Column<IndexPeerJson>[] = [
    { title: 'INDEX FILES WITH', cell: ({ peer }) => peer, shrinks: 'end' },
    { title: 'TAKEN', cell: ({ taken }) => String(taken), align: 'right' },
    { title: 'GIVEN', cell: ({ given }) => String(given), align: 'right' },
    { title: 'REMOVED', cell: (it) => `${it.removed_here} here, ${it.removed_there} there` },
    { title: 'DRIFT', cell: writeDrift, align: 'right' },
    {
      title: 'LAST',
      cell: (it) => (it.last_run_ms === null ? 'never' : timeAgo(it.last_run_ms, style.nowMs)),
    },
  ];
  const problems = peers.flatMap(({ problem: it }) => (it === null ? [] : `${it.message} ${it.advice}`));
  const refused = peers.flatMap((it) =>
    it.refused.map(({ reason }) => `Not taken from ${it.peer}: ${visibleText(reason)}`),
  );
  return [writeTable(peers, columns, style), ...problems, ...refused].join('\n');
}

function writeDrift({ drift, drift_limit: most }: IndexPeerJson): string {
  if (drift === null) return '';
  return `${(drift * 100).toFixed(1)} %${drift > most ? ', too much' : ''}`;
}

function writeNotes(list: readonly IndexedNoteJson[], style: Style): string {
  if (list.length === 0) return 'No note is indexed yet.';
  const columns: Column<IndexedNoteJson>[] = [
    { title: 'FILE', cell: ({ path }) => pathText(path), shrinks: 'end' },
    { title: 'PASSAGES', cell: ({ passages }) => String(passages), align: 'right' },
    { title: 'STATE', cell: ({ state }) => state },
    { title: 'INDEXED', cell: ({ indexed_ms: ms }) => (ms === null ? '' : timeAgo(ms, style.nowMs)) },
    { title: 'WHY', cell: ({ reason }) => reason ?? '' },
  ];
  return writeTable(list, columns, style);
}
