/** Queries of the log, each compared with the same question asked of a plain list. */
import { describe, expect, test } from 'vitest';
import { recordConsolidation } from '../../../electron/engine/consolidate/record.ts';
import type { ChangeFilter } from '../../../electron/engine/engine-contract.ts';
import type { Change } from '../../../shared/domain/change.ts';
import { defaultSettings } from '../../../shared/domain/settings.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { type CoreFixture, createCoreFixture } from '../core-fixture.ts';

const paths = [
  'AGENTS.md',
  'ROADMAP.md',
  'AGENT_SYNC_CLAUDE.md',
  'docs/passation_codex.md',
  'SYNC_STATUS.md',
];

/** A log of all kinds of rows; the second value holds the stamps of its consolidations. */
async function grown(seed: string): Promise<[CoreFixture, string[]]> {
  const random = createSeededRandom(seed);
  const fixture = createCoreFixture({ files: { 'CLAUDE.md': 'before us' } });
  await fixture.core.looker.look('CLAUDE.md', { baseline: true, now: true });
  const consolidations: string[] = [];
  for (let round = 0; round < 60; round++) {
    await fixture.clock.advance(random.pick([0, 1, 500, 90_000]));
    const path = random.pick(paths);
    if (random.chance(0.2) && fixture.text(path) !== undefined) await fixture.remove(path);
    else await fixture.save(path, `text ${round}`);
    if (!random.chance(0.1)) continue;
    const position = recordConsolidation(fixture.core, { type: 'manual', conditions: {} }, defaultSettings);
    consolidations.push(fixture.core.reader.consolidationAt(position ?? -1)?.stamp ?? '');
  }
  return [fixture, consolidations];
}

/** The filter as a person would apply it to a list, oldest first. */
function choose(changes: readonly Change[], filter: ChangeFilter, folded: Map<string, number>): Change[] {
  const chosen = changes.filter(
    (it) =>
      it.position < (filter.before ?? Number.POSITIVE_INFINITY) &&
      it.position > (filter.after ?? -1) &&
      (filter.path ?? it.path) === it.path &&
      (filter.agent ?? it.agent) === it.agent &&
      (filter.kind ?? it.kind) === it.kind &&
      (filter.fileClass ?? it.fileClass) === it.fileClass &&
      it.atMs >= (filter.fromMs ?? 0) &&
      it.atMs < (filter.toMs ?? Number.POSITIVE_INFINITY) &&
      (filter.pending === undefined || filter.pending === (it.consolidation === null && !it.baseline)) &&
      (filter.consolidation === undefined || folded.get(filter.consolidation) === it.consolidation),
  );
  return (filter.after === undefined ? chosen.toReversed() : chosen).slice(0, filter.limit);
}

test.each([1, 2, 3])('every mix of filters chooses what a plain list says (seed %i)', async (seed) => {
  const [{ core }, consolidations] = await grown(`reader ${seed}`);
  const all = core.reader.changes({ after: 0, limit: 1000 });
  const folded = new Map(
    consolidations.map((stamp) => [stamp, core.reader.consolidation(stamp)?.position ?? -2]),
  );
  const random = createSeededRandom(`filters ${seed}`);
  const sometimes = <Value>(value: () => Value) => (random.chance(0.25) ? value() : undefined);
  const anyChange = () => random.pick(all);
  let found = 0;
  for (let round = 0; round < 400; round++) {
    const filter: ChangeFilter = {
      limit: 1 + random.integer(20),
      before: sometimes(() => anyChange().position + random.integer(2)),
      after: sometimes(() => anyChange().position - random.integer(2)),
      path: sometimes(() => anyChange().path),
      agent: sometimes(() => anyChange().agent),
      kind: sometimes(() => anyChange().kind),
      fileClass: sometimes(() => anyChange().fileClass),
      fromMs: sometimes(() => anyChange().atMs + random.integer(2)),
      toMs: sometimes(() => anyChange().atMs + random.integer(2)),
      pending: sometimes(() => random.chance(0.5)),
      consolidation: sometimes(() => random.pick(consolidations)),
    };
    const rows = core.reader.changes(filter);
    expect(rows).toEqual(choose(all, filter, folded));
    found += rows.length;
  }
  expect(found).toBeGreaterThan(100);
});

