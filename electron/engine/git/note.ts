/**
 * Note mode of reference/001: lock, pull, write the note, commit, push, release. A note is never lost over a remote
 * that does not answer, or a repository in the middle of something: then it is on the disk, and the outcome says so.
 */
import { messageOfNotes, nameInLine, subjectOf } from '../../../shared/domain/commit-message.ts';
import { decodeUtf8 } from '../../../shared/domain/utf8.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { Held } from '../lock/held-lock.ts';
import type { Clock } from '../ports.ts';
import { commitPaths } from './commit.ts';
import { isLocal } from './commit-and-push.ts';
import type { GivenNote, NoteOutcome, NoteQueue, QueuedNote } from './note-queue.ts';
import { type PullDeps, pullHeld } from './pull.ts';
import type { PushOutcome } from './pull-outcome.ts';
import { type PullRequest, toLock } from './pull-request.ts';
import { pushHeld } from './push.ts';
import { isBare } from './repository-state.ts';

export type NoteDeps = PullDeps & {
  clock: Clock;
  queue: NoteQueue;
  /** Without a work tree a note would lie among the files of git itself. */
  isBare: boolean;
  /** Where notes go, from the top of the work tree. */
  notesFolder: string;
  /** Writes a file that is not there yet; undefined when there is one. Paths from the top of the work tree. */
  writeNew(path: string, text: string): Promise<Result<boolean>>;
};

export type NoteRequest = PullRequest & { text: string; push: boolean };

/** Takes the lock. Fails as the lock does, and when the note cannot be written. */
export async function addNote(deps: NoteDeps, request: NoteRequest): Promise<Result<NoteOutcome>> {
  if (deps.isBare) return err(isBare());
  const given = givenNote(deps, request);
  const queued = deps.queue.put(given);
  if (!queued.ok) return queued;
  const id = queued.value;
  const outcome = await deps.lock.during(
    toLock('note', request),
    async (held) => deps.queue.take(id) ?? noteHeld(deps, request, { held, given, id }),
  );
  if (outcome.ok) return outcome;
  deps.queue.withdraw(id);
  // Whoever gave up waiting may have been served in that moment.
  return deps.queue.take(id) ?? outcome;
}

/** The same where git is switched off: the note is on the disk, and that is all. Returns its path. */
export async function writeNoteOnly(deps: NoteDeps, request: NoteRequest): Promise<Result<string>> {
  if (deps.isBare) return err(isBare());
  const write = () => writeNote(deps, givenNote(deps, request), () => ok(null));
  return deps.lock.during(toLock('note', request), write);
}

const givenNote = (deps: NoteDeps, { text, agent, remote, branch, push }: NoteRequest): GivenNote => ({
  text,
  agent,
  at: new Date(deps.clock.nowMs()).toISOString(),
  folder: deps.notesFolder,
  remote,
  branch,
  push,
});

type Turn = { held: Held; given: GivenNote; id: string };

/** Also those of everybody else who waits: one pull, a commit for each agent, one push. */
async function noteHeld(
  deps: NoteDeps,
  request: NoteRequest,
  { held, given, id }: Turn,
): Promise<Result<NoteOutcome>> {
  const pulled = await pullHeld(deps, request, held);
  const isAlone =
    !pulled.success && pulled.kind === 'remote-missing' && (await isLocal(deps.remotes, request.remote));
  held.renew();
  // Whoever was cancelled does no more than its own.
  const due = deps.queue.begin(given, request.signal?.aborted === true ? id : undefined);
  const { written, refused } = await writeAll(deps, due);
  const committed = await commitAll(deps, request, { held, written });
  const isCommitted = committed.some(({ outcome }) => outcome.commit !== undefined);
  const pushed =
    request.push && pulled.success && isCommitted ? await pushHeld(deps, request, held) : undefined;
  const problems = pulled.success || isAlone ? [] : [pulled.problem];
  const served: Served[] = [...refused];
  for (const { note, outcome, isOver } of committed)
    served.push({ note, isOver, outcome: ok(afterPush(outcome, { problems, pushed })) });
  return tell(deps, served, id);
}

type Served = { note: QueuedNote; outcome: Result<NoteOutcome>; isOver: boolean };

/** What was interrupted is for whoever comes next, who finds it written; but who asks now hears how far it is. */
function tell({ queue }: NoteDeps, served: readonly Served[], id: string): Result<NoteOutcome> {
  for (const { note, outcome, isOver } of served) if (isOver || note.id === id) queue.finish(note, outcome);
  queue.take(id);
  return served.find(({ note }) => note.id === id)?.outcome ?? err(isGone());
}

type Around = { problems: readonly Problem[]; pushed: PushOutcome | undefined };

function afterPush(given: NoteOutcome, { problems, pushed }: Around): NoteOutcome {
  // A state of the repository refuses the pull and the commit for the same reason.
  const own = given.problems.filter((it) => !problems.some(({ message }) => message === it.message));
  const outcome = { ...given, problems: [...problems, ...own] };
  if (pushed === undefined || outcome.commit === undefined) return outcome;
  return pushed.success
    ? { ...outcome, pushed: true, commit: pushed.commit }
    : { ...outcome, problems: [...outcome.problems, pushed.problem] };
}

