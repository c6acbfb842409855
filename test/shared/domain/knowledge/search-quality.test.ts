/** What people would find: the built-in embedder must be worth its place beside plain words. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { askAll, type Score, type Search, scoreOf } from '../../../search-quality/judge-search.ts';
import { openMeasured } from '../../../search-quality/measured-embedder.ts';
import { type Exam, ownExam, recordedExam, recordedNotes } from '../../../search-quality/questions.ts';
import { searchesOf } from '../../../search-quality/searches.ts';
import { startEmbeddingServer } from '../../../support/embedding-server.ts';

const score = async (search: Search, exam: Exam): Promise<Score> => scoreOf(await askAll(search, exam));

async function expectHybridBetter(exam: Exam): Promise<void> {
  const { words, hybrid } = await searchesOf(exam.notes);
  const [byWords, byBoth] = [await score(words, exam), await score(hybrid, exam)];
  expect(byBoth.meanReciprocalRank).toBeGreaterThan(byWords.meanReciprocalRank);
  expect(byBoth.recallAt5).toBeGreaterThanOrEqual(byWords.recallAt5);
}

const recorded = recordedExam();
const why = recorded === undefined ? ` (skipped: the recorded notes are not at ${recordedNotes})` : '';

describe('words and vectors together', () => {
  it('are made by the embedder that is named, and a server that is none is said', async () => {
    const server = await startEmbeddingServer();
    const named = { embedder: 'openai', url: `${server.url}/v1`, model: 'small' };
    const { notes } = ownExam();
    const { vectors } = await searchesOf(notes, await openMeasured(named));
    expect(await vectors.find('lighthouse', 3)).toHaveLength(3);
    expect(server.asked.length).toBeGreaterThan(2);
    await expect(openMeasured({ ...named, embedder: 'gemini' })).rejects.toThrow('not gemini');
    await server.stop();
    await expect(openMeasured(named)).rejects.toThrow('nobody listens there');
  });

  it('find more than words alone in notes of four languages', () => expectHybridBetter(ownExam()));

  it.runIf(recorded !== undefined)(
    `find more than words alone in recorded notes${why}`,
    { timeout: 120_000 },
    async () => {
      if (recorded !== undefined) await expectHybridBetter(recorded);
    },
  );
});

describe('the report', () => {
  const report = path.join(import.meta.dirname, '../../../search-quality/report.ts');
  const run = (...args: string[]) => spawnSync(process.execPath, [report, ...args], { encoding: 'utf8' });

  it('says that there is nothing to report on, which is no failure', () => {
    const { status, stdout } = run('/nowhere');
    expect(stdout).toContain('No recorded notes (log.jsonl and blobs/) in /nowhere.');
    expect(status).toBe(0);
  });

  it.runIf(recorded !== undefined)(`compares three searches${why}`, { timeout: 120_000 }, () => {
    const { stdout, stderr } = run(recordedNotes);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/BM25 +vectors +hybrid\n[^\n]*MRR\nall \(81\) /);
  });
});

describe('the exam', () => {
  const note = { file: 'a.md', text: 'one two three two' };
  const exam = (quote: string): Exam => ({
    notes: [note],
    questions: [{ question: 'what?', kind: 'exact', file: 'a.md', quote }],
  });
  const hit = (from: number, to: number, file = 'a.md') => ({ file, from, to });
  const finding = (...hits: ReturnType<typeof hit>[]): Search => ({ name: 'made up', find: () => hits });

  it('counts the first passage of the note in which the answer begins', async () => {
    const search = finding(hit(0, 99, 'b.md'), hit(0, 8), hit(6, 13), hit(8, 13));
    expect(await askAll(search, exam('three'))).toEqual([expect.objectContaining({ rank: 3 })]);
    expect(await score(search, exam('three'))).toEqual({
      questions: 1,
      recallAt5: 1,
      meanReciprocalRank: 1 / 3,
    });
  });

  it('gives nothing for what is not found', async () => {
    const nothing = { questions: 1, recallAt5: 0, meanReciprocalRank: 0 };
    expect(await score(finding(hit(0, 8)), exam('three'))).toEqual(nothing);
    expect(await score(finding(), exam('three'))).toEqual(nothing);
  });

  it('refuses a quote that stands nowhere or twice', async () => {
    await expect(askAll(finding(), exam('four'))).rejects.toThrow('Not once in a.md: four');
    await expect(askAll(finding(), exam('two'))).rejects.toThrow('Not once in a.md: two');
  });

  it('is on at least fifteen questions here, and sixty on recorded notes', () => {
    expect(ownExam().questions.length).toBeGreaterThanOrEqual(15);
    expect(recordedExam()?.questions.length ?? 60).toBeGreaterThanOrEqual(60);
  });
});
