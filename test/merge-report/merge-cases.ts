/** Recorded or made-up concurrent edits: a folder a case with base, ours, theirs and merged, and index.jsonl. */
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const rowSchema = z.object({
  case: z.string(),
  path: z.string(),
  set: z.string(),
  dateOurs: z.string().optional(),
  dateTheirs: z.string().optional(),
});

export type MergeCase = {
  name: string;
  path: string;
  set: string;
  base: Uint8Array;
  ours: Uint8Array;
  theirs: Uint8Array;
  /** What people made of it. */
  merged: Uint8Array;
  /** Of ours (0) and theirs (1) the one that was written later. */
  newer: 0 | 1;
  folder: string;
};

/** The cases that the index names, in its order. */
export function readCases(root: string): MergeCase[] {
  const index = path.join(root, 'index.jsonl');
  if (!fs.existsSync(index)) return [];
  const rows = fs
    .readFileSync(index, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return rows.map((line) => readCase(root, rowSchema.parse(JSON.parse(line))));
}

function readCase(root: string, row: z.infer<typeof rowSchema>): MergeCase {
  const folder = path.join(root, row.case);
  const bytes = (name: string) => new Uint8Array(fs.readFileSync(path.join(folder, name)));
  return {
    name: row.case,
    path: row.path,
    set: row.set,
    base: bytes('base'),
    ours: bytes('ours'),
    theirs: bytes('theirs'),
    merged: bytes('merged'),
    newer: (row.dateTheirs ?? '') > (row.dateOurs ?? '') ? 1 : 0,
    folder,
  };
}
