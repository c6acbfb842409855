/**
 * How git moved the files of a work tree lately, from its reflog. Every file that changed asks, so what was read stays
 * as long as HEAD stays where it is.
 */
import { join, resolve } from 'node:path';
import type { Brought, Movement, MovementKind } from '../../shared/domain/movement.ts';
import { limits } from '../../shared/limits.ts';
import type { GitRepository } from '../engine/ports.ts';
import { createFileFacts } from './file-facts.ts';
import { branchAt, createGitHome, type Place } from './git-home.ts';
import { askGit } from './git-process.ts';
import { type Entry, readReflog } from './git-reflog.ts';
import { createStashes } from './git-stashes.ts';
import { readDifference, readTree, type Touched } from './git-trees.ts';
import { createGitUnfinished } from './git-unfinished.ts';
import { runGit } from './run-git.ts';

/** What HEAD did in one go, by `untilMs` at the latest: by a command that moves files, or by commits, which move none. */
type Step = { from: string; to: string; untilMs: number; movement: Movement | undefined };

type Recent = { steps: readonly Step[]; touched(step: Step): Promise<Touched> };

export function createGitMovements(
  folder: string,
): Omit<GitRepository, 'follow' | 'head' | 'rootCommit' | 'commitsOf' | 'blame'> {
  const { factsOf, changedMs } = createFileFacts(folder);
  const stashes = createStashes(folder, factsOf);
  let gitFolder: { found: Promise<Place | undefined>; askedMs: number } | undefined;
  let recent: { facts: string; read: Promise<Recent> } | undefined;
  /** By movement, the latest time at which it may have been: what was read when it was the newest. */
  const untilById = new Map<string, number>();

  const ownFolder = async (): Promise<string | undefined> => (await place())?.own;

  async function place(): Promise<Place | undefined> {
    const found = await gitFolder?.found;
    // A repository may be made around the folder at any time; to ask at each change would take a process.
    if (found !== undefined || isRecent(gitFolder?.askedMs)) return found;
    const asked = findPlace(folder);
    gitFolder = { found: asked, askedMs: performance.now() };
    return asked;
  }

  async function lately(own: string): Promise<Recent> {
    const facts = await factsOf(['HEAD', 'logs/HEAD', 'reftable/tables.list'].map((name) => join(own, name)));
    if (recent?.facts !== facts) recent = { facts, read: readNow(own) };
    return recent.read;
  }

  /** Git tells whole seconds; when it wrote the newest entry, its file tells. */
  async function readNow(own: string): Promise<Recent> {
    const wroteMs = (await changedMs(join(own, 'logs/HEAD'))) ?? Number.POSITIVE_INFINITY;
    const read = await readRecent(folder);
    for (const [index, step] of read.steps.entries()) {
      const { movement, untilMs } = step;
      if (movement === undefined) continue;
      const known = untilById.get(movement.id) ?? (index === 0 ? wroteMs + clockGrainMs : untilMs);
      step.untilMs = Math.min(untilMs, known);
    }
    untilById.clear();
    for (const { movement, untilMs } of read.steps) if (movement) untilById.set(movement.id, untilMs);
    return read;
  }

  const { wasAdded, ...unfinished } = createGitUnfinished(folder, ownFolder);
  return {
    ...unfinished,
    ...createGitHome(folder, place, unfinished.isInTheMiddle),
    async isAtWork(nowMs) {
      const own = await ownFolder();
      if (own === undefined) return false;
      const lock = await changedMs(join(own, 'index.lock'));
      if (lock !== undefined) return nowMs - lock < limits.gitAtWorkMs;
      // HEAD moves a moment after the index that belongs to it.
      const index = await changedMs(join(own, 'index'));
      return index !== undefined && Math.abs(nowMs - index) < limits.gitMovesHeadMs;
    },
    async isStashed(path) {
      const here = await place();
      return here !== undefined && stashes.have(here.common, path);
    },
    async movementBehind(path, blobs, sinceMs) {
      const here = await place();
      if (here === undefined) return undefined;
      const { steps, touched } = await lately(here.own);
      for (const step of steps) {
        if (step.untilMs <= sinceMs) break;
        const left = await touched(step);
        const isTakenAway = step.movement?.kind === 'reset' && wasAdded(path);
        if (!left.has(path) && !isTakenAway) continue;
        if (step.movement === undefined) return undefined;
        const [blob, lying] = [left.get(path), await blobs()];
        const isWhatItLeft = blob === undefined ? lying.length === 0 : lying.includes(blob);
        if (isWhatItLeft) return { movement: await judged(folder, step, step.movement) };
        return replacing.has(step.movement.kind) ? readUnder(folder, step.movement, blob) : undefined;
      }
      const movement = await stashes.behind(here.common, { path, blobs }, sinceMs);
      return movement && { movement };
    },
  };
}

async function findPlace(folder: string): Promise<Place | undefined> {
  const printed = await askGit(folder, ['rev-parse', '--absolute-git-dir', '--git-common-dir']);
  const [own, common] = printed?.split('\n') ?? [];
  return own && common ? { own, common: resolve(folder, common) } : undefined;
}

/** Milliseconds by which the time of a file may lag behind the clock. */
const clockGrainMs = 20;

