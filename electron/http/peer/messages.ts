/** Bodies of requests and answers between peers: bounded before they are unpacked, packed when the asker takes that. */
import type { z } from 'zod';
import { limits } from '../../../shared/limits.ts';
import { err, problem, type Result } from '../../../shared/result.ts';
import { packMessage, readMessage } from '../../host/peers/wire.ts';
import { statusByCode } from '../problem-response.ts';

export type Reading<Value> = {
  shape: z.ZodType<Value>;
  /** Bytes, packed and unpacked alike. */
  atMost: number;
  from: string;
  count?(bytes: number): void;
};

/** Reads a body of the request. Fails with too-large, or bad-input as `readMessage` does. */
export async function readBody<Value>(request: Request, reading: Reading<Value>): Promise<Result<Value>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength;
      if (size > reading.atMost) return err(tooLarge(reading));
      chunks.push(chunk);
    }
  } catch {
    return err(brokenOff(reading.from));
  }
  reading.count?.(size);
  const encoding = request.headers.get('content-encoding') ?? '';
  return readMessage({ bytes: Buffer.concat(chunks), encoding }, reading);
}

/** The outcome as JSON; a problem with the status of its code. */
export async function answerMessage(request: Request, outcome: Result<unknown>): Promise<Response> {
  const status = outcome.ok ? 200 : statusByCode[outcome.error.code];
  const { bytes, encoding } = await packMessage(
    outcome.ok ? outcome.value : { error: outcome.error },
    request.headers.get('accept-encoding') ?? '',
  );
  const headers: Record<string, string> = {
    'content-type': 'application/json; charset=utf-8',
    'content-length': String(bytes.length),
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
  };
  return new Response(bytes as Uint8Array<ArrayBuffer>, { status, headers });
}

const tooLarge = ({ from, atMost }: { from: string; atMost: number }) =>
  problem(
    'too-large',
    from,
    `${from} sent more than ${Math.floor(atMost / 1024)} KiB in one message.`,
    `Nothing of it was taken; one message holds at most ${Math.floor(limits.peerMessageBytes / 1024)} KiB.`,
  );

const brokenOff = (from: string) =>
  problem('bad-input', from, `The message of ${from} did not arrive whole.`, 'It is sent again.');
