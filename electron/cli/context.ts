/** What a command gets, and what it gives back. */
import type { Client } from '../../shared/contracts/client.ts';
import type { WorkspaceJson } from '../../shared/contracts/shapes.ts';
import type { Result } from '../../shared/result.ts';
import type { Ask } from './ask.ts';
import type { Serve } from './serving.ts';
import type { Style } from './style.ts';

/** Options that every command has. */
export type Globals = {
  json: boolean;
  /** As given; `locateDataFolder` makes a path of it. */
  data: string | undefined;
  /** A folder or an id. */
  workspace: string | undefined;
};

/** A way to the engine: over HTTP when one runs, else in this process. */
export type Connection = {
  client: Client;
  /** Where the running Skein listens; undefined when this process opened the log itself. */
  running: { url: string; pid: number } | undefined;
};

export type Context = {
  globals: Globals;
  env: NodeJS.ProcessEnv;
  /** Absolute. */
  workingFolder: string;
  dataFolder: string;
  style: Style;
  /** A line for the person at the terminal, on standard error: never part of the answer. */
  tell(line: string): void;
  /** The answer of the person at the terminal; undefined where nobody sits. */
  ask: Ask;
  /** Lines on standard output, for a command that answers before it ends. */
  print(text: string): void;
  startServing: Serve;
  /** Opened once and closed when the command ends. */
  connect(): Promise<Result<Connection>>;
  /** The workspace that the command is about. */
  workspace(): Promise<Result<Connection & { workspace: WorkspaceJson }>>;
};

/** What a command found or did: the exact form for programs, and its form for people. */
export type Answer = {
  json: unknown;
  /** Bytes go out as they are; text gets its final newline. */
  write(style: Style): string | Uint8Array;
  /** One of ours, or that of a program that the command ran. */
  exitCode?: number;
};

export type Values = Readonly<Record<string, unknown>>;

export type Argument = {
  /** As help shows it, without brackets: `PATH[@VERSION]`. */
  name: string;
  optional?: boolean;
  /** Any number of words; only the last argument of a command. */
  many?: boolean;
  summary: string;
  choices?: readonly string[];
};

export type Option = {
  /** In commander's words: `-n, --limit <number>`. */
  flags: string;
  summary: string;
  choices?: readonly string[];
  /** Makes a value of the text, or a sentence that says what is wrong with it. */
  read?(text: string): Result<unknown, string>;
};

/** One command as data: the parser, the help and the completion of every shell read it. */
export type Command = {
  name: string;
  summary: string;
  /** Paragraphs that `--help` shows below the summary. */
  details?: string;
  args?: readonly Argument[];
  options?: readonly Option[];
  examples: readonly { line: string; what: string }[];
  /** Absent when the name alone means nothing and one of `commands` must follow. */
  run?(context: Context, args: readonly (string | undefined)[], values: Values): Promise<Result<Answer>>;
  commands?: readonly Command[];
};
