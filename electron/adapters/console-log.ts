import type { Log } from '../engine/ports.ts';

export const logLevels = ['info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];

export type ConsoleLogOptions = {
  /** One JSON object a line instead of text. */
  json?: boolean;
  /** The least level that is written; `info` unless told otherwise. */
  minimum?: LogLevel;
  /** Gets one line with its end; stderr unless told otherwise, because stdout belongs to the program's answers. */
  write?: (line: string) => void;
};

type Fields = Record<string, unknown>;

/** One line per message, with its time in UTC. File names and errors may hold anything and never break a line. */
export function createConsoleLog(options: ConsoleLogOptions = {}): Log {
  const { json = false, minimum = 'info', write = writeToStderr } = options;
  const format = json ? jsonLine : textLine;
  const at = (level: LogLevel) => (message: string, fields?: Fields) => {
    if (logLevels.indexOf(level) < logLevels.indexOf(minimum)) return;
    write(`${format(new Date().toISOString(), level, message, fields ?? {})}\n`);
  };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}

/** The terminal may have been closed since: that is no reason to end. */
function writeToStderr(line: string): void {
  if (process.stderr.listenerCount('error') === 0) process.stderr.on('error', () => {});
  process.stderr.write(line);
}

function jsonLine(time: string, level: LogLevel, message: string, fields: Fields): string {
  return oneLine(toJson({ time, level, message, ...fields }));
}

function textLine(time: string, level: LogLevel, message: string, fields: Fields): string {
  const pairs = Object.entries(fields).map(([name, value]) => ` ${name}=${toText(value)}`);
  return oneLine(`${time} ${level.padEnd(5)} ${message}${pairs.join('')}`);
}

function toText(value: unknown): string {
  const text = typeof value === 'string' ? value : toJson(value);
  return /[\s"]|^$/.test(text) ? JSON.stringify(text) : text;
}

/** Like JSON.stringify, but errors tell what they are, and what cannot be told does not throw. */
function toJson(value: unknown): string {
  try {
    return JSON.stringify(value, plain) ?? String(value);
  } catch (error) {
    return JSON.stringify(`cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function plain(_name: string, value: unknown): unknown {
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  return typeof value === 'bigint' ? String(value) : value;
}

/** A line break, or a sequence that would steer the terminal, is shown and not obeyed. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, '0');
    return character === '\n' ? '\\n' : `\\u${code}`;
  });
}