test.each([1, 2])('files say what their changes say (seed %i)', async (seed) => {
  const [fixture] = await grown(`files ${seed}`);
  const all = fixture.core.reader.changes({ after: 0, limit: 1000 });
  const files = fixture.core.reader.files();
  expect(files.map((file) => file.path)).toEqual([...new Set(all.map((change) => change.path))].toSorted());
  for (const file of files) {
    const own = all.filter((change) => change.path === file.path);
    const last = own.at(-1);
    expect(file).toMatchObject({
      content: last?.content,
      deleted: last?.kind === 'deleted',
      versions: own.length,
      pending: own.filter((change) => change.consolidation === null && !change.baseline).length,
      agent: last?.agent,
      position: last?.position,
      fileClass: last?.fileClass,
    });
    if (file.deleted) expect(file.modifiedMs).toBe(last?.atMs);
  }
  const pending = files.reduce((sum, file) => sum + file.pending, 0);
  expect(fixture.core.reader.pendingCount()).toBe(pending);
});

describe('times', () => {
  test('past the end and before the beginning', async () => {
    const [{ core }] = await grown('times');
    const count = core.reader.changes({ limit: 1000 }).length;
    expect(core.reader.changes({ limit: 1000, fromMs: -5, toMs: 8e15 })).toHaveLength(count);
    expect(core.reader.changes({ limit: 1000, fromMs: 8e15 })).toEqual([]);
    expect(core.reader.changes({ limit: 1000, toMs: 0 })).toEqual([]);
  });

  test('of a file on the disk are the disk’s own', async () => {
    const fixture = createCoreFixture();
    const writtenMs = fixture.clock.nowMs();
    fixture.write('AGENTS.md', 'a');
    await fixture.clock.advance(60_000);
    await fixture.core.looker.look('AGENTS.md', { baseline: false, now: true });
    expect(fixture.core.reader.files()[0]?.modifiedMs).toBe(writtenMs);
  });
});

describe('neighbours', () => {
  test('nearest first on each side, consolidations left out', async () => {
    const [{ core }] = await grown('neighbours');
    const all = core.reader.changes({ after: 0, limit: 1000 });
    for (const [index, change] of all.entries()) {
      expect(core.reader.neighbours(change.position, 2)).toEqual({
        earlier: all.slice(Math.max(0, index - 2), index).toReversed(),
        later: all.slice(index + 1, index + 3),
      });
      const own = all.filter((other) => other.path === change.path);
      const at = own.indexOf(change);
      expect(core.reader.fileNeighbours(change)).toEqual({ earlier: own[at - 1], later: own[at + 1] });
    }
  });

  test('a position without a change is none', async () => {
    const fixture = createCoreFixture();
    await fixture.save('AGENTS.md', 'a');
    const { position } = fixture.core.append.record('consolidated', null);
    expect(fixture.core.reader.change(position)).toBeUndefined();
    expect(fixture.core.reader.change(99)).toBeUndefined();
    expect(fixture.core.reader.changes({ limit: 5, consolidation: 'f'.repeat(32) })).toEqual([]);
  });
});

describe('a path', () => {
  const [composed, apart, mixed] = ['\u00e9\u00f6', 'e\u0301o\u0308', '\u00e9o\u0308'].map(
    (name) => `memory-bank/${name}.md`,
  );

  test('is the one that was given, once the log holds it, or else its only other Unicode form', async () => {
    const fixture = createCoreFixture();
    const find = (path = '') => fixture.core.reader.findPath(path);
    await fixture.save(apart ?? '', 'x');
    expect([composed, apart, mixed].map(find)).toEqual([apart, apart, apart]);
    await fixture.save(mixed ?? '', 'y');
    expect([composed, apart, mixed].map(find)).toEqual([undefined, apart, mixed]);
    await fixture.remove(apart ?? '');
    expect(find(apart)).toBe(apart);
  });

  test('that no file ever had is none, nor is one in other case', async () => {
    const fixture = createCoreFixture();
    await fixture.save('AGENTS.md', 'x');
    const strangers = ['agents.md', 'AGENTS.md\0', './AGENTS.md', 'CLAUDE.md', '\u00e9', '%', ''];
    expect(strangers.filter((path) => fixture.core.reader.findPath(path) !== undefined)).toEqual([]);
  });
});
