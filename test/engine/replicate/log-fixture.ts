/** A log that writes, gives pages and takes them, without a disk or a loop. */
import { nodeCodec } from '../../../electron/adapters/node-codec.ts';
import { type Appender, createAppender, type NewChange } from '../../../electron/engine/log/append.ts';
import {
  type ContentStore,
  contentOf,
  createContentStore,
} from '../../../electron/engine/log/content-store.ts';
import { createHeads, type Heads } from '../../../electron/engine/log/heads.ts';
import { nodeOf, openLog, renewNode } from '../../../electron/engine/log/open-log.ts';
import { createVectorReader } from '../../../electron/engine/log/vector.ts';
import type { Sql } from '../../../electron/engine/ports.ts';
import { createBodyWriter } from '../../../electron/engine/replicate/bodies.ts';
import { createPageReader, type PageRequest } from '../../../electron/engine/replicate/read-page.ts';
import { createPageTaker, type Said, type Taken } from '../../../electron/engine/replicate/take-page.ts';
import type { Page, Places, Row } from '../../../shared/contracts/peer-protocol.ts';
import type { Change } from '../../../shared/domain/change.ts';
import type { Vector } from '../../../shared/domain/vector.ts';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.ts';
import { openFreshLog } from '../../support/fresh-log.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { evidence, someStat, toBytes, toText } from '../core-fixture.ts';

export type LogFixture = {
  sql: Sql;
  clock: FakeClock;
  contents: ContentStore;
  append: Appender;
  heads: Heads;
  vector(): Vector;
  node(): string;
  /** Records a version on top of the heads, or of `parents`; null deletes. */
  write(path: string, text: string | null, more?: Partial<NewChange>): Change;
  page(since: Vector, limit?: number, more?: Partial<PageRequest>): Page;
  at(places: Places, more?: Partial<PageRequest>): Page;
  take(rows: readonly Row[], said?: Said): Taken;
  /** Rows as they name themselves, in order of arrival. */
  rows(): { node: string; sequence: number; stamp: string; kind: string; path: string | null }[];
  text(hash: string | null): string | undefined;
};

export function createLogFixture(seed: number | string, clock = createFakeClock()): LogFixture {
  const sql = openFreshLog();
  const random = createSeededRandom(seed);
  openLog(sql, random);
  const contents = createContentStore(sql, nodeCodec);
  const heads = createHeads(sql);
  const vector = createVectorReader(sql);
  const node = () => nodeOf(sql);
  const append = createAppender({ sql, clock, random, contents }, node);
  const bodies = createBodyWriter({ sql, codec: nodeCodec, contents });
  const readPage = createPageReader({ sql, node, vector, bodies, nowMs: clock.nowMs });
  const takePage = createPageTaker({
    sql,
    codec: nodeCodec,
    contents,
    vector,
    nowMs: clock.nowMs,
    node,
    renewNode: () => void renewNode(sql, random, clock.nowMs()),
    mustWait: () => false,
  });
  return {
    sql,
    clock,
    contents,
    append,
    heads,
    vector,
    node,
    write(path, text, more = {}) {
      return append.change({
        kind: text === null ? 'deleted' : 'modified',
        path,
        fileClass: 'note',
        content: text === null ? null : contentOf(nodeCodec, toBytes(text)),
        previous: null,
        parents: heads.of(path),
        evidence: [evidence('rule', 'claude-code')],
        stat: someStat,
        consolidation: null,
        baseline: false,
        ...more,
      });
    },
    page: (since, limit = 1_000, more = {}) =>
      readPage.after({ since, offered: vector(), limit, mayRead: () => true, ...more }),
    at: (places, more = {}) => readPage.at(places, { offered: vector(), mayRead: () => true, ...more }),
    take: (rows, said) => takePage(rows, { link: 'peer', trusted: true }, said),
    rows: () =>
      sql.prepare<ReturnType<LogFixture['rows']>[number]>('SELECT * FROM log ORDER BY position').all(),
    text: (hash) => (hash === null ? undefined : toText(contents.get(hash))),
  };
}
