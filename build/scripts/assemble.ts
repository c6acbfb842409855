/** Assembles the WebAssembly text of the vector search and writes it as a module of ours: `npm run assemble`. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import openWabt from 'wabt';

const adapters = path.resolve(import.meta.dirname, '../../electron/adapters');
export const binaryFile = path.join(adapters, 'code-scan-binary.ts');

/** The module's text, for `binaryFile`. Throws when the WebAssembly has a mistake. */
export async function assembleScan(): Promise<string> {
  const source = path.join(adapters, 'code-scan.wat');
  const wabt = await openWabt();
  const parsed = wabt.parseWat(source, readFileSync(source, 'utf8'), { simd: true });
  try {
    const base64 = Buffer.from(parsed.toBinary({}).buffer).toString('base64');
    const lines = base64.match(/.{1,100}/g) ?? [];
    return [
      '/** code-scan.wat, assembled by `npm run assemble`. A test holds them together. */',
      'export const scanBinary = [',
      ...lines.map((line) => `  '${line}',`),
      "].join('');",
      '',
    ].join('\n');
  } finally {
    parsed.destroy();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(binaryFile, await assembleScan());
