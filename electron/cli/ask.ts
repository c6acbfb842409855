/** A question to the person at the terminal. */
import { createInterface } from 'node:readline/promises';

export type Ask = (question: string) => Promise<string | undefined>;

/** Undefined where no person sits: at a pipe, or in a service. The question goes to standard error. */
export function askAt(
  input: (NodeJS.ReadableStream & { isTTY?: boolean | undefined }) | undefined,
  errors: NodeJS.WritableStream,
): Ask {
  return async (question) => {
    if (input?.isTTY !== true) return undefined;
    const lines = createInterface({ input, output: errors });
    try {
      return (await lines.question(question)).trim();
    } finally {
      lines.close();
    }
  };
}
