/** Whatever answers at the other end, a question to a peer ends, within its bounds, with an answer or a reason. */
import type { TLSSocket } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { createDialer, type Dialer } from '../../electron/adapters/peer-dialer.ts';
import { type LyingPeer, startLyingPeer } from '../support/lying-peer.ts';
import { makeStranger } from '../support/stranger.ts';

const ends: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

type Answers = (socket: TLSSocket, head: string) => void;

async function dialerTo(answer: Answers, more: { answerMs?: number } = {}): Promise<Dialer> {
  const peer: LyingPeer = await startLyingPeer(answer);
  const dialer = createDialer({
    own: makeStranger(),
    name: 'lap',
    certificate: peer.own.certificate,
    addresses: () => [{ host: '127.0.0.1', port: peer.port }],
    ...more,
  });
  ends.push(peer.close, dialer.close);
  return dialer;
}

async function ask(answer: Answers, more: { answerMs?: number } = {}): ReturnType<Dialer['ask']> {
  const dialer = await dialerTo(answer, more);
  return dialer.ask({ method: 'GET', path: '/sync/hello', answerBytes: 1_000 });
}

const head = (...lines: string[]): string => `${['HTTP/1.1 200 OK', ...lines].join('\r\n')}\r\n\r\n`;
const upgrade = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n';
const unreachable = { ok: false, error: { code: 'peer-unreachable', subject: 'lap' } };

describe('an answer', () => {
  test('that is whole comes whole', async () => {
    const answer = await ask((socket) => socket.write(`${head('content-length: 2')}{}`));
    expect(answer).toMatchObject({ ok: true, value: { status: 200, bytes: Buffer.from('{}') } });
  });

  test('that changes to another protocol is none', async () => {
    expect(await ask((socket) => socket.write(upgrade))).toMatchObject(unreachable);
  });

  test('that ends before its length is none', async () => {
    const answer = await ask((socket) => socket.end(`${head('content-length: 10')}{}`));
    expect(answer).toMatchObject(unreachable);
  });

  test.each([
    ['is no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['has two lengths', `${head('content-length: 2', 'content-length: 7')}{}`],
    ['has a length below 0', `${head('content-length: -1')}{}`],
    ['has a head without end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`],
    ['has chunks of no length', `${head('transfer-encoding: chunked')}zz\r\n{}\r\n0\r\n\r\n`],
  ])('that %s is none', async (_, bytes) => {
    expect(await ask((socket) => socket.write(bytes))).toMatchObject(unreachable);
  });

  test.each([
    ['says how long it is', head('content-length: 99999999')],
    ['does not', head('transfer-encoding: chunked')],
  ])('that is too long is refused when it %s, before it is read whole', async (_, start) => {
    const answer = await ask((socket) => {
      socket.write(start);
      const more = (): void => {
        const goesOn = socket.write(`1000\r\n${'x'.repeat(4_096)}\r\n`);
        if (!socket.destroyed) goesOn ? setImmediate(more) : socket.once('drain', more);
      };
      more();
    });
    expect(answer).toMatchObject({ ok: false, error: { code: 'too-large' } });
  });

  test('that comes byte by byte and never ends is given up', async () => {
    const drops = (socket: TLSSocket): void => {
      socket.write(head('content-length: 900'));
      const timer = setInterval(() => socket.write(' '), 5);
      socket.on('close', () => clearInterval(timer));
    };
    expect(await ask(drops, { answerMs: 200 })).toMatchObject(unreachable);
  });

  test('to which only notes come that it is on its way is given up', async () => {
    const notes = (socket: TLSSocket): void => {
      const timer = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 5);
      socket.on('close', () => clearInterval(timer));
    };
    expect(await ask(notes, { answerMs: 200 })).toMatchObject(unreachable);
  });
});

describe('a stream of news', () => {
  test.each([
    ['changes to another protocol', upgrade],
    ['is no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['is refused', 'HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n'],
    ['has no end of an event in it', `${head()}${'x'.repeat(2 * 1024 * 1024)}`],
  ])('that %s ends, once, with the reason', async (_, bytes) => {
    const dialer = await dialerTo((socket) => socket.write(bytes));
    const reasons: string[] = [];
    await new Promise<void>((resolve) => {
      dialer.follow('/sync/news', {
        open: () => {},
        event: () => {},
        end({ code }) {
          reasons.push(code);
          resolve();
        },
      });
    });
    expect(reasons).toEqual([expect.stringMatching(/^peer-/)]);
  });
});
