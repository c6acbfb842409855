import { lstat } from 'node:fs/promises';

/** A text that is another whenever one of the files was written, replaced or removed. */
export async function factsOf(files: readonly string[]): Promise<string> {
  const facts = await Promise.all(files.map((file) => lstat(file, { bigint: true }).catch(() => undefined)));
  return facts.map((it) => (it ? `${it.ino} ${it.size} ${it.mtimeNs}` : '-')).join('\n');
}
