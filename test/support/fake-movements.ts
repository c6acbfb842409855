/** What git did to the files of a work tree, told by a test. */
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import type { GitRepository } from '../../electron/engine/ports.ts';
import type { CheckedOut, Movement } from '../../shared/domain/movement.ts';

type Step = { movement: Movement | undefined; atMs: number; textByPath: ReadonlyMap<string, string | null> };

export type FakeMovements = Pick<
  GitRepository,
  | 'isAtWork'
  | 'isInTheMiddle'
  | 'unfinishedAt'
  | 'movementBehind'
  | 'checkedOut'
  | 'isAtHome'
  | 'isThere'
  | 'hasCommitted'
  | 'isStashed'
> & {
  /** Git left these texts; null where it removed the file. */
  moved(movement: Partial<Movement> & { atMs: number }, texts: Record<string, string | null>): Movement;
  /** Somebody committed these texts, which were there. */
  committed(atMs: number, texts: Record<string, string>): void;
  /** Git is in the middle of writing, or done. */
  setAtWork(atWork: boolean): void;
  /** This is checked out, and of what changed there these texts are committed. */
  setCheckedOut(now: CheckedOut | undefined, texts?: Readonly<Record<string, string | null>>): void;
  /** A stash has something of these files. */
  setStashed(paths: readonly string[]): void;
  /** A merge or a rebase stands still, or is over. */
  setInTheMiddle(inTheMiddle: boolean): void;
  /** A merge left these files for somebody to settle, and will commit those, and new ones of somebody; none: it is over. */
  setUnmerged(paths: readonly string[], uncommitted?: readonly string[], added?: readonly string[]): void;
};

export function createFakeMovements(): FakeMovements {
  const steps: Step[] = [];
  let atWork = false;
  let unmerged: readonly string[] = [];
  let uncommitted: readonly string[] = [];
  let added: readonly string[] = [];
  let inTheMiddle = false;
  let checkedOut: CheckedOut | undefined;
  let committed: Readonly<Record<string, string | null>> = {};
  let stashed: readonly string[] = [];

  return {
    moved(given, texts) {
      const movement: Movement = {
        id: `movement ${steps.length + 1}`,
        kind: 'switch',
        from: 'main',
        to: 'feature',
        commit: String(steps.length + 1).padStart(40, '0'),
        grew: false,
        ...given,
      };
      steps.unshift({ movement, atMs: given.atMs, textByPath: new Map(Object.entries(texts)) });
      return movement;
    },
    committed(atMs, texts) {
      steps.unshift({ movement: undefined, atMs, textByPath: new Map(Object.entries(texts)) });
    },
    setAtWork(next) {
      atWork = next;
    },
    setUnmerged(paths, others = [], mine = []) {
      unmerged = paths;
      uncommitted = others;
      added = mine;
    },
    setCheckedOut(now, texts = {}) {
      checkedOut = now;
      committed = texts;
    },
    setStashed(paths) {
      stashed = paths;
    },
    setInTheMiddle(next) {
      inTheMiddle = next;
    },
    isAtWork: async () => atWork,
    isInTheMiddle: async () => inTheMiddle,
    checkedOut: async () => checkedOut,
    async isAtHome(path, home, { lying }) {
      const text = committed[path];
      if (text === undefined || home.branch === undefined || home.branch !== checkedOut?.branch) return false;
      return isText(text, await lying());
    },
    isThere: async ({ branch }) => branch !== undefined && branch === checkedOut?.branch,
    hasCommitted: async () => false,
    isStashed: async (path) => stashed.includes(path),
    async unfinishedAt(path) {
      if (unmerged.includes(path)) return 'unmerged';
      if (added.includes(path)) return 'added';
      return uncommitted.includes(path) ? 'uncommitted' : 'none';
    },
    async movementBehind(path, blobs, sinceMs) {
      const last = steps.find(({ atMs, textByPath }) => atMs >= sinceMs && textByPath.has(path));
      if (last?.movement === undefined) return undefined;
      const [text, lying] = [last.textByPath.get(path) ?? null, await blobs()];
      const isThere = isText(text, lying);
      const { movement } = last;
      if (isThere) return { movement };
      const under = text === null ? null : new TextEncoder().encode(text);
      return movement.kind === 'switch' || movement.kind === 'rebase' ? { movement, under } : undefined;
    },
  };
}

const isText = (text: string | null, blobs: readonly string[]): boolean =>
  text === null ? blobs.length === 0 : blobs.includes(nodeCodec.gitBlobId(Buffer.from(text)));
