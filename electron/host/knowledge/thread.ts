/** The entry of the thread that keeps one index: SQLite and embedding are synchronous, and the engine's loop must not wait. */
import { readlinkSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { err, ProblemError, problem, type Result } from '../../../shared/result.ts';
import type { Log } from '../../engine/ports.ts';
import { createAsking } from './asking.ts';
import { createPause } from './give-way.ts';
import type { CallToThread, FromThread, KnowledgePlaces, ToThread } from './knowledge-contract.ts';
import { type KnowledgeWork, openKnowledgeWork } from './knowledge-work.ts';

const post = (message: FromThread): void => parentPort?.postMessage(message);

const log: Log = {
  info: (message, fields) => say('info', message, fields),
  warn: (message, fields) => say('warn', message, fields),
  error: (message, fields) => say('error', message, fields),
};

function say(level: keyof Log, message: string, fields: Record<string, unknown> = {}): void {
  post({ event: 'log', level, message, fields });
}

/**
 * Who edits and exchanges goes first: on Linux each thread has a priority of its own (setpriority(2)). Elsewhere the
 * number of a thread is not to be had, and it stays as it is.
 */
function stepBack(): void {
  try {
    const thread = Number(basename(readlinkSync('/proc/thread-self')));
    setPriority(thread, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // Then it takes its share.
  }
}

stepBack();

const asking = createAsking(post);
const { pause, hold } = createPause();

/** Opened by the first question, so that whoever asks hears why it cannot be. */
let opened: KnowledgeWork | undefined;
const work = (): KnowledgeWork => {
  opened ??= openKnowledgeWork({
    ...(workerData as KnowledgePlaces),
    log,
    shared: asking.shared,
    pause,
    changed: () => post({ event: 'changed' }),
    unfinished: () => post({ event: 'unfinished' }),
  });
  return opened;
};

parentPort?.on('message', async (message: ToThread | 'close') => {
  if (message === 'close') return close();
  if ('held' in message) return hold(message.held);
  if ('asked' in message) return asking.answered(message.asked, message.answer);
  post({ id: message.id, answer: await answer(message) });
});

async function close(): Promise<void> {
  asking.end();
  hold(false);
  await opened?.close();
  parentPort?.close();
}

async function answer({ call, input, settings }: CallToThread): Promise<Result<unknown>> {
  try {
    work().follow(settings);
    return await (work()[call] as (input: unknown) => Promise<Result<unknown>>)(input);
  } catch (cause) {
    if (cause instanceof ProblemError) return err(cause.problem);
    log.error('The knowledge index failed.', { cause });
    return err(faulty(cause));
  }
}

const faulty = (cause: unknown) =>
  problem(
    'internal',
    'the knowledge index',
    `The knowledge index failed: ${cause instanceof Error ? cause.message : String(cause)}.`,
    'Notes and log are untouched. Try again; if it stays, make the index anew with `skein knowledge rebuild`.',
  );
