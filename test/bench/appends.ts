/** Appends per second through the engine's appender against bare inserts of the same rows in the same run. */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { openSql } from '../../electron/adapters/better-sqlite.ts';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import { systemClock } from '../../electron/adapters/system-clock.ts';
import { createAppender } from '../../electron/engine/log/append.ts';
import { contentOf, createContentStore } from '../../electron/engine/log/content-store.ts';
import { openLog } from '../../electron/engine/log/open-log.ts';
import type { Sql, SqlValue } from '../../electron/engine/ports.ts';
import { quantile, type Row } from './measure.ts';

const changesPerRound = 2_000;
const rounds = 5;

/** Rounds alternate, so that a slow moment of the machine hits both sides. */
export function benchAppends(folder: string): Row[] {
  const ours: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const source = openSql(path.join(folder, `ours-${round}.db`));
    ours.push(perSecond(() => appendAll(source)));
    const target = openSql(path.join(folder, `bare-${round}.db`));
    bare.push(bareInserts(source, target));
    source.close();
    target.close();
  }
  const ratio = quantile(
    ours.map((rate, index) => rate / (bare[index] ?? Number.NaN)),
    0.5,
  );
  return [
    {
      name: 'appends',
      value: `${quantile(ours, 0.5).toFixed(0)}/s`,
      goal: '',
      note: 'hash, compress, log row, known state; one transaction each',
    },
    {
      name: 'bare inserts of the same rows',
      value: `${quantile(bare, 0.5).toFixed(0)}/s`,
      goal: '',
      note: 'same tables and indexes; one transaction each',
    },
    { name: 'appends / bare', value: ratio.toFixed(2), goal: '>= 0.5', note: `median of ${rounds} rounds` },
  ];
}

function perSecond(work: () => void): number {
  const start = performance.now();
  work();
  return changesPerRound / ((performance.now() - start) / 1000);
}

function appendAll(sql: Sql): void {
  const random = { bytes: (count: number) => randomBytes(count) };
  const node = openLog(sql, random);
  const contents = createContentStore(sql, nodeCodec);
  const append = createAppender({ sql, clock: systemClock, random, contents }, () => node);
  const text = 'A line of a journal that agents keep.\n'.repeat(110);
  let previous: string | null = null;
  let head: string[] = [];
  for (let index = 0; index < changesPerRound; index++) {
    const bytes = new TextEncoder().encode(`${text}Entry ${index}\n`);
    const stat = {
      kind: 'file' as const,
      size: bytes.length,
      mtimeNs: '1',
      ctimeNs: '1',
      inode: '1:1',
      mode: 0o644,
    };
    const change = append.change({
      kind: 'modified',
      path: `docs/passation_${index % 50}.md`,
      fileClass: 'journal',
      content: contentOf(nodeCodec, bytes),
      previous,
      parents: head,
      evidence: [{ agent: 'claude-code', source: 'file-name', detail: 'The name says so.', at: 1 }],
      stat,
      consolidation: null,
      baseline: false,
    });
    previous = change.content;
    head = [change.stamp];
  }
}

function bareInserts(source: Sql, target: Sql): number {
  openLog(target, { bytes: (count) => randomBytes(count) });
  const tables = ['content', 'log', 'files'].map((table) => ({
    table,
    rows: source.prepare<Record<string, SqlValue>>(`SELECT * FROM ${table}`).all(),
  }));
  const inserts = tables.map(({ table, rows }) => {
    const columns = Object.keys(rows[0] ?? {});
    const values = columns.map(() => '?').join(', ');
    return {
      rows,
      statement: target.prepare(`INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${values})`),
    };
  });
  return perSecond(() => {
    for (let index = 0; index < changesPerRound; index++) {
      const content = tables[1]?.rows[index]?.['content'] ?? null;
      target.transaction(() => {
        for (const { rows, statement } of inserts) {
          const row = rows[index % rows.length] ?? {};
          // The known state names the content of its newest change, which exists from this round on.
          statement.run(...Object.values(rows.length < changesPerRound ? { ...row, content } : row));
        }
      });
    }
  });
}
