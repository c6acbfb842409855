/**
 * Notes that wait for the lock, each as a file beside git's own. Its name says how far it is: waiting, begun or done. It
 * changes by a rename, so that a note is begun or taken back, and never both.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import type { GivenNote, NoteOutcome, NoteQueue, QueuedNote } from '../engine/git/note-queue.ts';
import { describeFileError } from './file-problems.ts';

const noteShape = z.object({
  text: z.string(),
  agent: z.string(),
  at: z.string(),
  folder: z.string(),
  remote: z.string(),
  branch: z.string().optional(),
  push: z.boolean(),
  path: z.string().optional(),
});
const problemShape = z.object({
  code: z.string(),
  subject: z.string(),
  message: z.string(),
  advice: z.string(),
});
const outcomeShape = z.union([
  z.object({
    ok: z.literal(true),
    value: z.object({
      path: z.string(),
      commit: z.string().optional(),
      pushed: z.boolean(),
      problems: z.array(problemShape),
    }),
  }),
  z.object({ ok: z.literal(false), error: problemShape }),
]);

/** `gitFolder` is git's own of this work tree. */
export function openNoteQueue(gitFolder: string): NoteQueue {
  const folder = join(gitFolder, 'skein-notes');
  let given = 0;
  const fileOf = (id: string, state: 'waiting' | 'begun' | 'done'): string => join(folder, `${id}.${state}`);

  /** Whole from its first moment. */
  function write(file: string, content: unknown): void {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(content), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  function begin(id: string): QueuedNote | undefined {
    try {
      renameSync(fileOf(id, 'waiting'), fileOf(id, 'begun'));
    } catch {
      // Begun already, or taken back a moment ago.
    }
    const note = noteShape.safeParse(readJson(fileOf(id, 'begun')));
    return note.success ? { ...note.data, id } : undefined;
  }

  function namesIn(): string[] {
    try {
      return readdirSync(folder).toSorted();
    } catch {
      return [];
    }
  }

  return {
    put(note) {
      given += 1;
      const id = nameOf(note.at, given);
      try {
        write(fileOf(id, 'waiting'), note);
        return ok(id);
      } catch (cause) {
        return err(describeFileError(cause, folder, 'written'));
      }
    },
    begin(like, only) {
      const begun: QueuedNote[] = [];
      for (const name of namesIn()) {
        const [id = '', state] = name.split('.');
        if (state === 'done') clearForgotten(join(folder, name));
        if (state === 'done' || begun.length === limits.notesAtOnce) continue;
        const isDue = only === undefined ? goesLike(readJson(join(folder, name)), like) : id === only;
        const note = isDue ? begin(id) : undefined;
        if (note !== undefined) begun.push(note);
      }
      return begun;
    },
    plan({ id, ...note }, path) {
      try {
        write(fileOf(id, 'begun'), { ...note, path });
        return ok(null);
      } catch (cause) {
        return err(describeFileError(cause, folder, 'written'));
      }
    },
    finish({ id }, outcome) {
      try {
        write(fileOf(id, 'done'), outcome);
        rmSync(fileOf(id, 'begun'), { force: true });
      } catch {
        // Whoever waits for it finds it begun, and that it is written already.
      }
    },
    take(id) {
      const outcome = outcomeShape.safeParse(readJson(fileOf(id, 'done')));
      rmSync(fileOf(id, 'done'), { force: true });
      const told = outcome.data as Result<NoteOutcome> | undefined;
      return told?.ok === true ? ok({ ...told.value, commit: told.value.commit }) : told;
    },
    withdraw: (id) => rmSync(fileOf(id, 'waiting'), { force: true }),
  };
}

/** Sorts by when it was given, also within a millisecond of one process. */
const nameOf = (at: string, count: number): string =>
  [at.replaceAll(/[^0-9]/g, ''), String(count).padStart(9, '0'), randomBytes(6).toString('hex')].join('-');

/** To the same place, and from there to the same branch of the same remote. */
function goesLike(content: unknown, like: GivenNote): boolean {
  const note = noteShape.safeParse(content);
  if (!note.success) return false;
  const { folder, remote, branch, push } = note.data;
  return folder === like.folder && remote === like.remote && branch === like.branch && push === like.push;
}

/** Whoever waited for it died before it heard. */
function clearForgotten(file: string): void {
  try {
    if (Date.now() - statSync(file).mtimeMs > limits.noteOutcomeMs) rmSync(file, { force: true });
  } catch {
    // It was heard in this moment.
  }
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
