/** Runs the knowledge of one replica in a thread that is started when it is needed and given back when it rests. */
import { Worker } from 'node:worker_threads';
import type { Settings } from '../../../shared/domain/settings.ts';
import { limits } from '../../../shared/limits.ts';
import { err, type Problem, problem, type Result } from '../../../shared/result.ts';
import { tuneBeside } from '../../adapters/tune-v8.ts';
import type { SharedEmbeddings } from '../../engine/knowledge/knowledge-ports.ts';
import type { Cancel, Clock, Log } from '../../engine/ports.ts';
import type {
  FromThread,
  Knowledge,
  KnowledgeCall,
  KnowledgePlaces,
  KnowledgePlans,
  ToThread,
} from './knowledge-contract.ts';

export type KnowledgeThread = Knowledge & {
  /** Whether indexing waits; questions are answered all the same. */
  hold(isHeld: boolean): void;
  /** Whether there is a thread now. */
  isRunning(): boolean;
  /** Ends the thread, which does not know a new plan; the next question starts another one. */
  restart(): Promise<void>;
  /** Ends the thread after what it does now. */
  stop(): Promise<void>;
};

export type KnowledgeThreadDeps = Omit<KnowledgePlaces, keyof KnowledgePlans> & {
  /** Asked whenever a thread starts. */
  plans(): KnowledgePlans;
  /** Other devices that may have vectors of the same texts. */
  shared: SharedEmbeddings;
  /** Which files are tracked now; undefined while nobody knows. */
  settings(): Settings | undefined;
  /** Where the logins of a store are. */
  env: NodeJS.ProcessEnv;
  clock: Clock;
  log: Log;
  changed(): void;
  /** A thread that may have been started by a question found an index to be made: whoever keeps it up is to catch up. */
  unfinished(): void;
  /** The thread was given back, and its memory with it. */
  rested(): void;
  /** Another thread on the same files, which ends first. */
  after: Promise<void>;
};

const questions: ReadonlySet<KnowledgeCall> = new Set<KnowledgeCall>(['search', 'similar']);

type Running = {
  worker: Worker;
  waiting: Map<number, (answer: Result<unknown>) => void>;
  ended: Promise<void>;
};

export function createKnowledgeThread(deps: KnowledgeThreadDeps): KnowledgeThread {
  let running: Running | undefined;
  let cancelRest: Cancel = () => {};
  let lastId = 0;
  let isStopped = false;
  let isHeld = false;
  let ready = deps.after;
  /** Monotonic; whoever searched may search again, and a large index takes a moment to be read. */
  let keptUntilMs = 0;

  function rest(): void {
    cancelRest();
    const waitMs = Math.max(limits.knowledgeIdleMs, keptUntilMs - deps.clock.monotonicMs());
    cancelRest = deps.clock.after(waitMs, () => {
      if (running?.waiting.size === 0) void end();
      else rest();
    });
  }

  async function end(): Promise<void> {
    cancelRest();
    const ending = running;
    running = undefined;
    ending?.worker.postMessage('close');
    // One that hears nothing is ended: what it was at is done again.
    const cancel = deps.clock.after(limits.knowledgeStopMs, () => void ending?.worker.terminate());
    ready = (ending?.ended ?? ready).finally(cancel);
    await ready;
  }

  function hold(isHeldNow: boolean): void {
    isHeld = isHeldNow;
    running?.worker.postMessage({ held: isHeld } satisfies ToThread);
  }

  async function ask(call: KnowledgeCall, input: unknown): Promise<Result<unknown>> {
    await ready;
    if (isStopped) return err(stopping);
    if (running === undefined) {
      running = start(deps, (it) => {
        if (running === it) running = undefined;
      });
      hold(isHeld);
    }
    const { worker, waiting } = running;
    if (questions.has(call)) keptUntilMs = deps.clock.monotonicMs() + limits.knowledgeAskedIdleMs;
    lastId += 1;
    const id = lastId;
    const answered = new Promise<Result<unknown>>((resolve) => waiting.set(id, resolve));
    worker.postMessage({ id, call, input, settings: deps.settings() } satisfies ToThread);
    rest();
    return answered;
  }

  const asked =
    <Call extends KnowledgeCall>(call: Call) =>
    (...input: Parameters<Knowledge[Call]>) =>
      ask(call, input[0]) as ReturnType<Knowledge[Call]>;

  /** The thread is not at rest until what it was told is done. */
  async function andGoOn<Value>(answered: Promise<Result<Value>>): Promise<Result<Value>> {
    const answer = await answered;
    if (answer.ok) void ask('catchUp', undefined);
    return answer;
  }

  return {
    hold,
    isRunning: () => running !== undefined,
    search: asked('search'),
    similar: asked('similar'),
    state: asked('state'),
    notes: asked('notes'),
    retry: (note) => andGoOn(asked('retry')(note)),
    rebuild: () => andGoOn(asked('rebuild')()),
    catchUp: asked('catchUp'),
    catchUpServing: asked('catchUpServing'),
    restart: end,
    feed: asked('feed'),
    checkStore: asked('checkStore'),
    embeddings: asked('embeddings'),
    async stop() {
      isStopped = true;
      await end();
    },
  };
}

/** Beside this file, as source or as bundle. */
const entry = (): URL =>
  new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './knowledge.mjs', import.meta.url);

function start(deps: KnowledgeThreadDeps, gone: (it: Running) => void): Running {
  const { logFile, folder } = deps;
  const worker = new Worker(entry(), {
    workerData: { logFile, folder, ...deps.plans() } satisfies KnowledgePlaces,
    env: Object.fromEntries(Object.entries(deps.env).filter(([, value]) => value !== undefined)),
    // It makes and drops much, and shares a process that is to stay small.
    resourceLimits: { maxYoungGenerationSizeMb: 8 },
  });
  tuneBeside(worker);
  const waiting: Running['waiting'] = new Map();
  let failure: Problem = stopping;
  worker.on('message', (message: FromThread) => hear(deps, it, message));
  worker.on('error', (cause) => {
    failure = faulty(cause);
    deps.log.error(failure.message, { cause });
  });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      gone(it);
      deps.rested();
      for (const settle of waiting.values()) settle(err(failure));
      resolve();
    });
  });
  const it: Running = { worker, waiting, ended };
  return it;
}

function hear(deps: KnowledgeThreadDeps, { waiting, worker }: Running, message: FromThread): void {
  if ('id' in message) {
    waiting.get(message.id)?.(message.answer);
    waiting.delete(message.id);
  } else if (message.event === 'ask') {
    void deps.shared.ask(message.question).then((answer) => {
      worker.postMessage({ asked: message.asking, answer } satisfies ToThread);
    });
  } else if (message.event === 'distrust') deps.shared.distrust(message.device);
  else if (message.event === 'unfinished') deps.unfinished();
  else if (message.event === 'log') deps.log[message.level](message.message, message.fields);
  else deps.changed();
}

function faulty(cause: unknown): Problem {
  return problem(
    'internal',
    'the knowledge index',
    `The thread of the knowledge index ended: ${cause instanceof Error ? cause.message : String(cause)}`,
    'Notes and log are untouched; everything but search works. If it stays, report it with the output of `skein doctor`.',
  );
}

const stopping: Problem = problem(
  'stopping',
  'search',
  'Skein is stopping, so the search was not ended.',
  'Start it again, then search.',
);
