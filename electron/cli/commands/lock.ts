/** skein lock */
import { basename } from 'node:path';
import type { LockJson, LockPartyJson } from '../../../shared/contracts/lock-api.ts';
import { limits } from '../../../shared/limits.ts';
import { ok, type Result } from '../../../shared/result.ts';
import { lockToJson } from '../../host/lock-json.ts';
import { callerAgent } from '../caller-agent.ts';
import type { Answer, Command, Context, Values } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { wholeNumber } from '../read-option.ts';
import { spanWords } from '../relative-time.ts';
import { lockOfCommand } from '../repository-lock.ts';
import { runLocked } from '../run-locked.ts';
import type { Style } from '../style.ts';
import { type Column, writeTable } from '../table.ts';
import { plainText } from '../text-width.ts';

const status: Command = {
  name: 'status',
  summary: 'who holds the lock, for what and since when, and who waits for it',
  details: 'Exits with 3 when nobody holds it.',
  examples: [
    { line: 'skein lock status', what: 'who is in the way' },
    { line: 'skein lock status --json', what: 'with the fencing token and process numbers' },
  ],
  run: showStatus,
};

const run: Command = {
  name: 'run',
  summary: 'run a program while nobody else works on the repository',
  details: `Waits for the lock, runs the program, and lets go of the lock when it ends. Exits as the program does, with
124 when the lock was not free in time, and with 126 or 127 when the program cannot be started. A program
that runs under the lock may run this again: it does not wait for itself.`,
  args: [{ name: 'PROGRAM', many: true, summary: 'the program and its arguments, after --' }],
  options: [
    { flags: '--agent <NAME>', summary: 'who it is for (default: SKEIN_AGENT, the calling agent, or human)' },
    { flags: '--for <WORDS>', summary: 'what for, as others read it (default: the name of the program)' },
    { flags: '--shared', summary: 'only reads: others that only read run beside it' },
    {
      flags: '--timeout <SECONDS>',
      summary: 'give up when the lock is not free by then; 0: now or not at all',
      read: wholeNumber(0, limits.lockWaitMs / 1_000),
    },
  ],
  examples: [
    { line: 'skein lock run -- git pull --rebase', what: 'while no agent is writing' },
    {
      line: 'skein lock run --timeout 60 --agent claude-code -- make release',
      what: 'wait a minute at most',
    },
    { line: 'skein lock run --shared -- tar czf backup.tgz .', what: 'read a state that nobody changes' },
  ],
  run: runProgram,
};

const breakOff: Command = {
  name: 'break',
  summary: 'take the lock from who holds it, after saying whom that hurts',
  details: `For a program that hangs. It is not ended, and may still be writing: what it and others write then can mix.
A lock whose process died needs no breaking: the system frees it, with the end of the program that ran under it.`,
  options: [{ flags: '-y, --yes', summary: 'do not ask' }],
  examples: [{ line: 'skein lock break', what: 'says who holds it, and asks' }],
  run: breakLock,
};

export const lock: Command = {
  name: 'lock',
  summary: 'the lock of the repository, which everybody takes who works on it: agents, Skein, and programs',
  details: `One lock for a repository and all its worktrees. Other programs take it with \`flock .kb_operations.lock PROGRAM\`.
Skein need not be running.`,
  commands: [status, run, breakOff],
  examples: [
    { line: 'skein lock', what: 'who holds it, and who waits' },
    { line: 'skein lock run -- git pull', what: 'with it' },
  ],
  run: showStatus,
};

async function showStatus(context: Context): Promise<Result<Answer>> {
  const found = await readLock(context);
  if (!found.ok) return found;
  const json = found.value;
  return ok({
    json,
    write: (style) => writeLock(json, style),
    exitCode: json.holders.length === 0 ? exitCodes.nothing : exitCodes.ok,
  });
}

async function readLock(context: Context): Promise<Result<LockJson>> {
  const composed = await lockOfCommand(context);
  if (!composed.ok) return composed;
  const { lock: its, found } = composed.value;
  const line = its.look();
  return line.ok ? ok(lockToJson(found, line.value, context.style.nowMs)) : line;
}

