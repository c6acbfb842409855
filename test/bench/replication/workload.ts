/** What every contender has to carry: notes of agents, as compressible as prose is, the same in every run. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createSeededRandom } from '../../support/seeded-random.ts';

/** Texts by path below the workspace. */
export type Notes = ReadonlyMap<string, string>;

const notesEach = 50;
const random = createSeededRandom('notes');
const words = Array.from({ length: 4_000 }, (_, index) =>
  `${index.toString(36)}word`.slice(0, 3 + (index % 6)),
);

/** `count` notes of about `bytes` each, 50 to a folder. */
export function makeNotes(count: number, bytes: number): Notes {
  return new Map(
    Array.from({ length: count }, (_, index) => [
      `memory-bank/area-${Math.floor(index / notesEach)}/note-${index}.md`,
      makeText(`# Note ${index}`, bytes),
    ]),
  );
}

/** A title and lines of twelve words. */
export function makeText(title: string, bytes: number): string {
  const lines = [title, ''];
  for (let size = title.length; size < bytes; size += (lines.at(-1)?.length ?? 0) + 1)
    lines.push(`- ${Array.from({ length: 12 }, () => random.pick(words)).join(' ')}`);
  return `${lines.join('\n')}\n`;
}

/** Every note with one line of it written anew: at `place` of its length, from 0 to 1. */
export function editLine(notes: Notes, place: number, line: string): Map<string, string> {
  return new Map(
    [...notes].map(([name, text]) => {
      const lines = text.split('\n');
      lines[2 + Math.floor((lines.length - 4) * place)] = `- ${line} in ${path.posix.basename(name)}`;
      return [name, lines.join('\n')];
    }),
  );
}

/** The first `count` of the notes. */
export const some = (notes: Notes, count: number): Notes => new Map([...notes].slice(0, count));

/** Writes them as editors do, each renamed into place. */
export function writeNotes(folder: string, notes: Notes): void {
  for (const [name, text] of notes) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(`${file}.tmp`, text);
    renameSync(`${file}.tmp`, file);
  }
}

/** Milliseconds until whatever never comes counts as lost. */
const patienceMs = 180_000;

/**
 * Resolves when the folder holds every note. It looks at one after the other, at each until it is there, so that
 * looking takes next to nothing from whoever brings them.
 */
export async function untilThere(folder: string, notes: Notes): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  for (const [name, text] of notes) {
    while (textOf(path.join(folder, name)) !== text) {
      if (performance.now() > untilMs) throw new Error(`${name} never came to ${folder}.`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
}

export function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
