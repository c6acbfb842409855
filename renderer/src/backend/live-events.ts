/** Live updates: one stream for the whole page, opened again with growing pauses when it breaks. */
import { type ChangedEvent, changedEvent, topics } from '../../../shared/contracts/events.ts';
import { readMessages } from './server-sent-events.ts';

export type Connection =
  | { state: 'connecting' }
  | { state: 'live' }
  | { state: 'lost'; attempt: number }
  | { state: 'refused' };

export type LiveEvents = {
  onChanged(listener: (event: ChangedEvent) => void): () => void;
  onConnection(listener: (connection: Connection) => void): () => void;
  /** Asks at once instead of waiting for the pause to end. */
  retryNow(): void;
  close(): void;
};

export type StreamPorts = {
  fetch: typeof fetch;
  headers: Record<string, string>;
  /** Runs a task later; returns how to call it off. */
  after(delayMs: number, task: () => void): () => void;
};

/** Milliseconds without a sign of life (the engine pings every 15 s) after which the stream counts as broken. */
const silenceMs = 40_000;
const pausesMs = [500, 1_000, 2_000, 4_000, 8_000, 15_000] as const;

/** The pause before attempt number `attempt`, in milliseconds. */
export function pauseBefore(attempt: number): number {
  return pausesMs[Math.min(attempt, pausesMs.length) - 1] ?? pausesMs[0];
}

/** Everything may have changed while we were not listening. */
const everything: ChangedEvent = { workspace: null, topics: [...topics] };

export function openLiveEvents(ports: StreamPorts): LiveEvents {
  const changedListeners = new Set<(event: ChangedEvent) => void>();
  const connectionListeners = new Set<(connection: Connection) => void>();
  let abort = new AbortController();
  let cancelPause = () => {};
  let attempt = 0;
  let closed = false;
  let busy = false;

  const tell = (connection: Connection) => {
    for (const listener of connectionListeners) listener(connection);
  };
  const announce = (event: ChangedEvent) => {
    for (const listener of changedListeners) listener(event);
  };

  async function connect(): Promise<void> {
    if (busy) return;
    busy = true;
    const outcome = await listen();
    busy = false;
    if (outcome === 'refused') return tell({ state: 'refused' });
    lose();
  }

  async function listen(): Promise<'refused' | 'broken'> {
    abort = new AbortController();
    try {
      const response = await ports.fetch('/api/events', {
        headers: { ...ports.headers, accept: 'text/event-stream' },
        signal: abort.signal,
      });
      if (response.status === 401) return 'refused';
      if (!response.ok || response.body === null) return 'broken';
      tell({ state: 'live' });
      if (attempt > 0) announce(everything);
      attempt = 0;
      await follow(response.body);
    } catch {
      // A broken connection; the caller handles it like an ended stream.
    }
    return 'broken';
  }

  async function follow(body: ReadableStream<Uint8Array>): Promise<void> {
    const reader = body
      .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
      .getReader();
    let text = '';
    for (;;) {
      const cancelSilence = ports.after(silenceMs, () => abort.abort());
      const piece = await reader.read().finally(cancelSilence);
      if (piece.done) return;
      const { messages, rest } = readMessages(text + piece.value);
      text = rest;
      for (const message of messages) if (message.event === 'changed') announce(readChanged(message.data));
    }
  }

  function lose(): void {
    if (closed) return;
    attempt += 1;
    tell({ state: 'lost', attempt });
    cancelPause = ports.after(pauseBefore(attempt), () => void connect());
  }

  void connect();
  return {
    onChanged: (listener) => register(changedListeners, listener),
    onConnection: (listener) => register(connectionListeners, listener),
    retryNow() {
      cancelPause();
      void connect();
    },
    close() {
      closed = true;
      cancelPause();
      abort.abort();
    },
  };
}

/** A message from a newer engine that we cannot read still says that something changed. */
function readChanged(data: string): ChangedEvent {
  try {
    const parsed = changedEvent.safeParse(JSON.parse(data));
    return parsed.success ? parsed.data : everything;
  } catch {
    return everything;
  }
}

function register<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
