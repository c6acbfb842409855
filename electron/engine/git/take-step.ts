/**
 * One step of a repository from a commit to the next, so that whoever dies in the middle leaves nothing half done: the
 * next index is locked in, the step is noted, the files are written, the branch moves, the index takes its place. What
 * a note tells of can be done again from its beginning.
 */
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { Codec, Files } from '../ports.ts';
import type {
  GitObjects,
  HeldIndex,
  MadeStep,
  RepositoryStep,
  StepParts,
  Steps,
  StoreOptions,
} from './repository.ts';
import { createStepFiles } from './step-files.ts';
import { clearLeftovers } from './step-leftovers.ts';

export type StepDeps = {
  store: GitObjects;
  parts: StepParts;
  /** Those of the work tree, from its top; undefined for a bare repository. */
  files: Files | undefined;
  codec: Pick<Codec, 'sha256'>;
};

export function createSteps(deps: StepDeps): Steps {
  const { parts } = deps;
  const stepFiles = deps.files && createStepFiles({ ...deps, files: deps.files });

  async function takeOnceMade<Made extends MadeStep>(
    begun: Omit<RepositoryStep, 'to'>,
    make: () => Promise<Result<Made | undefined>>,
    { signal }: StoreOptions = {},
  ): Promise<Result<Made | undefined>> {
    const tip = await parts.tipOf(begun.branch);
    if (!tip.ok) return tip;
    if (tip.value !== begun.from) return err(moved(begun.branch));
    const index = await parts.lockIndex(begun.index, signal);
    if (!index.ok) return index;
    // From here on no git moves it: for that it would need the lock.
    const here = await standsStill(begun.branch);
    if (!here.ok) return giveUp(index.value, here.error);
    const made = await make().catch(async (cause: unknown) => {
      // Whoever broke is to be heard of, but not to keep the index from everybody.
      await index.value.drop();
      throw cause;
    });
    if (!made.ok || made.value === undefined) return index.value.drop().then(() => made);
    const still = await stillHolds(index.value, begun.branch);
    if (!still.ok) return giveUp(index.value, still.error);
    const { to, index: changes } = made.value;
    const rewritten = changes === begun.index ? ok(null) : await index.value.rewrite(changes);
    if (!rewritten.ok) return giveUp(index.value, rewritten.error);
    const taken = await takeHolding(index.value, { ...begun, to, index: changes });
    return taken.ok ? made : taken;
  }

  async function takeHolding(index: HeldIndex, step: RepositoryStep): Promise<Result<null>> {
    const noted = await parts.writeNote(step);
    const written = noted.ok ? await writeFiles(step) : noted;
    if (!written.ok) return giveUp(index, written.error);
    const branch = await moveBranch(step);
    if (!branch.ok && !(await isMoved(step))) {
      await stepFiles?.undo(step.files);
      return giveUp(index, branch.error);
    }
    return finish(index);
  }

  /** A hook has an index of its own, with which it may do anything, and may remove our lock. */
  async function stillHolds(index: HeldIndex, branch: string): Promise<Result<null>> {
    const held = await index.check();
    return held.ok ? standsStill(branch) : held;
  }

  async function standsStill(branch: string): Promise<Result<null>> {
    const here = await standsOn(branch);
    if (!here.ok) return here;
    return here.value ? ok(null) : err(leftBranch(branch));
  }

  /** Whether the index and the files are those of the branch, and nobody is in the middle of something. */
  async function standsOn(branch: string): Promise<Result<boolean>> {
    const facts = await deps.store.facts();
    return facts.ok ? ok(facts.value.branch === branch && facts.value.unfinished === undefined) : facts;
  }

  /** Those that were written before one could not be are as before again. */
  async function writeFiles({ files }: RepositoryStep): Promise<Result<null>> {
    const written = (await stepFiles?.write(files)) ?? ok(null);
    if (!written.ok) await stepFiles?.undo(files);
    return written;
  }

  const moveBranch = ({ branch, from, to, operation }: RepositoryStep): Promise<Result<null>> =>
    parts.moveBranch(branch, { from, to, operation });

  /** Git may have died right after it, before it said so. */
  async function isMoved({ branch, to }: RepositoryStep): Promise<boolean> {
    const tip = await parts.tipOf(branch);
    return tip.ok && tip.value === to;
  }

  async function finish(index: HeldIndex): Promise<Result<null>> {
    const installed = await index.install();
    return installed.ok ? parts.clearNote() : installed;
  }

  async function giveUp(index: HeldIndex, reason: Problem): Promise<Result<never>> {
    await index.drop();
    await parts.clearNote();
    return err(reason);
  }

  /** From where the crash was: files that somebody changed since then are theirs. */
  async function resume(step: RepositoryStep): Promise<Result<'finished' | 'given-up'>> {
    const tip = await parts.tipOf(step.branch);
    if (!tip.ok) return tip;
    const isThere = tip.value === step.to;
    if (!isThere && tip.value !== step.from) return dropNote();
    const here = await standsOn(step.branch);
    if (!here.ok) return here;
    // What lies there now is another's: what the step wrote shows as a change, and the next pull knows it.
    if (!here.value) return dropNote();
    const index = await parts.lockIndex(step.index);
    // Somebody has staged one of the files: what they meant counts.
    if (!index.ok) return index.error.code === 'changed-meanwhile' ? undoAndDrop(step, isThere) : index;
    const written = isThere ? ok(null) : ((await stepFiles?.writeAgain(step.files)) ?? ok(null));
    const branch = isThere || !written.ok ? written : await moveBranch(step);
    if (!branch.ok) return index.value.drop().then(() => branch);
    const finished = await finish(index.value);
    return finished.ok ? ok('finished') : finished;
  }

  async function undoAndDrop(step: RepositoryStep, isThere: boolean): Promise<Result<'given-up'>> {
    if (!isThere) await stepFiles?.undo(step.files);
    return dropNote();
  }

  async function dropNote(): Promise<Result<'given-up'>> {
    const cleared = await parts.clearNote();
    return cleared.ok ? ok('given-up') : cleared;
  }

  return {
    takeOnceMade,
    async take(step, options) {
      const taken = await takeOnceMade(step, async () => ok(step), options);
      return taken.ok ? ok(null) : taken;
    },
    async settle() {
      await parts.clearOwnLocks();
      const step = await parts.readNote();
      if (!step.ok) return step;
      if (step.value === undefined) return ok('nothing');
      const resumed = await resume(step.value);
      if (deps.files !== undefined && resumed.ok)
        await clearLeftovers({ ...deps, files: deps.files }, step.value.files);
      return resumed;
    },
  };
}

const leftBranch = (branch: string): Problem =>
  problem(
    'changed-meanwhile',
    branch,
    `Somebody left ${branch}, or began something there, at the same moment.`,
    'Try again: it begins anew from there.',
  );

const moved = (branch: string): Problem =>
  problem(
    'changed-meanwhile',
    branch,
    `Somebody committed to ${branch} at the same moment.`,
    'Try again: it begins anew from there.',
  );
