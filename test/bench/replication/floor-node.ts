/** One side of the floor. `give FILE`: serves the rows of a log, prints its port. `take FILE PORT`: prints rows per second. */
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { migrations } from '../../../electron/engine/log/schema.ts';

const batch = 1_000;
const [mode = '', file = '', port = ''] = process.argv.slice(2);
const database = new Database(file);
if (mode === 'give') give();
else get({ host: '127.0.0.1', port: Number(port) }, (response) => void take(response));

function give(): void {
  const rows = database.prepare(
    `SELECT l.stamp, l.at_ms, l.node, l.sequence, l.kind, l.path, l.class, l.parents, l.agent, l.source, l.evidence,
       l.baseline, c.hash, c.md5, c.size, hex(c.packed) AS packed
     FROM log l JOIN content c ON c.id = l.content ORDER BY l.position`,
  );
  const server = createServer((_, response) => {
    void (async () => {
      for (const row of rows.iterate())
        if (!response.write(`${JSON.stringify(row)}\n`))
          await new Promise((go) => response.once('drain', go));
      response.end();
    })();
  });
  server.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
}

type Row = Record<string, string | number | null>;

async function take(response: IncomingMessage): Promise<void> {
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  for (const migration of migrations) database.exec(migration);
  const content = database.prepare(
    'INSERT OR IGNORE INTO content (hash, md5, size, packed) VALUES (?, ?, ?, ?)',
  );
  const log = database.prepare(
    `INSERT INTO log (stamp, at_ms, node, sequence, kind, path, class, parents, agent, source, evidence, baseline, content)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT id FROM content WHERE hash = ?))`,
  );
  const insert = database.transaction((rows: readonly Row[]) => {
    for (const { hash, md5, size, packed, ...row } of rows) {
      content.run(hash, md5, size, Buffer.from(String(packed), 'hex'));
      log.run(...Object.values(row), hash);
    }
  });
  const startMs = performance.now();
  let taken = 0;
  let waiting: Row[] = [];
  for await (const line of createInterface({ input: response })) {
    waiting.push(JSON.parse(line) as Row);
    if (waiting.length < batch) continue;
    insert(waiting);
    taken += waiting.length;
    waiting = [];
  }
  insert(waiting);
  console.log((taken + waiting.length) / ((performance.now() - startMs) / 1000));
}
