/** Questions that a workspace has answers to, made of its own headings. */
import type { TrackedFileJson } from '../../../shared/contracts/shapes.ts';

export type Example = { text: string; path: string };

/** Files that are read for them at most, and bytes of a file that is worth it. */
const filesRead = 8;
const mostBytes = 256 * 1024;
const examplesShown = 2;
const mostCharacters = 60;

/** The files to look into: text that people write, the newest first. */
export function exampleFiles(files: readonly TrackedFileJson[]): string[] {
  return files
    .filter((file) => !file.deleted && file.file_path.endsWith('.md') && (file.size ?? 0) <= mostBytes)
    .toSorted((a, b) => b.last_modified_ms - a.last_modified_ms)
    .slice(0, filesRead)
    .map((file) => file.file_path);
}

/** One of each of the first files that have one. `read` gives undefined where there is no text. */
export async function findExamples(
  paths: readonly string[],
  read: (path: string) => Promise<string | undefined>,
): Promise<Example[]> {
  const examples: Example[] = [];
  for (const path of paths) {
    const text = exampleIn((await read(path)) ?? '');
    if (text !== undefined && !examples.some((it) => it.text === text)) examples.push({ text, path });
    if (examples.length === examplesShown) break;
  }
  return examples;
}

/** A heading of some words; one inside the text says more than its title. */
export function exampleIn(text: string): string | undefined {
  const headings = text
    .split('\n')
    .filter((line) => line.length <= mostCharacters + 10)
    .flatMap((line) => [/^(#{1,4})[ \t]+(.+?)[ \t#]*$/.exec(line.trimEnd()) ?? []])
    .map(([, marks = '', title = '']) => ({ level: marks.length, title: plain(title) }))
    .filter(({ title }) => isQuestionLike(title));
  return (headings.find(({ level }) => level > 1) ?? headings[0])?.title;
}

const plain = (title: string): string =>
  title
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[*_`]/g, '')
    .trim();

/** Dates and numbers are headings that nobody asks for. */
const isQuestionLike = (title: string): boolean =>
  title.length <= mostCharacters && /^\p{L}/u.test(title) && /\p{L}[^\p{L}]+\p{L}/u.test(title);
