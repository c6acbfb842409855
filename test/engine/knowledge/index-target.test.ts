/** An index that several workers fill: doing it twice changes nothing, and what comes too late is refused. */
import { expect, onTestFinished, test } from 'vitest';
import { createChunkIndex, type IndexedNote } from '../../../electron/engine/knowledge/chunk-index.ts';
import { openIndex } from '../../../electron/engine/knowledge/index-schema.ts';
import { createIndexTarget } from '../../../electron/engine/knowledge/index-target.ts';
import { contentsOf, openIndexSql, strayRows } from './index-fixture.ts';

function makeTarget() {
  const sql = openIndexSql();
  onTestFinished(() => sql.close());
  openIndex(sql);
  const target = createIndexTarget(sql, createChunkIndex(sql));
  /** A note of one passage under a position; null is a deleted one. */
  const bring = async (position: number, text: string | null) => {
    const chunk = {
      hash: `hash of ${text}`,
      headings: [],
      text: text ?? '',
      line: 1,
      lastLine: 1,
      from: 0,
      to: 1,
    };
    const chunks = text === null ? [] : [chunk];
    const note: IndexedNote = { note: 'a', position, content: text, chunks, isWhole: true };
    const vectors = new Map(note.chunks.map(({ hash }) => [hash, new Float32Array(64).fill(1 / 8)]));
    return (await target.swap(note, vectors, 0)) !== undefined;
  };
  const texts = () => (contentsOf(sql) as { text: string }[]).map(({ text }) => text);
  return { sql, target, bring, texts };
}

test('the same state twice is the same index', async () => {
  const { bring, texts, sql, target } = makeTarget();
  expect(await target.contentOf('a')).toBeUndefined();
  expect(await bring(5, 'one')).toBe(true);
  const once = contentsOf(sql);
  expect(await bring(5, 'one')).toBe(true);
  expect(contentsOf(sql)).toEqual(once);
  expect(texts()).toEqual(['one']);
  expect(await target.contentOf('a')).toMatchObject({ content: 'one', position: 5 });
  expect(await target.missing(['hash of one', 'another'])).toEqual(['another']);
});

test.each([
  ['an edit', 'new', ['new']],
  ['a deletion', null, []],
])('an older state changes nothing after %s', async (_, newest, left) => {
  const { bring, texts, sql } = makeTarget();
  await bring(5, 'one');
  await bring(7, newest);
  expect(await bring(6, 'late')).toBe(false);
  expect(texts()).toEqual(left);
  expect(strayRows(sql)).toBe(0);
});

test('a state that is right as it is moves on, and what is older is refused after that', async () => {
  const { bring, texts, target } = makeTarget();
  await bring(5, 'one');
  await target.confirm('a', 9, 0);
  expect(await bring(8, 'late')).toBe(false);
  expect(texts()).toEqual(['one']);
});
