/** Requests of a hostile peer as data: what they say of the log is filled in from the log that they meet. */
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { chunkHash } from '../../../electron/engine/knowledge/indexer.ts';
import type { Sql } from '../../../electron/engine/ports.ts';
import {
  contentsRequestShape,
  embeddingsRequestShape,
  type FileRow,
  hiddenRequestShape,
  pairBeginShape,
  pairFinishShape,
  pairRevealShape,
  pushShape,
  type Row,
  rowShape,
} from '../../../shared/contracts/peer-protocol.ts';
import { chunkMarkdown, embeddedText } from '../../../shared/domain/knowledge/chunk-markdown.ts';
import { formatStamp } from '../../../shared/domain/stamp.ts';
import { oddOf, validOf } from '../../support/shape-arbitraries.ts';
import { packings, rawBytes, toBytes } from './fuzz-bytes.ts';

export type Sent = {
  method: string;
  path: string;
  query: readonly (readonly [string, string])[];
  headers: Record<string, string>;
  body?: Uint8Array;
};

/** A request that is finished once the log and the name of the workspace are known. */
export type Plan = { toString(): string; build(sql: Sql, workspace: string): Sent };

/** Paths of rule 8, tracked and not, as they are and after each other. */
const names = fc.constantFrom(
  ...[
    'AGENTS.md',
    'HANDOFF.md',
    'CLAUDE.md',
    'docs',
    'linked',
    'ROADMAP.md',
    'memory-bank',
    'src',
    'main.ts',
  ],
  ...[
    '..',
    '.',
    '',
    '.git',
    '.GIT',
    'git~1',
    '.g\u200cit',
    'config',
    'hooks',
    'nul',
    'con.md',
    'a:b.md',
    'skein.json',
  ],
  ...[
    'agents.md',
    'a\\b.md',
    'a\u0000.md',
    'e\u0301.md',
    '\u202ea.md',
    'a.md ',
    'a.md.',
    '\ud800.md',
    '~',
    '-rf',
  ],
);
const paths = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('AGENTS.md', 'HANDOFF.md', 'docs/passation_a.md', 'memory-bank/x.md'),
  },
  { weight: 2, arbitrary: fc.constantFrom('CLAUDE.md', 'linked/AGENTS.md', 'ROADMAP.md', '/tmp/AGENTS.md') },
  { weight: 3, arbitrary: fc.array(names, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')) },
  fc.string({ unit: 'binary', maxLength: 30 }),
);

export const bodies = fc.constantFrom(
  ...([
    'plain',
    'zstd',
    'trailing',
    'skippable',
    'bomb',
    'cut',
    'other',
    'size',
    'delta',
    'no base',
    'none',
  ] as const),
);
type BodyKind = typeof bodies extends fc.Arbitrary<infer Value> ? Value : never;

const place = fc.record({
  node: fc.constantFrom('aa', 'bb', 'bb', 'cc', 'ours'),
  skipped: fc.oneof({ weight: 8, arbitrary: fc.constant(0) }, fc.integer({ min: -2, max: 2 })),
  laterMs: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 5 }) },
    fc.constantFrom(-1e12, -1000, 299_000, 301_000, 1e12),
  ),
});
export const nearRow = fc.record({
  row: fc.oneof(validOf(rowShape), validOf(rowShape.options[0])),
  place,
  path: paths,
  text: fc.oneof(fc.string({ maxLength: 60 }), fc.constantFrom('', 'line\n'.repeat(500))),
  body: bodies,
  parents: fc.constantFrom('heads', 'heads', 'heads', 'none', 'own'),
  /** Whether what the row names are changes of the log. */
  known: fc.boolean(),
});
type NearRow = typeof nearRow extends fc.Arbitrary<infer Value> ? Value : never;

