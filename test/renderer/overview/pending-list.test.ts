import { describe, expect, it } from 'vitest';
import { PendingList } from '../../../renderer/src/overview/pending-list.svelte.ts';
import type { ChangeJson } from '../../../shared/contracts/shapes.ts';
import { ok, problem } from '../../../shared/result.ts';
import { aChange } from '../a-change.ts';

/** The pending changes of an engine, oldest first. */
class FakeEngine {
  changes: ChangeJson[] = [];
  asked: { limit: number; after?: number }[] = [];
  failing = false;

  grow(count: number): void {
    const from = (this.changes.at(-1)?.position ?? 0) + 1;
    for (let step = 0; step < count; step += 1) this.changes.push(aChange(from + step));
  }

  ask = async (input: { limit: number; after?: number }) => {
    this.asked.push(input);
    if (this.failing) return { ok: false as const, error: problem('stopping', 'engine', 'Stopping.', '') };
    const rest = this.changes.filter((change) => change.position > (input.after ?? 0));
    const changes = rest.slice(0, input.limit);
    const next = rest.length > changes.length ? changes.at(-1)!.position : null;
    return ok({ count: this.changes.length, changes, next });
  };
}

const positions = (changes: readonly ChangeJson[]) => changes.map((change) => change.position);

describe('the pending list', () => {
  it('loads ten thousand in a few questions, the first one small', async () => {
    const engine = new FakeEngine();
    engine.grow(10_000);
    const list = new PendingList(engine.ask);
    await list.load();
    expect(list.count).toBe(10_000);
    expect(positions(list.changes)).toEqual(positions(engine.changes));
    expect(engine.asked.map((input) => input.limit)).toEqual([200, 5_000, 5_000]);
  });

  it('asks a long list only for what is new', async () => {
    const engine = new FakeEngine();
    engine.grow(2_000);
    const list = new PendingList(engine.ask);
    await list.load();
    engine.asked = [];
    engine.grow(2);
    await list.update();
    expect(engine.asked).toEqual([{ limit: 5_000, after: 2_000 }]);
    expect(list.changes).toHaveLength(2_002);
  });

  it('reads a short list again, because attribution may have learned more', async () => {
    const engine = new FakeEngine();
    engine.grow(3);
    const list = new PendingList(engine.ask);
    await list.load();
    engine.changes[0] = aChange(1, { agent_owner: 'human' });
    await list.update();
    expect(list.changes[0]?.agent_owner).toBe('human');
  });

  it('loads anew when the count says that something else happened', async () => {
    const engine = new FakeEngine();
    engine.grow(2_000);
    const list = new PendingList(engine.ask);
    await list.load();
    engine.changes = engine.changes.slice(1_500);
    engine.grow(1);
    await list.update();
    expect(positions(list.changes)).toEqual(positions(engine.changes));
  });

  it('never shows fewer rows while it loads again', async () => {
    const engine = new FakeEngine();
    engine.grow(1_000);
    const list = new PendingList(engine.ask);
    await list.load();
    const seen: number[] = [];
    const ask = engine.ask;
    engine.ask = async (input) => {
      seen.push(list.changes.length);
      return ask(input);
    };
    await list.load();
    expect(Math.min(1_000, ...seen)).toBe(1_000);
  });

  it('keeps its rows when a question fails, and says why', async () => {
    const engine = new FakeEngine();
    engine.grow(3);
    const list = new PendingList(engine.ask);
    await list.load();
    engine.failing = true;
    await list.update();
    expect(list.changes).toHaveLength(3);
    expect(list.problem?.message).toBe('Stopping.');
  });
});
