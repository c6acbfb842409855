/** Turns the table of commands into a parser with help, by commander. */
import {
  InvalidArgumentError,
  type OutputConfiguration,
  Command as Parser,
  Argument as ParserArgument,
  Option as ParserOption,
} from 'commander';
import type { Result } from '../../shared/result.ts';
import { commands } from './commands/table.ts';
import type { Answer, Argument, Command, Context, Globals, Option, Values } from './context.ts';
import { exitCodeMeanings } from './exit-codes.ts';

/** What the command line asked for, ready to run. */
export type Call = {
  globals: Globals;
  noColor: boolean;
  run(context: Context): Promise<Result<Answer>>;
};

const intro = `Keeps the files that coding agents share in step: records who changed what, shows what is
pending, consolidates it into a report, and never loses a line.`;

export type ProgramOptions = {
  version: string;
  /** Where help and complaints go. */
  output: OutputConfiguration;
  /** Called once when the command line is complete and right. */
  onCall(call: Call): void;
};

/** The parser of the whole command line. It throws CommanderError instead of ending the process. */
export function createProgram({ version, output, onCall }: ProgramOptions): Parser {
  const program = new Parser('skein')
    .configureOutput(output)
    .description(intro)
    .version(`skein ${version}`, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [COMMAND]', 'show the help of a command')
    .option('--json', 'print the answer as JSON, exact and complete')
    .option('--data <DIR>', "Skein's data folder (default: the system's place, or SKEIN_DATA)")
    .option(
      '--workspace <FOLDER|ID>',
      'which workspace (default: the one around this folder, else the only open one)',
    )
    .option('--no-color', 'no colours; there are none outside a terminal anyway')
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .usage('COMMAND [OPTIONS]')
    .addHelpText('after', `\n${mainExamples}\n\n${exitHelp()}\n`)
    .exitOverride();
  for (const command of commands) addCommand(program, command, program, onCall);
  return program;
}

function addCommand(parent: Parser, command: Command, program: Parser, onCall: (call: Call) => void): void {
  const parser = parent.command(command.name).description(describe(command)).summary(command.summary);
  parser.helpOption('-h, --help', 'show this help');
  for (const argument of command.args ?? []) parser.addArgument(toParserArgument(argument));
  for (const option of command.options ?? []) parser.addOption(toParserOption(option));
  parser.addHelpText('after', `\n${exampleHelp(command)}\n`);
  for (const child of command.commands ?? []) addCommand(parser, child, program, onCall);
  const { run } = command;
  if (run === undefined) return;
  parser.action((...given: unknown[]) => {
    const count = command.args?.length ?? 0;
    // Any number of words come as one list.
    const args = given.slice(0, count).flat() as (string | undefined)[];
    const values = given[count] as Values;
    onCall({ ...readGlobals(program), run: (context) => run(context, args, values) });
  });
}

const describe = ({ summary, details }: Command): string =>
  details === undefined ? `${capital(summary)}.` : `${capital(summary)}.\n\n${flowing(details)}`;

/** Lines of a paragraph become one, which the terminal's width breaks; lines with columns stay as they are. */
const flowing = (text: string): string => text.replace(/^(?!.* {2})(.+)\n(?=\S)(?!.* {2})/gm, '$1 ');
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function toParserArgument({ name, optional, many, summary, choices }: Argument): ParserArgument {
  const words = many === true ? `${name}...` : name;
  const argument = new ParserArgument(optional ? `[${words}]` : `<${words}>`, summary);
  return choices === undefined ? argument : argument.choices(choices);
}

function toParserOption({ flags, summary, choices, read }: Option): ParserOption {
  const option = new ParserOption(flags, summary);
  if (choices !== undefined) option.choices(choices);
  if (read !== undefined) option.argParser((text) => readOrRefuse(read, text));
  return option;
}

function readOrRefuse(read: NonNullable<Option['read']>, text: string): unknown {
  const outcome = read(text);
  if (!outcome.ok) throw new InvalidArgumentError(outcome.error);
  return outcome.value;
}

/** `opts` knows every global option, because each has a default or may be absent. */
function readGlobals(program: Parser): { globals: Globals; noColor: boolean } {
  const { json = false, data, workspace, color = true } = program.opts<Partial<GlobalOptions>>();
  return { globals: { json, data, workspace }, noColor: !color };
}

type GlobalOptions = { json: boolean; data: string; workspace: string; color: boolean };

function exampleHelp({ examples }: Command): string {
  return ['Examples:', ...examples.flatMap(({ line, what }) => [`  $ ${line}`, `      ${what}`])].join('\n');
}

const mainExamples = exampleHelp({
  name: 'skein',
  summary: '',
  examples: [
    { line: 'skein serve', what: 'watch the repository around this folder' },
    { line: 'skein pending', what: 'what was changed since the last report, and by whom' },
    { line: 'skein diff AGENTS.md', what: 'what the last change did to a file' },
    { line: 'skein restore AGENTS.md@latest~1', what: 'put the version before that back' },
  ],
});

const exitHelp = (): string =>
  ['Exit codes:', ...exitCodeMeanings.map(({ code, meaning }) => `  ${code}  ${meaning}`)].join('\n');
