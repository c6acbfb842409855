/** That a passage is found by its words whatever searches the vectors: words are looked for on this device. */
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import type { NoteCatalogue } from '../../../electron/engine/knowledge/knowledge-ports.ts';
import { type SearchMode, searchPassages } from '../../../electron/engine/knowledge/search.ts';
import type { VectorStore } from '../../../electron/engine/knowledge/vector-store.ts';
import { ok } from '../../../shared/result.ts';
import { openIndexSql, openOver } from '../../engine/knowledge/index-fixture.ts';
import { anyRun } from '../../shared/domain/knowledge/made-up-runs.ts';
import { must } from '../device.ts';
import { createFakeClock } from '../fake-clock.ts';
import { createFakeEmbedder } from '../fake-embedder.ts';
import { createFakeNotes } from '../fake-notes.ts';

const catalogue: NoteCatalogue = {
  facts: (notes) =>
    new Map(notes.map((note) => [note, { note, fileClass: 'note', agent: 'human', changedMs: 0 }])),
  select: () => ok([]),
};

/** An index over notes, with a store that has all of it; undefined: this device's own vectors. */
export async function openWordIndex(texts: Record<string, string>, store: VectorStore | undefined) {
  const sql = openIndexSql();
  onTestFinished(() => sql.close());
  const notes = createFakeNotes();
  const index = openOver(sql, { notes, embedder: createFakeEmbedder(), clock: createFakeClock(), store });
  const { passages, nearest, learner, feed } = index;
  const deps = { passages, nearest, catalogue, embedQuery: learner.embedQuery };
  async function write(more: Record<string, string>): Promise<void> {
    for (const [note, text] of Object.entries(more)) notes.write(note, text);
    await index.indexer.catchUp();
    await feed?.run();
    if (feed !== undefined) expect(feed.standing()).toMatchObject({ state: 'ready' });
  }
  await write(texts);
  return {
    sql,
    notes,
    index,
    write,
    search: async (text: string, mode: SearchMode = 'words', atMost = 9) =>
      must(await searchPassages(deps, { text, mode, atMost })),
  };
}

type Found = Awaited<ReturnType<Awaited<ReturnType<typeof openWordIndex>>['search']>>;

export const notesFound = ({ passages }: Found): string[] => passages.map(({ note }) => note);
export const markedIn = ({ passages }: Found): string[][] =>
  passages.map(({ text, marks }) => marks.map(([from, to]) => text.slice(from, to)));

const texts = {
  'ja.md': '今日の会議は設計の話でした。',
  'ko.md': '주간회의를 금요일로 옮겼다.',
  'zh.md': '我们今天开会讨论索引的设计。',
  'th.md': 'ทีมมีการประชุมทุกสัปดาห์',
  'wide.md': 'ＡＰＩとｶﾞｲﾄﾞの一覧。',
  'en.md': 'Nothing of that, but the API.',
};

/** What every index finds by words, whichever store it has. */
export function testWords(name: string, open: () => Promise<VectorStore | undefined>): void {
  test(`words inside of a run of signs are found and marked, with ${name}`, async () => {
    const { search } = await openWordIndex(texts, await open());
    const found = async (question: string) => {
      const answer = await search(question);
      return Object.fromEntries(answer.passages.map(({ note }, nth) => [note, markedIn(answer)[nth]]));
    };
    expect(await found('会議')).toEqual({ 'ja.md': ['会議'] });
    expect(await found('회의')).toEqual({ 'ko.md': ['회의'] });
    expect(await found('ประชุม')).toEqual({ 'th.md': ['ประชุม'] });
    expect(await found('ガイド')).toEqual({ 'wide.md': ['ｶﾞｲﾄﾞ'] });
    expect(await found('設計')).toEqual({ 'ja.md': ['設計'] });
    expect(await found('API 設計')).toEqual({ 'ja.md': ['設計'], 'wide.md': ['ＡＰＩ'], 'en.md': ['API'] });
    const { passages, problem } = await search('会議', 'hybrid');
    expect(problem).toBeUndefined();
    expect(passages[0]).toMatchObject({ note: 'ja.md', why: { words: 1, meaning: expect.any(Number) } });
  });

  test(`whatever run of signs is cut out of a note finds it by words, with ${name}`, {
    timeout: 60_000,
  }, async () => {
    const { search, write } = await openWordIndex(texts, await open());
    await fc.assert(
      fc.asyncProperty(anyRun(), async ({ text, cut }) => {
        await write({ 'run.md': `Some words, ${text}, and others.` });
        const { passages } = await search(cut);
        const found = passages.find(({ note }) => note === 'run.md');
        expect(found?.marks.map(([from, to]) => found.text.slice(from, to)).join(' ')).toContain(cut);
      }),
      { numRuns: 40 },
    );
  });
}
