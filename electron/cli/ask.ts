/** A question to the person at the terminal. */
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

export type Ask = (question: string, options?: AskOptions) => Promise<string | undefined>;
/** `hidden`: what is typed does not show. */
export type AskOptions = { hidden?: boolean };

/** Undefined where no person sits: at a pipe, or in a service. The question goes to standard error. */
export function askAt(
  input: (NodeJS.ReadableStream & { isTTY?: boolean | undefined }) | undefined,
  errors: NodeJS.WritableStream,
): Ask {
  return async (question, { hidden = false } = {}) => {
    if (input?.isTTY !== true) return undefined;
    const lines = createInterface(
      hidden ? { input, output: nowhere(), terminal: true } : { input, output: errors },
    );
    // In a terminal of its own it gets Ctrl+C as a key.
    if (hidden) lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    try {
      if (hidden) errors.write(question);
      return (await lines.question(hidden ? '' : question)).trim();
    } finally {
      lines.close();
      if (hidden) errors.write('\n');
    }
  };
}

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });
