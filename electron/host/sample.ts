/** A workspace to try Skein on: files as a small team has them, and agents that edit them before one's eyes. */
import { mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { applyPatch, structuredPatch } from 'diff';
import type { SampleFile } from '../../shared/domain/sample-texts.ts';
import { sampleEdits, sampleFiles } from '../../shared/domain/sample-workspace.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { errorCode } from '../adapters/file-problems.ts';
import type { Cancel, Clock, Log } from '../engine/ports.ts';
import { diskProblem } from './disk-problem.ts';
import { commitEdit, commitSample } from './sample-git.ts';

/** Milliseconds between two edits: long enough to see one arrive, short enough to watch them all. */
const betweenEditsMs = 900;

/**
 * Makes `<data>/sample/harbour-notes`, or `harbour-notes-2` … when it is there, with its files in a first
 * commit where git is installed. Returns the folder. Fails as `diskProblem` says.
 */
export async function makeSample(
  dataFolder: string,
  around: { env: NodeJS.ProcessEnv; log: Log },
): Promise<Result<string>> {
  const samples = join(dataFolder, 'sample');
  try {
    await mkdir(samples, { recursive: true, mode: 0o700 });
    const folder = await makeNumbered(join(samples, 'harbour-notes'));
    for (const file of sampleFiles) await writeFirst(folder, file);
    await commitSample(folder, around);
    return ok(folder);
  } catch (cause) {
    return err(diskProblem(cause, samples, 'make a sample workspace in'));
  }
}

async function makeNumbered(wanted: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const folder = number === 1 ? wanted : `${wanted}-${number}`;
    try {
      await mkdir(folder);
      return folder;
    } catch (cause) {
      if (errorCode(cause) !== 'EEXIST') throw cause;
    }
  }
}

/** Some time old, because a file that was written just now may still be growing, and the engine waits for it. */
async function writeFirst(folder: string, { path, text }: SampleFile): Promise<void> {
  const hourAgo = Date.now() / 1000 - 3600;
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
  await utimes(join(folder, path), hourAgo, hourAgo);
}

/**
 * Applies the sample's edits one after another, as its agents would, until they are through or stopped by what it returns, which waits for the edit under way. Only
 * their own lines change: a report, or what the user writes, stays, and where both touch one line, the user wins.
 */
export function playSampleEdits(
  folder: string,
  around: { clock: Clock; log: Log; env: NodeJS.ProcessEnv },
): () => Promise<void> {
  const lastByPath = new Map<string, string>(sampleFiles.map(({ path, text }) => [path, text]));
  let cancel: Cancel = () => {};
  let cancelled = false;
  let underWay = Promise.resolve();
  const play = async (index: number): Promise<void> => {
    const edit = sampleEdits[index];
    if (edit === undefined) return;
    const patch = structuredPatch('', '', lastByPath.get(edit.path) ?? '', edit.text);
    lastByPath.set(edit.path, edit.text);
    const edited = applyPatch(await readFile(join(folder, edit.path), 'utf8'), patch);
    if (edited !== false && !cancelled) {
      await writeFile(join(folder, edit.path), edited);
      await commitEdit(folder, edit, around);
    }
    wait(index + 1);
  };
  const wait = (index: number): void => {
    if (cancelled) return;
    cancel = around.clock.after(betweenEditsMs, () => {
      underWay = play(index).catch((cause) =>
        around.log.warn('The sample could not go on with its edits.', { cause }),
      );
    });
  };
  wait(0);
  return () => {
    cancelled = true;
    cancel();
    return underWay;
  };
}
