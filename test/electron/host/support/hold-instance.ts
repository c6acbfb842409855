/** Argument: a data folder. Takes its instance, serves /api/health, prints one line of JSON, stays until killed. */
import { createServer } from 'node:http';
import { takeInstance } from '../../../../electron/host/instance.ts';

const dataFolder = process.argv[2] ?? '';
const instance = await takeInstance(dataFolder, { version: '9.9.9', nowMs: Date.now() });
if (!instance.ok) {
  console.log(JSON.stringify({ taken: false, problem: instance.error }));
} else {
  const server = createServer((_, response) =>
    response.end('{"status":"ok","version":"9.9.9","name":"skein"}'),
  );
  server.listen(0, '127.0.0.1', async () => {
    const { port } = server.address() as { port: number };
    await instance.value.announce({ url: `http://127.0.0.1:${port}`, port });
    console.log(JSON.stringify({ taken: true, port, pid: process.pid }));
  });
}
