/** A workspace to try Skein on: files as a small team has them, and agents that edit them before one's eyes. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { sampleEdits, sampleFiles } from '../../shared/domain/sample-workspace.ts';
import { err, ok, type Result } from '../../shared/result.ts';
import { errorCode } from '../adapters/file-problems.ts';
import type { Cancel, Clock, Log } from '../engine/ports.ts';
import { diskProblem } from './disk-problem.ts';
import { commitSample } from './sample-git.ts';

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
    for (const { path, text } of sampleFiles) await writeInside(folder, path, text);
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

async function writeInside(folder: string, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), text);
}

/**
 * Applies the sample's edits one after another, as its agents would, until they are through or cancelled.
 * A file that the user has changed meanwhile is left to the user.
 */
export function playSampleEdits(folder: string, { clock, log }: { clock: Clock; log: Log }): Cancel {
  const lastByPath = new Map<string, string>(sampleFiles.map(({ path, text }) => [path, text]));
  let cancel: Cancel = () => {};
  let cancelled = false;
  const play = async (index: number): Promise<void> => {
    const edit = sampleEdits[index];
    if (edit === undefined || cancelled) return;
    const current = await readFile(join(folder, edit.path), 'utf8').catch(() => undefined);
    if (current === lastByPath.get(edit.path)) await writeInside(folder, edit.path, edit.text);
    lastByPath.set(edit.path, edit.text);
    wait(index + 1);
  };
  const wait = (index: number): void => {
    if (cancelled) return;
    cancel = clock.after(betweenEditsMs, () => {
      play(index).catch((cause) => log.warn('The sample could not go on with its edits.', { cause }));
    });
  };
  wait(0);
  return () => {
    cancelled = true;
    cancel();
  };
}
