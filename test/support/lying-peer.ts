/** A paired device that says anything at all: it has the right key, and what it answers is up to the test. */

import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { makeStranger, type Stranger } from './stranger.ts';

export type LyingPeer = {
  own: Stranger;
  port: number;
  close(): Promise<void>;
};

/** `answer` gets the head of each request, and the connection to write to. */
export async function startLyingPeer(
  answer: (socket: TLSSocket, head: string) => void,
  own = makeStranger(),
): Promise<LyingPeer> {
  const open = new Set<TLSSocket>();
  const server = createServer(
    { key: own.key, cert: own.certificate, requestCert: true, rejectUnauthorized: false },
    (socket) => {
      open.add(socket);
      socket.on('error', () => {}).on('close', () => open.delete(socket));
      readHeads(socket, (head) => answer(socket, head));
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    own,
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

/** What follows a head, up to the next one, is its body and nobody's business here. */
function readHeads(socket: TLSSocket, tell: (head: string) => void): void {
  let held = '';
  socket.on('data', (bytes) => {
    held += bytes.toString('latin1');
    for (let end = held.indexOf('\r\n\r\n'); end >= 0; end = held.indexOf('\r\n\r\n')) {
      const head = held.slice(0, end);
      held = held.slice(end + 4);
      const start = /(?:GET|POST) \/\S* HTTP\/1\.1\r\n/.exec(head)?.index;
      if (start !== undefined) tell(head.slice(start));
    }
  });
}
