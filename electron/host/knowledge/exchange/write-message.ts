/** Writes a message of /knowledge_sync, in its documented form or in our own, with one piece of a file in memory. */
import type { IndexFile, OutgoingMessage } from '../../../engine/knowledge/exchange/exchange-ports.ts';

type ReadFile = (file: IndexFile) => AsyncIterable<Uint8Array>;

const nameOf = ({ path, md5 }: { path: string; md5: string }) => ({ path, md5 });

/** In the documented form `removed` is a list of paths. Throws what `read` throws: then the message breaks off. */
export async function* writeJsonMessage(
  message: OutgoingMessage,
  read: ReadFile,
): AsyncGenerator<Uint8Array> {
  const { known, indexes, removed, inventory, ...rest } = message;
  let before = '{';
  const named = (name: string): string => {
    const text = `${before}${JSON.stringify(name)}:`;
    before = ',';
    return text;
  };
  for (const [name, value] of Object.entries(rest)) yield Buffer.from(named(name) + JSON.stringify(value));
  if (known !== undefined) yield* writeList(named('known'), known.map(nameOf));
  if (indexes !== undefined) yield* writeIndexes(named('indexes'), indexes, read);
  if (removed !== undefined)
    yield* writeList(
      named('removed'),
      removed.map(({ path }) => path),
    );
  if (inventory !== undefined) yield* writeList(named('inventory'), inventory.map(nameOf));
  yield Buffer.from(before === '{' ? '{}' : '}');
}

function* writeList(start: string, items: readonly unknown[]): Generator<Uint8Array> {
  const atOnce = 500;
  yield Buffer.from(`${start}[`);
  for (let at = 0; at < items.length; at += atOnce) {
    const part = items.slice(at, at + atOnce).map((it) => JSON.stringify(it));
    yield Buffer.from((at === 0 ? '' : ',') + part.join(','));
  }
  yield Buffer.from(']');
}

async function* writeIndexes(
  start: string,
  files: readonly IndexFile[],
  read: ReadFile,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`${start}[`);
  for (const [index, file] of files.entries()) {
    const { path, md5 } = file;
    const head = `{"path":${JSON.stringify(path)},"md5":"${md5}","content":"`;
    yield Buffer.from((index === 0 ? '' : ',') + head);
    for await (const piece of read(file)) yield Buffer.from(base64(piece));
    yield Buffer.from('"}');
  }
  yield Buffer.from(']');
}

const base64 = (piece: Uint8Array): string =>
  Buffer.from(piece.buffer, piece.byteOffset, piece.length).toString('base64');

/** Throws as `writeJsonMessage` does. */
export async function* writeOwnMessage(message: OutgoingMessage, read: ReadFile): AsyncGenerator<Uint8Array> {
  const { action, known, indexes, removed, inventory, ...notes } = message;
  if (action !== undefined) yield line({ action });
  for (const [list, items] of Object.entries({ known, removed, inventory })) {
    if (items === undefined) continue;
    yield line({ list });
    for (const it of items) yield line({ [list]: nameOf(it) });
  }
  if (indexes !== undefined) yield line({ list: 'indexes' });
  for (const file of indexes ?? []) {
    yield line({ index: nameOf(file), bytes: file.size });
    yield* read(file);
  }
  if (Object.keys(notes).length > 0) yield line({ note: notes });
  yield line({ end: true });
}

const line = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value)}\n`);