/** Newest first. */
async function readRecent(folder: string): Promise<Recent> {
  const branch = await branchAt(folder);
  const entries = await readReflog(folder, branch);
  const steps = toSteps(entries, branch ?? 'HEAD');
  const touchedBy = new Map<Step, Promise<Touched>>();
  return {
    steps,
    touched(step) {
      const known = touchedBy.get(step) ?? readTouched(folder, step);
      touchedBy.set(step, known);
      return known;
    },
  };
}

/** The entries of one rebase are one step, and so are commits that follow each other. */
function toSteps(entries: readonly Entry[], branch: string): Step[] {
  const steps: Step[] = [];
  let rebase: Entry[] = [];
  const end = () => {
    if (rebase.length > 0) steps.push(rebaseStep(rebase, branch));
    rebase = [];
  };
  for (const entry of entries) {
    if (isRebase(entry.words)) {
      rebase.push(entry);
      if (/\(start\)/.test(entry.words)) end();
      continue;
    }
    end();
    const step = stepOf(entry, branch);
    const later = steps.at(-1);
    if (step.movement === undefined && later !== undefined && later.movement === undefined)
      later.from = step.from;
    else steps.push(step);
  }
  end();
  return steps;
}

const isRebase = (words: string): boolean =>
  /^rebase\b/.test(words) ||
  /^pull\b.*\((start|pick|continue|finish|reword|squash|fixup|abort)\)/.test(words);

function rebaseStep(entries: readonly Entry[], branch: string): Step {
  const newest = entries.at(0) as Entry;
  const oldest = entries.at(-1) as Entry;
  // Whoever gives up gets everything back as it was committed, and loses what was not: nothing grew by that.
  if (/\(abort\)/.test(newest.words)) return stepAs('reset', newest, { from: branch, to: branch });
  const onto = /checkout (\S+)$/.exec(oldest.words)?.[1] ?? newest.to;
  const names = { from: branch, to: shortened(onto) };
  return stepAs('rebase', { ...newest, from: oldest.from, left: oldest.left }, names);
}

function stepOf(entry: Entry, branch: string): Step {
  const { words } = entry;
  const [, left, entered] = /^checkout: moving from (\S+) to (\S+)$/.exec(words) ?? [];
  if (left !== undefined && entered !== undefined)
    return stepAs('switch', entry, { from: shortened(left), to: shortened(entered) });
  const [, target] = /^reset: moving to (\S+)$/.exec(words) ?? [];
  if (target !== undefined)
    return stepAs('reset', entry, { from: shortened(entry.from), to: shortened(target) });
  if (/^(pull\b|skein: pull$)/.test(words))
    return stepAs('pull', entry, { from: shortened(entry.from), to: branch });
  const [, merged] = /^merge (\S+?):/.exec(words) ?? [];
  if (merged !== undefined) return stepAs('merge', entry, { from: shortened(merged), to: branch });
  if (/^(cherry-pick|am)\b/.test(words))
    return stepAs('cherry-pick', entry, { from: shortened(entry.from), to: branch });
  return { from: entry.from, to: entry.to, untilMs: entry.atMs + 1_000, movement: undefined };
}

/** Kinds that wrote each file that they touched: a reset may have moved the branch alone. */
const replacing: ReadonlySet<MovementKind> = new Set(['switch', 'rebase']);
const growing: ReadonlySet<MovementKind> = new Set(['pull', 'merge', 'cherry-pick']);

function stepAs(
  kind: MovementKind,
  { from, to, atMs, left }: Entry,
  names: { from: string; to: string },
): Step {
  const id = `${atMs / 1000}-${from.slice(0, 12)}-${to.slice(0, 12)}`;
  const movement = { ...names, id, kind, commit: to, atMs, grew: growing.has(kind), left };
  return { from, to, untilMs: atMs + 1_000, movement };
}

/** `git reset --hard origin/main` is how scripts pull: then the branch only grew. */
async function judged(folder: string, { from, to }: Step, movement: Movement): Promise<Movement> {
  if (movement.kind !== 'reset' || from === to || movement.from === movement.to) return movement;
  const grew = (await askGit(folder, ['merge-base', '--is-ancestor', from, to])) !== undefined;
  return { ...movement, grew };
}

/** What lies there was written on top of the blob. */
async function readUnder(
  folder: string,
  movement: Movement,
  blob: string | undefined,
): Promise<Brought | undefined> {
  if (blob === undefined) return { movement, under: null };
  const read = await runGit(folder, ['cat-file', 'blob', blob]);
  return read.ok ? { movement, under: new Uint8Array(read.value.bytes) } : undefined;
}

/** A reset brings back what was not committed, too, so it touches every file. */
async function readTouched(folder: string, { from, to, movement }: Step): Promise<Touched> {
  const touched = (from === to ? undefined : await readDifference(folder, from, to)) ?? new Map();
  if (movement?.kind !== 'reset') return touched;
  return new Map([...touched, ...((await readTree(folder, to)) ?? [])]);
}

/** A commit by its beginning, anything else as it is. */
const shortened = (name: string): string => (/^[0-9a-f]{40,64}$/.test(name) ? name.slice(0, 10) : name);

const isRecent = (askedMs: number | undefined): boolean =>
  askedMs !== undefined && performance.now() - askedMs < limits.gitSettingsMs;
