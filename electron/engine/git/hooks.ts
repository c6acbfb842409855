/** The hooks of a repository, as the work on commits and pulls needs them (githooks(5)). */
import type { Result } from '../../../shared/result.ts';
import type { Held } from '../lock/held-lock.ts';
import type { StopSignal } from '../lock/repository-lock.ts';
import type { Signature } from './repository.ts';

/** Those that git runs around a commit, and around a merge that it commits by itself. */
export const hookNames = [
  'pre-commit',
  'pre-merge-commit',
  'prepare-commit-msg',
  'commit-msg',
  'post-commit',
  'post-merge',
] as const;
export type HookName = (typeof hookNames)[number];

export type HookRun = {
  /** What a program finds that a hook starts, so that it does not wait for the lock under which it runs. */
  hold: Pick<Held, 'id' | 'token'>;
  signal?: StopSignal | undefined;
};

/** What would be committed. */
export type Draft = {
  tree: string;
  message: string;
  /** Where the message comes from, in the words that prepare-commit-msg is told. */
  source: 'message' | 'merge';
  author?: Signature | undefined;
};

/** A draft laid out for hooks: an index of its own, and a file with the message, both of which they may change. */
export type LaidOut = {
  /** Fails with `hook-refused` and the hook's last words, and with `stopping`. A hook that is not there is none. */
  run(name: HookName, run: HookRun): Promise<Result<null>>;
  /** The tree of its index as it is now. */
  tree(): Promise<Result<string>>;
  message(): Promise<Result<string>>;
  close(): Promise<void>;
};

export type Hooks = {
  /** Those that there are; none when they are switched off. */
  present(): Promise<ReadonlySet<HookName>>;
  layOut(draft: Draft): Promise<Result<LaidOut>>;
  /** One that comes when all is done: git's own index is what it sees. Fails as that of a draft. */
  runAfter(name: 'post-commit' | 'post-merge', run: HookRun): Promise<Result<null>>;
};
