/** One run of the command line, from its words to its exit code. */
import { CommanderError, type OutputConfiguration } from 'commander';
import { err, type Problem, ProblemError, problem, type Result } from '../../shared/result.ts';
import { askAt } from './ask.ts';
import type { Answer, Context } from './context.ts';
import { exitCodeOf, exitCodes } from './exit-codes.ts';
import { type Call, createProgram } from './program.ts';
import type { Serve } from './serving.ts';
import { createSession } from './session.ts';
import { chooseStyle, type Style } from './style.ts';
import { skeinVersion } from './version.ts';
import { writeProblem, writeProblemJson } from './write-problem.ts';

export type Streams = {
  output: NodeJS.WritableStream & { isTTY?: boolean | undefined; columns?: number | undefined };
  errors: NodeJS.WritableStream & { isTTY?: boolean | undefined; columns?: number | undefined };
};

export type Surroundings = Streams & {
  env: NodeJS.ProcessEnv;
  /** Absolute. */
  workingFolder: string;
  nowMs: number;
  startServing: Serve;
  /** Where a person may sit; nobody does when absent. */
  input?: NodeJS.ReadableStream & { isTTY?: boolean | undefined };
};

/** Runs `args` (without Node and the script) and returns the exit code. Never throws. */
export async function runCommandLine(args: readonly string[], around: Surroundings): Promise<number> {
  const parsed = await parse(args, around);
  if ('exitCode' in parsed) return parsed.exitCode;
  const { call } = parsed;
  const options = { env: around.env, noColor: call.noColor, nowMs: around.nowMs };
  const style = chooseStyle(around.output, options);
  const errorStyle = chooseStyle(around.errors, options);
  const session = createSession(call.globals, {
    ...around,
    style,
    ask: askAt(around.input, around.errors),
    tell: (line) => void around.errors.write(`${line}\n`),
    print: (text) => void around.output.write(`${text}\n`),
  });
  const outcome = await runCall(call, session.context).finally(session.close);
  return call.globals.json
    ? tellJson(outcome, around)
    : tellText(outcome, around, { output: style, errors: errorStyle });
}

type Parsed = { exitCode: number } | { call: Call };

async function parse(args: readonly string[], around: Surroundings): Promise<Parsed> {
  let call: Call | undefined;
  let complaint = '';
  const program = createProgram({
    version: skeinVersion(),
    output: outputOf(around, (text) => {
      complaint += text;
    }),
    onCall: (complete) => {
      call = complete;
    },
  });
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (cause) {
    if (!(cause instanceof CommanderError)) throw cause;
    if (cause.exitCode === 0) return { exitCode: exitCodes.ok };
  }
  return call === undefined ? { exitCode: tellUsage(complaint, args, around) } : { call };
}

/** Complaints are held back, because under --json they become JSON. */
function outputOf({ output, errors }: Streams, complain: (text: string) => void): OutputConfiguration {
  const widthOf = (stream: Streams['output']) => (stream.isTTY ? stream.columns : undefined) ?? 100;
  return {
    writeOut: (text) => void output.write(text),
    writeErr: complain,
    getOutHelpWidth: () => widthOf(output),
    getErrHelpWidth: () => widthOf(errors),
  };
}

/** A complaint of the parser, or the whole help when no command was named. */
function tellUsage(complaint: string, args: readonly string[], around: Surroundings): number {
  const isComplaint = complaint.startsWith('error: ');
  const wantsJson = args.slice(0, args.indexOf('--') + 1 || args.length).includes('--json');
  const it = usageProblem(isComplaint ? complaint.slice('error: '.length) : 'no command was named');
  const options = { env: around.env, noColor: args.includes('--no-color'), nowMs: around.nowMs };
  if (wantsJson) around.output.write(`${writeProblemJson(it)}\n`);
  else if (isComplaint) around.errors.write(`${writeProblem(it, chooseStyle(around.errors, options))}\n`);
  else around.errors.write(complaint);
  return exitCodes.wrongUsage;
}

function usageProblem(complaint: string): Problem {
  const sentence = complaint
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replace(/[.!?)]?$/, (end) => end || '.');
  const message = sentence.charAt(0).toUpperCase() + sentence.slice(1);
  return problem('bad-input', 'command line', message, 'See `skein --help`, or `skein COMMAND --help`.');
}

async function runCall(call: Call, context: Context): Promise<Result<Answer>> {
  try {
    return await call.run(context);
  } catch (cause) {
    return err(cause instanceof ProblemError ? cause.problem : unexpected(cause));
  }
}

const unexpected = (cause: unknown): Problem =>
  problem(
    'internal',
    'skein',
    `Skein failed in a way it did not expect: ${cause instanceof Error ? cause.message : String(cause)}.`,
    'Try again; if it stays, report it with the output of `skein doctor`.',
  );

function tellJson(outcome: Result<Answer>, { output }: Streams): number {
  const text = outcome.ok ? JSON.stringify(outcome.value.json, null, 2) : writeProblemJson(outcome.error);
  output.write(`${text}\n`);
  return exitOf(outcome);
}

function tellText(
  outcome: Result<Answer>,
  { output, errors }: Streams,
  styles: { output: Style; errors: Style },
): number {
  if (!outcome.ok) {
    errors.write(`${writeProblem(outcome.error, styles.errors)}\n`);
    return exitOf(outcome);
  }
  const written = outcome.value.write(styles.output);
  if (typeof written !== 'string') output.write(written);
  else if (written !== '') output.write(`${written}\n`);
  return exitOf(outcome);
}

const exitOf = (outcome: Result<Answer>): number =>
  outcome.ok ? (outcome.value.exitCode ?? exitCodes.ok) : exitCodeOf(outcome.error.code);
