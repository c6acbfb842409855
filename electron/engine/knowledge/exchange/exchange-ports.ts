/** What the exchange of index files asks of the world, and what the two sides say to each other. */
import type { IndexName } from '../../../../shared/domain/knowledge/index-exchange.ts';
import type { Result } from '../../../../shared/result.ts';

/** One file as it lies in the folder. */
export type IndexFile = IndexName & { size: number };

/** The bytes of a file that was sent, on the disk under a name of ours; not yet believed. */
export type Spooled = { file: string; md5: string; size: number };

/** The folder with the index files. Paths were checked by `checkIndexPath`. */
export type IndexFolder = {
  /**
   * All files by path, but for those that somebody writes at this moment. Who was there at the last look and is gone
   * counts as deleted, unless most are gone at once.
   */
  look(): Promise<Result<Map<string, IndexFile>>>;
  /** Whether these bytes lay here once under this path, and do no more. */
  wasDeleted(path: string, md5: string): boolean;
  /** Throws `ProblemError`: what the pieces throw, too-large, disk-full … */
  spool(pieces: AsyncIterable<Uint8Array>): Promise<Spooled>;
  discard(spooled: Spooled): Promise<void>;
  /** Verify, sync, rename: a reader sees the old file or the new one. The spooled file is gone afterwards in any case. */
  placeVerified(spooled: Spooled, name: IndexName): Promise<Result<void>>;
  /** Removes a file, if it still is the one with this MD5; any, when it is undefined. False: nothing was removed. */
  remove(path: string, md5: string | undefined): Promise<Result<boolean>>;
  /** Throws `ProblemError` when the bytes are not those that `look` found. */
  read(file: IndexFile): AsyncIterable<Uint8Array>;
};

/** What both sides held alike at the end of their last exchange. */
export type Agreements = {
  /** MD5 by path; undefined when there was no exchange yet. */
  with(peer: string): ReadonlyMap<string, string> | undefined;
  agree(peer: string, alike: ReadonlyMap<string, string>): void;
};

/** A message as it arrives, part by part and in whatever order; `content` belongs to the `index` that follows it. */
export type MessagePart =
  | { part: 'action'; value: unknown }
  | { part: 'known' | 'removed' | 'inventory'; value: unknown }
  | { part: 'content'; pieces: AsyncIterable<Uint8Array> }
  | { part: 'index'; value: unknown }
  /** The whole message was read; without it, it broke off. `lists` are the lists that it had, empty ones, too. */
  | { part: 'end'; lists: ReadonlySet<string> };

/** A message to be sent; what is absent is not said. */
export type OutgoingMessage = {
  action?: string;
  known?: readonly IndexName[];
  indexes?: readonly IndexFile[];
  removed?: readonly IndexName[];
  inventory?: readonly IndexName[];
  statistics?: PushStatistics;
  refused?: readonly RefusedIndex[];
};

export type PushStatistics = { applied: number; unchanged: number; removed: number; refused: number };
export type RefusedIndex = { path: string; reason: string };

/** `isOwnForm`: the message travels as Skein writes it between its own, raw and with the MD5 of what was removed. */
export type IncomingMessage = { isOwnForm: boolean; parts: AsyncIterable<MessagePart> };

/** One other cluster, for one exchange. Fails with peer-unreachable, peer-refused, bad-input …; throws `ProblemError` while parts arrive. */
export type ExchangePeer = {
  /** Its address, by which people know it. */
  readonly name: string;
  ask(message: OutgoingMessage, form: 'documented' | 'own'): Promise<Result<IncomingMessage>>;
};
