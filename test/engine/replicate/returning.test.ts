/** A replica that comes back after the retention: told, and compared by contents; nothing is lost, nothing rises again. */
import { describe, expect, test } from 'vitest';
import { collectVersions } from '../../../electron/engine/log/collect.ts';
import { limits } from '../../../shared/limits.ts';
import { createEngineFixture, type EngineFixture } from '../../support/engine-fixture.ts';
import { memoryLink } from '../../support/memory-network.ts';

const [asA, asB] = [
  { id: 'a', name: 'A' },
  { id: 'b', name: 'B' },
];
const dayMs = 86_400_000;
/** Nothing consolidates by itself. */
const files = { 'skein.json': '{ "consolidation_threshold": 0, "consolidation_interval_minutes": 0 }' };
const retentionDays = limits.everyVersionDays + limits.dailyVersionDays + 10;

const away = new Set<EngineFixture>();

function connect(a: EngineFixture, b: EngineFixture): void {
  away.delete(b);
  a.engine.replication.addPeer(memoryLink(() => (away.has(b) ? undefined : b.engine), { ...asB, from: asA }));
  b.engine.replication.addPeer(memoryLink(() => a.engine, { ...asA, from: asB }));
}

async function calm(...all: EngineFixture[]): Promise<void> {
  for (let round = 0; round < 8; round++) for (const { clock } of all) await clock.advance(20_000);
}

const write = ({ disk }: EngineFixture, path: string, text: string): void =>
  disk.agentWrite(path, new TextEncoder().encode(text), 'rename').finish();

/** Nothing waits for a report, so that the retention may let go what is old. */
const letGo = ({ sql, clock }: EngineFixture): number => {
  sql.exec('UPDATE log SET consolidation = 0 WHERE path IS NOT NULL');
  return collectVersions(sql, clock.nowMs());
};

const board = (...lines: string[]): string => `# Board\n\n${lines.join('\n')}\n`;
const returned = ({ engine }: EngineFixture) =>
  engine.status().problems.filter(({ code }) => code === 'peer-returned');

/** Both agree; then B is away for longer than anything is kept, and A goes on and lets go what is old. */
async function longAway(whileAway: (a: EngineFixture) => Promise<void>) {
  const [a, b] = [
    await createEngineFixture({ seed: 1, files }),
    await createEngineFixture({ seed: 2, files }),
  ];
  connect(a, b);
  await a.save('ROADMAP.md', board('- first', '- second', '- third', '- fourth', '- fifth'));
  await calm(a, b);
  await b.engine.stop();
  away.add(b);
  await whileAway(a);
  for (const { clock } of [a, b]) clock.jump(retentionDays * dayMs);
  await a.save('HANDOFF.md', 'still here\n');
  const gone = letGo(a);
  return { a, b, gone };
}

async function comeBack(a: EngineFixture, b: EngineFixture): Promise<void> {
  await b.startEngine();
  connect(a, b);
  await calm(a, b);
}

describe('a replica that was away for longer than anything is kept', () => {
  test('does not keep the others from letting go what is old', async () => {
    const { gone } = await longAway((a) => a.save('ROADMAP.md', board('- first', '- rewritten')));
    expect(gone).toBe(1);
  });

  test('is told when it comes back, and so are the others, for some days', async () => {
    const { a, b } = await longAway(async () => undefined);
    await comeBack(a, b);
    for (const it of [a, b])
      expect(returned(it)).toMatchObject([
        { message: expect.stringMatching(/not exchanged changes for 46\d days/) },
      ]);
    a.clock.jump(4 * dayMs);
    expect(returned(a)).toEqual([]);
  });

  test('gets what was written, and its old file does not bring back what was deleted', async () => {
    const { a, b } = await longAway(async (it) => {
      await it.save('AGENTS.md', 'new\n');
      it.disk.agentDelete('ROADMAP.md');
      await it.clock.advance(3_000);
    });
    await comeBack(a, b);
    expect(b.text('AGENTS.md')).toBe('new\n');
    expect([a.text('ROADMAP.md'), b.text('ROADMAP.md')]).toEqual([undefined, undefined]);
  });

  test('loses nothing that it wrote meanwhile, and brings back no line that was taken out', async () => {
    const { a, b } = await longAway((it) =>
      it.save('ROADMAP.md', board('- second', '- third', '- fourth', '- fifth')),
    );
    write(b, 'ROADMAP.md', board('- first', '- second', '- third', '- fourth', '- fifth', '- from b'));
    write(b, 'docs/passation_b.md', 'of its own\n');
    await comeBack(a, b);
    const expected = board('- second', '- third', '- fourth', '- fifth', '- from b');
    expect([a.text('ROADMAP.md'), b.text('ROADMAP.md')]).toEqual([expected, expected]);
    expect(a.text('docs/passation_b.md')).toBe('of its own\n');
  });

  test('and let go of what both come from, too: one version stays whole, the other waits for a person', async () => {
    const { a, b } = await longAway((it) => it.save('ROADMAP.md', board('- second', '- third', '- fourth')));
    write(b, 'ROADMAP.md', board('- first', '- second', '- third', '- fourth', '- fifth', '- from b'));
    await b.startEngine();
    await b.clock.advance(5_000);
    letGo(b);
    connect(a, b);
    await calm(a, b);
    expect(a.text('ROADMAP.md')).toBe(b.text('ROADMAP.md'));
    for (const { engine } of [a, b]) expect(engine.conflicts('open')).toMatchObject([{ path: 'ROADMAP.md' }]);
  });
});

test('what both come from is asked for again where somebody has it: then all merge it alike', async () => {
  const { a, b } = await longAway((it) =>
    it.save('ROADMAP.md', board('- second', '- third', '- fourth', '- fifth')),
  );
  // Its edit holds the other one, so that their merge is no new change which would tell A.
  write(b, 'ROADMAP.md', board('- second', '- third', '- fourth', '- fifth', '- from b'));
  await comeBack(a, b);
  const expected = board('- second', '- third', '- fourth', '- fifth', '- from b');
  expect([a.text('ROADMAP.md'), b.text('ROADMAP.md')]).toEqual([expected, expected]);
});

describe('a replica that comes back without its log', () => {
  const old = board('- first', '- second', '- third', '- fourth', '- fifth');

  test('has old files, not edits: what was changed or deleted since stays so', async () => {
    const { a } = await longAway(async (it) => {
      await it.save('AGENTS.md', 'old instructions\n');
      await it.save('AGENTS.md', 'new instructions\n');
      it.disk.agentDelete('ROADMAP.md');
      await it.clock.advance(3_000);
    });
    const found = {
      'ROADMAP.md': old,
      'AGENTS.md': 'old instructions\n',
      'docs/passation_b.md': 'of its own\n',
    };
    const again = await createEngineFixture({ seed: 5, files: { ...files, ...found } });
    again.clock.jump(retentionDays * dayMs);
    connect(a, again);
    await calm(a, again);
    for (const it of [a, again]) {
      expect(it.text('ROADMAP.md')).toBeUndefined();
      expect(it.text('AGENTS.md')).toBe('new instructions\n');
      expect(it.text('docs/passation_b.md')).toBe('of its own\n');
    }
    expect(a.engine.conflicts('open')).toEqual([]);
  });
});
