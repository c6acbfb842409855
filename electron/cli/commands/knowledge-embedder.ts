/** skein knowledge embedder, skein knowledge key */
import type {
  EmbedderCheckJson,
  EmbedderJson,
  EmbedderKeyJson,
} from '../../../shared/contracts/embedder-api.ts';
import {
  type EmbedderKind,
  embedderKinds,
  hostOf,
  isOnThisMachine,
  type ServerKind,
  serverWishShape,
  usualUrlByKind,
} from '../../../shared/domain/knowledge/embedder-choice.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import type { Answer, Command, Connection, Context, Values } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { readInput } from '../read-input.ts';
import { type OrNone, patternsIn, priceOrNone, rateOrNone } from '../read-option.ts';
import type { Style } from '../style.ts';
import { writeFacts } from '../table.ts';
import { plainText } from '../text-width.ts';

export const embedder: Command = {
  name: 'embedder',
  summary: 'who makes the vectors by which notes are found by meaning: shown, checked, or chosen',
  details: `builtin   in Skein itself: no download, no network; compares words and their parts
ollama    a model that Ollama runs, on this machine or another
openai    OpenAI, or any server that speaks its protocol (LM Studio, llama.cpp, vLLM …), by --url

A server is checked before it is chosen: whether it answers and has the model. Then another
index is made beside the one that serves, in every workspace of this device. Where the server is
another machine, the text of your notes and what you search for is sent there; Skein names the
host and asks first. What is kept from a peer, and passwords and tokens that stand in a note,
are not sent. A key is never an argument: \`skein knowledge key set\`.`,
  args: [{ name: 'KIND', optional: true, summary: 'builtin, ollama or openai', choices: embedderKinds }],
  options: [
    { flags: '--model <NAME>', summary: 'nomic-embed-text (ollama) or text-embedding-3-small unless told' },
    { flags: '--url <URL>', summary: 'of the server; http://127.0.0.1:11434 or https://api.openai.com/v1' },
    { flags: '--rate <N>', summary: 'at most so many requests a minute, or "none"', read: rateOrNone },
    {
      flags: '--price <USD>',
      summary: 'dollars for a million tokens, or "none"; only to show costs',
      read: priceOrNone,
    },
    { flags: '--only <PATTERNS>', summary: 'send only these files; patterns with commas between, or "all"' },
    { flags: '--check', summary: 'only ask the server; nothing is chosen' },
    { flags: '-y, --yes', summary: 'the text of notes may go to that host; do not ask' },
  ],
  examples: [
    { line: 'skein knowledge embedder', what: 'which one it is, and whether it answers' },
    { line: 'skein knowledge embedder ollama --model bge-m3', what: 'a model on this machine' },
    {
      line: 'skein knowledge embedder openai --price 0.02',
      what: 'with OPENAI_API_KEY, or a key that is kept',
    },
    { line: 'skein knowledge embedder builtin', what: 'nothing is asked any more' },
  ],
  run: (context, [kind], values) =>
    kind === undefined && values['check'] !== true && !namesServer(values)
      ? show(context)
      : chooseOrCheck(context, kind as EmbedderKind | undefined, values),
};

const url = {
  flags: '--url <URL>',
  summary: 'the address of the server; that of the chosen one unless told',
};

const set: Command = {
  name: 'set',
  summary: 'keep the key of a server; it is asked for, or read from standard input',
  details: `Never an argument: every user of this machine can read those. While the desktop app runs it goes
to the keychain of the system, otherwise into a file that only you can read.
SKEIN_EMBEDDING_KEY, and for OpenAI OPENAI_API_KEY, go before it where Skein is started with
them.`,
  options: [url],
  examples: [{ line: 'skein knowledge key set --url https://api.openai.com/v1', what: 'type it unseen' }],
  run: keepKey,
};

const forget: Command = {
  name: 'forget',
  summary: 'forget the key of a server; it stays valid there until you revoke it',
  options: [url],
  examples: [{ line: 'skein knowledge key forget', what: 'that of the chosen server' }],
  run: forgetKey,
};

export const key: Command = {
  name: 'key',
  summary: 'the key of the server that embeds: where it comes from, keeping and forgetting one',
  commands: [set, forget],
  examples: [{ line: 'skein knowledge key', what: 'where it comes from; never the key' }],
  async run(context) {
    const now = await within(context, ({ client }) => client.call('getEmbedder', {}));
    if (!now.ok) return now;
    return ok({ json: now.value.key, write: () => `Key: ${keyWords(now.value.key)}.` });
  },
};

