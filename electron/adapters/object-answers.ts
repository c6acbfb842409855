/** What `git cat-file --batch` prints, piece by piece. */
import { err, ok, type Problem, problem } from '../../shared/result.ts';
import type { ReadAnswer } from './git-batch.ts';

export type GitObject = { id: string; bytes: Buffer };

/** `<id> <type> <size>`, the bytes, a line end; or one line that says what is missing. */
export const readObject: ReadAnswer<GitObject> = (printed) => {
  const end = printed.indexOf(10);
  if (end < 0) return undefined;
  const head = printed.toString('utf8', 0, end);
  const [, id = '', size] = /^([0-9a-f]+) \w+ (\d+)$/.exec(head) ?? [];
  if (size === undefined) return { value: err(missing(head)), length: end + 1 };
  const last = end + 1 + Number(size);
  if (printed.length <= last) return undefined;
  return { value: ok({ id, bytes: Buffer.from(printed.subarray(end + 1, last)) }), length: last + 1 };
};

/**
 * The same for bytes that went through filters: the size is that before them, so that only a question nobody else asks
 * tells where they end.
 */
export const readUntil = (end: string): ReadAnswer<Uint8Array> => {
  let searched = 0;
  return (printed) => {
    // Only what is new, for it comes in thousands of pieces; less than before comes from another git.
    const from = printed.length < searched ? 0 : Math.max(0, searched - end.length);
    const last = printed.indexOf(end, from);
    searched = printed.length;
    if (last < 0) return undefined;
    const length = last + end.length;
    const start = printed.indexOf(10) + 1;
    const head = printed.toString('utf8', 0, start - 1);
    if (!/^[0-9a-f]+ \w+ \d+$/.test(head)) return { value: err(missing(head)), length };
    return { value: ok(Buffer.from(printed.subarray(start, last - 1))), length };
  };
};

/** The id of an object, or that there is none of this name. */
export const readId: ReadAnswer<string | undefined> = (printed) => {
  const object = readObject(printed);
  if (object === undefined) return undefined;
  return { value: ok(object.value.ok ? object.value.value.id : undefined), length: object.length };
};

const missing = (answer: string): Problem =>
  problem(
    'git-failed',
    answer,
    `Git does not have what it should: ${answer}.`,
    'Look at the repository with git fsck; nothing was changed.',
  );