type Written = { note: QueuedNote; path: string };

/** One that cannot be written is no obstacle for the others. */
async function writeAll(
  deps: NoteDeps,
  notes: readonly QueuedNote[],
): Promise<{ written: Written[]; refused: Served[] }> {
  const [written, refused]: [Written[], Served[]] = [[], []];
  for (const note of notes) {
    const path = (await isWritten(deps, note))
      ? ok(note.path ?? '')
      : await writeNote(deps, note, (place) => deps.queue.plan(note, place));
    if (path.ok) written.push({ note, path: path.value });
    else refused.push({ note, outcome: path, isOver: true });
  }
  return { written, refused };
}

/** By somebody who died before it was said. */
async function isWritten({ tracked }: NoteDeps, note: QueuedNote): Promise<boolean> {
  if (note.path === undefined) return false;
  const there = await tracked.read(note.path);
  return there.ok && there.value !== undefined && decodeUtf8(there.value).text === noteText(note);
}

type Committed = { note: QueuedNote; outcome: NoteOutcome; isOver: boolean };
type Committing = { held: Held; written: readonly Written[] };

/** A trailer says of a whole commit who wrote it, so each agent's notes are one of their own. */
async function commitAll(
  deps: NoteDeps,
  request: NoteRequest,
  { held, written }: Committing,
): Promise<Committed[]> {
  const all: Committed[] = [];
  for (const agent of new Set(written.map(({ note }) => note.agent))) {
    const own = written.filter(({ note }) => note.agent === agent);
    all.push(...(await commitTogether(deps, request, { held, written: own })));
  }
  return all;
}

async function commitTogether(
  deps: NoteDeps,
  request: NoteRequest,
  { held, written }: Committing,
): Promise<Committed[]> {
  const paths = written.map(({ path }) => path);
  const [texts, agent] = [written.map(({ note }) => note.text), written[0]?.note.agent ?? ''];
  const message = messageOfNotes(texts, agent);
  const committed = await commitPaths(deps, { paths, message, signal: request.signal }, held);
  if (committed.ok) {
    const commit = committed.value.commit ?? (await headOf(deps));
    return written.map((one) => ({ ...one, ...outcomeOf(one, commit, committed.value.left) }));
  }
  const isOver = committed.error.code !== 'stopping' && committed.error.code !== 'lock-lost';
  // What is refused over one of them is not refused of the others.
  if (isOver && written.length > 1) return commitEach(deps, request, { held, written });
  return written.map(({ note, path }) => ({
    note,
    isOver,
    outcome: { path, commit: undefined, pushed: false, problems: [committed.error] },
  }));
}

async function headOf({ store }: NoteDeps): Promise<string | undefined> {
  const facts = await store.facts();
  return facts.ok ? facts.value.head : undefined;
}

async function commitEach(
  deps: NoteDeps,
  request: NoteRequest,
  { held, written }: Committing,
): Promise<Committed[]> {
  const all: Committed[] = [];
  for (const one of written) all.push(...(await commitTogether(deps, request, { held, written: [one] })));
  return all;
}

/** What was not left out is in the last commit, be it that somebody died who had committed it. */
function outcomeOf({ path }: Written, commit: string | undefined, left: readonly Problem[]) {
  const problems = left.filter(({ subject }) => subject === path);
  const outcome = { path, commit: problems.length === 0 ? commit : undefined, pushed: false, problems };
  return { outcome, isOver: true };
}

/** Each note is a file of its own, so two that are written at once have nothing to merge. */
async function writeNote(
  deps: NoteDeps,
  note: GivenNote,
  plan: (path: string) => Result<null>,
): Promise<Result<string>> {
  for (let count = 1; ; count++) {
    const path = `${note.folder}${noteName(note, count)}`;
    const planned = plan(path);
    if (!planned.ok) return planned;
    const written = await deps.writeNew(path, noteText(note));
    if (!written.ok) return err(written.error);
    if (written.value) return ok(path);
  }
}

/** A heading, what follows it, and who wrote it when. */
function noteText({ text, agent, at }: GivenNote): string {
  const trimmed = text.trim();
  const body = trimmed.startsWith('#') ? trimmed : `# ${subjectOf(trimmed)}\n\n${trimmed}`;
  return `${body}\n\n*${nameInLine(agent)}, ${at}*\n`;
}

/** Sorts by time and says what it is about. */
function noteName({ text, at }: GivenNote, count: number): string {
  const time = at.slice(0, 19).replace('T', '-').replaceAll(':', '');
  const words = subjectOf(text)
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  return `${time}-${words || 'note'}${count === 1 ? '' : `-${count}`}.md`;
}

const isGone = (): Problem =>
  problem(
    'git-failed',
    'the note',
    'The note was not found any more among those that wait.',
    'See whether it is in memory-bank/notes, then give it again.',
  );
