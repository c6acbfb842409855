/** skein pair */
import type { Client } from '../../../shared/contracts/client.ts';
import type { PairingJson } from '../../../shared/contracts/peer-shapes.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import { findRunning } from '../../host/instance.ts';
import type { Answer, Command, Context, Values } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { plainText } from '../text-width.ts';
import { writeModules } from '../write-modules.ts';

export const pair: Command = {
  name: 'pair',
  summary: 'pair this device with another one: show a code here, or type the code that the other shows',
  details: `Both screens then show six digits. Compare them, best by voice: somebody who sits between the
two devices cannot make them equal. Outside a terminal the command ends there; say what you saw
with --confirm and the digits of the OTHER screen, or with --reject.`,
  args: [
    {
      name: 'CODE',
      optional: true,
      summary: 'what the other device shows; its QR code as text will do, too',
    },
    { name: 'ADDRESS', optional: true, summary: 'where the other device is, HOST or HOST:PORT' },
  ],
  options: [
    { flags: '--own', summary: 'the other device is mine: share everything, and trust its instructions' },
    { flags: '--read-only', summary: 'take no changes from the other device' },
    { flags: '--confirm <DIGITS>', summary: 'the digits that the other screen shows' },
    { flags: '--reject', summary: 'the digits differ: pair nothing' },
    { flags: '--cancel', summary: 'end a pairing that is under way' },
  ],
  examples: [
    { line: 'skein pair', what: 'show a code here' },
    { line: 'skein pair K7QF-2M5P 192.168.1.20', what: 'type the code there' },
    { line: 'skein pair --own', what: 'pair with another device of your own' },
    { line: 'skein pair --confirm "482 913"', what: 'from a script: these digits stood on the other screen' },
  ],
  async run(context, [code, address], values) {
    if ((await findRunning(context.dataFolder)) === undefined) return err(notRunning);
    const way = await context.connect();
    if (!way.ok) return way;
    const { client } = way.value;
    if (values['cancel'] === true) return cancel(client);
    if (values['reject'] === true) return answer(client, { match: false }, values);
    if (typeof values['confirm'] === 'string') return confirmTyped(client, values['confirm'], values);
    return code === undefined
      ? invite(context, client, values)
      : join(context, client, { code, address }, values);
  },
};

async function cancel(client: Client): Promise<Result<Answer>> {
  const ended = await client.call('cancelPairing', {});
  return ended.ok ? ok({ json: ended.value, write: () => 'No pairing is under way.' }) : ended;
}

async function invite(context: Context, client: Client, values: Values): Promise<Result<Answer>> {
  const begun = await client.call('invitePeer', {});
  if (!begun.ok) return begun;
  if (begun.value.pairing !== null) showCode(context, begun.value.pairing);
  const pairing = await settle(client, (it) => it.state === 'waiting');
  return pairing.ok ? compare(context, client, pairing.value, values) : pairing;
}

async function join(
  context: Context,
  client: Client,
  { code, address }: { code: string; address: string | undefined },
  values: Values,
): Promise<Result<Answer>> {
  const answered = await client.call('answerInvitation', { code, address });
  if (!answered.ok) return answered;
  const { pairing } = answered.value;
  return pairing === null ? err(gone) : compare(context, client, pairing, values);
}

/** On standard error, because the answer comes later. */
function showCode({ tell, style, globals }: Context, { code, addresses, qr }: PairingJson): void {
  if (globals.json) tell(JSON.stringify({ code, addresses, qr: qr?.text ?? null }));
  if (globals.json || code === null) return;
  if (style.isTerminal && qr !== null) tell(`\n${writeModules(qr.modules)}\n`);
  tell(`On the other device, choose "Pair" and type ${style.colors.bold(code)}, or run:\n`);
  for (const address of addresses) tell(`  skein pair ${code} ${address}`);
  tell('\nThe code is good once, for ten minutes.');
}

/** Until the pairing has gone on from where it stands. */
async function settle(
  client: Client,
  stays: (pairing: PairingJson) => boolean,
): Promise<Result<PairingJson>> {
  for (;;) {
    const now = await client.call('getPairing', {});
    if (!now.ok) return now;
    const { pairing } = now.value;
    if (pairing === null) return err(gone);
    if (!stays(pairing)) return ok(pairing);
    await new Promise((resolve) => setTimeout(resolve, limits.instancePollMs));
  }
}

async function compare(
  context: Context,
  client: Client,
  pairing: PairingJson,
  values: Values,
): Promise<Result<Answer>> {
  if (pairing.problem !== null) return err(pairing.problem as Problem);
  const { check, peer } = pairing;
  if (check === null || peer === null) return err(gone);
  if (!context.globals.json) {
    context.tell(`\nThe other device is called ${plainText(peer.name)}. Both screens must show:\n`);
    context.tell(`  ${context.style.colors.bold(check)}\n`);
  }
  const said = await context.ask('Does the other screen show the same digits? [y/N] ');
  if (said === undefined) return ok(unanswered(pairing));
  return answer(client, { match: /^y(es)?$/i.test(said) }, values);
}

const unanswered = (pairing: PairingJson): Answer => ({
  json: { pairing },
  write: () => 'Say what the other screen shows with: skein pair --confirm DIGITS',
  exitCode: exitCodes.needsPerson,
});

async function confirmTyped(client: Client, typed: string, values: Values): Promise<Result<Answer>> {
  const now = await client.call('getPairing', {});
  if (!now.ok) return now;
  const check = now.value.pairing?.check;
  const digits = (text: string): string => text.replace(/\D/g, '');
  if (check && digits(typed) !== digits(check)) return err(otherDigits(check));
  return answer(client, { match: true }, values);
}

async function answer(
  client: Client,
  { match }: { match: boolean },
  values: Values,
): Promise<Result<Answer>> {
  const confirmed = await client.call('confirmPairing', {
    match,
    ...(values['own'] === true ? { own_device: true } : {}),
    ...(values['readOnly'] === true ? { write: false } : {}),
  });
  if (!confirmed.ok) return confirmed;
  const done = await settle(client, ({ state }) => state === 'confirmed');
  if (!done.ok) return done;
  const { problem: reason, peer, common } = done.value;
  if (!match) return ok({ json: { pairing: done.value }, write: () => 'Nothing was paired.' });
  if (reason !== null) return err(reason as Problem);
  const names =
    common.map(({ name }) => plainText(name)).join(', ') || 'nothing yet; see `skein peers share --help`';
  return ok({
    json: { pairing: done.value },
    write: () => `Paired with ${plainText(peer?.name ?? '')}. Shared: ${names}.`,
  });
}

const notRunning: Problem = problem(
  'not-found',
  'Skein',
  'Skein is not running on this data folder, so no device could reach it.',
  'Start it with `skein serve FOLDER` or the desktop app, then pair.',
);

const gone: Problem = problem(
  'not-found',
  'pairing',
  'No pairing is under way.',
  'Begin one with: skein pair',
);

const otherDigits = (check: string): Problem =>
  problem(
    'bad-input',
    'digits',
    `This device shows ${check}, and those are other digits.`,
    'If you typed what the other screen shows, somebody sits between: skein pair --reject',
  );
