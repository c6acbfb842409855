/** A database that was put back from a copy: noticed, explained, and no line of either life is lost. */
import { describe, expect, test } from 'vitest';
import { nodeOf } from '../../../electron/engine/log/open-log.ts';
import type { Sql } from '../../../electron/engine/ports.ts';
import { copyDatabase } from '../../support/copy-database.ts';
import { createEngineFixture, type EngineFixture } from '../../support/engine-fixture.ts';
import { memoryLink } from '../../support/memory-network.ts';

const [asA, asB] = [
  { id: 'a', name: 'A' },
  { id: 'b', name: 'B' },
];

function connect(a: EngineFixture, b: EngineFixture): void {
  a.engine.replication.addPeer(memoryLink(() => b.engine, { ...asB, from: asA }));
  b.engine.replication.addPeer(memoryLink(() => a.engine, { ...asA, from: asB }));
}

async function calm(...all: EngineFixture[]): Promise<void> {
  for (let round = 0; round < 8; round++) for (const { clock } of all) await clock.advance(20_000);
}

/** The machine comes back with this database in the place of its own. */
async function comeBack(fixture: EngineFixture, backup: Sql): Promise<void> {
  await fixture.engine.stop();
  fixture.replaceDatabase(backup);
  await fixture.startEngine();
}

const linesOf = (fixture: EngineFixture, path: string): string[] =>
  (fixture.text(path) ?? '').split('\n').filter((line) => line !== '');
const codes = ({ engine }: EngineFixture): string[] => engine.status().problems.map(({ code }) => code);

describe('a backup that is put back', () => {
  test('is noticed at the start: a new node id before anything is recorded, and a notice', async () => {
    const [a, b] = [await createEngineFixture({ seed: 1 }), await createEngineFixture({ seed: 2 })];
    connect(a, b);
    await a.save('HANDOFF.md', 'one\n');
    await calm(a, b);
    const backup = copyDatabase(a.sql);
    const former = nodeOf(backup);
    await a.save('HANDOFF.md', 'one\ntwo\n');
    await calm(a, b);
    await comeBack(a, backup);
    expect(nodeOf(a.sql)).not.toBe(former);
    expect(codes(a)).toContain('log-restored');
    expect(a.logged).toContainEqual(expect.stringMatching(/^warn: The log is older/));
    await a.save('HANDOFF.md', 'one\ntwo\nthree\n');
    connect(a, b);
    await calm(a, b);
    expect(linesOf(a, 'HANDOFF.md')).toEqual(['one', 'two', 'three']);
    expect(linesOf(b, 'HANDOFF.md')).toEqual(['one', 'two', 'three']);
    expect(a.engine.replication.peerSide.watermark().vector).toBe(
      b.engine.replication.peerSide.watermark().vector,
    );
  });

  test('of which nobody saw what it lacks goes on as it is', async () => {
    const a = await createEngineFixture();
    await a.save('HANDOFF.md', 'one\n');
    const backup = copyDatabase(a.sql);
    const former = nodeOf(backup);
    await comeBack(a, backup);
    expect(nodeOf(a.sql)).toBe(former);
    expect(codes(a)).toEqual([]);
  });

  test('the notice goes by itself', async () => {
    const a = await createEngineFixture();
    const backup = copyDatabase(a.sql);
    await a.save('HANDOFF.md', 'one\n');
    await comeBack(a, backup);
    expect(codes(a)).toContain('log-restored');
    a.clock.jump(4 * 86_400_000);
    expect(codes(a)).not.toContain('log-restored');
  });
});

type Image = { sql: Sql; mark: ReturnType<EngineFixture['marks']['copy']> };
const imageOf = ({ sql, marks }: EngineFixture): Image => ({ sql: copyDatabase(sql), mark: marks.copy() });

/** The whole machine as it was: nothing beside the database tells that it is old. */
async function putImageBack(fixture: EngineFixture, { sql, mark }: Image): Promise<void> {
  await fixture.engine.stop();
  fixture.marks.putBack(mark);
  fixture.replaceDatabase(sql);
  await fixture.startEngine();
}

const vectorOf = ({ engine }: EngineFixture): string => engine.replication.peerSide.watermark().vector;
const rowsOf = ({ sql }: EngineFixture): string[] =>
  sql
    .prepare<{ row: string }>("SELECT node || ' ' || sequence || ' ' || stamp AS row FROM log ORDER BY 1")
    .all()
    .map(({ row }) => row);

/** Two devices that agree, with an image of A from before B got its last change. */
async function pairWithImage(): Promise<{ a: EngineFixture; b: EngineFixture; image: Image }> {
  const [a, b] = [await createEngineFixture({ seed: 1 }), await createEngineFixture({ seed: 2 })];
  connect(a, b);
  await a.save('HANDOFF.md', 'one\n');
  await calm(a, b);
  const image = imageOf(a);
  await a.save('ROADMAP.md', 'first life\n');
  await calm(a, b);
  a.disk.agentDelete('ROADMAP.md');
  return { a, b, image };
}

