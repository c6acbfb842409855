/** skein knowledge store */
import type { StoreJson } from '../../../shared/contracts/knowledge-api.ts';
import { storeKinds } from '../../../shared/domain/knowledge/store-choice.ts';
import { visibleText } from '../../../shared/domain/visible-text.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import { countOf } from '../change-columns.ts';
import type { Answer, Command, Context, Values } from '../context.ts';
import { timeAgo } from '../relative-time.ts';
import type { Style } from '../style.ts';
import { writeFacts } from '../table.ts';

export const store: Command = {
  name: 'store',
  summary: 'where the vectors of this device are searched, and whether that answers',
  details: `Embedded is the usual one: nothing leaves this device. chroma is a ChromaDB server, pgvector
PostgreSQL with that extension; vectors, and names, headings and lines of notes go there, never
their text. Passwords come from the environment of the Skein that runs: PGPASSWORD,
CHROMA_TOKEN, or the whole address in KNOWLEDGE_STORE_URL. While the store does not answer, this
device is searched.`,
  args: [{ name: 'STORE', optional: true, summary: storeKinds.join(', ') }],
  options: [
    { flags: '--url <URL>', summary: 'of its server, without a password (default: KNOWLEDGE_STORE_URL)' },
  ],
  examples: [
    { line: 'skein knowledge store', what: 'which one it is, whether it answers, what it lacks' },
    { line: 'skein knowledge store chroma --url http://127.0.0.1:8000', what: 'a ChromaDB server' },
    {
      line: 'skein knowledge store pgvector --url postgres://me@db.example.org/notes',
      what: 'PostgreSQL with pgvector',
    },
    { line: 'skein knowledge store embedded', what: 'this device alone again' },
  ],
  run: showOrChoose,
};

async function showOrChoose(
  context: Context,
  [name]: readonly (string | undefined)[],
  { url }: Values,
): Promise<Result<Answer>> {
  const kind = storeKinds.find((it) => it === name);
  if (name !== undefined && kind === undefined) return err(noStore(name));
  if (url !== undefined && (kind === undefined || kind === 'embedded')) return err(noServer);
  const found = await context.workspace();
  if (!found.ok) return found;
  const { client, workspace } = found.value;
  const answer =
    kind === undefined
      ? await client.call('checkKnowledgeStore', { workspace: workspace.id })
      : await client.call('chooseKnowledgeStore', { workspace: workspace.id, kind, url: url as string });
  if (!answer.ok) return answer;
  return ok({ json: answer.value, write: (style) => writeStore(answer.value, style) });
}

const stateWords = {
  ready: 'has everything',
  behind: 'lacks some passages still',
  filling: 'is being filled; until then this device is searched',
  failing: 'does not answer as it should; meanwhile this device is searched',
} as const;

function writeStore(it: StoreJson, style: Style): string {
  if (it.kind === 'embedded') return 'The vectors are searched on this device.';
  const facts: [string, string][] = [
    ['Store', it.kind],
    ['Address', it.url ?? 'none'],
    ['Place', it.place ?? ''],
    ['State', stateWords[it.state]],
    ['To be given', countOf(it.waiting, 'passage')],
    ['Held', it.held === null ? 'not known' : countOf(it.held, 'passage')],
    ['Last answer', it.answered_ms === null ? 'never' : timeAgo(it.answered_ms, style.nowMs)],
  ];
  const why = it.problem === null ? [] : ['', `${visibleText(it.problem.message)} ${it.problem.advice}`];
  return [writeFacts(facts, style), ...why].join('\n');
}

const noStore = (name: string) =>
  problem('bad-input', name, `There is no store ${JSON.stringify(name)}.`, `Give ${storeKinds.join(', ')}.`);

const noServer = problem(
  'bad-input',
  '--url',
  'An address belongs to a store on a server.',
  'Name it, too: skein knowledge store chroma --url URL',
);
