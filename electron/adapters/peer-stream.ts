/** Server-sent events of another device. */
import type { ClientRequest, IncomingMessage } from 'node:http';
import { limits } from '../../shared/limits.ts';
import type { Problem } from '../../shared/result.ts';
import type { Cancel } from '../engine/ports.ts';
import { type Dialing, failed, inOrder, type Question, send } from './dial.ts';
import { type DialAddress, noAddress, refusedStream, unreachable } from './dial-problems.ts';

export type StreamListener = {
  open(): void;
  /** One server-sent event. */
  event(name: string, data: string): void;
  /** Called once, and last. */
  end(reason: Problem): void;
};

/** Events until they end or are cancelled; the first address where the device answers counts. */
export function followAnywhere(dialing: Dialing, path: string, on: StreamListener): Cancel {
  let over = false;
  let current: ClientRequest | undefined;
  const end = (reason: Problem): void => {
    if (over) return;
    over = true;
    on.end(reason);
  };
  const tryNext = ([address, ...others]: readonly DialAddress[], last: Problem): void => {
    if (over) return;
    if (address === undefined) {
      end(last);
      return;
    }
    current = followAt(
      dialing,
      { address, path },
      {
        ...on,
        end,
        elsewhere: (reason) => tryNext(others, reason),
      },
    );
  };
  tryNext(inOrder(dialing), noAddress(dialing.options.name));
  return () => {
    over = true;
    current?.destroy();
  };
}

function followAt(
  dialing: Dialing,
  { address, path }: { address: DialAddress; path: string },
  on: StreamListener & { elsewhere(reason: Problem): void },
): ClientRequest {
  const { name } = dialing.options;
  const question: Question = { method: 'GET', path, answerBytes: 0, silenceMs: limits.newsSilenceMs };
  const sent = send(dialing, address, question, dialing.streams);
  sent.request.on('error', (cause) => {
    const failure = failed(dialing, address, cause, sent.reached());
    if (failure.elsewhere) on.elsewhere(failure.error);
    else on.end(failure.error);
  });
  sent.request.on('response', (response) => {
    if (response.statusCode !== 200) {
      response.destroy();
      on.end(refusedStream(name, response.statusCode ?? 0));
      return;
    }
    on.open();
    readEvents(response, on.event).then(
      () => on.end(unreachable(name, address, 'it ended the connection')),
      (cause: Error) => on.end(unreachable(name, address, cause.message)),
    );
  });
  sent.request.end();
  return sent.request;
}

/** Text that has no end of an event in it for this long is none. */
const eventCharacters = 1024 * 1024;

async function readEvents(response: IncomingMessage, tell: StreamListener['event']): Promise<void> {
  response.setEncoding('utf8');
  let held = '';
  for await (const chunk of response as AsyncIterable<string>) {
    held += chunk;
    if (held.length > eventCharacters) throw new Error('it sends no events');
    const events = held.split('\n\n');
    held = events.pop() ?? '';
    for (const text of events) tell(fieldOf(text, 'event'), fieldOf(text, 'data'));
  }
}

const fieldOf = (text: string, name: string): string =>
  text
    .split('\n')
    .find((line) => line.startsWith(`${name}: `))
    ?.slice(name.length + 2) ?? '';
