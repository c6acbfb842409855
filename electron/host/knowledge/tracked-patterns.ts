/** Which notes the settings of a workspace select. */
import type { Settings } from '../../../shared/domain/settings.ts';
import { compileTrackedSet, type TrackedSet } from '../../../shared/domain/tracked-files.ts';

/** Patterns that do not compile select nothing, which is no reason to throw an index away. */
export function createPatterns() {
  let followed: string | undefined;
  let tracked: TrackedSet | undefined;
  return {
    isTracked: (note: string): boolean => tracked === undefined || tracked.classify(note) !== undefined,
    follow(settings: Settings | undefined): void {
      const text = settings && JSON.stringify([settings.track, settings.ignore, settings.defaults]);
      if (text === followed) return;
      followed = text;
      const compiled = settings && compileTrackedSet(settings);
      tracked = compiled?.ok ? compiled.value : undefined;
    },
  };
}
