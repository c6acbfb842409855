/**
 * A peer that lies: what it says is malformed, oversized, replayed, from the future, damaged, or about files that
 * are none of its business. Between its lies it tells the truth, so that the lies cannot simply be ignored with it.
 * It never says two things of one place in its sequence: nothing but signatures would tell which of them counts.
 */
import type { z } from 'zod';
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import type { PeerLink } from '../../../electron/engine/replicate/link.ts';
import {
  contentsShape,
  type FileRow,
  type Page,
  type Push,
  pageShape,
  pushAnswerShape,
  pushShape,
  type Row,
  watermarkShape,
} from '../../../shared/contracts/peer-protocol.ts';
import { formatStamp } from '../../../shared/domain/stamp.ts';
import { formatVector, parseVector } from '../../../shared/domain/vector.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import { allRights } from '../../support/memory-network.ts';
import type { SeededRandom } from '../../support/seeded-random.ts';
import { isOpened, type Replica } from './replica.ts';
import type { World } from './world.ts';

const node = 'badbadbadbadbad0';
const ownFile = 'docs/architecture/liar.md';

type Liar = {
  draw: SeededRandom;
  world: World;
  victim: Replica;
  /** Rows that it stands by: some are true, some take their place in the log and are refused there. */
  rows: Row[];
  /** Hashes of contents that nobody has. */
  hopeless: Set<string>;
};

/** Connects the liar with one replica, and returns what it does at a step. `hopeless` gets what it can never deliver. */
export function connectLiar(world: World, victim: Replica, hopeless: Set<string>): () => Promise<void> {
  const liar: Liar = { world, victim, hopeless, draw: world.random.fork('liar'), rows: [] };
  victim.links.push(linkTo(liar));
  return async () => {
    if (liar.draw.chance(0.5)) liar.rows.push(nextRow(liar));
    if (liar.draw.chance(0.3)) await pushLies(liar);
  };
}

/** What goes over a real link is checked against its shape before anything looks at it. */
function checked<Shape extends z.ZodType>(shape: Shape, said: unknown): Result<z.infer<Shape>> {
  const parsed = shape.safeParse(JSON.parse(JSON.stringify(said)));
  return parsed.success ? ok(parsed.data) : err(refused());
}

const refused = () => problem('peer-refused', 'the liar', 'It talks nonsense.', 'Stop exchanging with it.');

function linkTo(liar: Liar): PeerLink {
  const { draw, world } = liar;
  const isSilent = (): boolean => !world.faults.liar;
  const answer = async <Shape extends z.ZodType>(
    shape: Shape,
    truth: unknown,
  ): Promise<Result<z.infer<Shape>>> =>
    isSilent() ? err(refused()) : checked(shape, draw.chance(0.3) ? garble(liar, truth) : truth);
  return {
    id: 'liar',
    name: 'Liar',
    rights: () => ({ ...allRights, trusted: false }),
    watermark: () => answer(watermarkShape, said(liar)),
    changes: (since) => answer(pageShape, pageFor(liar, since)),
    push: () =>
      answer(pushAnswerShape, {
        accepted: true,
        conflicts: [],
        new_watermark: '',
        problems: [],
        ...said(liar),
      }),
    hidden: () => answer(pageShape, pageFor(liar, '0')),
    contents: (hashes) =>
      answer(contentsShape, { contents: hashes.map((hash) => ({ hash, body: wrongBody(liar) })) }),
  };
}

const said = (liar: Liar) => ({
  hlc: stampOf(liar, 0),
  node_id: node,
  vector: liar.draw.chance(0.2)
    ? formatVector({ [node]: 999_999_999, '0123456789abcdef': 5 })
    : formatVector({ [node]: liar.rows.length }),
  now_ms: liar.world.clock.nowMs() + liar.draw.integer(1_000_000),
});

function pageFor(liar: Liar, since: string): Page {
  const vector = parseVector(since);
  const held = vector.ok ? (vector.value[node] ?? 0) : 0;
  const rows = [...replayed(liar), ...liar.rows.slice(held), ...lies(liar)];
  return { ...said(liar), changes: rows, watermark: rows.at(-1)?.hlc ?? '', has_more: liar.draw.chance(0.5) };
}

/** It comes by itself, too. */
async function pushLies(liar: Liar): Promise<void> {
  const { victim } = liar;
  const push: Push = { ...said(liar), changes: [...liar.rows, ...lies(liar)], source_watermark: '' };
  const sent = checked(pushShape, liar.draw.chance(0.3) ? garble(liar, push) : push);
  if (!sent.ok) return;
  const rights = { ...allRights, trusted: false };
  victim.engine?.replication.peerSide
    .push(sent.value, { id: 'liar', name: 'Liar' }, rights)
    .catch(() => undefined);
}

/** Rows of the victim's own log once more. */
function replayed({ draw, victim }: Liar): Row[] {
  if (!draw.chance(0.3) || victim.engine === undefined) return [];
  return victim.engine.replication.peerSide.changes({}, 1 + draw.integer(5), allRights).changes;
}

function stampOf({ world }: Liar, sequence: number, aheadMs = 0): string {
  return formatStamp({ millis: world.clock.nowMs() + aheadMs, counter: sequence, node });
}