/** What is no address is not repeated: it may hold a password. */
async function within<Value>(
  context: Context,
  work: (connection: Connection) => Promise<Result<Value>>,
  { url: address }: Values = {},
): Promise<Result<Value>> {
  if (address !== undefined && !serverWishShape.shape.url.safeParse(address).success) return err(noAddress);
  const connection = await context.connect();
  return connection.ok ? work(connection.value) : connection;
}

/** Which one it is; a server is asked, so that nobody wonders why nothing is found. */
async function show(context: Context): Promise<Result<Answer>> {
  return within<Answer>(context, async ({ client }) => {
    const now = await client.call('getEmbedder', {});
    if (!now.ok) return now;
    if (now.value.kind === 'builtin')
      return ok({ json: { ...now.value, check: null }, write: (style) => writeEmbedder(now.value, style) });
    const check = await client.call('checkEmbedder', {});
    const words = check.ok ? checkWords(check.value) : `${check.error.message} ${check.error.advice}`;
    return ok({
      json: { ...now.value, check: check.ok ? check.value : { problem: check.error } },
      write: (style) => `${writeEmbedder(now.value, style)}\n\n${words}`,
    });
  });
}

const namesServer = (values: Values): boolean =>
  ['model', 'url', 'rate', 'price', 'only'].some((name) => values[name] !== undefined);

async function chooseOrCheck(
  context: Context,
  given: EmbedderKind | undefined,
  values: Values,
): Promise<Result<Answer>> {
  const work = async ({ client }: Connection): Promise<Result<Answer>> => {
    const now = await client.call('getEmbedder', {});
    if (!now.ok) return now;
    const kind = given ?? now.value.kind;
    if (values['check'] !== true) return choose(context, client, { kind, values, now: now.value });
    if (kind === 'builtin') return err(noServer);
    const check = await client.call('checkEmbedder', { kind, ...saidOf(values) });
    return check.ok ? ok({ json: check.value, write: () => checkWords(check.value) }) : check;
  };
  return within(context, work, values);
}

type Choice = { kind: EmbedderKind; values: Values; now: EmbedderJson };

async function choose(
  context: Context,
  client: Connection['client'],
  { kind, values, now }: Choice,
): Promise<Result<Answer>> {
  if (kind === 'builtin' && namesServer(values)) return err(noServer);
  const said = saidOf(values);
  const host = kind === 'builtin' ? undefined : otherMachine(kind, said.url, now);
  const agreed = host === undefined || values['yes'] === true || (await askToSend(context, host));
  if (agreed === undefined) return ok(unanswered(host, now));
  if (!agreed) return ok({ json: now, write: () => 'Nothing was changed.', exitCode: exitCodes.nothing });
  const chosen = await client.call('chooseEmbedder', { kind, ...said, agreed: host });
  if (!chosen.ok) return chosen;
  return ok({ json: chosen.value, write: (style) => `${writeEmbedder(chosen.value, style)}\n\n${begun}` });
}

const begun =
  'Another index is made beside the one that serves, in each open workspace: `skein knowledge status` says how far it is.';

const numberOf = (said: OrNone): number | null => (said === 'none' ? null : said);

function saidOf({ model, url: address, rate, price, only }: Values) {
  return {
    ...(typeof model === 'string' ? { model } : {}),
    ...(typeof address === 'string' ? { url: address } : {}),
    ...(rate === undefined ? {} : { requests_per_minute: numberOf(rate as OrNone) }),
    ...(price === undefined ? {} : { price_per_million: numberOf(price as OrNone) }),
    ...(typeof only === 'string' ? { only: patternsIn(only) } : {}),
  };
}

/** The host that would get the notes; undefined where they stay on this machine. */
function otherMachine(kind: ServerKind, said: string | undefined, now: EmbedderJson): string | undefined {
  const before = now.kind === kind ? now.url : null;
  const address = (said ?? before ?? usualUrlByKind[kind]).replace(/\/+$/, '');
  return isOnThisMachine(address) ? undefined : hostOf(address);
}

