/** A recorded history: `log.jsonl`, a row a version in order, and `blobs/`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const rowShape = z.object({
  time: z.string(),
  commit: z.string(),
  path: z.string(),
  status: z.enum(['A', 'M', 'D']),
  blob: z.string().nullish(),
  author: z.string(),
  coauthors: z.array(z.string()),
  /** What trailers and author said when the history was recorded. */
  agents: z.array(z.string()),
});
export type Version = z.infer<typeof rowShape> & { bytes: Buffer | undefined };

/** Folders below `root`, or `root` itself, that hold a history. */
export function findHistories(root: string): string[] {
  if (existsSync(path.join(root, 'log.jsonl'))) return [root];
  if (!existsSync(root)) return [];
  return readdirSync(root)
    .map((name) => path.join(root, name))
    .filter((folder) => existsSync(path.join(folder, 'log.jsonl')));
}

export function readHistory(folder: string): Version[] {
  return readFileSync(path.join(folder, 'log.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => rowShape.parse(JSON.parse(line)))
    .map((row) => ({
      ...row,
      bytes: row.blob == null ? undefined : readFileSync(path.join(folder, 'blobs', row.blob)),
    }));
}

/** Versions of one commit together, in order. */
export function byCommit(versions: readonly Version[]): Version[][] {
  const groups: Version[][] = [];
  for (const version of versions) {
    const last = groups.at(-1);
    if (last?.[0]?.commit === version.commit) last.push(version);
    else groups.push([version]);
  }
  return groups;
}
