/**
 * One try at some writes of ours, step by step, each step for all of them together: what lies there is recorded, the
 * intents are noted, the files are swapped, and the log learns of it. Many files so take three transactions, and the
 * disk syncs many at once.
 */
import type { Change } from '../../../shared/domain/change.ts';
import { folderOf } from '../../../shared/domain/paths.ts';
import { temporaryLabel } from '../../../shared/domain/temporary-label.ts';
import { together } from '../../../shared/domain/together.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import { type Content, contentOf, storedContent } from '../log/content-store.ts';
import { type KnownFile, newFileMode, unknownStat } from '../log/known-files.ts';
import type { FileStat } from '../ports.ts';
import { readWhole } from '../scan/look.ts';
import { rootProblem } from '../scan/root.ts';
import type { Lineage } from './lineage.ts';
import type { OwnWrite, OwnWriteDeps } from './own-write.ts';
import { recordBeside, recordOwn, recordRaced, recordRemoval, recordUnmoved } from './record-own.ts';
import { swapFile } from './swap-file.ts';
import { createWriteIntents, type WriteIntents } from './write-intents.ts';

/** Until when others may keep it waiting, by the monotonic clock; and the bytes of who raced the try before. */
export type Try = { write: OwnWrite; untilMs: number; raced?: Uint8Array | undefined };

export type Attempt =
  | { kind: 'done'; change: Change | undefined }
  | { kind: 'again' }
  /** Somebody wrote to the old file while we replaced it; these are their bytes, recorded already. */
  | { kind: 'raced'; bytes: Uint8Array };

/** What each try came to, in their order. The paths differ. */
export async function attemptWrites(deps: OwnWriteDeps, tries: readonly Try[]): Promise<Result<Attempt>[]> {
  const lost = await rootProblem(deps);
  if (lost !== undefined) return tries.map(() => err(lost));
  const intents = createWriteIntents(deps.sql);
  const begun = await beginAll(deps, tries);
  noteIntents(deps, intents, begun);
  const swapped = await together(begun, limits.writesAtOnce, (it) => swap(deps, it));
  const attempts = deps.sql.transaction(() => swapped.map((it) => record(deps, it)));
  for (const it of swapped) noteFacts(deps, it);
  await together(swapped, limits.writesAtOnce, (it) => tidy(deps, it));
  forgetIntents(deps, intents, tries, attempts);
  return attempts;
}

/** Bytes that are to lie at a path, and what they stand on. */
type Replacement = {
  kind: 'replace';
  write: OwnWrite;
  known: KnownFile | undefined;
  bytes: Uint8Array;
  content: Content;
  lineage: Lineage | undefined;
};
type Removal = { kind: 'remove'; write: OwnWrite; known: KnownFile; lineage: Lineage | undefined };
type Over = { kind: 'over'; attempt: Result<Attempt> };
type Begun = Replacement | Removal | Over;

const over = (attempt: Result<Attempt>): Over => ({ kind: 'over', attempt });

/** Another file than what the log knows is recorded first. */
async function beginAll(deps: OwnWriteDeps, tries: readonly Try[]): Promise<Begun[]> {
  const look = ({ write, untilMs }: Try) => deps.recordDisk(write.path, untilMs);
  const looks = await together(tries, limits.writesAtOnce, async (it) =>
    it.write.merges === true ? undefined : look(it),
  );
  // Each question by itself would lock the database and let it go; merges one after another would hold up everybody.
  const decided = deps.sql.transaction(() =>
    tries.map((it, nth) => {
      const looked = looks[nth];
      return looked && decide(deps, it, looked);
    }),
  );
  return together([...tries.entries()], limits.writesAtOnce, async ([nth, it]) =>
    begin(deps, decided[nth] ?? decide(deps, it, await look(it))),
  );
}

/** What the log says of a file once it has what lies there. */
type Decided = {
  kind: 'decided';
  write: OwnWrite;
  known: KnownFile | undefined;
  raced: Uint8Array | undefined;
  version: string | null | undefined;
  stored: Promise<Uint8Array | undefined>;
  lineage: Lineage | undefined;
};