/** Undefined where nobody sits. */
async function askToSend(context: Context, host: string): Promise<boolean | undefined> {
  context.tell(
    `The text of your notes, of every workspace on this device, would be sent to ${plainText(host)},`,
  );
  context.tell('and what you search for, too. What is kept from a peer, and secrets in notes, are not sent.');
  const said = await context.ask(`Send it to ${plainText(host)}? [y/N] `);
  return said === undefined ? undefined : /^y(es)?$/i.test(said);
}

const unanswered = (host: string | undefined, json: EmbedderJson): Answer => ({
  json,
  write: () =>
    `Nothing was changed: the text of your notes would be sent to ${plainText(host ?? '')}, which needs the yes of a person, ` +
    'and nobody is here to be asked. Whoever may decide it says --yes.',
  exitCode: exitCodes.needsPerson,
});

async function keepKey(context: Context, _: unknown, { url: address }: Values): Promise<Result<Answer>> {
  const said = typeof address === 'string' ? { url: address } : {};
  return within<Answer>(
    context,
    async ({ client }) => {
      const typed = await context.ask(`Key for ${plainText(said.url ?? 'the server')}: `, { hidden: true });
      const given = typed === undefined ? await readInput('the key') : ok(typed);
      if (!given.ok) return given;
      const text = given.value.trim();
      if (text === '') return err(noKeyGiven);
      const kept = await client.call('keepEmbedderKey', { ...said, key: text });
      if (!kept.ok) return kept;
      const { place } = kept.value;
      return ok({
        json: kept.value,
        write: () => (place === 'keychain' ? 'Kept in the keychain.' : 'Kept in a file of your own.'),
      });
    },
    said,
  );
}

async function forgetKey(context: Context, _: unknown, { url: address }: Values): Promise<Result<Answer>> {
  const said = typeof address === 'string' ? { url: address } : {};
  return within<Answer>(
    context,
    async ({ client }) => {
      const gone = await client.call('forgetEmbedderKey', said);
      if (!gone.ok) return gone;
      const { forgotten } = gone.value;
      return ok({
        json: gone.value,
        write: () => (forgotten ? 'Forgotten.' : 'No key is kept for it.'),
        exitCode: forgotten ? exitCodes.ok : exitCodes.nothing,
      });
    },
    said,
  );
}

function writeEmbedder(it: EmbedderJson, style: Style): string {
  if (it.kind === 'builtin') return 'The built-in embedder: nothing leaves this process.';
  const facts: [string, string][] = [
    ['Embedder', it.kind],
    ['Model', `${it.model}, ${it.dimensions} numbers`],
    ['Address', it.url ?? ''],
    ['Notes go to', it.local ? 'this machine only' : `${it.host}, another machine`],
    ['Key', keyWords(it.key)],
  ];
  if (it.requests_per_minute !== null) facts.push(['At most', `${it.requests_per_minute} requests a minute`]);
  if (it.price_per_million !== null) facts.push(['Price', `$${it.price_per_million} for a million tokens`]);
  if (it.only.length > 0) facts.push(['Only', it.only.join(', ')]);
  return writeFacts(facts, style);
}

function keyWords({ from, variable, usable }: EmbedderKeyJson): string {
  if (from === 'none') return 'none';
  if (from === 'environment') return `from ${variable}`;
  if (!usable) return 'in the keychain, which only the desktop app opens';
  return from === 'keychain' ? 'in the keychain' : 'in a file of your own';
}

const checkWords = ({ host, model, dimensions, differs }: EmbedderCheckJson): string =>
  differs
    ? `${plainText(host)} answers, but ${model} is another model there now. Choose it again, and another index is made.`
    : `${plainText(host)} answers and has ${model}: ${dimensions} numbers a vector.`;

const noAddress = problem(
  'bad-input',
  'the address',
  'What was given as --url is no address of a server, or holds a name or password.',
  `Give one like ${usualUrlByKind.ollama}; a key is kept with \`skein knowledge key set\`.`,
);

const noServer = problem(
  'bad-input',
  'the embedder',
  'The built-in embedder has no server, model or price.',
  'Name the kind: skein knowledge embedder ollama …, or openai ….',
);

const noKeyGiven = problem(
  'bad-input',
  'the key',
  'No key was given.',
  'Type it when you are asked, or give it on standard input: skein knowledge key set < FILE',
);
