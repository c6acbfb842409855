/**
 * One side of PouchDB. `give CACHE PREFIX WORK`: serves a database with the notes, prints its port. `take CACHE PREFIX
 * WORK PORT`: replicates it, writes to it and waits for what it wrote, prints the milliseconds as JSON.
 */
import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

type Doc = { _id: string; _rev?: string; text: string };
type Database = {
  bulkDocs(docs: readonly Doc[]): Promise<unknown>;
  get(id: string): Promise<Doc>;
  changes(options: object): { on(event: 'change', then: (change: { id: string }) => void): unknown };
};
type Pouch = {
  new (name: string): Database;
  defaults(options: object): Pouch;
  replicate(from: Database, to: Database, options: object): Promise<unknown>;
};
type App = {
  use(at: string, what: unknown): void;
  listen(port: number, host: string, then: () => void): Server;
};
type Work = { notes: [string, string][]; edits: [string, string][]; singles: number };

const [mode = '', cache = '', prefix = '', work = '', port = ''] = process.argv.slice(2);
const load = createRequire(path.join(cache, 'package.json'));
const { notes, edits, singles } = JSON.parse(readFileSync(work, 'utf8')) as Work;
const pouch = (load('pouchdb') as Pouch).defaults({ prefix: `${prefix}-` });

/** Called at each change that comes. */
let heard = (): void => {};

if (mode === 'give') await give();
else await take();

async function give(): Promise<void> {
  const app = (load('express') as () => App)();
  const routes = load('express-pouchdb') as (pouch: Pouch, options: object) => unknown;
  app.use(
    '/',
    routes(pouch, { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: `${prefix}-log.txt` }),
  );
  await new pouch('notes').bulkDocs(notes.map(([id, text]) => ({ _id: id.replaceAll('/', ':'), text })));
  const server = app.listen(0, '127.0.0.1', () => console.log((server.address() as AddressInfo).port));
}

async function take(): Promise<void> {
  const remote = new (load('pouchdb') as Pouch)(`http://127.0.0.1:${port}/notes`);
  const local = new pouch('copy');
  const first = await time(() => pouch.replicate(remote, local, { batch_size: 1_000 }));
  const current = await Promise.all(edits.map(([id]) => local.get(id.replaceAll('/', ':'))));
  const edited = current.map((doc, index) => ({ ...doc, text: edits[index]?.[1] ?? '' }));
  const bulk = await time(async () => {
    await remote.bulkDocs(edited);
    await pouch.replicate(remote, local, { batch_size: 1_000 });
  });
  void pouch.replicate(remote, local, { live: true, retry: true });
  const single: number[] = [];
  for (let index = 0; index < singles; index++) single.push(await time(() => editOne(remote, local, index)));
  console.log(JSON.stringify({ first, edits: bulk, single }));
  process.exit(0);
}

async function editOne(remote: Database, local: Database, index: number): Promise<void> {
  const id = edits[0]?.[0].replaceAll('/', ':') ?? '';
  const arrived = new Promise<void>((resolve) => {
    heard = resolve;
  });
  if (index === 0) local.changes({ live: true, since: 'now' }).on('change', () => heard());
  const { _rev = '' } = await remote.get(id);
  await remote.bulkDocs([{ _id: id, _rev, text: `Edit ${index}` }]);
  await arrived;
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}
