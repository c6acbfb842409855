/** Another replica of this workspace, as the engine sees it: over the network or in this process, all alike. */
import type {
  Contents,
  Page,
  Places,
  Push,
  PushAnswer,
  Watermark,
} from '../../../shared/contracts/peer-protocol.ts';
import type { Result } from '../../../shared/result.ts';

export type LinkRights = {
  /** It may have what we have. */
  read: boolean;
  /** What it has may change our files. */
  write: boolean;
  /** Its changes of instruction files need no approval. */
  trusted: boolean;
  /** It gets only what a consolidation folded, not each change at once. */
  staged?: boolean;
  /** Only files for which this says yes; all when absent. */
  mayRead?: ((path: string) => boolean) | undefined;
  /** How often it was decided anew which files these are; never when absent. */
  scope?: number;
  /** The files that it takes: of others it gets to know that they changed, without their contents; all when absent. */
  wants?: ((path: string) => boolean) | undefined;
};

/** Every question may fail with `peer-unreachable`, `peer-refused` or `protocol-too-old`, and takes a bounded time. */
export type PeerLink = {
  /** Stable over restarts. */
  readonly id: string;
  readonly name: string;
  rights(): LinkRights;
  /** The files that we take from it: changes of others are kept in the log, and out of the folder; all when absent. */
  takes?(path: string): boolean;
  watermark(): Promise<Result<Watermark>>;
  changes(since: string, limit: number): Promise<Result<Page>>;
  push(push: Push): Promise<Result<PushAnswer>>;
  /** A page of rows that were hidden from us. */
  hidden(places: Places): Promise<Result<Page>>;
  contents(hashes: readonly string[]): Promise<Result<Contents>>;
  /** Bytes that went over the link so far. */
  traffic?(): { bytesIn: number; bytesOut: number };
};
