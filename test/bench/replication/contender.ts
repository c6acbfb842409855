/** Whoever keeps two folders in step, and what is asked of all of them alike. */
import { execFileSync } from 'node:child_process';
import { access } from 'node:fs/promises';
import path from 'node:path';

export type Pair = {
  /** The folders of both sides. */
  here: string;
  there: string;
  /** The two meet for the first time; `here` holds everything, `there` nothing. */
  meet(): Promise<void>;
  /** Brings what was written to the other side, or of both to both; those that watch do it by themselves. */
  carry(ways: 'one way' | 'both ways'): Promise<void>;
  /** Keeps the two apart, and together again. */
  part(): Promise<void>;
  join(): Promise<void>;
  /** Until each side has taken note of so many changes of its own that the other has not got. */
  noted(changes: { here: number; there: number }): Promise<void>;
  /** Files that wait for a person. */
  asked(): Promise<number>;
  wireBytes(): number;
  /** Processes that live as long as the pair. */
  pids(): number[];
  stop(): Promise<void>;
};

export type Contender = {
  name: string;
  /** How to get what is missing here; undefined when all is there. */
  missing(): Promise<string | undefined>;
  /** Which one of it this is; '' for one that has no versions. */
  version(): string;
  /** It is the measure of what a wire and a disk allow, and takes no part where somebody has to merge. */
  isLimit: boolean;
  /** It watches, so that a single edit needs nobody to carry it. */
  watches: boolean;
  /** Both sides run, and know what lies in the empty folder `place`/here; `fill` writes it. */
  open(place: string, fill: (folder: string) => void): Promise<Pair>;
};

/** The first number that looks like a version in what the program says of itself. */
export const versionOf = (program: string): string =>
  /\d+(\.\d+)+/.exec(execFileSync(program, ['--version'], { encoding: 'utf8' }))?.[0] ?? '';

/** Whether a program is on the PATH. */
export async function isOnPath(program: string): Promise<boolean> {
  const folders = (process.env['PATH'] ?? '').split(path.delimiter);
  const found = await Promise.all(
    folders.map((folder) =>
      access(path.join(folder, program)).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
