/** A repository with its real adapters, as a test of the work on it needs it. */
import { onTestFinished } from 'vitest';
import { createGitHooks } from '../../electron/adapters/git-hooks.ts';
import { type OpenedRepository, openGitStore } from '../../electron/adapters/git-store.ts';
import { nodeCodec } from '../../electron/adapters/node-codec.ts';
import { openFiles } from '../../electron/adapters/node-files.ts';
import { findPlace } from '../../electron/adapters/repository-facts.ts';
import type { CommitDeps } from '../../electron/engine/git/commit.ts';
import type { Hooks } from '../../electron/engine/git/hooks.ts';
import type { GitStore, StepParts } from '../../electron/engine/git/repository.ts';
import { createSteps } from '../../electron/engine/git/take-step.ts';
import { must } from './device.ts';

/** What commits there, and what it warned of. */
export async function openCommits(folder: string): Promise<{ deps: CommitDeps; warned: string[] }> {
  const warned: string[] = [];
  const log = { warn: (message: string) => void warned.push(message) };
  return { deps: { store: await openRepository(folder), hooks: await openHooks(folder), log }, warned };
}

export const openHooks = async (folder: string): Promise<Hooks> =>
  createGitHooks(must(await findPlace(folder)));

/** Closed with the test. */
export async function openStore(folder: string): Promise<OpenedRepository> {
  const opened = must(await openGitStore(folder));
  onTestFinished(() => opened.store.close());
  return opened;
}

/** `change` may stand between the steps and what they are made of: to see what a crash leaves. */
export async function openRepository(
  folder: string,
  change: (parts: StepParts) => StepParts = (parts) => parts,
): Promise<GitStore> {
  const { store, parts, place } = await openStore(folder);
  const files = place.isBare ? undefined : must(await openFiles(place.top));
  return { ...store, ...createSteps({ store, parts: change(parts), files, codec: nodeCodec }) };
}
