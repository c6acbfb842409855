/** What the exchange of index files between clusters offers to the HTTP layer. */

import type { Problem, Result } from '../../../../shared/result.ts';
import type { RefusedIndex } from '../../../engine/knowledge/exchange/exchange-ports.ts';
import type { ExchangeOutcome } from '../../../engine/knowledge/exchange/run-exchange.ts';

export type { ExchangeOutcome, RefusedIndex };

/** How it stands with one peer. */
export type PeerExchange = {
  /** The base address that is set. */
  peer: string;
  /** Unix milliseconds of the last exchange that ended, well or not; null before the first. */
  lastRunMs: number | null;
  lastSuccessMs: number | null;
  /** Of the last exchange that ended well. */
  outcome: ExchangeOutcome | null;
  /** Why the last one failed. */
  problem: Problem | null;
  /** In a row. */
  failures: number;
};

/** A message that came over HTTP, and its answer. */
export type ExchangeQuestion = { body: AsyncIterable<Uint8Array>; contentType: string; accept: string };
export type ExchangeAnswer = { body: AsyncIterable<Uint8Array>; contentType: string };

export type IndexExchange = {
  /** What peers show, besides the token of this Skein. */
  readonly token: string | undefined;
  readonly listen: { host: string; port: number } | undefined;
  /** Fails with bad-input, too-large or what the disk says. */
  answer(question: ExchangeQuestion): Promise<Result<ExchangeAnswer>>;
  peers(): readonly PeerExchange[];
  /** One exchange with every peer, after the one that is going on. */
  syncNow(): Promise<readonly PeerExchange[]>;
};

export type IndexExchangeOfHost = IndexExchange & {
  /** Begins the exchanges that come by themselves, until `stop`. */
  start(): void;
  /** Ends what is going on; nothing is half done afterwards. */
  stop(): Promise<void>;
};
