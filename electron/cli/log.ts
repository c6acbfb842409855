/** What the engine reports while it runs under the command line, as lines on standard error. */
import type { Log } from '../engine/ports.ts';

/** Only what went wrong: between the lines of a command nothing else is of interest. */
export const quietLog = (tell: (line: string) => void): Log => ({
  info: () => undefined,
  warn: (message, fields) => tell(writeEntry('warning', message, fields)),
  error: (message, fields) => tell(writeEntry('error', message, fields)),
});

/** Everything, each line with the time, for a Skein that runs for days. */
export function timedLog(tell: (line: string) => void, nowMs: () => number): Log {
  const write = (level: string) => (message: string, fields?: Record<string, unknown>) =>
    tell(`${new Date(nowMs()).toISOString()} ${writeEntry(level, message, fields)}`);
  return { info: write('info'), warn: write('warning'), error: write('error') };
}

function writeEntry(level: string, message: string, fields: Record<string, unknown> = {}): string {
  const facts = Object.entries(fields).map(([name, value]) => `${name}=${writeValue(value)}`);
  return [`${level}: ${message}`, ...facts].join(' ');
}

function writeValue(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(value.stack ?? value.message);
  return typeof value === 'string' && /^[\w./:-]+$/.test(value)
    ? value
    : (JSON.stringify(value) ?? 'undefined');
}
