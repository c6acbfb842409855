/**
 * Edits of files that git moved. What somebody writes there is recorded as it lies on the disk, for this replica, and as
 * a change of what is shared, for all (docs/decisions/0026-movements-of-git.md).
 */
import { carryEdit } from '../../../shared/domain/carry-edit.ts';
import type { Change } from '../../../shared/domain/change.ts';
import type { Codec, Sql } from '../ports.ts';
import type { Appender, NewChange } from './append.ts';
import { type Content, type ContentStore, contentOf } from './content-store.ts';
import type { Displaced, KnownFile, KnownFiles } from './known-files.ts';

type CarryDeps = { sql: Sql; codec: Codec; contents: ContentStore; known: KnownFiles };
type Moved = KnownFile & { displaced: Displaced };

/** An appender that carries over what is written to files that git moved. */
export function carrying(deps: CarryDeps, append: Appender): Appender {
  const { sql, contents, known } = deps;

  function carry(change: NewChange, file: Moved): Change {
    if (change.content !== null) contents.put(change.content);
    const { shared, home } = file.displaced;
    const carried = carriedOver(deps, change, file);
    const next = carried === undefined ? shared : (carried?.hash ?? null);
    const told = carried === undefined || next === shared ? undefined : tell(change, file, carried);
    const isShared = next === (change.content?.hash ?? null);
    const here = append.local(change, {
      heads: told === undefined ? file.heads : [told.stamp],
      displaced: isShared ? undefined : { shared: next, home },
    });
    return told ?? here;
  }

  function tell(change: NewChange, { heads, displaced: { shared } }: Moved, content: Content | null): Change {
    const kind = content === null ? 'deleted' : shared === null ? 'created' : 'modified';
    return append.elsewhere({ ...change, kind, content, previous: shared, parents: heads });
  }

  return {
    ...append,
    get node() {
      return append.node;
    },
    change(change) {
      const file = known.get(change.path);
      if (file === undefined || !isMoved(file)) return append.change(change);
      return sql.transaction(() => carry(change, file));
    },
  };
}

const isMoved = (file: KnownFile): file is Moved => file.displaced !== undefined;

/** Undefined where it stays on the branch, also because a content that is needed is not here. */
function carriedOver(
  { codec, contents }: CarryDeps,
  change: NewChange,
  file: Moved,
): Content | null | undefined {
  const [before, after, shared] = [file.content, change.content?.hash ?? null, file.displaced.shared].map(
    (hash) => (hash === null ? null : contents.get(hash)),
  );
  if (before === undefined || after === undefined || shared === undefined) return undefined;
  const returns = file.displaced.home.branch === undefined;
  const bytes = carryEdit({ path: change.path, before, after, shared, returns });
  return bytes == null ? bytes : contentOf(codec, bytes);
}
