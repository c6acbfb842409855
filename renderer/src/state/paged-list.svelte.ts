/** A list that is read page by page, newest first, and takes in what is new at its top. */
import type { Problem, Result } from '../../../shared/result.ts';

export type Placed = { position: number };
export type ListPage<Item> = { items: readonly Item[]; next: number | null };
export type AskPage<Item> = (
  input: { limit: number; before?: number },
  signal?: AbortSignal,
) => Promise<Result<ListPage<Item>>>;

const pageRows = 200;
/** Rows that a refresh reads again; further down only the page under the reader would have changed. */
const mostFreshRows = 1_000;

export class PagedList<Item extends Placed> {
  items: readonly Item[] = $state.raw([]);
  /** False until the first page has arrived. */
  known = $state(false);
  complete = $state(false);
  problem: Problem | undefined = $state.raw();
  readonly #ask: AskPage<Item>;
  #next: number | null = null;
  #loadingMore = false;

  constructor(ask: AskPage<Item>) {
    this.#ask = ask;
  }

  /** Reads the newest items again and keeps the older ones that are already here. */
  async refresh(signal?: AbortSignal): Promise<void> {
    const limit = Math.max(pageRows, Math.min(this.items.length, mostFreshRows));
    const answer = await this.#ask({ limit }, signal);
    if (signal?.aborted) return;
    this.problem = answer.ok ? undefined : answer.error;
    if (!answer.ok) return;
    this.#takeNewest(answer.value);
    this.known = true;
  }

  #takeNewest(page: ListPage<Item>): void {
    // Only a page that reaches into what we hold proves that nothing is missing in between.
    const newestHeld = this.items[0]?.position ?? 0;
    const reaches = page.next !== null && newestHeld >= page.next;
    const kept = reaches ? olderThan(this.items, page.next) : [];
    this.items = [...page.items, ...kept];
    if (kept.length === 0) this.#next = page.next;
    this.complete = this.#next === null;
  }

  /** The next page; calls while one is under way, or after the end, do nothing. */
  async more(): Promise<void> {
    if (this.#loadingMore || !this.known || this.#next === null) return;
    this.#loadingMore = true;
    const answer = await this.#ask({ limit: pageRows, before: this.#next });
    this.#loadingMore = false;
    this.problem = answer.ok ? undefined : answer.error;
    if (!answer.ok) return;
    this.items = [...this.items, ...olderThan(answer.value.items, this.items.at(-1)?.position ?? null)];
    this.#next = answer.value.next;
    this.complete = this.#next === null;
  }
}

/** What stands below a position; nothing when there is no such position, because the whole list ended above it. */
function olderThan<Item extends Placed>(items: readonly Item[], position: number | null): readonly Item[] {
  return position === null ? [] : items.filter((item) => item.position < position);
}
