/** Query times on a log of a million changes. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { openSql } from '../../electron/adapters/better-sqlite.ts';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import type { LogReader } from '../../electron/engine/engine-contract.ts';
import { createContentStore } from '../../electron/engine/log/content-store.ts';
import { openLog } from '../../electron/engine/log/open-log.ts';
import { createLogReader } from '../../electron/engine/log/reader.ts';
import type { Sql } from '../../electron/engine/ports.ts';
import { ms, quantile, type Row } from './measure.ts';

const changes = 1_000_000;
const startMs = Date.UTC(2025, 0, 1);
const stepMs = 30_000;

export function benchQueries(folder: string): Row[] {
  const sql = openSql(path.join(folder, 'million.db'));
  openLog(sql, { bytes: (count) => randomBytes(count) });
  fill(sql);
  const reader = createLogReader(sql, createContentStore(sql, nodeCodec));
  const first = performance.now();
  reader.activity(startMs, startMs + changes * stepMs);
  const counted = performance.now() - first;
  const rows = Object.entries(pages(reader)).map(([name, query]) => timed(name, query));
  sql.close();
  return [
    ...rows,
    {
      name: 'activity, first count of all',
      value: ms(counted),
      goal: '',
      note: 'once; later the reader goes on from its cursor',
    },
  ];
}

const middle = startMs + (changes / 2) * stepMs;

function pages(reader: LogReader): Record<string, () => unknown> {
  const limit = 100;
  return {
    'newest page': () => reader.changes({ limit }),
    'page in the middle': () => reader.changes({ limit, before: changes / 2 }),
    'page of a file': () => reader.changes({ limit, path: 'docs/file-7.md', before: changes / 2 }),
    'page of an agent': () => reader.changes({ limit, agent: 'agent-3', before: changes / 2 }),
    'page of a rare agent': () => reader.changes({ limit, agent: 'rare' }),
    'page of a class': () => reader.changes({ limit, fileClass: 'roadmap' }),
    'page of deletions': () => reader.changes({ limit, kind: 'deleted' }),
    'page of a day and agent': () =>
      reader.changes({ limit, agent: 'agent-3', fromMs: middle, toMs: middle + 86_400_000 }),
    'pending page': () => reader.changes({ limit, pending: true, after: 0 }),
    'pending count': () => reader.pendingCount(),
    'one version by checksum': () => reader.resolveVersion('docs/file-7.md', 'latest~500'),
    neighbours: () => reader.neighbours(changes / 2, 10),
    'activity of 90 days': () => reader.activity(middle, middle + 90 * 86_400_000),
    'tracked files': () => reader.files(),
  };
}

function timed(name: string, query: () => unknown): Row {
  query();
  const samples = Array.from({ length: 40 }, () => {
    const start = performance.now();
    query();
    return performance.now() - start;
  });
  return {
    name: `query: ${name}`,
    value: `${ms(quantile(samples, 0.5))} / ${ms(quantile(samples, 0.99))}`,
    goal: '< 20 ms',
    note: 'p50 / p99',
  };
}

/** Written by SQL at once: the appender would take minutes, and here only reading is measured. */
function fill(sql: Sql): void {
  sql.transaction(() => {
    sql.exec(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
      INSERT INTO content (id, hash, md5, size, packed) SELECT i, printf('%064x', i), printf('%032x', i), 100, NULL FROM n;
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${changes})
      INSERT INTO log (position, stamp, at_ms, node, sequence, kind, path, class, content, previous, agent, evidence, consolidation)
      SELECT i, printf('%012x%04x%016x', ${startMs} + i * ${stepMs}, 0, 1), ${startMs} + i * ${stepMs}, '0000000000000001', i,
        CASE WHEN i % 997 = 0 THEN 'deleted' WHEN i % 499 = 0 THEN 'created' ELSE 'modified' END,
        'docs/file-' || (i % 200) || '.md', CASE WHEN i % 4001 = 0 THEN 'roadmap' WHEN i % 3 = 0 THEN 'journal' ELSE 'status' END,
        1 + i % 2000, 1 + (i + 1) % 2000, CASE WHEN i % 100003 = 0 THEN 'rare' ELSE 'agent-' || (i % 5) END,
        '[{"agent":"agent","source":"none","detail":"made for the bench","at":0}]', CASE WHEN i > ${changes} - 10000 THEN NULL ELSE 1 END FROM n;
      INSERT INTO files (path, class, content, size, mtime_ns, ctime_ns, inode, mode, seen_ms, head, position, versions)
      SELECT path, class, content, 100, '1', '1', '1:' || max(position), 420, 0, stamp, max(position), count(*) FROM log GROUP BY path;`);
  });
  sql.exec('ANALYZE');
}