/** Fills in what a row must say to be believed; the sequences of one page go on from each other. */
export function createRowWriter(sql: Sql): (near: NearRow) => Row {
  const ends = new Map(
    sql
      .prepare<{ node: string; sequence: number; stamp: string }>(
        'SELECT node, max(sequence) AS sequence, max(stamp) AS stamp FROM log GROUP BY node',
      )
      .all()
      .map(({ node, ...end }) => [node, end]),
  );
  const ours = sql.prepare<{ value: string }>("SELECT value FROM meta WHERE key = 'node'").get()?.value ?? '';
  const stamps = sql.prepare<{ stamp: string }>('SELECT stamp FROM log').all();
  const headsOf = sql.prepare<{ stamp: string }>(
    'SELECT stamp FROM heads WHERE path = ? ORDER BY stamp DESC',
  );
  return ({ row, place: at, path, text, body, parents, known }) => {
    const node = at.node === 'ours' ? ours : at.node.repeat(8);
    const end = ends.get(node) ?? { sequence: 0, stamp: '' };
    const sequence = Math.max(1, end.sequence + 1 + at.skipped);
    const millis = Math.max(
      0,
      Math.max(Date.now(), Number.parseInt(end.stamp.slice(0, 12) || '0', 16)) + at.laterMs,
    );
    const hlc = formatStamp({ millis, counter: sequence % 65_536, node });
    ends.set(node, { sequence, stamp: hlc });
    const placed: Row = { ...row, node, sequence, hlc };
    // Only who may see a row can pass it on, and what comes after it; what was refused everybody may know.
    if (placed.kind === 'hidden') placed.refused = true;
    // What covers a change that is not here waits for it.
    if (placed.kind === 'consolidated' && known) placed.payload.covers = coversOf(ends, at.skipped);
    const written = 'path' in placed ? writeFile(placed, { path, text, body }) : placed;
    if ('parents' in written && parents !== 'own')
      written.parents =
        parents === 'none'
          ? []
          : headsOf
              .all(path)
              .map(({ stamp }) => stamp)
              .slice(0, 30);
    return known
      ? nameKnown(
          written,
          stamps.map(({ stamp }) => stamp),
        )
      : written;
  };
}

/** All that is here, said twice now and then. */
const coversOf = (ends: ReadonlyMap<string, { sequence: number }>, skipped: number) =>
  Object.fromEntries(
    [...ends].map(([node, { sequence }]) => {
      const last = Math.max(1, sequence - 1);
      return [node, Array<[number, number]>(skipped === 0 ? 1 : 100).fill([1, last])];
    }),
  );

function writeFile(
  row: FileRow,
  { path, text, body }: { path: string; text: string; body: BodyKind },
): FileRow {
  const bytes = new TextEncoder().encode(text);
  const content = nodeCodec.sha256(bytes);
  const { body: _, ...rest } = row;
  const size = body === 'size' ? bytes.length + 1 : bytes.length;
  const written: FileRow = { ...rest, path, content: row.kind === 'deleted' ? null : content, size };
  return body === 'none' ? written : { ...written, body: bodyOf(bytes, body) };
}

const skippableFrame = new Uint8Array([
  0x50,
  0x2a,
  0x4d,
  0x18,
  0x00,
  0x10,
  0x00,
  0x00,
  ...new Uint8Array(4096),
]);

/** A body of these bytes, or one that lies about them. */
export function bodyOf(bytes: Uint8Array, kind: BodyKind): NonNullable<FileRow['body']> {
  const packed = nodeCodec.compress(bytes);
  const zstd = (...parts: Uint8Array[]) => ({
    packing: 'zstd' as const,
    data: Buffer.concat(parts).toString('base64'),
  });
  switch (kind) {
    case 'plain':
    case 'size':
      return { packing: 'plain', data: new TextDecoder().decode(bytes) };
    case 'trailing':
      return zstd(packed, new Uint8Array(4096).fill(7));
    case 'skippable':
      return zstd(packed, skippableFrame);
    case 'bomb':
      return zstd(zstdCompressSync(Buffer.alloc(64 * 1024 * 1024)));
    case 'cut':
      return zstd(packed.subarray(0, packed.length - 3));
    case 'other':
      return { packing: 'plain', data: 'something else' };
    case 'delta':
      return { packing: 'delta', base: nodeCodec.sha256(bytes), data: nodeCodec.toBase64(packed) };
    case 'no base':
      return { packing: 'delta', data: '*' };
    default:
      return zstd(packed);
  }
}

