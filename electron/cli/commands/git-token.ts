/** skein git token */
import type { GitTokenJson } from '../../../shared/contracts/git-api.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import type { Answer, Command, Context, Values } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { readInput } from '../read-input.ts';
import { type Column, writeTable } from '../table.ts';
import { plainText } from '../text-width.ts';

const host = { name: 'HOST', summary: 'a host, or the address of a repository on it' };

const set: Command = {
  name: 'set',
  summary: 'keep the token of a host; it is asked for, or read from standard input',
  details: `Never an argument: every user of this machine can read those. While the desktop app runs it goes to the keychain
of the system, otherwise into a file that only you can read. A token in the keychain is used by the app alone: commands
like \`skein git pull\` then ask git's own credential helpers.`,
  args: [host],
  options: [
    { flags: '--username <NAME>', summary: 'for services that want one; most only look at the token' },
  ],
  examples: [
    { line: 'skein git token set github.com', what: 'type it where nobody sees it' },
    { line: 'skein git token set git.example.org:8443 < token.txt', what: 'from a file' },
  ],
  run: keepToken,
};

const list: Command = {
  name: 'list',
  summary: 'for which hosts a token is kept, and where; never the tokens',
  examples: [{ line: 'skein git token list --json', what: 'for a program' }],
  run: listTokens,
};

const forget: Command = {
  name: 'forget',
  summary: 'forget the token of a host; it stays valid there until you revoke it',
  args: [host],
  examples: [{ line: 'skein git token forget github.com', what: 'git looks for a login by itself again' }],
  run: forgetToken,
};

export const gitToken: Command = {
  name: 'token',
  summary: 'tokens by which remotes know you, where git finds no login by itself',
  commands: [set, list, forget],
  examples: [{ line: 'skein git token', what: 'which there are' }],
  run: listTokens,
};

async function keepToken(
  context: Context,
  [address = '']: readonly (string | undefined)[],
  { username }: Values,
): Promise<Result<Answer>> {
  const typed = await context.ask(`Token for ${plainText(address)}: `, { hidden: true });
  const given = typed === undefined ? await readInput('the token') : ok(typed);
  if (!given.ok) return given;
  const token = given.value.trim();
  if (token === '') return err(nothingGiven(address));
  const connection = await context.connect();
  if (!connection.ok) return connection;
  const named = typeof username === 'string' ? { username } : {};
  const kept = await connection.value.client.call('keepGitToken', { host: address, token, ...named });
  if (!kept.ok) return kept;
  return ok({ json: kept.value, write: () => `Kept for ${whereWords(kept.value)}.` });
}

async function listTokens(context: Context): Promise<Result<Answer>> {
  const connection = await context.connect();
  if (!connection.ok) return connection;
  const found = await connection.value.client.call('listGitTokens', {});
  if (!found.ok) return found;
  const { tokens } = found.value;
  return ok({
    json: found.value,
    write: (style) =>
      tokens.length === 0
        ? 'No token is kept: git looks for logins by itself.'
        : writeTable(tokens, columns, style),
    exitCode: tokens.length === 0 ? exitCodes.nothing : exitCodes.ok,
  });
}

async function forgetToken(
  context: Context,
  [address = '']: readonly (string | undefined)[],
): Promise<Result<Answer>> {
  const connection = await context.connect();
  if (!connection.ok) return connection;
  const forgotten = await connection.value.client.call('forgetGitToken', { host: address });
  if (!forgotten.ok) return forgotten;
  const isGone = forgotten.value.forgotten;
  return ok({
    json: forgotten.value,
    write: () => `${isGone ? 'Forgotten' : 'No token is kept for'} ${plainText(address)}.`,
    exitCode: isGone ? exitCodes.ok : exitCodes.nothing,
  });
}

const columns: readonly Column<GitTokenJson>[] = [
  { title: 'HOST', cell: ({ origin }) => origin, shrinks: 'end' },
  { title: 'NAME', cell: ({ username }) => username, shrinks: 'end' },
  {
    title: 'KEPT',
    cell: ({ place, usable }) => `${placeWords[place]}${usable ? '' : ', closed to this Skein'}`,
  },
];

const placeWords = { keychain: 'in the keychain', file: 'in a file of your own' };

const whereWords = ({ origin, place }: GitTokenJson): string => `${plainText(origin)}, ${placeWords[place]}`;

const nothingGiven = (address: string) =>
  problem(
    'bad-input',
    'the token',
    'No token was given.',
    `Type it when you are asked, or give it on standard input: skein git token set ${plainText(address)} < FILE`,
  );
