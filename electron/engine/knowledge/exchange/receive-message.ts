/** Takes in a message of the other side, part by part: the files to the disk, the lists into memory. */
import {
  checkIndexPath,
  cleanMd5,
  type IndexName,
} from '../../../../shared/domain/knowledge/index-exchange.ts';
import { limits } from '../../../../shared/limits.ts';
import { err, ok, type Problem, ProblemError, problem, type Result } from '../../../../shared/result.ts';
import type { IndexFolder, MessagePart, RefusedIndex, Spooled } from './exchange-ports.ts';

export type Received = {
  action: unknown;
  /** MD5 by path, of paths that may be used only; the others are nobody's loss. */
  known: Map<string, string>;
  /** With the MD5 of what was removed, where the sender says it. */
  removed: Map<string, string | undefined>;
  inventory: Map<string, string>;
  /** Files whose path cannot be used. */
  refused: RefusedIndex[];
  lists: ReadonlySet<string>;
};

/** Takes over the spooled file, to place it or to discard it. */
export type OnIndex = (spooled: Spooled, name: IndexName) => Promise<void>;

/** Fails with bad-input, too-large, disk-full and whatever else `parts` or the folder throw; may have called `onIndex`. */
export async function receiveMessage(
  folder: IndexFolder,
  parts: AsyncIterable<MessagePart>,
  onIndex: OnIndex,
): Promise<Result<Received>> {
  const state: State = {
    folder,
    onIndex,
    received: nothing(),
    spooled: undefined,
    sent: new Set(),
    isWhole: false,
  };
  try {
    for await (const part of parts) await takePart(state, part);
    return state.isWhole ? ok(state.received) : err(malformed('it breaks off'));
  } catch (error) {
    if (error instanceof ProblemError) return err(error.problem);
    throw error;
  } finally {
    if (state.spooled !== undefined) await folder.discard(state.spooled);
  }
}

type State = {
  folder: IndexFolder;
  onIndex: OnIndex;
  received: Received;
  /** Of the index whose name is still to come. */
  spooled: Spooled | undefined;
  /** Paths of indexes that came with this message. */
  sent: Set<string>;
  isWhole: boolean;
};

const nothing = (): Received => ({
  action: undefined,
  known: new Map(),
  removed: new Map(),
  inventory: new Map(),
  refused: [],
  lists: new Set(),
});

async function takePart(state: State, part: MessagePart): Promise<void> {
  const { received } = state;
  if (part.part === 'action') received.action = part.value;
  else if (part.part === 'content') state.spooled = await state.folder.spool(part.pieces);
  else if (part.part === 'index') await takeIndex(state, part.value);
  else if (part.part === 'removed') takeRemoved(received, part.value);
  else if (part.part === 'end') {
    received.lists = part.lists;
    state.isWhole = true;
  } else {
    const { path, md5 } = must(readName(part.value));
    const checked = checkIndexPath(path);
    if (checked.ok) received[part.part].set(checked.value, md5);
  }
}

async function takeIndex(state: State, value: unknown): Promise<void> {
  const { path, md5 } = must(readName(value));
  const { spooled } = state;
  if (spooled === undefined) throw new ProblemError(malformed('an index has no content'));
  const checked = checkIndexPath(path);
  const refusal = checked.ok ? (state.sent.has(checked.value) ? twice(path) : undefined) : checked.error;
  if (!checked.ok || refusal !== undefined) {
    state.received.refused.push({ path: shown(path), reason: (refusal ?? twice(path)).message });
    await state.folder.discard(spooled);
    state.spooled = undefined;
    return;
  }
  state.sent.add(checked.value);
  state.spooled = undefined;
  await state.onIndex(spooled, { path: checked.value, md5 });
}

/** The documented form says a path, ours a path and the MD5 of what was removed. */
function takeRemoved(received: Received, value: unknown): void {
  const isPath = typeof value === 'string';
  const { path, md5 } = isPath ? { path: value, md5: undefined } : must(readName(value));
  const checked = checkIndexPath(path);
  if (checked.ok) received.removed.set(checked.value, md5);
  else received.refused.push({ path: shown(path), reason: checked.error.message });
}

/** A refused path may be as long as a peer likes, and there may be many. */
const shown = (path: string): string => path.slice(0, limits.refusedPathCharacters);

function readName(value: unknown): Result<IndexName> {
  const { path, md5 } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (typeof path !== 'string' || typeof md5 !== 'string')
    return err(malformed('an entry lacks its path or its md5'));
  const clean = cleanMd5(md5);
  return clean.ok ? ok({ path, md5: clean.value }) : clean;
}

function must<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new ProblemError(result.error);
  return result.value;
}

const malformed = (why: string): Problem =>
  problem(
    'bad-input',
    'knowledge_sync',
    `This is no message of /knowledge_sync: ${why}.`,
    'Each entry of `known`, `indexes` and `inventory` has a path and an md5, and an index has its content, too.',
  );

const twice = (path: string): Problem =>
  problem(
    'bad-input',
    path,
    `${path} came twice in one message, so the second was thrown away.`,
    'Send it once.',
  );
