import { describe, expect, it } from 'vitest';
import { PagedList } from '../../../renderer/src/state/paged-list.svelte.ts';
import { ok, problem } from '../../../shared/result.ts';

type Item = { position: number; note: string };

/** A log, newest first, that answers pages as the engine does. */
class FakeLog {
  items: Item[] = [];
  asked: { limit: number; before?: number }[] = [];
  failing = false;

  grow(count: number): void {
    const from = (this.items[0]?.position ?? 0) + 1;
    for (let step = 0; step < count; step += 1) this.items.unshift({ position: from + step, note: 'new' });
  }

  ask = async (input: { limit: number; before?: number }) => {
    this.asked.push(input);
    if (this.failing) return { ok: false as const, error: problem('internal', 'log', 'Gone.', '') };
    const rest = this.items.filter((item) => input.before === undefined || item.position < input.before);
    const items = rest.slice(0, input.limit);
    return ok({ items, next: rest.length > items.length ? items.at(-1)!.position : null });
  };
}

const positions = (list: PagedList<Item>) => list.items.map((item) => item.position);
const wholeLog = (log: FakeLog) => log.items.map((item) => item.position);

describe('a paged list', () => {
  it('reads page after page to the end, each item once', async () => {
    const log = new FakeLog();
    log.grow(450);
    const list = new PagedList<Item>(log.ask);
    await list.refresh();
    expect(list.items).toHaveLength(200);
    await list.more();
    expect(list.complete).toBe(false);
    await list.more();
    await list.more();
    expect(list.complete).toBe(true);
    expect(positions(list)).toEqual(wholeLog(log));
  });

  it('takes in what is new and keeps what it had', async () => {
    const log = new FakeLog();
    log.grow(450);
    const list = new PagedList<Item>(log.ask);
    await list.refresh();
    await list.more();
    log.grow(3);
    await list.refresh();
    expect(positions(list)).toEqual(wholeLog(log).slice(0, list.items.length));
    await list.more();
    await list.more();
    expect(positions(list)).toEqual(wholeLog(log));
  });

  it('sees changed facts of the items that it reads again', async () => {
    const log = new FakeLog();
    log.grow(5);
    const list = new PagedList<Item>(log.ask);
    await list.refresh();
    log.items[2]!.note = 'consolidated';
    await list.refresh();
    expect(list.items[2]?.note).toBe('consolidated');
  });

  it('leaves no hole when more arrived than one refresh reads', async () => {
    const log = new FakeLog();
    log.grow(50);
    const list = new PagedList<Item>(log.ask);
    await list.refresh();
    log.grow(900);
    await list.refresh();
    while (!list.complete) await list.more();
    expect(positions(list)).toEqual(wholeLog(log));
  });

  it('asks for the next page once, however often the end comes near', async () => {
    const log = new FakeLog();
    log.grow(450);
    const list = new PagedList<Item>(log.ask);
    await list.refresh();
    await Promise.all([list.more(), list.more(), list.more()]);
    expect(log.asked).toHaveLength(2);
    expect(list.items).toHaveLength(400);
  });

  it('keeps its items when a question fails, and says why', async () => {
    const log = new FakeLog();
    log.grow(3);
    const list = new PagedList<Item>(log.ask);
    await list.refresh();
    log.failing = true;
    await list.refresh();
    expect(list.items).toHaveLength(3);
    expect(list.problem?.message).toBe('Gone.');
    log.failing = false;
    await list.refresh();
    expect(list.problem).toBeUndefined();
  });

  it('is known to be empty only after an answer', async () => {
    const list = new PagedList<Item>(new FakeLog().ask);
    expect(list.known).toBe(false);
    await list.refresh();
    expect([list.known, list.complete]).toEqual([true, true]);
  });
});
