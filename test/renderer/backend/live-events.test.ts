import { afterEach, describe, expect, it } from 'vitest';
import { type Connection, openLiveEvents, pauseBefore } from '../../../renderer/src/backend/live-events.ts';
import type { ChangedEvent } from '../../../shared/contracts/events.ts';
import { ManualTimers, settled } from '../manual-timers.ts';

/** A server of one stream at a time, that a test can feed and cut. */
class StreamServer {
  asked = 0;
  headers: Headers | undefined;
  status = 200;
  reachable = true;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;

  fetch: typeof fetch = async (_input, init) => {
    this.asked += 1;
    this.headers = new Headers(init?.headers);
    if (!this.reachable) throw new TypeError('connection refused');
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#controller = controller;
        init?.signal?.addEventListener('abort', () => controller.error(new Error('aborted')));
      },
    });
    return new Response(body, { status: this.status });
  };

  async send(text: string): Promise<void> {
    this.#controller?.enqueue(new TextEncoder().encode(text));
    await settled();
  }

  async cut(): Promise<void> {
    this.#controller?.close();
    await settled();
  }
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function listen(server = new StreamServer()) {
  const timers = new ManualTimers();
  const live = openLiveEvents({
    fetch: server.fetch,
    headers: { authorization: 'Bearer abc' },
    after: timers.after,
  });
  const events: ChangedEvent[] = [];
  const connections: Connection[] = [];
  live.onChanged((event) => events.push(event));
  live.onConnection((connection) => connections.push(connection));
  closers.push(live.close);
  await settled();
  return { server, timers, live, events, connections };
}

const changed = 'event: changed\ndata: {"workspace":"w1","topics":["changes"]}\n\n';

describe('live updates', () => {
  it('carry the token and tell what changed', async () => {
    const { server, events, connections } = await listen();
    await server.send(changed);
    expect(server.headers?.get('authorization')).toBe('Bearer abc');
    expect(connections).toEqual([{ state: 'live' }]);
    expect(events).toEqual([{ workspace: 'w1', topics: ['changes'] }]);
  });

  it('pass over pings and take an unreadable message as news about everything', async () => {
    const { server, events } = await listen();
    await server.send('event: ping\ndata: {}\n\nevent: changed\ndata: {"topics":["from the future"]}\n\n');
    expect(events).toHaveLength(1);
    expect(events[0]?.workspace).toBeNull();
    expect(events[0]?.topics).toContain('settings');
  });

  it('come back after a break, and then take everything as changed', async () => {
    const { server, timers, events, connections } = await listen();
    await server.cut();
    expect(connections.at(-1)).toEqual({ state: 'lost', attempt: 1 });
    await timers.pass(500);
    expect(connections.at(-1)).toEqual({ state: 'live' });
    expect(events).toHaveLength(1);
    expect(events[0]?.workspace).toBeNull();
  });

  it('wait longer and longer while the engine is away, and at once less when asked', async () => {
    const { server, timers, live, connections } = await listen();
    server.reachable = false;
    await server.cut();
    await timers.pass(500);
    await timers.pass(999);
    expect(server.asked).toBe(2);
    await timers.pass(1);
    expect(server.asked).toBe(3);
    server.reachable = true;
    live.retryNow();
    await settled();
    expect(connections.at(-1)).toEqual({ state: 'live' });
    expect(server.asked).toBe(4);
  });

  it('take long silence for a broken stream', async () => {
    const { server, timers, connections } = await listen();
    await timers.pass(39_999);
    expect(connections.at(-1)).toEqual({ state: 'live' });
    await timers.pass(1);
    await timers.pass(500);
    expect(server.asked).toBe(2);
    expect(connections.map((connection) => connection.state)).toEqual(['live', 'lost', 'live']);
  });

  it('stop at a refused token instead of knocking for ever', async () => {
    const server = new StreamServer();
    server.status = 401;
    const { timers, connections } = await listen(server);
    expect(connections).toEqual([{ state: 'refused' }]);
    await timers.pass(60_000);
    expect(server.asked).toBe(1);
  });

  it('stay silent once closed', async () => {
    const { live, timers, server } = await listen();
    live.close();
    await timers.pass(60_000);
    expect(server.asked).toBe(1);
  });
});

describe('the pause before an attempt', () => {
  it('grows to fifteen seconds and no further', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 100].map(pauseBefore)).toEqual([
      500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000,
    ]);
  });
});