/** Names of changes that the row only made up become those of changes that are there. */
function nameKnown(row: Row, stamps: readonly string[]): Row {
  if (stamps.length === 0 || !('payload' in row)) return row;
  const pick = (text: string): string =>
    stamps[Number.parseInt(text.slice(0, 6), 16) % stamps.length] ?? text;
  return JSON.parse(
    JSON.stringify(row, (key, value: unknown) =>
      key !== 'hlc' && typeof value === 'string' && /^[0-9a-f]{32}$/.test(value) ? pick(value) : value,
    ),
  ) as Row;
}

const json = { 'content-type': 'application/json' };
const plan = (build: Plan['build'], said: unknown): Plan => ({
  build,
  toString: () => JSON.stringify(said)?.slice(0, 4_000) ?? '',
});
const post =
  (path: string, body: Uint8Array, headers: Record<string, string> = json) =>
  (workspace: string): Sent => ({
    method: 'POST',
    path,
    query: [['workspace', workspace]],
    headers,
    body,
  });

/** Pages that look as if they came from a replica of this workspace. */
const nearPushes = fc.array(nearRow, { minLength: 1, maxLength: 6 }).map((rows) =>
  plan((sql, workspace) => {
    const write = createRowWriter(sql);
    const push = {
      changes: rows.map(write),
      source_watermark: '',
      node_id: 'bb'.repeat(8),
      vector: '0',
      now_ms: 0,
    };
    return post('/sync/changes', toBytes(push))(workspace);
  }, rows),
);

const shaped = fc
  .oneof(
    ...[
      ['/sync/changes', pushShape],
      ['/sync/contents', contentsRequestShape],
      ['/sync/embeddings', embeddingsRequestShape],
      ['/sync/hidden', hiddenRequestShape],
    ].map(([path, shape]) =>
      fc
        .oneof(validOf(shape as typeof pushShape), oddOf(shape as typeof pushShape))
        .map((value) => [path as string, value] as const),
    ),
  )
  .map(([path, value]) => plan((_, workspace) => post(path, toBytes(value))(workspace), value));

/** The model of the desk's index, and the note that is in it from the start. */
export const deskModel = { kind: 'ollama' as const, model: 'small', version: 'aaaaaaaaaaaa', dimensions: 48 };
export const deskNote = '# Agents\n';
const deskModelName = `${deskModel.kind}/${deskModel.model}@${deskModel.version}/${deskModel.dimensions}`;

const deskHash = chunkMarkdown(deskNote).map((chunk) => chunkHash(nodeCodec, embeddedText(chunk)))[0] ?? '';

const mostly = <Value>(value: Value, other: fc.Arbitrary<Value>): fc.Arbitrary<Value> =>
  fc.oneof({ weight: 8, arbitrary: fc.constant(value) }, other);

