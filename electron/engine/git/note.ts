/**
 * Note mode of reference/001: lock, pull, write the note, commit, push, release. A note is never lost over a remote
 * that does not answer, or a repository in the middle of something: then it is on the disk, and the outcome says so.
 */
import { commitMessage, subjectOf } from '../../../shared/domain/commit-message.ts';
import { err, ok, type Problem, type Result } from '../../../shared/result.ts';
import type { Held } from '../lock/held-lock.ts';
import type { Clock } from '../ports.ts';
import { commitPaths } from './commit.ts';
import { type PullDeps, pullHeld } from './pull.ts';
import { type PullRequest, toLock } from './pull-request.ts';
import { pushHeld } from './push.ts';

export type NoteDeps = PullDeps & {
  clock: Clock;
  /** Where notes go, from the top of the work tree. */
  notesFolder: string;
  /** Writes a file that is not there yet; undefined when there is one. Paths from the top of the work tree. */
  writeNew(path: string, text: string): Promise<Result<boolean>>;
};

export type NoteRequest = PullRequest & { text: string; push: boolean };

export type NoteOutcome = {
  path: string;
  commit: string | undefined;
  pushed: boolean;
  /** What did not work of pulling, committing or sending; the note itself is written. */
  problems: Problem[];
};

/** Takes the lock. Fails as the lock does, and when the note cannot be written. */
export const addNote = (deps: NoteDeps, request: NoteRequest): Promise<Result<NoteOutcome>> =>
  deps.lock.during(toLock('note', request), (held) => noteHeld(deps, request, held));

/** The same where git is switched off: the note is on the disk, and that is all. Returns its path. */
export const writeNoteOnly = (deps: NoteDeps, request: NoteRequest): Promise<Result<string>> =>
  deps.lock.during(toLock('note', request), () => writeNote(deps, request));

async function noteHeld(deps: NoteDeps, request: NoteRequest, held: Held): Promise<Result<NoteOutcome>> {
  const pulled = await pullHeld(deps, request, held);
  // Without a remote one works locally (reference/001).
  const isLocal = !pulled.success && pulled.kind === 'remote-missing';
  const problems = pulled.success || isLocal ? [] : [pulled.problem];
  held.renew();
  const written = await writeNote(deps, request);
  if (!written.ok) return written;
  const path = written.value;
  const message = commitMessage(subjectOf(request.text), request.agent);
  const committed = await commitPaths(deps, { paths: [path], message, signal: request.signal }, held);
  if (!committed.ok)
    return ok({ path, commit: undefined, pushed: false, problems: [...problems, committed.error] });
  const { commit, left } = committed.value;
  const outcome = { path, commit, pushed: false, problems: [...problems, ...left] };
  if (!request.push || isLocal || !pulled.success || commit === undefined) return ok(outcome);
  const pushed = await pushHeld(deps, request, held);
  return ok(
    pushed.success
      ? { ...outcome, pushed: true, commit: pushed.commit }
      : { ...outcome, problems: [...outcome.problems, pushed.problem] },
  );
}

/** Each note is a file of its own, so two that are written at once have nothing to merge. */
async function writeNote(deps: NoteDeps, { text, agent }: NoteRequest): Promise<Result<string>> {
  const at = new Date(deps.clock.nowMs()).toISOString();
  const body = noteText(text, agent, at);
  for (let count = 1; ; count++) {
    const path = `${deps.notesFolder}${noteName(text, at, count)}`;
    const written = await deps.writeNew(path, body);
    if (!written.ok) return err(written.error);
    if (written.value) return ok(path);
  }
}

/** A heading, what follows it, and who wrote it when. */
function noteText(text: string, agent: string, at: string): string {
  const trimmed = text.trim();
  const body = trimmed.startsWith('#') ? trimmed : `# ${subjectOf(trimmed)}\n\n${trimmed}`;
  return `${body}\n\n*${agent}, ${at}*\n`;
}

/** Sorts by time and says what it is about. */
function noteName(text: string, at: string, count: number): string {
  const time = at.slice(0, 19).replace('T', '-').replaceAll(':', '');
  const words = subjectOf(text)
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-+|-+$/g, '');
  return `${time}-${words || 'note'}${count === 1 ? '' : `-${count}`}.md`;
}
