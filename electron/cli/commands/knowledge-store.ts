/** skein knowledge store */
import type { StoreJson } from '../../../shared/contracts/knowledge-api.ts';
import type { ChosenStoreJson } from '../../../shared/contracts/store-choice-shape.ts';
import { otherStoreMachine, storeKinds } from '../../../shared/domain/knowledge/store-choice.ts';
import { visibleText } from '../../../shared/domain/visible-text.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import { countOf } from '../change-columns.ts';
import type { Answer, Command, Connection, Context, Values } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { tellProgress } from '../index-progress.ts';
import { patternsIn } from '../read-option.ts';
import { timeAgo } from '../relative-time.ts';
import type { Style } from '../style.ts';
import { writeFacts } from '../table.ts';
import { plainText } from '../text-width.ts';

export const store: Command = {
  name: 'store',
  summary: 'where the vectors of this device are searched, and whether that answers',
  details: `Embedded is the usual one: nothing leaves this device. chroma is a ChromaDB server, pgvector
PostgreSQL with that extension; vectors, and names, headings and lines of notes go there, never
their text. Where that is another machine, Skein names it and asks first, and what is kept from
a peer, or from a server that embeds, is kept from it, too, and searched here.

Passwords come from the environment of the Skein that runs: PGPASSWORD, CHROMA_TOKEN, or the
whole address in KNOWLEDGE_STORE_URL. While the store does not answer, this device is searched.`,
  args: [{ name: 'STORE', optional: true, summary: storeKinds.join(', ') }],
  options: [
    { flags: '--url <URL>', summary: 'of its server, without a password (default: KNOWLEDGE_STORE_URL)' },
    {
      flags: '--only <PATTERNS>',
      summary: 'give only these files to another machine; with commas, or "all"',
    },
    { flags: '--check', summary: 'only ask the server; nothing is chosen, and nothing made there' },
    { flags: '-y, --yes', summary: 'the vectors may go to that host; do not ask' },
  ],
  examples: [
    { line: 'skein knowledge store', what: 'which one it is, whether it answers, what it lacks' },
    { line: 'skein knowledge store chroma --url http://127.0.0.1:8000', what: 'a ChromaDB server' },
    {
      line: 'skein knowledge store pgvector --url postgres://me@db.example.org/notes',
      what: 'PostgreSQL with pgvector',
    },
    {
      line: 'skein knowledge store chroma --url http://127.0.0.1:8000 --check',
      what: 'whether it could be used',
    },
    { line: 'skein knowledge store embedded', what: 'this device alone again' },
  ],
  run: showOrChoose,
};

async function showOrChoose(
  context: Context,
  [name]: readonly (string | undefined)[],
  values: Values,
): Promise<Result<Answer>> {
  const kind = storeKinds.find((it) => it === name);
  if (name !== undefined && kind === undefined) return err(noStore(name));
  const isServer = kind !== undefined && kind !== 'embedded';
  const saysMore = values['check'] === true || ['url', 'only'].some((it) => values[it] !== undefined);
  if (saysMore && !isServer) return err(noServer);
  const found = await context.workspace();
  if (!found.ok) return found;
  if (kind === undefined) return show(context, found.value);
  if (isServer && values['check'] === true) return check(found.value, kind, saidOf(values));
  return choose(context, found.value, { kind, values });
}

type Found = Connection & { workspace: { id: string } };

const saidOf = ({ url }: Values) => (typeof url === 'string' ? { url } : {});

async function show(context: Context, found: Found): Promise<Result<Answer>> {
  const asked = found.client.call('checkKnowledgeStore', { workspace: found.workspace.id });
  const answer = await tellProgress(context, found, asked);
  return answer.ok ? ok({ json: answer.value, write: (style) => writeStore(answer.value, style) }) : answer;
}

async function check(
  { client }: Found,
  kind: Exclude<StoreJson['kind'], 'embedded'>,
  said: { url?: string },
): Promise<Result<Answer>> {
  const answer = await client.call('tryKnowledgeStore', { kind, ...said });
  return answer.ok
    ? ok({
        json: answer.value,
        write: () => `${plainText(answer.value.host)} answers and could be the store.`,
      })
    : answer;
}

/** An address that cannot be one is refused before anybody is asked to agree to it. */
async function choose(
  context: Context,
  { client, workspace }: Found,
  { kind, values }: { kind: StoreJson['kind']; values: Values },
): Promise<Result<Answer>> {
  const now = await client.call('getStoreChoice', {});
  if (!now.ok) return now;
  const host = kind === 'embedded' ? undefined : hostToAgree(values, now.value);
  const take = (agreed: string | undefined) =>
    client.call('chooseKnowledgeStore', {
      workspace: workspace.id,
      kind,
      agreed,
      ...saidOf(values),
      ...(typeof values['only'] === 'string' ? { only: patternsIn(values['only']) } : {}),
    });
  let chosen = await take(values['yes'] === true ? host : undefined);
  if (!chosen.ok && host !== undefined && chosen.error.subject === host) {
    const agreed = await askToSend(context, host);
    if (agreed === undefined) return ok(unanswered(host, now.value));
    if (!agreed)
      return ok({ json: now.value, write: () => 'Nothing was changed.', exitCode: exitCodes.nothing });
    chosen = await take(host);
  }
  if (!chosen.ok) return chosen;
  const { value } = chosen;
  return ok({ json: value, write: (style) => writeStore(value, style) });
}

/** The other machine that would get the vectors. */
function hostToAgree(values: Values, now: ChosenStoreJson): string | undefined {
  const { url } = saidOf(values);
  const whole = url !== undefined && URL.canParse(url) ? new URL(url).href : url;
  return otherStoreMachine(whole ?? now.from_environment);
}

/** Undefined where nobody sits. */
async function askToSend(context: Context, host: string): Promise<boolean | undefined> {
  context.tell(
    `Vectors of your notes, of every workspace on this device, with their names and headings, would be`,
  );
  context.tell(`sent to ${plainText(host)}, and a vector of what you search for, too.`);
  const said = await context.ask(`Send them to ${plainText(host)}? [y/N] `);
  return said === undefined ? undefined : /^y(es)?$/i.test(said);
}

const unanswered = (host: string, json: ChosenStoreJson): Answer => ({
  json,
  write: () =>
    `Nothing was changed: vectors of your notes would be sent to ${plainText(host)}, which needs the yes of a person, ` +
    'and nobody is here to be asked. Whoever may decide it says --yes.',
  exitCode: exitCodes.needsPerson,
});

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
    ...keptFacts(it),
    ['Held', it.held === null ? 'not known' : countOf(it.held, 'passage')],
    ['Last answer', it.answered_ms === null ? 'never' : timeAgo(it.answered_ms, style.nowMs)],
  ];
  const why = it.problem === null ? [] : ['', `${visibleText(it.problem.message)} ${it.problem.advice}`];
  return [writeFacts(facts, style), ...why].join('\n');
}

const keptFacts = ({ kept }: StoreJson): [string, string][] =>
  kept === 0 ? [] : [['Kept from it', `${countOf(kept, 'note')}, searched on this device`]];

const noStore = (name: string) =>
  problem('bad-input', name, `There is no store ${JSON.stringify(name)}.`, `Give ${storeKinds.join(', ')}.`);

const noServer = problem(
  'bad-input',
  '--url',
  'An address, patterns or a check belong to a store on a server.',
  'Name it, too: skein knowledge store chroma --url URL',
);
