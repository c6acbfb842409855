/** One row of a page on its way into the log. */
import type { FileRow, Row } from '../../../shared/contracts/peer-protocol.ts';
import { type Hold, hold, isFileRow, noContents, type RowTaker } from '../log/take-row.ts';
import { awaitedContents } from './awaited.ts';
import type { BodyReader } from './bodies.ts';
import type { PageFacts } from './page-facts.ts';
import type { Sender, TakeDeps, Taken } from './take-page.ts';
import type { RecordTaker } from './take-record.ts';

type PutDeps = { deps: Pick<TakeDeps, 'sql' | 'contents' | 'mustWait'>; record: RecordTaker };

/** The page that the row stands in, and how far that has come. */
type PageUnderWay = {
  sender: Sender;
  taken: Taken;
  taker: RowTaker;
  facts: PageFacts;
  reader: BodyReader;
  /** We hold its place already. */
  wasHidden: boolean;
};

/** Puts a row that was checked into the log, with its content; `taken` hears of it. */
export function putRow({ deps, record }: PutDeps, row: Row, page: PageUnderWay): void {
  const { sender, taken, taker, facts, wasHidden } = page;
  const put = wasHidden ? taker.reveal : taker.take;
  taken.rows += 1;
  if (isFileRow(row)) {
    if (wasHidden) taken.revealed.push(row.hlc);
    const previous = row.previous === null ? null : (facts.content(row.previous)?.id ?? null);
    const { content, held } = decideOn(deps, row, page);
    put(row, { content, previous }, { via: sender.link, held });
  } else {
    const position = put(row, noContents, { via: sender.link, held: hold.none });
    taken.records = record(row, position) || taken.records;
  }
  facts.noteRow(row);
}

/** The row id of its content, and what keeps the change from its file. */
function decideOn(
  deps: PutDeps['deps'],
  row: FileRow,
  page: PageUnderWay,
): { content: number | null; held: Hold } {
  const { sender } = page;
  const waits = deps.mustWait(row, sender.trusted);
  if (sender.takes?.(row.path) === false) {
    const content = row.content === null ? null : expectContent(deps, row, row.content, page);
    return { content, held: waits ? hold.leftOutWaiting : hold.leftOut };
  }
  const content = row.content === null ? null : keepContent(deps, row, row.content, page);
  return { content, held: waits ? hold.waiting : hold.none };
}

/** The row id of the content; what did not come, or came damaged, is asked for by its hash. */
function keepContent(deps: PutDeps['deps'], row: FileRow, hash: string, page: PageUnderWay): number {
  const { taken, facts, reader } = page;
  const known = facts.content(hash);
  if (known?.isHere === true) return known.id;
  const body = row.body === undefined ? undefined : reader.read(row.body, { hash, size: row.size });
  if (body?.ok === true) {
    if (known !== undefined) taken.paths.push(...awaitedContents(deps.sql).pathsOf(hash));
    taken.bytesByPath.set(row.path, body.value.size);
    const id = deps.contents.putFound(body.value, known);
    facts.noteContent(hash, { id, isHere: true });
    return id;
  }
  taken.missing.push(hash);
  return expectContent(deps, row, hash, page);
}

function expectContent(
  { contents }: PutDeps['deps'],
  row: FileRow,
  hash: string,
  { facts }: PageUnderWay,
): number {
  const id = contents.expect(hash, row.size);
  const isHere = facts.content(hash)?.isHere === true;
  facts.noteContent(hash, { id, isHere });
  return id;
}