/** Only what the log says is asked here: it takes part in the transaction. */
function decide(deps: OwnWriteDeps, { write, raced }: Try, look: Result<void>): Decided | Over {
  if (!look.ok) return over(look);
  const version = write.version?.();
  const stored = typeof version === 'string' ? deps.contentWork.read(version) : Promise.resolve(undefined);
  // Whoever waits for it hears of it; until then nobody does.
  stored.catch(() => {});
  const lineage = version === undefined ? undefined : write.lineage?.();
  return { kind: 'decided', write, known: deps.known.get(write.path), raced, version, stored, lineage };
}

async function begin(deps: OwnWriteDeps, decided: Decided | Over): Promise<Begun> {
  if (decided.kind === 'over') return decided;
  const { write, known, version } = decided;
  const stored = await decided.stored;
  const isVersion = version === null || stored !== undefined;
  const next = isVersion ? wantedVersion(version, stored) : await computed(deps, decided);
  const lineage = isVersion ? decided.lineage : write.lineage?.();
  if ((next?.content.hash ?? null) === (known?.content ?? null))
    return over(ok({ kind: 'done', change: recordUnmoved(deps, write, known, lineage) }));
  if (next !== null) return { kind: 'replace', write, known, ...next, lineage };
  if (known === undefined) return over(ok({ kind: 'done', change: undefined }));
  return { kind: 'remove', write, known, lineage };
}

type Wanted = { bytes: Uint8Array; content: Content } | null;

const wantedVersion = (version: string | null | undefined, bytes: Uint8Array | undefined): Wanted =>
  typeof version !== 'string' || bytes === undefined
    ? null
    : { bytes, content: storedContent(version, bytes.length) };

async function computed({ contentWork }: OwnWriteDeps, { write, known, raced }: Decided): Promise<Wanted> {
  const current = known?.content == null ? undefined : await contentWork.read(known.content);
  const bytes = write.compute(raced ?? current);
  return bytes === null ? null : { bytes, content: await contentWork.prepare(bytes) };
}

function noteIntents(deps: OwnWriteDeps, intents: WriteIntents, begun: readonly Begun[]): void {
  const writes = begun.filter((it) => it.kind !== 'over');
  if (writes.length === 0) return;
  deps.sql.transaction(() => {
    for (const it of writes) {
      const content = it.kind === 'replace' ? it.content : contentOf(deps.codec, nothing);
      intents.plan({ ...it.write, planned: it.lineage }, deps.contents.put(content));
    }
  });
}

/** What happened on the disk, and the log has yet to hear. */
type Swapped =
  | Over
  | {
      kind: 'replaced';
      by: Replacement;
      stat: FileStat;
      /** Versions that raced us, oldest first, and the bytes of the newest. */
      raced: readonly Content[];
      last: Uint8Array | undefined;
      leftover: string | undefined;
    }
  /** Ours does not lie there. Versions stood for a moment that nobody had seen. */
  | { kind: 'gave way'; write: OwnWrite; unseen: readonly Content[] }
  | { kind: 'removed'; by: Removal; leftover: string };

async function swap(deps: OwnWriteDeps, begun: Begun): Promise<Swapped> {
  if (begun.kind === 'over') return begun;
  return begun.kind === 'replace' ? replace(deps, begun) : remove(deps, begun);
}

async function replace(deps: OwnWriteDeps, by: Replacement): Promise<Swapped> {
  const { files, contentWork } = deps;
  const { path } = by.write;
  const old = by.known?.content ?? null;
  const mode = old === null ? newFileMode : (by.known?.stat.mode ?? newFileMode);
  const temporary = await files.writeTemporary(folderOf(path), by.bytes, mode, temporaryLabel(path));
  if (!temporary.ok) return over(temporary);
  const expected = { old, ours: by.content.hash };
  const swapped = await swapFile({ files, hash: contentWork.hash }, temporary.value.path, path, expected);
  if (!swapped.ok) return over(swapped);
  if (swapped.value.kind === 'again') return giveWay(deps, by.write, swapped.value.unseen);
  const { raced, leftover } = swapped.value;
  const stat = await statOf(deps, path, temporary.value.stat);
  return { kind: 'replaced', by, stat, raced: await prepareAll(deps, raced), last: raced.at(-1), leftover };
}

