/** Puts a version back on the disk. A restore is a change like any other, so it can be undone by another. */
import { checkNotePath } from '../../../shared/domain/note-path.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import type { Core } from '../core.ts';
import { ownWriteDeps } from '../core.ts';
import type { RestoreOutcome } from '../engine-contract.ts';
import { writeOwn } from './own-write.ts';

/** Fails with `hostile-path`, `not-tracked`, `not-found`, `content-collected`, or what the disk says. */
export async function restoreVersion(
  core: Core,
  recordDisk: (path: string) => Promise<Result<void>>,
  request: { path: string; version: string; agent: string },
): Promise<Result<RestoreOutcome>> {
  const path = checkNotePath(request.path);
  if (!path.ok) return path;
  const fileClass = core.settings.tracked().classify(path.value);
  if (fileClass === undefined) return err(notTracked(path.value));
  const version = core.reader.resolveVersion(path.value, request.version);
  if (!version.ok) return version;
  const { content, stamp } = version.value;
  const bytes = content === null ? null : core.contents.get(content);
  if (bytes === undefined) return err(collected(path.value, request.version));
  const written = await writeOwn(ownWriteDeps(core, recordDisk), {
    path: path.value,
    fileClass,
    compute: () => bytes,
    evidence: {
      agent: request.agent,
      source: 'restore',
      detail: `Version ${stamp.slice(0, 12)} was restored through Skein.`,
      at: core.clock.nowMs(),
    },
    consolidation: null,
    alongside: () => undefined,
  });
  return written.ok ? ok({ change: written.value ?? null }) : written;
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
