/** The shapes of what replicas say to each other: whatever arrives is read within its bounds, or refused. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  contentsRequestShape,
  contentsShape,
  type Page,
  pageShape,
  pushAnswerShape,
  pushShape,
  watermarkShape,
} from '../../../shared/contracts/peer-protocol.ts';
import { limits } from '../../../shared/limits.ts';

const shapes = { watermarkShape, pageShape, pushShape, pushAnswerShape, contentsRequestShape, contentsShape };
const node = 'a'.repeat(16);
const hash = 'c'.repeat(64);

const page: Page = {
  changes: [
    {
      node,
      sequence: 1,
      hlc: 'b'.repeat(32),
      kind: 'created',
      path: 'AGENTS.md',
      class: 'instructions',
      content: hash,
      size: 3,
      previous: null,
      parents: [],
      evidence: [{ agent: 'codex-local', source: 'rule', detail: '', at: 0 }],
      body: { packing: 'plain', data: 'one' },
    },
    { node, sequence: 2, hlc: 'b'.repeat(32), kind: 'hidden' },
    {
      node,
      sequence: 3,
      hlc: 'b'.repeat(32),
      kind: 'conflict',
      payload: { path: 'AGENTS.md', winner: 'b'.repeat(32), loser: 'd'.repeat(32), base: hash },
    },
  ],
  watermark: 'b'.repeat(32),
  has_more: false,
  node_id: node,
  vector: `${node}:3`,
  now_ms: 0,
};

const accepts = (more: object): boolean => pageShape.safeParse({ ...page, ...more }).success;
const acceptsRow = (more: object): boolean => accepts({ changes: [{ ...page.changes[0], ...more }] });

test('a page as we send it is read as it is', () => {
  expect(pageShape.parse(JSON.parse(JSON.stringify(page)))).toEqual(page);
});

describe('a page', () => {
  test.each<[string, object]>([
    [
      'more rows than a page may have',
      { changes: Array.from({ length: limits.pageRowsSent + 1 }, () => page.changes[1]) },
    ],
    ['no node', { node_id: undefined }],
    ['a node of capitals', { node_id: 'A'.repeat(16) }],
    ['a vector longer than any', { vector: 'x'.repeat(limits.vectorNodes * 34 + 1) }],
    ['text for a number', { now_ms: '0' }],
  ])('with %s is refused', (_, more) => {
    expect(accepts(more)).toBe(false);
  });
});

describe('a row', () => {
  test.each<[string, object]>([
    ['of a kind that nobody knows', { kind: 'executed' }],
    ['without evidence', { evidence: [] }],
    ['with sequence 0', { sequence: 0 }],
    ['with a sequence that no number holds', { sequence: 2 ** 60 }],
    ['with a short stamp', { hlc: 'b' }],
    ['with a hash of capitals', { content: 'C'.repeat(64) }],
    ['larger than what is tracked', { size: limits.trackedFileBytes + 1 }],
    ['with a path longer than any', { path: 'x'.repeat(limits.ownPathCharacters + 1) }],
    [
      'with more parents than are merged',
      { parents: Array.from({ length: limits.mergedHeads + 1 }, () => 'b'.repeat(32)) },
    ],
    ['with a body packed in a way that nobody knows', { body: { packing: 'gzip', data: '' } }],
    ['with a body on a base that is no hash', { body: { packing: 'delta', data: '', base: '../a' } }],
    ['that joins in a way that nobody knows', { joins: 'vote' }],
  ])('%s is refused', (_, more) => {
    expect(acceptsRow(more)).toBe(false);
  });

  test('keeps nothing that the shape does not name', () => {
    const parsed = pageShape.parse({
      ...page,
      changes: [{ ...page.changes[0], via: 'me', held: 0, position: 1 }],
    });
    expect(parsed.changes).toEqual([page.changes[0]]);
  });
});

test('anything that is JSON is read or refused by each shape', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      for (const shape of Object.values(shapes))
        expect(typeof shape.safeParse(value).success).toBe('boolean');
    }),
    { numRuns: 200 },
  );
});

test('raw bytes are no JSON, or are read or refused', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const value = readJson(new TextDecoder().decode(bytes));
      for (const shape of Object.values(shapes))
        expect(typeof shape.safeParse(value).success).toBe('boolean');
    }),
    { numRuns: 200 },
  );
});

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

test('a page with anything in any place of it is read as a page, or refused', () => {
  const places: (readonly (string | number)[])[] = [];
  const collect = (value: unknown, path: readonly (string | number)[]): void => {
    places.push(path);
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value))
      collect(inner, [...path, Array.isArray(value) ? Number(key) : key]);
  };
  collect(page, []);
  const put = (value: unknown, [key, ...rest]: readonly (string | number)[], odd: unknown): unknown => {
    if (key === undefined) return odd;
    const inner = (value as Record<string | number, unknown>)[key];
    return Array.isArray(value)
      ? value.with(Number(key), put(inner, rest, odd))
      : { ...(value as object), [key]: put(inner, rest, odd) };
  };
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 2 }), (place, odd) => {
      const parsed = pageShape.safeParse(put(page, place, odd));
      if (!parsed.success) return;
      expect(parsed.data.changes.length).toBeLessThanOrEqual(limits.pageRowsSent);
      for (const row of parsed.data.changes) expect(row.node).toMatch(/^[0-9a-f]{16}$/);
    }),
    { numRuns: 500 },
  );
});

test('what a peer says that it did not take is short enough to be kept and shown', () => {
  const answer = (message: string) => ({
    accepted: false,
    conflicts: [],
    new_watermark: '',
    vector: '0',
    problems: [{ code: 'bad-input', message, subject: 'a.md', advice: '' }],
  });
  expect(pushAnswerShape.safeParse(answer('No.')).success).toBe(true);
  expect(pushAnswerShape.safeParse(answer('x'.repeat(limits.problemCharacters + 1))).success).toBe(false);
});
