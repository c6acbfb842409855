/** The port of peers: finds out from the connection who calls, and keeps a hand on every connection. */
import type { TLSSocket } from 'node:tls';
import { instanceHeader, portHeader, protocolHeader } from '../../../shared/contracts/peer-protocol.ts';
import { limits } from '../../../shared/limits.ts';
import { ok } from '../../../shared/result.ts';
import { deviceIdOf } from '../../host/peers/device-id.ts';
import type { Caller, ListenForPeers, PeerGate } from '../../host/peers/peers-contract.ts';
import { startTlsServer } from '../server.ts';
import { createPeerApp } from './peer-app.ts';

/** Listens until `close`. Fails as `startTlsServer` does. */
export const listenForPeers: ListenForPeers = async (gate, at) => {
  const ask = createPeerApp(gate);
  const connections = createConnections(gate);
  const server = await startTlsServer((request, socket) => ask(request, callerOf(request, socket)), {
    ...at,
    connected: connections.add,
  });
  if (!server.ok) return server;
  return ok({
    port: server.value.port,
    cut: connections.cut,
    close: server.value.close,
  });
};

const shownBySocket = new WeakMap<TLSSocket, { id: string; certificate: string }>();

/** TLS has proved that the other side holds the key of this certificate. Undefined when it showed none. */
function identify(socket: TLSSocket): { id: string; certificate: string } | undefined {
  const known = shownBySocket.get(socket);
  if (known !== undefined) return known;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  const shown = { id: deviceIdOf(certificate.raw), certificate: certificate.toString() };
  shownBySocket.set(socket, shown);
  return shown;
}

function callerOf({ headers }: Request, socket: TLSSocket): Caller | undefined {
  const shown = identify(socket);
  if (shown === undefined) return undefined;
  const port = Number(headers.get(portHeader));
  return {
    ...shown,
    host: (socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    port: Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined,
    protocol: Number(headers.get(protocolHeader)) || 0,
    instance: (headers.get(instanceHeader) ?? '').slice(0, 64),
  };
}

/** Open connections by device; all strangers together count as one. */
function createConnections(gate: Pick<PeerGate, 'isPeer'>) {
  const byDevice = new Map<string, Set<TLSSocket>>();
  return {
    add(socket: TLSSocket): void {
      const id = identify(socket)?.id;
      const isPeer = id !== undefined && gate.isPeer(id);
      const key = isPeer ? id : 'strangers';
      const open = byDevice.get(key) ?? new Set();
      if (open.size >= (isPeer ? limits.peerConnectionsEach : limits.strangerConnections)) {
        socket.destroy();
        return;
      }
      byDevice.set(key, open.add(socket));
      socket.once('close', () => {
        open.delete(socket);
        if (open.size === 0) byDevice.delete(key);
      });
    },
    /** Those, too, that it opened as a stranger. */
    cut(id: string): void {
      for (const open of byDevice.values())
        for (const socket of open) if (identify(socket)?.id === id) socket.destroy();
    },
  };
}
