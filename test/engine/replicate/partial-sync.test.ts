/** A replica that takes only some files: it knows of the others, leaves them alone, and takes more at any time. */
import { describe, expect, test } from 'vitest';
import type { Page } from '../../../shared/contracts/peer-protocol.ts';
import { createEngineFixture, type EngineFixture } from '../../support/engine-fixture.ts';
import { allRights, memoryLink } from '../../support/memory-network.ts';

const journal = 'docs/passation_claude.md';
const long = Array.from({ length: 200 }, (_, line) => `- line ${line}`).join('\n');

/** B takes of A what `takes` says; A takes everything. */
async function partialPair() {
  const a = await createEngineFixture({ seed: 1 });
  const b = await createEngineFixture({ seed: 2 });
  const state: { takes: ((path: string) => boolean) | undefined; pages: Page[] } = {
    takes: (path) => path.startsWith('docs/'),
    pages: [],
  };
  const rightsOfA = { ...allRights, trusted: false };
  const [asA, asB] = [
    { id: 'a', name: 'A' },
    { id: 'b', name: 'B' },
  ];
  const toA = memoryLink(() => a.engine, {
    ...asA,
    from: asB,
    takes: () => state.takes,
    rights: rightsOfA,
  });
  const changes: typeof toA.changes = async (since, limit) => {
    const page = await toA.changes(since, limit);
    if (page.ok) state.pages.push(page.value);
    return page;
  };
  b.engine.replication.addPeer({ ...toA, changes });
  a.engine.replication.addPeer(
    memoryLink(() => b.engine, {
      ...asB,
      from: asA,
      rights: { ...allRights, wants: state.takes },
      rightsThere: rightsOfA,
    }),
  );
  const calm = async () => {
    for (let round = 0; round < 8; round++) for (const { clock } of [a, b]) await clock.advance(500);
  };
  await calm();
  const takeAll = async () => {
    state.takes = undefined;
    void b.engine.replication.takeLeftOut('a');
    await calm();
  };
  return { a, b, state, rightsOfA, calm, takeAll };
}

const paths = ({ engine }: EngineFixture) => engine.log.changes({ limit: 100 }).map((change) => change.path);
const bodies = (pages: readonly Page[]) =>
  pages.flatMap(({ changes }) => changes).filter((row) => 'body' in row && row.body !== undefined);

describe('a replica that takes only docs/', () => {
  test('has those files, knows that others changed, and gets none of their bytes', async () => {
    const { a, b, state, calm } = await partialPair();
    await a.save('ROADMAP.md', long);
    await a.save(journal, 'one\n');
    await calm();
    expect(b.text(journal)).toBe('one\n');
    expect(b.text('ROADMAP.md')).toBeUndefined();
    expect(paths(b)).toContain('ROADMAP.md');
    expect(bodies(state.pages)).not.toContainEqual(expect.objectContaining({ path: 'ROADMAP.md' }));
    expect(b.engine.replication.peers()).toMatchObject([{ behind: 0, failures: 0 }]);
  });

  test('leaves its own file of such a name alone, whatever the other does with its', async () => {
    const { a, b, calm } = await partialPair();
    await b.save('ROADMAP.md', 'mine\n');
    await calm();
    expect(a.text('ROADMAP.md')).toBe('mine\n');
    await a.save('ROADMAP.md', 'theirs\n');
    await calm();
    expect(b.text('ROADMAP.md')).toBe('mine\n');
    a.disk.agentDelete('ROADMAP.md');
    await calm();
    expect(b.text('ROADMAP.md')).toBe('mine\n');
    expect(b.engine.conflicts('all')).toEqual([]);
  });

  test('finds what it left out when it takes everything, and merges what it wrote meanwhile', async () => {
    const { a, b, calm, takeAll } = await partialPair();
    await a.save('ROADMAP.md', `${long}\n`);
    await a.save('HANDOFF.md', 'gone before anybody took it\n');
    a.disk.agentDelete('HANDOFF.md');
    await calm();
    await takeAll();
    expect(b.text('ROADMAP.md')).toBe(`${long}\n`);
    expect(b.text('HANDOFF.md')).toBeUndefined();
    await a.save('ROADMAP.md', `${long}\n- of A\n`);
    await calm();
    expect(b.text('ROADMAP.md')).toBe(`${long}\n- of A\n`);
  });

  test('asks before instructions count that it left out', async () => {
    const { a, b, calm, takeAll } = await partialPair();
    await a.save('AGENTS.md', 'do harm\n');
    await calm();
    expect(b.engine.heldChanges()).toEqual([]);
    await takeAll();
    expect(b.text('AGENTS.md')).toBeUndefined();
    expect(b.engine.heldChanges()).toMatchObject([{ path: 'AGENTS.md' }]);
  });

  test('gives others instructions that it left out, and that nobody approved, as such', async () => {
    const { a, b, calm } = await partialPair();
    await a.save('AGENTS.md', 'do harm\n');
    await calm();
    const c = await createEngineFixture({ seed: 3 });
    c.engine.replication.addPeer(
      memoryLink(() => b.engine, { id: 'b', name: 'B', from: { id: 'c', name: 'C' }, rights: allRights }),
    );
    await c.clock.advance(3_000);
    expect(paths(c)).toContain('AGENTS.md');
    expect(c.engine.heldChanges()).toMatchObject([{ path: 'AGENTS.md' }]);
    expect(c.text('AGENTS.md')).toBeUndefined();
  });

  test('asks before instructions count that its sender held back, however far that one is trusted', async () => {
    const { a, b, rightsOfA, calm, takeAll } = await partialPair();
    const stranger = await createEngineFixture({ seed: 4 });
    a.engine.replication.addPeer(
      memoryLink(() => stranger.engine, {
        id: 'd',
        name: 'D',
        from: { id: 'a', name: 'A' },
        rights: { ...allRights, trusted: false },
      }),
    );
    await stranger.save('CLAUDE.md', 'do harm\n');
    await a.engine.replication.syncWith('d');
    expect(a.engine.heldChanges()).toMatchObject([{ path: 'CLAUDE.md' }]);
    await calm();
    rightsOfA.trusted = true;
    await takeAll();
    expect(b.engine.heldChanges()).toMatchObject([{ path: 'CLAUDE.md' }]);
    expect(b.text('CLAUDE.md')).toBeUndefined();
  });

  test('gives others what it left out, as nobody’s who waits', async () => {
    const { a, b, calm } = await partialPair();
    await a.save('ROADMAP.md', 'short\n');
    await calm();
    const c = await createEngineFixture({ seed: 3 });
    c.engine.replication.addPeer(
      memoryLink(() => b.engine, { id: 'b', name: 'B', from: { id: 'c', name: 'C' } }),
    );
    await c.clock.advance(3_000);
    expect(paths(c)).toContain('ROADMAP.md');
    expect(c.engine.heldChanges()).toEqual([]);
    expect(c.text('ROADMAP.md')).toBeUndefined();
    c.engine.replication.addPeer(
      memoryLink(() => a.engine, { id: 'a', name: 'A', from: { id: 'c', name: 'C' } }),
    );
    await c.clock.advance(3_000);
    expect(c.text('ROADMAP.md')).toBe('short\n');
  });
});
