/** GET /api/events: server-sent events that say that something changed (shared/contracts/events.ts). */
import { Buffer } from 'node:buffer';
import type { ChangedEvent, Topic } from '../../shared/contracts/events.ts';
import { limits } from '../../shared/limits.ts';
import { problem } from '../../shared/result.ts';
import type { Cancel } from '../engine/ports.ts';
import type { Host } from '../host/host-contract.ts';
import { problemResponse } from './problem-response.ts';

export type EventStreams = {
  /** A new stream, or 503 when there are `limits.eventStreams` already. */
  open(request: Request): Response;
  /** How many are open now. */
  count(): number;
  /** Ends all; later ones are refused. */
  close(): void;
};

type Events = Pick<Host, 'onChanged'>;

const streamHeaders = { 'content-type': 'text/event-stream; charset=utf-8' };

/** Messages that wait for one client before they are folded into one. */
const waitingMessages = 8;

/** Keeps the event streams of one app. */
export function createEventStreams(host: Events): EventStreams {
  const ends = new Set<() => void>();
  let closed = false;
  return {
    count: () => ends.size,
    open(request) {
      if (closed) return problemResponse(stopping);
      // Nobody would ever read, and so end, the stream behind an answer without a body.
      if (request.method === 'HEAD') return new Response(null, { headers: streamHeaders });
      if (ends.size >= limits.eventStreams) return problemResponse(tooMany, 503);
      return new Response(streamOf(host, request, ends), { headers: streamHeaders });
    },
    close() {
      closed = true;
      for (const end of [...ends]) end();
    },
  };
}

function streamOf(host: Events, request: Request, ends: Set<() => void>): ReadableStream<Uint8Array> {
  const folded = createFold();
  let stop = () => {};
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (message: string) => controller.enqueue(Buffer.from(message));
        const hasRoom = () => (controller.desiredSize ?? 0) > 0;
        const end = () => {
          stop();
          controller.close();
        };
        const unfollow = follow(host, {
          changed: (event) => (hasRoom() ? send(changedMessage(event)) : folded.add(event)),
          ping: () => hasRoom() && send(pingMessage),
        });
        stop = () => {
          unfollow();
          ends.delete(end);
          request.signal.removeEventListener('abort', end);
        };
        ends.add(end);
        request.signal.addEventListener('abort', end);
        // Something at once, so that every layer between here and the page knows that the stream is open.
        send(': open\n\n');
      },
      pull(controller) {
        for (const event of folded.take()) controller.enqueue(Buffer.from(changedMessage(event)));
      },
      cancel: () => stop(),
    },
    { highWaterMark: waitingMessages },
  );
}

function follow(host: Events, on: { changed(event: ChangedEvent): void; ping(): void }): Cancel {
  const cancel = host.onChanged(on.changed);
  const timer = setInterval(on.ping, limits.eventPingMs);
  return () => {
    clearInterval(timer);
    cancel();
  };
}

/** What a client that reads slowly has missed: a topic counts once, so that it never grows with time. */
function createFold() {
  const topicsByWorkspace = new Map<string | null, Set<Topic>>();
  return {
    add({ workspace, topics }: ChangedEvent) {
      const known = topicsByWorkspace.get(workspace) ?? new Set();
      topicsByWorkspace.set(workspace, new Set([...known, ...topics]));
    },
    take(): ChangedEvent[] {
      const events = [...topicsByWorkspace].map(([workspace, topics]) => ({
        workspace,
        topics: [...topics],
      }));
      topicsByWorkspace.clear();
      return events;
    },
  };
}

const changedMessage = (event: ChangedEvent) => `event: changed\ndata: ${JSON.stringify(event)}\n\n`;
const pingMessage = 'event: ping\ndata: {}\n\n';

const tooMany = problem(
  'too-large',
  '/api/events',
  `${limits.eventStreams} event streams are open, which is the limit.`,
  'Close pages of Skein that you do not need, then load this one again.',
);
const stopping = problem('stopping', '/api/events', 'Skein is stopping.', 'Connect again when it runs.');
