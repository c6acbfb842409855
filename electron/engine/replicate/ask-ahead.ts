/** Pages on their way while those before them are taken, so that neither side waits for the other. */
import type { Page } from '../../../shared/contracts/peer-protocol.ts';
import { coversAll, type Vector } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import type { Result } from '../../../shared/result.ts';
import { vectorAfter } from './read-page.ts';

export type Ask = (since: Vector) => Promise<Result<Page>>;

type Asked = { since: Vector; page: Promise<Result<Page>>; came?: Page };

/**
 * Answers as `ask` does, and asks already for the pages behind the one that came, some at most, unless what these bring
 * `isEnough`. If what we hold went another way meanwhile, they are dropped.
 */
export function askAhead(ask: Ask, isEnough: (held: Vector) => boolean): Ask {
  /** Each stands on the one before it. */
  let chain: Asked[] = [];

  function begin(since: Vector): Asked {
    const asked: Asked = { since, page: ask(since) };
    asked.page.then(
      (answer) => {
        if (answer.ok) asked.came = answer.value;
        if (asked === chain.at(-1)) goOn(asked);
      },
      // It may break before anybody waits for it; whoever does hears of it all the same.
      () => undefined,
    );
    return asked;
  }

  function goOn({ since, came }: Asked): void {
    const rows = chain.reduce((sum, asked) => sum + (asked.came?.changes.length ?? 0), 0);
    const isFull = chain.length >= limits.pagesAhead || rows >= limits.rowsAhead;
    if (came?.has_more !== true || came.changes.length === 0 || isFull) return;
    const held = vectorAfter(since, came.changes);
    if (!isEnough(held)) chain.push(begin(held));
  }

  return async (since) => {
    const [next] = chain;
    if (next === undefined || !isSame(next.since, since)) chain = [begin(since)];
    const [asked] = chain as [Asked, ...Asked[]];
    const page = await asked.page;
    if (asked === chain[0]) chain.shift();
    goOn(chain.at(-1) ?? asked);
    return page;
  };
}

const isSame = (one: Vector, other: Vector): boolean => coversAll(one, other) && coversAll(other, one);
