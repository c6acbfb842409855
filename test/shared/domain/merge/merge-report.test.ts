import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { encodeUtf8 } from '../../../../shared/domain/utf8.ts';
import { judgeCase, judgeMerge, mergeCase } from '../../../merge-report/judge-merge.ts';
import { type MergeCase, readCases } from '../../../merge-report/merge-cases.ts';
import { summarise, summaryTable } from '../../../merge-report/summary.ts';

const reportFolder = path.join(import.meta.dirname, '../../../merge-report');
const own = path.join(reportFolder, 'cases');
const corpus = path.join(reportFolder, '../../../shared/corpus/merge');

const setOf = (sets: ReturnType<typeof summarise>, name: string) => sets.find((it) => it.set === name);

it('our own cases merge as people would', () => {
  const judged = readCases(own).map(judgeCase);
  expect(judged).toHaveLength(12);
  const unlike = judged.filter((it) => !it.equal);
  expect(unlike.map((it) => it.case)).toEqual([]);
  expect(judged.filter((it) => !it.settled).map((it) => it.case)).toEqual([
    'prose-collision',
    'state-written-anew',
  ]);
});

it('the report judges nothing lost, doubled, broken or depending on the side', () => {
  const all = setOf(summarise(readCases(own).map(judgeCase)), 'all');
  expect(all).toMatchObject({
    cases: 12,
    settled: 10,
    settledByGit: 1,
    unlikeGit: 0,
    lostWords: 0,
    doubledLines: 0,
    malformed: 0,
    asymmetric: 0,
  });
});

it('the report prints a row for each set', () => {
  const table = summaryTable(own, summarise(readCases(own).map(judgeCase)));
  const firsts = table
    .split('\n')
    .slice(3)
    .map((line) => line.trim().split(/\s+/)[0]);
  expect(firsts).toEqual(['keep_all', 'careful', 'rewrite', 'jsonl', 'clean', 'all']);
});

it('the report finds a lost word, a doubled line, a marker and an open fence', () => {
  const line = 'A sentence that both sides have added to it.';
  const made: MergeCase = {
    name: 'made',
    path: 'x.md',
    set: 'made',
    base: encodeUtf8('base\n'),
    ours: encodeUtf8(`base\n${line}\n`),
    theirs: encodeUtf8(`base\n${line}\nunique\n`),
    merged: encodeUtf8('base\n'),
    newer: 0,
    folder: own,
  };
  const content = encodeUtf8(`base\n${line}\n${line}\n<<<<<<< ours\n\`\`\`\n`);
  const verdict = judgeMerge(made, { content, settled: true, losers: [], notes: [] }, 0);
  expect(verdict).toMatchObject({
    lostWords: ['unique'],
    doubledLines: [line],
    faults: ['a code fence stays open', 'a conflict marker'],
    equal: false,
  });
});

it('a folder without an index has no cases', () => {
  expect(readCases(os.tmpdir())).toEqual([]);
});

const why = fs.existsSync(corpus) ? '' : ` (skipped: the recorded edits are not at ${corpus})`;

it.skipIf(why !== '')(`recorded edits merge as well as was promised${why}`, { timeout: 300_000 }, () => {
  // Only what git merges alone is compared with git: hundreds of processes take longer than all merges.
  const judged = readCases(corpus).map((it) =>
    it.set === 'clean' ? judgeCase(it) : { ...judgeMerge(it, mergeCase(it), 0), unlikeGit: false },
  );
  const sets = summarise(judged);
  const share = (name: string, what: 'settled' | 'equalLoosely') => {
    const set = setOf(sets, name);
    return (set?.[what] ?? 0) / (set?.cases ?? 1);
  };
  expect(setOf(sets, 'all')).toMatchObject({ unlikeGit: 0, lostWords: 0, malformed: 0, asymmetric: 0 });
  expect(setOf(sets, 'rewrite')).toMatchObject({ mixed: 0 });
  expect(share('clean', 'settled')).toBe(1);
  expect(share('keep_all', 'settled')).toBeGreaterThanOrEqual(0.85);
  expect(share('keep_all', 'equalLoosely')).toBeGreaterThanOrEqual(0.7);
  expect(share('careful', 'settled')).toBeGreaterThanOrEqual(0.7);
  expect(share('jsonl', 'settled')).toBeGreaterThanOrEqual(0.85);
});
