/** The process of a PostgreSQL with pgvector: PGlite, which is PostgreSQL itself compiled to WebAssembly, behind a socket. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [packages = '', data = '', port = ''] = process.argv.slice(2);

const load = (path: string) =>
  import(pathToFileURL(join(packages, 'node_modules/@electric-sql', path, 'dist/index.js')).href);

const { PGlite } = await load('pglite');
const { vector } = await load('pglite-pgvector');
const { PGLiteSocketServer } = await load('pglite-socket');

const db = await PGlite.create(data, { extensions: { vector } });
await new PGLiteSocketServer({ db, host: '127.0.0.1', port: Number(port), maxConnections: 10 }).start();