describe('the image of a whole machine that is put back', () => {
  test('is noticed at the first exchange: its former changes come back as those of another node', async () => {
    const { a, b, image } = await pairWithImage();
    await putImageBack(a, image);
    const former = nodeOf(a.sql);
    connect(a, b);
    await calm(a, b);
    expect(nodeOf(a.sql)).not.toBe(former);
    expect(a.text('ROADMAP.md')).toBe('first life\n');
    expect(vectorOf(a)).toBe(vectorOf(b));
    expect(codes(a)).toContain('log-restored');
  });

  test.each([1, 2, 5])('and gave out %i sequences again: both runs stay, on both', async (again) => {
    const { a, b, image } = await pairWithImage();
    await putImageBack(a, image);
    for (let index = 1; index <= again; index++) await a.save('HANDOFF.md', `one\nagain ${index}\n`);
    connect(a, b);
    await calm(a, b);
    expect(a.text('HANDOFF.md')).toBe(`one\nagain ${again}\n`);
    expect(b.text('HANDOFF.md')).toBe(`one\nagain ${again}\n`);
    expect(a.text('ROADMAP.md')).toBe('first life\n');
    expect(rowsOf(a)).toEqual(rowsOf(b));
    expect(codes(a)).toContain('log-restored');
    for (const { engine } of [a, b])
      expect(engine.replication.peers()).toMatchObject([{ problem: undefined }]);
  });

  test('and is seen by a third that met only the later run: all three agree in the end', async () => {
    const { a, b, image } = await pairWithImage();
    await putImageBack(a, image);
    const c = await createEngineFixture({ seed: 3 });
    const asC = { id: 'c', name: 'C' };
    a.engine.replication.addPeer(memoryLink(() => c.engine, { ...asC, from: asA }));
    c.engine.replication.addPeer(memoryLink(() => a.engine, { ...asA, from: asC }));
    await a.save('HANDOFF.md', 'one\nagain\n');
    await calm(a, c);
    await c.save('HANDOFF.md', 'one\nagain\nfrom c\n');
    await calm(a, c);
    await a.engine.stop();
    b.engine.replication.addPeer(memoryLink(() => c.engine, { ...asC, from: asB }));
    c.engine.replication.addPeer(memoryLink(() => b.engine, { ...asB, from: asC }));
    await calm(b, c);
    expect(rowsOf(b)).toEqual(rowsOf(c));
    expect(b.text('HANDOFF.md')).toBe('one\nagain\nfrom c\n');
    expect(c.text('ROADMAP.md')).toBe('first life\n');
    await a.startEngine();
    connect(a, b);
    await calm(a, b, c);
    expect(rowsOf(a)).toEqual(rowsOf(b));
    expect(rowsOf(b)).toEqual(rowsOf(c));
    for (const it of [a, b, c]) {
      expect(it.text('HANDOFF.md')).toBe('one\nagain\nfrom c\n');
      expect(it.text('ROADMAP.md')).toBe('first life\n');
    }
  });

  test('agrees, too, with one that never asks it', async () => {
    const { a, b, image } = await pairWithImage();
    await putImageBack(a, image);
    await a.save('HANDOFF.md', 'one\nagain\n');
    b.engine.replication.removePeer('a');
    a.engine.replication.addPeer(memoryLink(() => b.engine, { ...asB, from: asA }));
    await calm(a, b);
    expect(rowsOf(a)).toEqual(rowsOf(b));
  });

  test('agrees, too, with one that it never asks', async () => {
    const { a, b, image } = await pairWithImage();
    await putImageBack(a, image);
    await a.save('HANDOFF.md', 'one\nagain\n');
    await calm(a, b);
    expect(rowsOf(a)).toEqual(rowsOf(b));
  });
});

test('a machine that was cloned, both at work: every line is everywhere, and each writes under an id of its own', async () => {
  const [a, b] = [await createEngineFixture({ seed: 1 }), await createEngineFixture({ seed: 2 })];
  connect(a, b);
  await a.save('HANDOFF.md', 'one\n');
  await calm(a, b);
  const clone = await createEngineFixture({ seed: 3, idle: true, files: { 'HANDOFF.md': 'one\n' } });
  const former = nodeOf(a.sql);
  await putImageBack(clone, imageOf(a));
  await a.save('HANDOFF.md', 'one\nfrom the first\n');
  await clone.save('ROADMAP.md', 'from the clone\n');
  const asClone = { id: 'clone', name: 'Clone' };
  clone.engine.replication.addPeer(memoryLink(() => b.engine, { ...asB, from: asClone }));
  b.engine.replication.addPeer(memoryLink(() => clone.engine, { ...asClone, from: asB }));
  await calm(a, b, clone);
  await calm(a, b, clone);
  for (const it of [a, b, clone]) {
    expect(linesOf(it, 'HANDOFF.md')).toEqual(['one', 'from the first']);
    expect(it.text('ROADMAP.md')).toBe('from the clone\n');
    expect(rowsOf(it)).toEqual(rowsOf(b));
  }
  expect(nodeOf(clone.sql)).not.toBe(former);
  expect(codes(clone)).toContain('log-restored');
});
