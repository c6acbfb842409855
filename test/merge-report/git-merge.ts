/** What git's own merge makes of a case: the measure for ours. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { equalBytes } from '../../shared/domain/utf8.ts';
import type { MergeCase } from './merge-cases.ts';

export type GitResult = { settled: boolean; equal: boolean; bytes: Uint8Array };

/** `git merge-file` of the three versions; undefined where there is no git. */
export function gitMerge(it: MergeCase): GitResult | undefined {
  const file = (name: string) => path.join(it.folder, name);
  const run = spawnSync('git', ['merge-file', '-p', file('ours'), file('base'), file('theirs')], {
    maxBuffer: 64 * 1024 * 1024,
  });
  if (run.error !== undefined || run.status === null || run.status > 127) return undefined;
  const bytes = new Uint8Array(run.stdout);
  return { settled: run.status === 0, equal: equalBytes(bytes, it.merged), bytes };
}
