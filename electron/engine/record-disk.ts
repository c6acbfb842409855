/** Brings what lies at one path into the log, for whoever is about to write there. Call in the loop. */
import type { Change } from '../../shared/domain/change.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import type { Core } from './core.ts';
import type { LargeVersion, LargeVersions } from './scan/large-versions.ts';
import type { Look } from './scan/look.ts';

export type RecordDiskDeps = {
  core: Core;
  large: LargeVersions;
  recordLarge(version: LargeVersion): Promise<Change | undefined>;
};

/**
 * Waits until the file at the path has settled and its bytes are in the log. Fails with `changed-meanwhile` when that
 * would take longer than until `untilMs` of the monotonic clock; preparing a large version is waited for all the same.
 */
export type RecordDisk = (path: string, untilMs: number) => Promise<Result<void>>;

export function createRecordDisk({ core, large, recordLarge }: RecordDiskDeps): RecordDisk {
  const announce = (change: Change | undefined): void => {
    if (change !== undefined) core.emitter.emit('changes', { changes: [change] });
  };

  /** A look that waits for a large version to be prepared: the one of this look, and one from before. */
  async function look(path: string): Promise<Look> {
    const waiting = large.of(path);
    if (waiting !== undefined) announce(await recordLarge(waiting));
    const seen = await core.looker.look(path, { baseline: false, now: false });
    if (seen.kind !== 'large') return seen;
    const change = await recordLarge(large.begin(seen.seen));
    return change === undefined ? { kind: 'same' } : { kind: 'recorded', change };
  }

  return async (path, untilMs) => {
    for (;;) {
      const seen = await look(path);
      if (seen.kind === 'problem' || seen.kind === 'lost') return err(seen.problem);
      if (seen.kind === 'folder') return err(folderInPlace(path));
      if (seen.kind === 'untracked') return err(notTracked(path));
      if (seen.kind === 'same') return ok(undefined);
      if (seen.kind === 'recorded') announce(seen.change);
      if (seen.kind !== 'wait') continue;
      if (core.clock.monotonicMs() + seen.delayMs > untilMs) return err(stillWritten(path));
      await new Promise<void>((done) => core.clock.after(seen.delayMs, done));
    }
  };
}

const stillWritten = (path: string): Problem =>
  problem(
    'changed-meanwhile',
    path,
    `Somebody is writing to ${path} at this moment.`,
    'Nothing was overwritten. A report is tried again by itself; try anything else again when the file lies still.',
  );

const folderInPlace = (path: string): Problem =>
  problem('not-tracked', path, `${path} is a folder now.`, 'Move the folder away, then try again.');

const notTracked = (path: string): Problem =>
  problem(
    'not-tracked',
    path,
    `${path} is not a tracked file of this workspace.`,
    'Track it with a pattern in skein.json, or choose another path.',
  );
