/** Puts a version back on the disk. A restore is a change like any other, so it can be undone by another. */
import type { Change, FileClass } from '../../../shared/domain/change.ts';
import { checkNotePath, checkOwnPath } from '../../../shared/domain/note-path.ts';
import { shellWord } from '../../../shared/domain/shell-word.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { Core } from '../core.ts';
import { ownWriteDeps } from '../core.ts';
import type { RestoreOutcome } from '../engine-contract.ts';
import type { RecordDisk } from '../record-disk.ts';
import { writeOwn } from './own-write.ts';

type Wish = { path: string; version: string; agent: string };
type Target = { path: string; fileClass: FileClass };

/**
 * Fails with `hostile-path`, `not-tracked`, `not-found`, `content-collected`, or what the disk says. Where a version
 * cannot go back to its name, the problem says how to get its bytes.
 */
export async function restoreVersion(
  core: Core,
  recordDisk: RecordDisk,
  wish: Wish,
): Promise<Result<RestoreOutcome>> {
  const target = findTarget(core, wish);
  if (!target.ok) return target;
  const { path } = target.value;
  const version = core.reader.resolveVersion(path, wish.version);
  if (!version.ok) return version;
  const { content, stamp } = version.value;
  const bytes = content === null ? null : await core.contentWork.read(content);
  if (bytes === undefined) return err(collected(path, wish.version));
  const written = await writeOwn(ownWriteDeps(core, recordDisk), {
    ...target.value,
    compute: () => bytes,
    evidence: evidenceOf(version.value, wish.agent, core.clock.nowMs()),
    consolidation: null,
    patienceMs: limits.commandPatienceMs,
    alongside: () => undefined,
  });
  if (written.ok) return ok({ change: written.value ?? null });
  return err(bytes === null ? written.error : withBytes(written.error, path, stamp.slice(0, 16)));
}

/** A path that the log holds is that file, whatever its name; any other must pass the rules for paths from outside. */
function findTarget(core: Core, { path: given, version }: Wish): Result<Target> {
  const held = core.reader.findPath(given);
  const path = held === undefined ? checkNotePath(given) : checkOwnPath(held);
  const target = path.ok ? trackedFile(core, path.value) : path;
  return target.ok || held === undefined ? target : err(withBytes(target.error, held, version));
}

function trackedFile(core: Core, path: string): Result<Target> {
  const fileClass = core.settings.tracked().classify(path);
  return fileClass === undefined ? err(notTracked(path)) : ok({ path, fileClass });
}

const evidenceOf = ({ stamp }: Change, agent: string, at: number) =>
  ({
    agent,
    source: 'restore',
    detail: `Version ${stamp.slice(0, 12)} was restored through Skein.`,
    at,
  }) as const;

/** The same problem with the other way to the bytes: out of the log, to wherever there is room for them. */
export function withBytes(failure: Problem, path: string, version: string): Problem {
  const way = `Get its bytes with: skein show ${shellWord(`${path}@${version}`)} > FILE`;
  // What else this problem advises is to give another path.
  return { ...failure, advice: failure.code === 'hostile-path' ? way : `${failure.advice} ${way}` };
}

const notTracked = (path: string) =>
  problem(
    'not-tracked',
    path,
    `${path} is not tracked in this workspace.`,
    'Track it in skein.json, then restore it.',
  );

const collected = (path: string, version: string) =>
  problem(
    'content-collected',
    path,
    `The content of ${path} at version ${version} was let go by the retention.`,
    'Choose a newer version; one a day is kept for a year.',
  );
