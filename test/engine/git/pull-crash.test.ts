/** A pull that dies anywhere: the next one ends as if nothing had happened. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type PullDeps, pull } from '../../../electron/engine/git/pull.ts';
import type { StepParts } from '../../../electron/engine/git/repository.ts';
import { commitAll, copyOf, faultsOf, git, portrait, useGitLab, write } from '../../support/git-lab.ts';
import { type Lab, makeLab, openPull, put, request, textOf, theyPush } from '../../support/pull-lab.ts';

useGitLab();

const counted = (runs: number) => `# Board\n\nRuns: ${runs}\n`;

/** Both sides committed something, both count on the board, and here that is not committed yet. */
function makeParted(): Lab {
  const lab = makeLab({ 'BOARD.md': counted(1), 'code.ts': 'x\n' });
  put(lab.ours, { 'mine.ts': 'mine\n' });
  commitAll(lab.ours, 'Mine');
  theyPush(lab, { 'BOARD.md': counted(3), 'code.ts': 'theirs\n', 'new.ts': 'n\n' });
  write(lab.ours, 'BOARD.md', counted(2));
  return lab;
}

type Moment = 'before' | 'after';
type Work = (...given: never[]) => Promise<unknown>;

/** Work in whose middle a process is killed: nothing after it happens, and nobody tidies up. */
function killedIn<Step extends Work>(work: Step, moment: Moment, died: () => void): Step {
  const killed = async (...given: never[]) => {
    if (moment === 'after') await work(...given);
    died();
    return new Promise(() => undefined);
  };
  return killed as Step;
}

/** Pulls until the process dies. */
async function pullAndDie(
  folder: string,
  kill: (wrap: <Step extends Work>(work: Step) => Step) => {
    parts?: (parts: StepParts) => StepParts;
    deps?: (deps: PullDeps) => PullDeps;
  },
  moment: Moment,
): Promise<void> {
  await new Promise<void>((died, failed) => {
    const { parts, deps = (it) => it } = kill((work) => killedIn(work, moment, died));
    openPull(folder, parts)
      .then((opened) => pull(deps(opened.deps), request))
      .then((outcome) => failed(new Error(`It lived: ${outcome.message}`)), failed);
  });
}

type Kill = Parameters<typeof pullAndDie>[1];
const inStep =
  (step: 'lockIndex' | 'writeNote' | 'moveBranch' | 'clearNote'): Kill =>
  (wrap) => ({ parts: (parts) => ({ ...parts, [step]: wrap(parts[step] as Work) }) });

const kills: [string, Kill][] = [
  [
    'the note of what is mixed',
    (wrap) => ({ deps: (deps) => ({ ...deps, notes: { ...deps.notes, write: wrap(deps.notes.write) } }) }),
  ],
  [
    'the mixing',
    (wrap) => ({
      deps: (deps) => ({ ...deps, tracked: { ...deps.tracked, write: wrap(deps.tracked.write) } }),
    }),
  ],
  ['the lock of the index', inStep('lockIndex')],
  ['the note of the step', inStep('writeNote')],
  ['the move of the branch', inStep('moveBranch')],
  ['the end of the note', inStep('clearNote')],
];
const moments: Moment[] = ['before', 'after'];

describe.each(kills)('killed at %s', (_name, kill) => {
  test.each(moments)('%s', async (moment) => {
    const lab = makeParted();
    const undisturbed = copyOf(lab.ours);
    await pull((await openPull(undisturbed)).deps, request);
    await pullAndDie(lab.ours, kill, moment);
    const { deps } = await openPull(lab.ours);
    expect(await pull(deps, request)).toMatchObject({ success: true });
    expect(portrait(lab.ours)).toEqual(portrait(undisturbed));
    expect(textOf(lab.ours, 'BOARD.md')).toBe(textOf(undisturbed, 'BOARD.md'));
    expect(git(lab.ours, 'status', '--porcelain')).toBe(' M BOARD.md');
    expect(existsSync(join(lab.ours, '.git/index.lock'))).toBe(false);
    expect(existsSync(join(lab.ours, '.git/skein-mixed.json'))).toBe(false);
    expect(faultsOf(lab.ours)).toBe('');
  });
});

test('others pushed again meanwhile: that comes, too, and once', async () => {
  const lab = makeLab({ 'BOARD.md': counted(1) });
  theyPush(lab, { 'BOARD.md': counted(3) });
  write(lab.ours, 'BOARD.md', counted(2));
  await pullAndDie(lab.ours, inStep('writeNote'), 'before');
  const mixed = textOf(lab.ours, 'BOARD.md');
  theyPush(lab, { 'BOARD.md': `${counted(3)}\n- theirs\n` });
  const { deps } = await openPull(lab.ours);
  expect(await pull(deps, request)).toMatchObject({ success: true });
  expect(textOf(lab.ours, 'BOARD.md')).toBe(`${mixed}\n- theirs\n`);
});
