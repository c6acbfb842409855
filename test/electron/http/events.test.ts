import { afterEach, expect, test, vi } from 'vitest';
import { changedEvent, type Topic } from '../../../shared/contracts/events.ts';
import { limits } from '../../../shared/limits.ts';
import { createTinyApp, type TinyApp } from '../../support/tiny-app.ts';

afterEach(() => {
  vi.useRealTimers();
});

async function listen(app: TinyApp, signal?: AbortSignal) {
  const response = await app.ask('/api/events', signal ? { signal } : {});
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  return { response, reader, next: async () => (await reader.read()).value };
}

const parse = (message: string | undefined) => {
  const [, data] = /^event: changed\ndata: (.*)\n\n$/.exec(message ?? '') ?? [];
  return changedEvent.parse(JSON.parse(data ?? 'null'));
};

test('a stream opens at once and carries what the host tells', async () => {
  const app = createTinyApp();
  const { response, next } = await listen(app);
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await next()).toBe(': open\n\n');
  app.host.tell({ workspace: 'one', topics: ['changes', 'status'] });
  app.host.tell({ workspace: null, topics: ['app-settings'] });
  expect(parse(await next())).toEqual({ workspace: 'one', topics: ['changes', 'status'] });
  expect(parse(await next())).toEqual({ workspace: null, topics: ['app-settings'] });
});

test('a quiet stream pings', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const { next } = await listen(createTinyApp());
  await next();
  vi.advanceTimersByTime(15_000);
  expect(await next()).toBe('event: ping\ndata: {}\n\n');
});

test('a client that does not read costs nothing that grows, and misses no topic', async () => {
  const app = createTinyApp();
  const { next } = await listen(app);
  const topics: Topic[] = ['changes', 'status', 'files'];
  for (let count = 0; count < 10_000; count += 1) {
    app.host.tell({ workspace: count % 2 === 0 ? 'one' : 'two', topics: [topics[count % 3]!] });
  }
  app.host.tell({ workspace: 'two', topics: ['settings'] });
  const topicsByWorkspace = new Map<string | null, Set<string>>();
  let messages = 0;
  await next();
  while (!topicsByWorkspace.get('two')?.has('settings')) {
    const event = parse(await next());
    messages += 1;
    const known = topicsByWorkspace.get(event.workspace) ?? new Set();
    topicsByWorkspace.set(event.workspace, new Set([...known, ...event.topics]));
  }
  expect(messages).toBeLessThan(30);
  expect([...topicsByWorkspace.get('one')!].toSorted()).toEqual(['changes', 'files', 'status']);
  expect([...topicsByWorkspace.get('two')!].toSorted()).toEqual(['changes', 'files', 'settings', 'status']);
});

test('past the limit the answer is 503, until a place is free', async () => {
  const app = createTinyApp();
  const open = await Promise.all(Array.from({ length: limits.eventStreams }, () => listen(app)));
  const refused = await app.ask('/api/events');
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).not.toBeNull();
  expect(JSON.stringify(await refused.json())).toContain(`${limits.eventStreams} event streams`);
  await open[0]!.reader.cancel();
  await expect.poll(async () => (await app.ask('/api/events')).status).toBe(200);
});

test('asking for the headers only takes no place', async () => {
  const app = createTinyApp();
  for (let count = 0; count < limits.eventStreams + 1; count += 1) {
    expect((await app.ask('/api/events', { method: 'HEAD' })).status).toBe(200);
  }
  expect((await listen(app)).response.status).toBe(200);
});

test('a client that leaves is forgotten: by cancelling, by its signal', async () => {
  const app = createTinyApp();
  const before = app.host.listeners();
  const first = await listen(app);
  expect(app.host.listeners()).toBe(before + 1);
  await first.reader.cancel();
  expect(app.host.listeners()).toBe(before);
  const controller = new AbortController();
  const second = await listen(app, controller.signal);
  controller.abort();
  expect(await second.next()).toBe(': open\n\n');
  expect((await second.reader.read()).done).toBe(true);
  expect(app.host.listeners()).toBe(before);
  app.host.tell({ workspace: null, topics: ['status'] });
});

test('close ends every stream and refuses new ones', async () => {
  const app = createTinyApp();
  const [first, second] = [await listen(app), await listen(app)];
  app.close();
  for (const { reader } of [first, second]) {
    expect((await reader.read()).value).toBe(': open\n\n');
    expect((await reader.read()).done).toBe(true);
  }
  expect(app.host.listeners()).toBe(0);
  expect((await app.ask('/api/events')).status).toBe(503);
});
