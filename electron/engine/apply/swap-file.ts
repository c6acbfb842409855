/**
 * Puts new bytes in the place of a file so that nothing that lay there can be lost, whoever writes at the same
 * moment: the names of the old and the new file are exchanged in one step, and then the old one is looked at.
 */
import { ok, type Result } from '../../../shared/result.ts';
import { statKey } from '../log/known-files.ts';
import type { Files, HeldFile } from '../ports.ts';
import { readWhole } from '../scan/look.ts';

export type Swap =
  /** The new bytes lie there. `raced` are versions that nobody had seen, oldest first; `leftover` is to be removed. */
  | { kind: 'swapped'; raced: Uint8Array[]; leftover: string | undefined }
  /** What lies there is not what we thought, and still lies there. `unseen` are versions that stood for a moment. */
  | { kind: 'again'; unseen: Uint8Array[] };

/** `hash` is SHA-256. */
type SwapDeps = { files: Files; hash(bytes: Uint8Array): Promise<string> };

/** Hashes of what we think lies at the path (null: nothing), and of the new bytes. */
export type Expectation = { old: string | null; ours: string };

/**
 * `temporary` holds the new bytes in the same folder. It is gone afterwards, except as `leftover`, or when it holds
 * what somebody else wrote: it goes once that is recorded, by `clearTemporaries`.
 */
export async function swapFile(
  deps: SwapDeps,
  temporary: string,
  path: string,
  expected: Expectation,
): Promise<Result<Swap>> {
  const swapped = await swap(deps, temporary, path, expected);
  if (swapped.ok && swapped.value.kind === 'swapped') return swapped;
  const left = await readWhole(deps.files, temporary);
  const hash = left.ok && left.value !== undefined ? await deps.hash(left.value.bytes) : undefined;
  if (hash === expected.ours || hash === expected.old) await deps.files.remove(temporary);
  return swapped;
}

const again = (...unseen: Uint8Array[]): Result<Swap> => ok({ kind: 'again', unseen });

async function swap(
  deps: SwapDeps,
  temporary: string,
  path: string,
  { old, ours }: Expectation,
): Promise<Result<Swap>> {
  if (old === null) return placeNew(deps, temporary, path);
  const held = await deps.files.hold(path);
  if (!held.ok) return held;
  if (held.value === undefined) return again();
  try {
    if ((await deps.hash(await held.value.read())) !== old) return again();
    return await exchange(deps, temporary, path, { held: held.value, old, ours });
  } finally {
    await held.value.close();
  }
}

async function placeNew({ files }: SwapDeps, temporary: string, path: string): Promise<Result<Swap>> {
  const placed = await files.place(temporary, path);
  if (!placed.ok) return placed;
  return placed.value ? ok({ kind: 'swapped', raced: [], leftover: undefined }) : again();
}

type Old = { held: HeldFile; old: string; ours: string };

async function exchange(deps: SwapDeps, temporary: string, path: string, old: Old): Promise<Result<Swap>> {
  const exchanged = await deps.files.exchange(temporary, path);
  if (!exchanged.ok) return exchanged.error.code === 'changed-meanwhile' ? again() : exchanged;
  if (!exchanged.value) return renameOver(deps, temporary, path, old);
  const displaced = await readWhole(deps.files, temporary);
  const bytes = displaced.ok ? displaced.value?.bytes : undefined;
  const late = await old.held.read();
  const calm = bytes !== undefined && (await unseen(deps, old.old, [late, bytes])).length === 0;
  return calm
    ? ok({ kind: 'swapped', raced: [], leftover: temporary })
    : putBack(deps, temporary, path, { old, late });
}

/** Somebody was there in the last moment: what we displaced gets its name back, and we begin anew on top of it. */
async function putBack(
  deps: SwapDeps,
  temporary: string,
  path: string,
  { old, late }: { old: Old; late: Uint8Array },
): Promise<Result<Swap>> {
  const back = await deps.files.exchange(temporary, path);
  if (!back.ok || !back.value) {
    // Ours is gone already, so theirs simply takes the name. If the name is taken, it stays for now where it is.
    const placed = await deps.files.place(temporary, path);
    return placed.ok ? again(...(await unseen(deps, old.old, [late]))) : placed;
  }
  const ours = await readWhole(deps.files, temporary);
  const edited = ours.ok && ours.value !== undefined ? await unseen(deps, old.ours, [ours.value.bytes]) : [];
  return again(...(await unseen(deps, old.old, [late])), ...edited);
}

/**
 * Where names cannot be exchanged: what was written to the old file is still found. What replaced it is seen only
 * until our last look at its name, so that look comes right before the rename.
 */
async function renameOver(deps: SwapDeps, temporary: string, path: string, old: Old): Promise<Result<Swap>> {
  const known = await old.held.stat();
  const lying = await deps.files.stat(path);
  if (!lying.ok) return lying;
  if (lying.value === undefined || statKey(lying.value) !== statKey(known)) return again();
  const renamed = await deps.files.rename(temporary, path);
  if (!renamed.ok) return renamed;
  const raced = await unseen(deps, old.old, [await old.held.read()]);
  return ok({ kind: 'swapped', raced, leftover: undefined });
}

async function unseen(deps: SwapDeps, expected: string, versions: Uint8Array[]): Promise<Uint8Array[]> {
  const byHash = new Map<string, Uint8Array>();
  for (const bytes of versions) byHash.set(await deps.hash(bytes), bytes);
  byHash.delete(expected);
  return [...byHash.values()];
}
