/** What the embedder of one index was asked since the index was begun; kept with it, so that a pause loses no count. */
import { readMeta, writeMeta } from '../log/open-log.ts';
import type { Sql } from '../ports.ts';
import type { EmbeddingUse } from './knowledge-ports.ts';

export type TotalUse = {
  requests: number;
  failures: number;
  tokens: number;
  /** Some of the tokens were not counted by the server. */
  isEstimated: boolean;
};

export const noUse: TotalUse = { requests: 0, failures: 0, tokens: 0, isEstimated: false };

export type UseCount = {
  add(use: EmbeddingUse): void;
  total(): TotalUse;
  /** What is told after that counts for nobody: the database may be closed. */
  end(): void;
};

export function createUseCount(sql: Sql): UseCount {
  const text = readMeta(sql, 'use');
  let total = text === undefined ? noUse : (JSON.parse(text) as TotalUse);
  let isOver = false;
  return {
    add({ tokens, isEstimated, isFailure }) {
      if (isOver) return;
      total = {
        requests: total.requests + 1,
        failures: total.failures + (isFailure ? 1 : 0),
        tokens: total.tokens + tokens,
        isEstimated: total.isEstimated || isEstimated,
      };
      writeMeta(sql, 'use', JSON.stringify(total));
    },
    total: () => total,
    end() {
      isOver = true;
    },
  };
}
