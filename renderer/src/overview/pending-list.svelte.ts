/**
 * All pending changes, kept up to date by asking only for what is new. A consolidation, or a count that does not
 * match, loads them afresh.
 */
import type { Output } from '../../../shared/contracts/app-api.ts';
import type { ChangeJson } from '../../../shared/contracts/shapes.ts';
import type { Problem, Result } from '../../../shared/result.ts';

type Page = Output<'listPending'>;
export type AskPending = (input: { limit: number; after?: number }) => Promise<Result<Page>>;

/** Rows per question; small first, so that the first screen is there at once. */
const firstRows = 200;
const pageRows = 5_000;
/** A list up to this length is read again on every event. */
const rereadRows = 500;

export class PendingList {
  changes: readonly ChangeJson[] = $state.raw([]);
  count = $state(0);
  known = $state(false);
  problem: Problem | undefined = $state.raw();
  readonly #ask: AskPending;

  constructor(ask: AskPending) {
    this.#ask = ask;
  }

  /** Loads everything anew, page by page. The old rows stay on the screen until all new ones are there. */
  async load(): Promise<void> {
    const loaded = await this.#follow([], this.known ? pageRows : firstRows);
    if (loaded !== undefined) this.changes = loaded;
  }

  /**
   * Takes in what was recorded since. A short list is read again, because who made an earlier change may be known
   * better by now; of a long one only the new rows are asked for, unless the numbers say that something is missing.
   */
  async update(): Promise<void> {
    const held = this.changes;
    if (held.length <= rereadRows) return this.load();
    const grown = await this.#follow(held, pageRows);
    if (grown === undefined) return;
    if (grown.length === this.count) this.changes = grown;
    else await this.load();
  }

  async #follow(held: readonly ChangeJson[], limit: number): Promise<readonly ChangeJson[] | undefined> {
    const after = held.at(-1)?.position;
    const answer = await this.#ask(after === undefined ? { limit } : { limit, after });
    this.problem = answer.ok ? undefined : answer.error;
    if (!answer.ok) return undefined;
    const { changes, count, next } = answer.value;
    const grown = changes.length === 0 ? held : [...held, ...changes];
    if (!this.known) this.changes = grown;
    this.count = count;
    this.known = true;
    return next === null || changes.length === 0 ? grown : this.#follow(grown, pageRows);
  }
}
