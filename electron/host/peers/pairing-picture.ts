/** The code of a pairing as text that another device can open, and as a QR code of that text. */
import { encode } from 'uqr';
import type { PairingJson } from '../../../shared/contracts/peer-shapes.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import { readCode } from './pairing-rules.ts';

export type PairingText = {
  code: string;
  /** Of the device that shows it; who scans it need not trust the network for that. */
  id: string | undefined;
  addresses: readonly string[];
};

/** The picture that a camera reads; `modules` is one text of 0 and 1 for each row, its quiet border included. */
export function pairingCodePicture(about: PairingText & { id: string }): NonNullable<PairingJson['qr']> {
  const text = writePairingText(about);
  const { data } = encode(text, { ecc: 'M', border: 4 });
  return { text, modules: data.map((row) => row.map(Number).join('')), svg: toSvg(data) };
}

function writePairingText({ code, id = '', addresses }: PairingText): string {
  const query = new URLSearchParams({ id });
  for (const address of addresses) query.append('at', address);
  return `skein://pair/${code}?${query}`;
}

/** Reads a code as somebody typed it, or the text of a QR code. Fails with bad-input. */
export function readPairingText(text: string): Result<PairingText> {
  const typed = readCode(text);
  if (typed !== undefined) return ok({ code: typed, id: undefined, addresses: [] });
  const [, code = '', query = ''] = /^skein:\/\/pair\/([^?]+)\?(.*)$/.exec(text.trim()) ?? [];
  const read = readCode(code);
  if (read === undefined) return err(badCode(text));
  const fields = new URLSearchParams(query);
  return ok({ code: read, id: fields.get('id') || undefined, addresses: fields.getAll('at') });
}

/** One path of squares; it takes the colour of the text around it. */
function toSvg(data: readonly boolean[][]): string {
  const squares = data.flatMap((row, y) =>
    row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])),
  );
  const side = data.length;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges"><path fill="currentColor" d="${squares.join('')}"/></svg>`;
}

const badCode = (text: string): Problem =>
  problem(
    'bad-input',
    text.slice(0, 40),
    `${JSON.stringify(text.slice(0, 40))} is no pairing code.`,
    'A code has eight letters and digits, such as K7QF-2M5P, as the other screen shows it.',
  );
