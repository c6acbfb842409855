/** GET /sync/news: an event for each piece of news that the asker has to fetch itself. */
import { Buffer } from 'node:buffer';
import { limits } from '../../../shared/limits.ts';
import type { PeerGate, Served } from '../../host/peers/peers-contract.ts';

const headers = { 'content-type': 'text/event-stream; charset=utf-8' };

/** A stream until the asker leaves or its connection is cut. A slow reader gets the newest, not all. */
export function openNews(gate: Pick<PeerGate, 'followNews'>, served: Served, request: Request): Response {
  // Nobody would ever read, and so end, the stream behind an answer without a body.
  if (request.method === 'HEAD') return new Response(null, { headers });
  let stop = (): void => {};
  let waiting: string | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string): void => controller.enqueue(Buffer.from(text));
      const hasRoom = (): boolean => (controller.desiredSize ?? 0) > 0;
      const unfollow = gate.followNews(served, (vector) => {
        if (hasRoom()) send(newsMessage(vector));
        else waiting = vector;
      });
      const timer = setInterval(() => hasRoom() && send(pingMessage), limits.eventPingMs);
      const end = (): void => {
        stop();
        controller.close();
      };
      stop = () => {
        clearInterval(timer);
        unfollow();
        request.signal.removeEventListener('abort', end);
      };
      request.signal.addEventListener('abort', end);
      send(': open\n\n');
    },
    pull(controller) {
      if (waiting !== undefined) controller.enqueue(Buffer.from(newsMessage(waiting)));
      waiting = undefined;
    },
    cancel: () => stop(),
  });
  return new Response(body, { headers });
}

const newsMessage = (vector: string): string => `event: news\ndata: ${JSON.stringify({ vector })}\n\n`;
const pingMessage = 'event: ping\ndata: {}\n\n';
