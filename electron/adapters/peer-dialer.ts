/**
 * Requests to one other device over mutual TLS 1.3. The connection counts only with the very certificate that the
 * device is pinned to, wherever it is reached, so an address may be wrong or taken by somebody else without harm.
 */
import type { IncomingMessage } from 'node:http';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import type { Cancel } from '../engine/ports.ts';
import {
  createDialing,
  type DialerOptions,
  type Dialing,
  type DialTraffic,
  type Failed,
  failed,
  inOrder,
  type OwnCertificate,
  type Question,
  send,
} from './dial.ts';
import { type DialAddress, isCut, noAddress, placeOf, reasonOf, unreachable } from './dial-problems.ts';
import { followAnywhere, type StreamListener } from './peer-stream.ts';

export type Answer = { status: number; encoding: string; bytes: Uint8Array; traffic: DialTraffic };

export type Dialer = {
  /** Fails with `peer-unreachable`, `peer-refused` when somebody else answers, or `too-large`. */
  ask(question: Question): Promise<Result<Answer>>;
  /** Server-sent events until they end or are cancelled. */
  follow(path: string, on: StreamListener): Cancel;
  /** Cuts what is open; later questions fail. */
  close(): void;
};

export function createDialer(options: DialerOptions): Dialer {
  const dialing = createDialing(options);
  return {
    ask: (question) => askAnywhere(dialing, question),
    follow: (path, on) => followAnywhere(dialing, path, on),
    close() {
      dialing.closed = true;
      dialing.agent.destroy();
      dialing.streams.destroy();
    },
  };
}

/** An address where nobody, or somebody else, answers leads to the next. */
async function askAnywhere(dialing: Dialing, question: Question): Promise<Result<Answer>> {
  let failure: Problem | undefined;
  for (const address of inOrder(dialing)) {
    const outcome = await askAt(dialing, address, question);
    if (outcome.ok || !outcome.elsewhere) return outcome;
    // That somebody else answers says more than that nobody does.
    if (failure?.code !== 'peer-refused') failure = outcome.error;
  }
  return err(failure ?? noAddress(dialing.options.name));
}

type Attempt = { ok: true; value: Answer } | Failed;

/** Kept connections that the other side gave up meanwhile say nothing; every question may be asked twice. */
async function askAt(dialing: Dialing, address: DialAddress, question: Question): Promise<Attempt> {
  let outcome = await attempt(dialing, address, question);
  for (let tries = 0; outcome.stale && tries < limits.peerRequests; tries++) {
    outcome = await attempt(dialing, address, question);
  }
  return outcome.attempt;
}

function attempt(
  dialing: Dialing,
  address: DialAddress,
  question: Question,
): Promise<{ attempt: Attempt; stale: boolean }> {
  return new Promise((resolve) => {
    const sent = send(dialing, address, question, dialing.agent);
    let coming: IncomingMessage | undefined;
    const late = setTimeout(
      () => (coming ?? sent.request).destroy(new Error('its answer takes too long')),
      dialing.options.answerMs ?? limits.peerRequestMs,
    );
    const finish = (outcome: { attempt: Attempt; stale: boolean }) => {
      clearTimeout(late);
      resolve(outcome);
    };
    const fail = (cause: Error) => {
      const attempt = failed(dialing, address, cause, sent.reached());
      finish({ attempt, stale: sent.request.reusedSocket && isCut(cause) && !dialing.closed });
    };
    sent.request.on('error', fail);
    sent.request.on('response', (response) => {
      coming = response;
      dialing.lastGood = address;
      dialing.options.reached?.(address);
      collect(response, question.answerBytes).then(
        (bytes) => {
          const attempt: Attempt =
            bytes === undefined
              ? tooMuch(dialing)
              : { ok: true, value: toAnswer(response, bytes, sent.traffic()) };
          finish({ attempt, stale: false });
        },
        (cause: Error) => fail(cause),
      );
    });
    sent.request.end(question.body?.bytes);
  });
}

const toAnswer = (
  { statusCode = 0, headers }: IncomingMessage,
  bytes: Uint8Array,
  traffic: DialTraffic,
): Answer => ({
  status: statusCode,
  encoding: String(headers['content-encoding'] ?? ''),
  bytes,
  traffic,
});

/** Undefined when there is more than `atMost` bytes; then the connection ends. Rejects when it breaks off. */
async function collect(response: IncomingMessage, atMost: number): Promise<Uint8Array | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > atMost) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/**
 * The certificate that whoever listens at an address shows, in PEM. It proves nothing yet: a pairing finds out.
 * Fails with `peer-unreachable`.
 */
export function readCertificate(own: OwnCertificate, address: DialAddress): Promise<Result<string>> {
  return new Promise((resolve) => {
    // Not imported, so that only who pairs waits for TLS to load.
    const socket = process.getBuiltinModule('node:tls').connect({
      ...address,
      key: own.key,
      cert: own.certificate,
      minVersion: 'TLSv1.3',
      servername: 'skein',
      // Checked by the pairing, for there is nothing yet to check it against.
      rejectUnauthorized: false,
    });
    const fail = (reason: string) => {
      socket.destroy();
      resolve(err(unreachable(placeOf(address), address, reason)));
    };
    socket.setTimeout(limits.peerConnectMs, () => fail('it takes too long'));
    socket.once('error', (cause) => fail(reasonOf(cause)));
    socket.once('secureConnect', () => {
      const shown = socket.getPeerX509Certificate();
      socket.end();
      if (shown === undefined) fail('it shows no certificate');
      else resolve(ok(shown.toString()));
    });
  });
}

const tooMuch = ({ options }: Dialing): Attempt => ({
  ok: false,
  elsewhere: false,
  error: problem(
    'too-large',
    options.name,
    `${options.name} sends more than Skein takes in one answer.`,
    'Update Skein on both devices; if it stays, report it.',
  ),
});
