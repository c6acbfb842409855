/** What `npm start --` was told. */
import { parseArgs } from 'node:util';
import { err, ok, type Result } from '../../shared/result.ts';

export type StartArguments = {
  /** As given, counted from the folder where npm was called. */
  folder: string | undefined;
  headless: boolean;
  /** As given; `skein serve` and the desktop judge it. */
  port: string | undefined;
  dataFolder: string | undefined;
  /** False: show nothing in the browser. */
  open: boolean;
  help: boolean;
};

export const startUsage = `Usage: npm start -- [FOLDER] [OPTIONS]

Opens Skein on FOLDER: in its window, or without a display in the browser. Without FOLDER on the
repository that npm was started in, else with the welcome screen.

Options:
  --headless    no window, even where there could be one
  --port PORT   port of the API and the dashboard; 0 takes a free one (default: 7420)
  --data DIR    Skein's data folder (default: the system's place, or SKEIN_DATA)
  --no-open     do not open the browser
  --help        show this`;

/** Reads the arguments, or says in a sentence what is wrong with them. */
export function readStartArguments(args: readonly string[]): Result<StartArguments, string> {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        headless: { type: 'boolean', default: false },
        port: { type: 'string' },
        data: { type: 'string' },
        'no-open': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (positionals.length > 1) return err(`Name one folder, not ${positionals.length}.`);
    return ok({
      folder: positionals[0],
      headless: values.headless,
      port: values.port,
      dataFolder: values.data,
      open: !values['no-open'],
      help: values.help,
    });
  } catch (cause) {
    // Node adds a hint of its own about `--`, which npm has already used up.
    return err((cause instanceof Error ? cause.message : String(cause)).replace(/\. To specify .*$/s, '.'));
  }
}
