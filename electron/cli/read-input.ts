import { decodeUtf8 } from '../../shared/domain/utf8.ts';
import { err, ok, problem, type Result } from '../../shared/result.ts';

/** All of standard input, which is `subject`; '' at a terminal, where nobody meant to type it. Fails for what is no text. */
export async function readInput(subject: string): Promise<Result<string>> {
  if (process.stdin.isTTY) return ok('');
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  const { text, valid } = decodeUtf8(Buffer.concat(chunks));
  return valid ? ok(text) : err(isNoText(subject));
}

const isNoText = (subject: string) =>
  problem(
    'bad-input',
    subject,
    `What came for ${subject} on standard input is no UTF-8.`,
    'Convert it first, for example with iconv -t UTF-8.',
  );
