/**
 * What the log holds of all that one page names, asked for at once: a question for each row would take longer than
 * everything else about it. Right within the transaction that takes the page, as long as each row taken is noted.
 */
import type { Row } from '../../../shared/contracts/peer-protocol.ts';
import type { ContentStore, FoundContent } from '../log/content-store.ts';
import { isFileRow } from '../log/take-row.ts';
import type { Sql } from '../ports.ts';
import { createRunEnds } from './run-ends.ts';

/** A row of the log. `isHidden`: it only keeps its place; `isBare`: because it was hidden from us, not refused. */
export type Named = { path: string | null; isHidden: boolean; isBare: boolean };

export type PageFacts = {
  /** The row with this stamp, one that the page names. */
  named(stamp: string): Named | undefined;
  stampAt(node: string, sequence: number): string | undefined;
  content(hash: string): FoundContent | undefined;
  /** The row is in the log now. */
  noteRow(row: Row): void;
  noteContent(hash: string, found: FoundContent): void;
  /** A run has another node id now. */
  noteMoved(): void;
};

export type FindFacts = (rows: readonly Row[]) => PageFacts;

export function createFindFacts({ sql, contents }: { sql: Sql; contents: ContentStore }): FindFacts {
  const { stampAt } = createRunEnds(sql);
  const withStamps = sql.prepare<{ stamp: string; path: string | null; kind: string; silent: number }>(
    `SELECT stamp, path, kind, payload IS NULL AS silent FROM log
     WHERE stamp IN (SELECT value FROM json_each(?))`,
  );

  function findNamed(rows: readonly Row[]): Map<string, Named> {
    const found = withStamps.all(JSON.stringify([...new Set(rows.flatMap(stampsIn))]));
    return new Map(found.map((row) => [row.stamp, toNamed(row.path, row.kind, row.silent === 0)]));
  }

  return (rows) => {
    const namedByStamp = findNamed(rows);
    const contentByHash = contents.findAll([...new Set(rows.flatMap(hashesIn))]);
    const endByNode = new Map<string, { sequence: number; stamp: string }>();
    return {
      named: (stamp) => namedByStamp.get(stamp),
      content: (hash) => contentByHash.get(hash),
      stampAt(node, sequence) {
        const end = endByNode.get(node);
        return end?.sequence === sequence ? end.stamp : stampAt(node, sequence);
      },
      noteRow(row) {
        const isRefused = row.kind === 'hidden' && row.refused === true;
        namedByStamp.set(row.hlc, toNamed(isFileRow(row) ? row.path : null, row.kind, isRefused));
        endByNode.set(row.node, { sequence: row.sequence, stamp: row.hlc });
      },
      noteContent: (hash, found) => void contentByHash.set(hash, found),
      noteMoved: () => endByNode.clear(),
    };
  };
}

function toNamed(path: string | null, kind: string, isRefused: boolean): Named {
  const isHidden = kind === 'hidden';
  return { path, isHidden, isBare: isHidden && !isRefused };
}

function stampsIn(row: Row): string[] {
  if (isFileRow(row)) return [row.hlc, ...row.parents];
  return row.kind === 'withdrawn' ? [row.hlc, row.payload.consolidation] : [row.hlc];
}

const hashesIn = (row: Row): string[] =>
  isFileRow(row) ? [row.content, row.previous].filter((hash) => hash !== null) : [];