/** Of texts that the desk has and has not, of its model and of others that are almost it. */
const nearEmbeddings = fc
  .record({
    model: mostly(deskModelName, fc.constantFrom(`${deskModelName} 2`, 'builtin-1', '')),
    dimensions: mostly(deskModel.dimensions, fc.constantFrom(47, 0, -4, 1.5)),
    hashes: fc.array(
      fc.oneof(mostly(deskHash, fc.constantFrom('', "' OR 1=1 --")), fc.stringMatching(/^[0-9a-f]{64}$/)),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map((question) =>
    plan((_, workspace) => post('/sync/embeddings', toBytes(question))(workspace), question),
  );

const raw = fc
  .record({
    path: fc.constantFrom('/sync/changes', '/sync/contents', '/sync/embeddings', '/sync/hidden'),
    body: rawBytes,
    encoding: packings,
    type: fc.constantFrom('application/json', 'text/html', 'multipart/form-data; boundary=x', ''),
  })
  .map((it) =>
    plan(
      (_, workspace) =>
        post(it.path, it.body, { 'content-encoding': it.encoding, 'content-type': it.type })(workspace),
      { ...it, body: Buffer.from(it.body).toString('latin1').slice(0, 200) },
    ),
  );

const oddQuery = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '-1',
    '1e3',
    'NaN',
    '0x10',
    '99999999999999999999',
    'null',
    '%00',
    '..',
    "' OR 1=1 --",
  ),
  fc.stringMatching(/^[0-9a-f]{32}$/),
  fc.stringMatching(/^[0-9a-f]{16}:\d{1,16}(,[0-9a-f]{16}:\d{1,16})?$/),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constant('f'.repeat(16_000)),
);
const asking = fc
  .record({
    method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PROPFIND'),
    path: fc.oneof(
      fc.constantFrom('/sync/hello', '/sync/watermark', '/sync/changes', '/sync/changes', '/sync/contents'),
      fc.constantFrom(
        '/',
        '//',
        '/sync',
        '/sync/../sync/hello',
        '/sync/hello/',
        '/%2e%2e/%2fetc',
        '/api/health',
        '/sync/%ff',
      ),
    ),
    query: fc.array(fc.tuple(fc.constantFrom('since', 'limit', 'workspace', '__proto__', ''), oddQuery), {
      maxLength: 4,
    }),
    shared: fc.boolean(),
    protocol: fc.constantFrom('1', '1', '1', '0', '-1', '2', '1e9', 'x'),
  })
  .map((it) =>
    plan(
      (_, workspace) => ({
        method: it.method,
        path: it.path,
        query: it.shared ? [['workspace', workspace], ...it.query] : it.query,
        headers: { 'accept-encoding': 'zstd', 'x-skein-protocol': it.protocol },
      }),
      it,
    ),
  );

/** Everything that a paired device can send. */
export const peerPlans: fc.Arbitrary<Plan> = fc.oneof(
  { weight: 6, arbitrary: nearPushes },
  { weight: 3, arbitrary: shaped },
  { weight: 3, arbitrary: nearEmbeddings },
  { weight: 2, arbitrary: raw },
  { weight: 3, arbitrary: asking },
);

/** Everything that whoever reaches the port can say about a pairing. */
export const pairPlans: fc.Arbitrary<Plan> = fc
  .oneof(
    ...[
      ['/pair/begin', pairBeginShape],
      ['/pair/reveal', pairRevealShape],
      ['/pair/finish', pairFinishShape],
    ].map(([path, shape]) =>
      fc
        .oneof(
          validOf(shape as typeof pairBeginShape).map(toBytes),
          oddOf(shape as typeof pairBeginShape).map(toBytes),
          rawBytes,
        )
        .map((body) => [path as string, body] as const),
    ),
  )
  .map(([path, body]) =>
    plan(
      (_, workspace) => post(path, body)(workspace),
      [path, Buffer.from(body).toString('latin1').slice(0, 500)],
    ),
  );

const requestLine = fc.oneof(
  fc.constantFrom(
    'GET /sync/hello HTTP/1.1',
    'CONNECT desk:7421 HTTP/1.1',
    'PRI * HTTP/2.0',
    'GET /sync/hello HTTP/9.9',
  ),
  fc.constantFrom(
    'GET http://[::1/ HTTP/1.1',
    'GET //etc/passwd HTTP/1.1',
    'POST /sync/changes HTTP/1.1',
    'OPTIONS * HTTP/1.1',
  ),
  fc.string({ maxLength: 40 }),
);
const headerLine = fc.oneof(
  fc.constantFrom(
    'Host: desk',
    'Host: [::1',
    'Host:',
    'x-skein-protocol: 1',
    'Connection: Upgrade',
    'Upgrade: websocket',
  ),
  fc.constantFrom(
    'Content-Length: -1',
    'Content-Length: 5',
    'Content-Length: 99999999999999999999',
    'Expect: 100-continue',
  ),
  fc.constantFrom(
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: chunked, gzip',
    `X: ${'x'.repeat(20_000)}`,
  ),
  fc.string({ maxLength: 40 }),
);

/** What stands on the connection itself, well-formed or not. */
export const rawRequests: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc
    .tuple(requestLine, fc.array(headerLine, { maxLength: 4 }), fc.string({ maxLength: 50 }))
    .map(([line, headers, body]) => Buffer.from(`${[line, ...headers].join('\r\n')}\r\n\r\n${body}`)),
);