async function runProgram(
  context: Context,
  args: readonly (string | undefined)[],
  values: Values,
): Promise<Result<Answer>> {
  const composed = await lockOfCommand(context);
  if (!composed.ok) return composed;
  const words = args.flatMap((word) => word ?? []);
  const { agent, for: purpose, shared, timeout } = values;
  const outcome = await runLocked(context, {
    lock: composed.value.lock,
    words,
    request: {
      agent: typeof agent === 'string' ? agent : callerAgent(context.env),
      operation: typeof purpose === 'string' ? purpose : basename(words[0] ?? ''),
      mode: shared === true ? 'shared' : 'exclusive',
      ...(typeof timeout === 'number' ? { waitMs: timeout * 1_000 } : {}),
    },
  });
  if (!outcome.ok) return outcome;
  return ok({ json: { exit_code: outcome.value }, write: () => '', exitCode: outcome.value });
}

async function breakLock(context: Context, _: unknown, { yes }: Values): Promise<Result<Answer>> {
  const composed = await lockOfCommand(context);
  if (!composed.ok) return composed;
  const { lock: its } = composed.value;
  const before = await readLock(context);
  if (!before.ok) return before;
  const { holders } = before.value;
  const nothing = { json: before.value, write: () => 'Nobody holds the lock.', exitCode: exitCodes.nothing };
  if (holders.length === 0) return ok(nothing);
  const agreed = yes === true || (await askToBreak(context, before.value));
  if (agreed === undefined) return ok(unanswered(before.value));
  if (!agreed) return ok({ ...nothing, write: () => 'The lock was left alone.' });
  const broken = its.breakOff(holders.map(({ id }) => id));
  if (!broken.ok) return broken;
  const after = await readLock(context);
  const who = holders.map(whoWords).join(', ');
  return after.ok
    ? ok({ json: after.value, write: () => `The lock was taken from ${plainText(who)}.` })
    : after;
}

/** Undefined where nobody sits. */
async function askToBreak(context: Context, before: LockJson): Promise<boolean | undefined> {
  context.tell(writeLock(before, context.style));
  context.tell('Who holds it is not ended and may still be writing; what it and others write then can mix.');
  const said = await context.ask('Take the lock away? [y/N] ');
  return said === undefined ? undefined : /^y(es)?$/i.test(said);
}

const unanswered = (json: LockJson): Answer => ({
  json,
  write: () =>
    'The lock was left alone: breaking it needs the yes of a person, and nobody is here to be asked. ' +
    '`skein lock status` says whom it would hurt.',
  exitCode: exitCodes.needsPerson,
});

function writeLock({ repository, holders, waiting }: LockJson, style: Style): string {
  const name = plainText(repository);
  if (holders.length + waiting.length === 0) return `Nobody holds the lock of ${name}.`;
  const rows = [...holders, ...waiting];
  return `The lock of ${name}:\n\n${writeTable(rows, columns(new Set(holders)), style)}`;
}

const whoWords = ({ agent, program }: LockPartyJson): string => agent ?? program ?? 'another program';

const holdWords = ({ process_ended }: LockPartyJson): string =>
  process_ended ? 'ended, its program runs on' : 'holds it';

const columns = (holders: ReadonlySet<LockPartyJson>): readonly Column<LockPartyJson>[] => [
  {
    title: 'STATE',
    cell: (party) =>
      holders.has(party) ? holdWords(party) : party.position === null ? 'waits' : `waits, ${party.position}.`,
    paint: (text, party, { colors }) => colors[holders.has(party) ? 'yellow' : 'dim'](text),
  },
  { title: 'WHO', cell: whoWords },
  { title: 'FOR', cell: ({ operation }) => operation ?? '', shrinks: 'end' },
  { title: 'MODE', cell: ({ mode }) => mode ?? '' },
  { title: 'PROCESS', cell: ({ pid }) => (pid === null ? '' : String(pid)), align: 'right' },
  {
    title: 'TIME',
    cell: ({ elapsed_ms }) => (elapsed_ms === null ? '' : spanWords(elapsed_ms)),
    align: 'right',
  },
];
