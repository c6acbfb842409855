/** Both forms of a message: read as it arrives, whatever its pieces, and refused when it is broken. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type {
  MessagePart,
  OutgoingMessage,
} from '../../../electron/engine/knowledge/exchange/exchange-ports.ts';
import { readOwnMessage } from '../../../electron/host/knowledge/exchange/own-form.ts';
import { readJsonMessage } from '../../../electron/host/knowledge/exchange/read-json.ts';
import {
  writeJsonMessage,
  writeOwnMessage,
} from '../../../electron/host/knowledge/exchange/write-message.ts';
import { limits } from '../../../shared/limits.ts';
import { ProblemError } from '../../../shared/result.ts';

type Read = (source: AsyncIterable<Uint8Array>) => AsyncIterable<MessagePart>;
type Flat = {
  action?: unknown;
  lists: Record<string, unknown[]>;
  contents: string[];
  ended: string[] | undefined;
};

async function* inPieces(
  bytes: Uint8Array,
  sizes: readonly number[] = [bytes.length],
): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

async function flatten(parts: AsyncIterable<MessagePart>): Promise<Flat> {
  const flat: Flat = { lists: {}, contents: [], ended: undefined };
  for await (const part of parts) {
    if (part.part === 'content') flat.contents.push(await whole(part.pieces));
    else if (part.part === 'end') flat.ended = [...part.lists];
    else if (part.part === 'action') flat.action = part.value;
    else flat.lists[part.part] = [...(flat.lists[part.part] ?? []), part.value];
  }
  return flat;
}

async function whole(pieces: AsyncIterable<Uint8Array>): Promise<string> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(Uint8Array.from(piece));
  return Buffer.concat(all).toString('latin1');
}

const readText = (text: string, read: Read = readJsonMessage) => flatten(read(inPieces(Buffer.from(text))));

async function failure(work: Promise<unknown>): Promise<string> {
  const cause = await work.then(
    () => undefined,
    (it: unknown) => it,
  );
  if (!(cause instanceof ProblemError)) throw new Error(`no problem: ${String(cause)}`);
  return `${cause.problem.code}: ${cause.problem.message}`;
}

const contentOf = ({ path }: { path: string }) => `bytes of ${path}`;
const files = ['a.index', 'deep/ключ "b".index'].map((path) => ({
  path,
  md5: 'a'.repeat(32),
  size: contentOf({ path }).length,
}));
async function* readFile(file: { path: string; size: number }) {
  yield Buffer.from(contentOf(file), 'latin1').subarray(0, file.size);
}
const message: OutgoingMessage = {
  action: 'push',
  indexes: files,
  removed: [{ path: 'gone', md5: 'b'.repeat(32) }],
  inventory: files,
};

async function bytesOf(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  return Buffer.concat(all);
}

const forms = [
  { form: 'documented', read: readJsonMessage as Read, write: writeJsonMessage },
  { form: 'own', read: readOwnMessage as Read, write: writeOwnMessage },
];

for (const { form, read, write } of forms) {
  const sized = files.map((file) => ({ ...file, size: Buffer.from(contentOf(file), 'latin1').length }));
  const bytes = () => bytesOf(write({ ...message, indexes: sized }, readFile));

  test(`${form}: what is written is read again, in whatever pieces it arrives`, async () => {
    const written = await bytes();
    const expected = await flatten(read(inPieces(written)));
    expect(expected).toMatchObject({
      action: 'push',
      contents: files.map((file) => Buffer.from(contentOf(file), 'latin1').toString('latin1')),
      lists: {
        index: files.map(({ path }) => ({ path })),
        inventory: [{ path: 'a.index' }, { path: files[1]?.path }],
      },
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), async (sizes) => {
        expect(await flatten(read(inPieces(written, sizes)))).toEqual(expected);
      }),
      { numRuns: 50 },
    );
  });

  test(`${form}: cut at any byte it is refused`, async () => {
    const written = await bytes();
    for (let length = 0; length < written.length; length += 1)
      expect(await failure(flatten(read(inPieces(written.subarray(0, length)))))).toMatch(/^bad-input/);
  });

  test(`${form}: changed at any byte it is read or refused, and never anything else`, async () => {
    const written = await bytes();
    await fc.assert(
      fc.asyncProperty(fc.nat(written.length - 1), fc.nat(255), async (at, byte) => {
        const changed = Uint8Array.from(written);
        changed[at] = byte;
        const outcome = await flatten(read(inPieces(changed))).catch((cause: unknown) => cause);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ProblemError);
      }),
      { numRuns: 300 },
    );
  });
}

test('documented: names in any order, blanks, unknown fields and escaped slashes', async () => {
  const content = Buffer.from([0xff, 0xef, 0xbf]).toString('base64').replaceAll('/', '\\/');
  const text = ` { "inventory" : [ ] , "extra": {"deep": ["}", "\\""]}, "indexes": [ {"content": "${content}", "size": 3,
    "md5": "x", "path": "a"} ], "action" : "push" } `;
  expect(await readText(text)).toEqual({
    action: 'push',
    contents: [Buffer.from([0xff, 0xef, 0xbf]).toString('latin1')],
    lists: { index: [{ content: undefined, size: 3, md5: 'x', path: 'a' }] },
    ended: ['inventory', 'extra', 'indexes', 'action'],
  });
});

test('documented: what is no such message is refused', async () => {
  const texts = [
    '',
    'null',
    '[]',
    '"pull"',
    '{',
    '{"action"}',
    '{"action":}',
    '{"action":"pull",}',
    '{} {}',
    '{"known":"a"}',
    '{"known":[1 2]}',
    '{"indexes":[{"path":"a"}]}',
    '{"indexes":[{"content":1}]}',
    '{"indexes":null}',
    '{"a":tru}',
    '{"known":[],"known":[]}',
    '{"indexes":[{"content":"","content":""}]}',
    '{"action":"pull"]',
    '\u0000',
    '{"known":[[}]}',
  ];
  for (const text of texts) expect(await failure(readText(text)), text).toMatch(/^bad-input/);
});

test('documented: base64 is strict', async () => {
  for (const content of [
    'a',
    'ab',
    'abc',
    'ab=',
    'ab==cd==',
    'a===',
    '====',
    'ab c',
    'ab-_',
    'ab\\n',
    'QQ=A',
    'QR==',
    '\\u0041aaa',
  ])
    expect(await failure(readText(`{"indexes":[{"content":"${content}"}]}`)), content).toMatch(/^bad-input/);
  for (const [content, bytes] of [
    ['', ''],
    ['QQ==', 'A'],
    ['QUE=', 'AA'],
    ['QUFB', 'AAA'],
  ])
    expect((await readText(`{"indexes":[{"content":"${content}"}]}`)).contents).toEqual([bytes]);
});

test('documented: no value and no list is longer than its limit', async () => {
  const long = 'x'.repeat(limits.indexEntryBytes + 1);
  expect(await failure(readText(`{"action":"${long}"}`))).toMatch(/^too-large/);
  expect(await failure(readText(`{"unknown":["${long}"]}`))).toMatch(/^too-large/);
  const entries = Array.from({ length: limits.indexFiles + 1 }, () => '1').join(',');
  expect(await failure(readText(`{"known":[${entries}]}`))).toMatch(/^bad-input/);
});

test('own: a length that lies is refused', async () => {
  const index = (bytes: unknown, content: string) =>
    `{"index":{"path":"a","md5":"b"},"bytes":${bytes}}\n${content}{"end":true}\n`;
  expect((await readText(index(3, 'abc'), readOwnMessage)).contents).toEqual(['abc']);
  for (const [bytes, content] of [
    [2, 'abc'],
    [4, 'abc'],
    [9_999, 'abc'],
    [-1, 'abc'],
    [1.5, 'abc'],
    ['1e99', 'abc'],
    ['"3"', 'abc'],
  ])
    expect(await failure(readText(index(bytes, String(content)), readOwnMessage)), String(bytes)).toMatch(
      /^bad-input/,
    );
  expect(await failure(readText(`${'x'.repeat(limits.indexEntryBytes + 1)}\n`, readOwnMessage))).toMatch(
    /^too-large/,
  );
});

test('a content of any size passes in pieces, none larger than the bound', async () => {
  const size = 8 * 1024 * 1024;
  const piece = Buffer.alloc(1024 * 1024, 'QUFB');
  async function* source() {
    yield Buffer.from('{"indexes":[{"content":"');
    for (let sent = 0; sent < size; sent += piece.length) yield piece;
    yield Buffer.from('","path":"a","md5":"b"}]}');
  }
  let largest = 0;
  let total = 0;
  for await (const part of readJsonMessage(source())) {
    if (part.part !== 'content') continue;
    for await (const { length } of part.pieces) {
      largest = Math.max(largest, length);
      total += length;
    }
  }
  expect(total).toBe((size / 4) * 3);
  expect(largest).toBeLessThanOrEqual(limits.indexPieceBytes);
});
