/** A device of our own making that speaks to the port of peers as it likes. */
import { request as httpsRequest } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import { makeCertificate } from '../../electron/host/peers/certificate.ts';
import { deviceIdOf } from '../../electron/host/peers/device-id.ts';
import { protocolHeader } from '../../shared/contracts/peer-protocol.ts';

export type Said = { status: number; text: string; json(): { error?: { code: string; message: string } } };

export type Stranger = {
  id: string;
  key: string;
  certificate: string;
  ask(port: number, path: string, options?: StrangerOptions): Promise<Said>;
  /** The connection alone, once it stands. */
  connect(port: number): Promise<TLSSocket>;
};

export type StrangerOptions = {
  method?: string;
  headers?: Record<string, string>;
  body?: Uint8Array | string;
};

export function makeStranger(own = makeCertificate()): Stranger {
  const { key, certificate } = own;
  const tls = { key, cert: certificate, rejectUnauthorized: false, minVersion: 'TLSv1.3' as const };
  return {
    ...own,
    id: deviceIdOf(certificate),
    ask: (port, path, options = {}) => askOver({ ...tls, agent: false }, port, path, options),
    connect: (port) =>
      new Promise((resolve, reject) => {
        const socket = connect({ ...tls, host: '127.0.0.1', port }, () => resolve(socket));
        socket.once('error', reject);
      }),
  };
}

/** As anybody would who shows no certificate. */
export const askWithoutCertificate = (port: number, path: string): Promise<Said> =>
  askOver({ rejectUnauthorized: false, agent: false }, port, path, {});

function askOver(tls: object, port: number, path: string, options: StrangerOptions): Promise<Said> {
  return new Promise((resolve, reject) => {
    const { method = 'GET', body } = options;
    const headers = {
      [protocolHeader]: '1',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...options.headers,
    };
    const request = httpsRequest({ ...tls, host: '127.0.0.1', port, path, method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        resolve({ status: response.statusCode ?? 0, text, json: () => JSON.parse(text) });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
