/** Answers of a hostile peer as data: what it says to each question, and how that travels. */
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import type { Sql } from '../../../electron/engine/ports.ts';
import { apartCoding } from '../../../shared/contracts/peer-dictionary.ts';
import {
  contentsShape,
  type Hello,
  helloShape,
  pageShape,
  pushAnswerShape,
} from '../../../shared/contracts/peer-protocol.ts';
import { oddOf, validOf } from '../../support/shape-arbitraries.ts';
import { rawBytes, toBytes } from './fuzz-bytes.ts';
import { bodies, bodyOf, createRowWriter, nearRow } from './fuzz-requests.ts';

/** Bytes for the connection, and whether it ends with them. */
export type Written = { bytes: Uint8Array; ends: boolean };
export type AnswerPlan = { toString(): string; answer(path: string, sql: Sql, honest: Hello): Written };

type Told = (sql: Sql, honest: Hello) => Uint8Array;

const told = <Value>(values: fc.Arbitrary<Value>): fc.Arbitrary<Told> =>
  values.map((value) => () => (value instanceof Uint8Array ? value : toBytes(value)));

/** Pages that look as if they came from a replica of this workspace; some replicas make up more for ever. */
const nearPages: fc.Arbitrary<Told> = fc
  .record({
    rows: fc.array(nearRow, { maxLength: 6 }),
    pages: fc.constantFrom(1, 2, 3, Number.POSITIVE_INFINITY),
    vector: fc.constantFrom('0', `${'bb'.repeat(8)}:9`),
    page: validOf(pageShape),
  })
  .map(({ rows, pages, vector, page }) => {
    let asked = 0;
    return (sql) => {
      asked += 1;
      const changes = asked > pages ? [] : rows.map(createRowWriter(sql));
      return toBytes({ ...page, changes, has_more: asked < pages, node_id: 'bb'.repeat(8), vector });
    };
  });

/** Contents of those that the log waits for, which are mostly others. */
const nearContents: fc.Arbitrary<Told> = fc
  .array(fc.tuple(bodies, fc.string()), { minLength: 1, maxLength: 4 })
  .map((kinds) => (sql) => {
    const hashes = sql
      .prepare<{ hash: string }>('SELECT hash FROM content WHERE packed IS NULL LIMIT 5')
      .all();
    const contents = hashes.flatMap(({ hash }) =>
      kinds.map(([kind, text]) => ({ hash, body: bodyOf(new TextEncoder().encode(text), kind) })),
    );
    return toBytes({ contents });
  });

const pages = fc.oneof(
  { weight: 6, arbitrary: nearPages },
  { weight: 2, arbitrary: told(validOf(pageShape)) },
  { weight: 3, arbitrary: told(oddOf(pageShape)) },
  { weight: 2, arbitrary: told(rawBytes) },
);
const contents = fc.oneof(
  nearContents,
  told(validOf(contentsShape)),
  told(oddOf(contentsShape)),
  told(rawBytes),
);
const pushAnswers = fc.oneof(told(validOf(pushAnswerShape)), told(oddOf(pushAnswerShape)), told(rawBytes));
const hellos = fc.oneof(
  { weight: 12, arbitrary: fc.constant<Told>((_, honest) => toBytes(honest)) },
  { weight: 1, arbitrary: told(validOf(helloShape)) },
  { weight: 1, arbitrary: told(oddOf(helloShape)) },
);

const dresses = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('plain' as const, 'zstd' as const, 'chunked' as const) },
  {
    weight: 5,
    arbitrary: fc.constantFrom(
      ...([
        'short',
        'long',
        'negative',
        'twice',
        'no chunk',
        'gzip',
        'not zstd',
        'apart',
        'not apart',
        'cut',
        'nothing',
      ] as const),
      ...(['101', '204', '302', '404', '500'] as const),
    ),
  },
);
type Dress = typeof dresses extends fc.Arbitrary<infer Value> ? Value : never;

const message = (head: readonly string[], body: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
const good = 'HTTP/1.1 200 OK';
const lengthOf = (bytes: Uint8Array): string => `content-length: ${bytes.length}`;

/** The bytes on their way, as they should be or not. */
function dressed(body: Uint8Array, dress: Dress): Written {
  const packed = zstdCompressSync(body);
  const chunk = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n')]);
  switch (dress) {
    case 'plain':
      return { bytes: message([good, lengthOf(body)], body), ends: false };
    case 'zstd':
      return { bytes: message([good, lengthOf(packed), 'content-encoding: zstd'], packed), ends: false };
    case 'chunked':
      return {
        bytes: message(
          [good, 'transfer-encoding: chunked'],
          Buffer.concat([chunk, Buffer.from('0\r\n\r\n')]),
        ),
        ends: false,
      };
    case 'no chunk':
      return { bytes: message([good, 'transfer-encoding: chunked'], chunk), ends: true };
    case 'short':
      return { bytes: message([good, `content-length: ${Math.floor(body.length / 2)}`], body), ends: true };
    case 'long':
      return { bytes: message([good, `content-length: ${body.length + 9}`], body), ends: true };
    case 'negative':
      return { bytes: message([good, 'content-length: -5'], body), ends: true };
    case 'twice':
      return { bytes: message([good, lengthOf(body), 'content-length: 1'], body), ends: true };
    case 'gzip':
      return { bytes: message([good, lengthOf(packed), 'content-encoding: gzip'], packed), ends: false };
    case 'not zstd':
      return { bytes: message([good, lengthOf(body), 'content-encoding: zstd'], body), ends: false };
    case 'apart': {
      const apart = Buffer.concat([Buffer.alloc(4), packed]);
      apart.writeUInt32LE(packed.length);
      return {
        bytes: message([good, lengthOf(apart), `content-encoding: ${apartCoding}`], apart),
        ends: false,
      };
    }
    case 'not apart':
      return {
        bytes: message([good, lengthOf(body), `content-encoding: ${apartCoding}`], body),
        ends: false,
      };
    case 'cut':
      return { bytes: message([good, lengthOf(body)], body).subarray(0, 20), ends: true };
    case 'nothing':
      return { bytes: new Uint8Array(), ends: true };
    case '101':
      return { bytes: message(['HTTP/1.1 101 X', 'Connection: Upgrade', 'Upgrade: x'], body), ends: false };
    default:
      return { bytes: message([`HTTP/1.1 ${dress} X`, lengthOf(body)], body), ends: true };
  }
}

/** Everything that a paired device can answer. */
export const answerPlans: fc.Arbitrary<AnswerPlan> = fc
  .record({ pages, contents, pushAnswers, hellos, dress: dresses })
  .map(({ dress, ...it }) => ({
    toString: () => `an answer that is ${dress}`,
    answer(path, sql, honest) {
      if (path === '/sync/news') return dressed(new Uint8Array(), '404');
      if (path === '/sync/hello') return dressed(it.hellos(sql, honest), dress === '101' ? 'plain' : dress);
      const tell = path === '/sync/contents' ? it.contents : path === 'push' ? it.pushAnswers : it.pages;
      return dressed(tell(sql, honest), dress);
    },
  }));