/** A link is nothing that we swap with, however often. */
async function giveWay(deps: OwnWriteDeps, write: OwnWrite, unseen: readonly Uint8Array[]): Promise<Swapped> {
  const there = await deps.files.stat(write.path);
  if (!there.ok) return over(there);
  if (there.value?.kind === 'link') return over(err(linkInPlace(write.path)));
  return { kind: 'gave way', write, unseen: await prepareAll(deps, unseen) };
}

async function prepareAll(
  { contentWork }: OwnWriteDeps,
  versions: readonly Uint8Array[],
): Promise<Content[]> {
  const contents: Content[] = [];
  for (const bytes of versions) contents.push(await contentWork.prepare(bytes));
  return contents;
}

/** Facts of the file that holds our bytes. Somebody may have written to it at once: those are not ours to know. */
async function statOf({ files }: OwnWriteDeps, path: string, written: FileStat): Promise<FileStat> {
  const lying = await files.stat(path);
  if (!lying.ok || lying.value === undefined) return unknownStat;
  const { inode, size, mtimeNs } = lying.value;
  const isOurs = inode === written.inode && size === written.size && mtimeNs === written.mtimeNs;
  return isOurs ? lying.value : unknownStat;
}

/** The file is moved aside in one step, looked at, and removed only when the log knows. */
async function remove(deps: OwnWriteDeps, by: Removal): Promise<Swapped> {
  const { files } = deps;
  const { path } = by.write;
  const aside = await files.writeTemporary(folderOf(path), nothing, newFileMode, temporaryLabel(path));
  if (!aside.ok) return over(aside);
  const moved = await files.rename(path, aside.value.path);
  if (!moved.ok) {
    await files.remove(aside.value.path);
    return over(moved.error.code === 'changed-meanwhile' ? ok({ kind: 'again' }) : moved);
  }
  const read = await readWhole(files, aside.value.path);
  const lying =
    read.ok && read.value !== undefined ? await deps.contentWork.hash(read.value.bytes) : undefined;
  if (lying === by.known.content) return { kind: 'removed', by, leftover: aside.value.path };
  const back = await files.place(aside.value.path, path);
  return over(back.ok ? ok({ kind: 'again' }) : back);
}

/** What raced us is kept, then comes our own. */
function record(deps: OwnWriteDeps, swapped: Swapped): Result<Attempt> {
  if (swapped.kind === 'over') return swapped.attempt;
  if (swapped.kind === 'gave way') {
    for (const content of swapped.unseen) recordBeside(deps, swapped.write, content);
    return ok({ kind: 'again' });
  }
  const { write, lineage } = swapped.by;
  if (swapped.kind === 'removed')
    return ok({ kind: 'done', change: recordRemoval(deps, write, swapped.by.known, lineage) });
  for (const content of swapped.raced) recordRaced(deps, write, content);
  const change = recordOwn(deps, write, swapped.by.content, swapped.stat, lineage);
  if (swapped.last !== undefined) return ok({ kind: 'raced', bytes: swapped.last });
  write.alongside();
  return ok({ kind: 'done', change });
}

function noteFacts({ ownFacts }: OwnWriteDeps, swapped: Swapped): void {
  if (swapped.kind === 'replaced' && swapped.stat !== unknownStat)
    ownFacts.note(swapped.by.write.path, swapped.stat);
}

async function tidy({ files }: OwnWriteDeps, swapped: Swapped): Promise<void> {
  if ('leftover' in swapped && swapped.leftover !== undefined) await files.remove(swapped.leftover);
}

/** The intents go last, with what was left over. */
function forgetIntents(
  { sql }: OwnWriteDeps,
  intents: WriteIntents,
  tries: readonly Try[],
  attempts: readonly Result<Attempt>[],
): void {
  const isDone = (index: number): boolean => {
    const attempt = attempts[index];
    return attempt?.ok === true && attempt.value.kind === 'done';
  };
  sql.transaction(() => {
    for (const [index, { write }] of tries.entries()) if (isDone(index)) intents.forget(write.path);
  });
}

const nothing = new Uint8Array();

const linkInPlace = (path: string): Problem =>
  problem(
    'not-tracked',
    path,
    `${path} is a link, and Skein replaces no links.`,
    'Restore the file that it points to.',
  );