function trueRow(liar: Liar): FileRow {
  const text = `# Liar\n\n- true line ${liar.rows.length}\n`;
  const before = liar.rows.findLast((row) => row.kind === 'created' || row.kind === 'modified');
  const sequence = liar.rows.length + 1;
  return {
    node,
    sequence,
    hlc: stampOf(liar, sequence),
    kind: before === undefined ? 'created' : 'modified',
    path: ownFile,
    class: 'architecture',
    content: nodeCodec.sha256(new TextEncoder().encode(text)),
    size: new TextEncoder().encode(text).length,
    previous: null,
    parents: [],
    evidence: [{ agent: 'liar', source: 'none', detail: '', at: 0 }],
    body: { packing: 'plain', data: text },
  };
}

/** The next row that it stands by. */
function nextRow(liar: Liar): Row {
  const row = trueRow(liar);
  const place = { node: row.node, sequence: row.sequence, hlc: row.hlc };
  switch (liar.draw.integer(6)) {
    case 0:
      return { ...row, path: liar.draw.pick(hostilePaths) };
    case 1:
      return hopelessRow(liar, { ...row, body: { packing: 'plain', data: 'something else' } });
    case 2:
      return hopelessRow(liar, { ...row, body: wrongBody(liar) });
    case 3:
      return hopelessRow(liar, { ...row, path: 'ROADMAP.md', parents: headsOf(liar, 'ROADMAP.md') });
    case 4:
      return {
        ...place,
        kind: 'resolved',
        payload: { path: 'ROADMAP.md', loser: row.hlc, state: 'dismissed' },
      };
    default:
      return row;
  }
}

/** Straight from the table, because the victim may be dead. What is younger than the liar's rows is no parent of them. */
function headsOf(liar: Liar, path: string): string[] {
  const { sql } = liar.victim;
  if (!isOpened(sql)) return [];
  const heads = sql.prepare<{ stamp: string }>('SELECT stamp FROM heads WHERE path = ?').all(path);
  return heads.map(({ stamp }) => stamp).filter((stamp) => stamp < stampOf(liar, 0));
}

/** Nobody has the bytes of this. */
function hopelessRow({ draw, hopeless }: Liar, row: FileRow): FileRow {
  const content = Buffer.from(draw.bytes(32)).toString('hex');
  hopeless.add(content);
  return { ...row, content };
}

const hostilePaths = [
  '../outside.md',
  '/etc/passwd',
  'C:/Windows/AGENTS.md',
  '.git/hooks/post-commit',
  '.GIT/config',
  'docs/./HANDOFF.md',
  'docs//HANDOFF.md',
  'nul.md',
  'AGENTS.md\u0000',
  'AGENTS.md ',
  'a\\b.md',
  'docs/re\u0301sume\u0301.md',
  `${'deep/'.repeat(60)}AGENTS.md`,
] as const;

/** Rows that nobody may take, whatever they say of its next place. */
function lies(liar: Liar): Row[] {
  const row = trueRow(liar);
  const { draw } = liar;
  if (!draw.chance(0.5)) return [];
  liar.world.met.lie += 1;
  const year = 365 * 86_400_000;
  return draw.pick<() => Row[]>([
    () => [{ ...row, hlc: stampOf(liar, 0, 10 * year) }],
    () => [{ ...row, parents: ['f'.repeat(32)] }],
    () => [{ ...row, parents: [row.hlc] }],
    () => [
      { ...row, path: 'HANDOFF.md', parents: headsOf(liar, 'ROADMAP.md').slice(0, 1).concat('0'.repeat(32)) },
    ],
    () => [{ ...row, sequence: row.sequence + 5 }],
    () => [{ ...row, hlc: `${row.hlc.slice(0, 16)}0123456789abcdef` }],
    () => [{ ...row, node: '0123456789abcdef' }],
    () => [{ ...row, size: 9_999_999_999 }],
    () => [{ ...row, parents: Array.from({ length: 5_000 }, () => row.hlc) }],
    () => Array.from({ length: 20_000 }, () => row),
    () => [{ ...row, path: 'x'.repeat(5_000) }],
  ])();
}

/** Bytes that are no content, one that unpacks to far more than it says, or a delta on something that is not there. */
function wrongBody({ draw }: Liar): NonNullable<FileRow['body']> {
  const bomb = (): string => nodeCodec.toBase64(nodeCodec.compress(new Uint8Array(1024 * 1024)));
  return draw.pick<() => NonNullable<FileRow['body']>>([
    () => ({ packing: 'zstd', data: 'no base64!' }),
    () => ({ packing: 'zstd', data: nodeCodec.toBase64(draw.bytes(100)) }),
    () => ({ packing: 'zstd', data: bomb() }),
    () => ({ packing: 'delta', data: bomb(), base: 'ab'.repeat(32) }),
    () => ({ packing: 'delta', data: '' }),
    () => ({ packing: 'plain', data: 'x'.repeat(100_000) }),
  ])();
}

/** Takes something out, or puts something else in its place. */
function garble({ draw, world }: Liar, value: unknown): unknown {
  world.met.lie += 1;
  const odd = [null, 'text', -1, 1.5, [], {}, true, '\u0000', Number.MAX_SAFE_INTEGER, 'f'.repeat(64)];
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0) return draw.pick(odd);
  const key = draw.pick(Object.keys(value));
  const inner = (value as Record<string, unknown>)[key];
  const other = draw.chance(0.5) ? draw.pick(odd) : garble({ draw, world } as Liar, inner);
  return Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other };
}
