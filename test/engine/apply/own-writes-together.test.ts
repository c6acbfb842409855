/** Several files of ours written at a time, against an agent at one of them and against death, at every single step. */
import { describe, expect, test } from 'vitest';
import { type OwnWrite, writeOwnTogether } from '../../../electron/engine/apply/own-write.ts';
import { settleIntents } from '../../../electron/engine/apply/write-intents.ts';
import { Crash, createLife, type LifePoint } from '../../support/life.ts';
import { type CoreFixture, createCoreFixture, evidence, toBytes, toText } from '../core-fixture.ts';

const own = 'by skein\n';
const raced = 'ROADMAP.md';
const befores: Record<string, string | undefined> = {
  'AGENTS.md': 'agents\n',
  [raced]: 'road\n',
  'HANDOFF.md': undefined,
  'docs/passation_a.md': undefined,
};
const paths = Object.keys(befores);

const addLine = (path: string): OwnWrite => ({
  path,
  fileClass: 'note',
  compute: (current) => {
    const text = toText(current) ?? '';
    return toBytes(text.includes(own) ? text : text + own);
  },
  evidence: evidence('skein', 'skein'),
  consolidation: null,
  patienceMs: 60_000,
  alongside: () => undefined,
});

async function setUp(hook: (point: LifePoint) => void): Promise<CoreFixture> {
  let armed = false;
  const fixture = createCoreFixture({ life: createLife((point) => armed && hook(point)) });
  for (const [path, text] of Object.entries(befores)) if (text !== undefined) await fixture.save(path, text);
  await fixture.clock.advance(5_000);
  armed = true;
  return fixture;
}

const writeAll = (fixture: CoreFixture) => fixture.run(writeOwnTogether(fixture.deps, paths.map(addLine)));

const temporaries = ({ disk }: CoreFixture) =>
  [...disk.snapshot().keys()].filter((name) => name.endsWith('.tmp'));

async function lookUntilCalm(fixture: CoreFixture): Promise<void> {
  for (const path of paths) await fixture.run(fixture.recordDisk(path, Number.POSITIVE_INFINITY));
}

/** The log and the disk say the same of every file. */
function expectAgreement(fixture: CoreFixture, step: number): void {
  for (const path of paths)
    expect(fixture.texts(path).at(-1) ?? undefined, `step ${step} of ${path}`).toBe(fixture.text(path));
}

test('all are written, and each is told of', async () => {
  const fixture = await setUp(() => {});
  const written = await writeAll(fixture);
  expect(written.map((it) => it.ok && it.value?.path)).toEqual(paths);
  for (const [path, before = ''] of Object.entries(befores)) expect(fixture.text(path)).toBe(before + own);
  expect(temporaries(fixture)).toEqual([]);
  expect(fixture.sql.prepare('SELECT path FROM own_writes').all()).toEqual([]);
});

describe.each(['rename', 'in-place', 'truncate-then-write'] as const)('an agent saves by %s', (manner) => {
  test('at any step: nothing is lost, and the other files are written all the same', async () => {
    let met = 0;
    for (let step = 0; ; step++) {
      let reached = -1;
      const fixture = await setUp(() => {
        reached += 1;
        if (reached === step) fixture.disk.agentWrite(raced, toBytes('theirs\n'), manner).finish();
      });
      const written = await writeAll(fixture);
      if (reached < step) break;
      met += 1;
      expect(
        written.every((it) => it.ok),
        `step ${step}`,
      ).toBe(true);
      await lookUntilCalm(fixture);
      expect(fixture.texts(raced).join(''), `step ${step}`).toContain('theirs\n');
      for (const path of paths)
        if (path !== raced) expect(fixture.text(path)).toBe((befores[path] ?? '') + own);
      expectAgreement(fixture, step);
      expect(temporaries(fixture), `step ${step}`).toEqual([]);
    }
    expect(met).toBeGreaterThan(60);
  });
});

test('death at any step is finished or forgotten at the next start, for each file by itself', async () => {
  const ends = new Set<number>();
  for (let step = 0; ; step++) {
    let reached = -1;
    const dying = await setUp((point) => {
      reached += 1;
      if (reached === step) throw new Crash(point);
    });
    await dying.run(writeOwnTogether(dying.deps, paths.map(addLine)).catch(() => undefined));
    if (reached < step) break;
    const fixture = dying.restart();
    const settled = await settleIntents(fixture.deps, fixture.core.settings.tracked());
    ends.add(settled.length);
    expect(settled.map(({ agent }) => agent)).toEqual(settled.map(() => 'skein'));
    expect(temporaries(fixture), `step ${step}`).toEqual([]);
    expect(fixture.sql.prepare('SELECT path FROM own_writes').all()).toEqual([]);
    await lookUntilCalm(fixture);
    expectAgreement(fixture, step);
    for (const [path, before] of Object.entries(befores))
      expect([before, `${before ?? ''}${own}`], `step ${step}`).toContain(fixture.text(path));
  }
  expect(Math.max(...ends)).toBeGreaterThan(1);
});
