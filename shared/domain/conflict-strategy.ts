/** What happens when one file was changed on two replicas at once (reference/002, `ConflictStrategy`). */
import { compilePattern, matchesPath } from './path-pattern.ts';
import type { ConflictStrategy, Settings } from './settings.ts';

/** The strategy of each path: the first pattern that matches counts, else that of the workspace. */
export function compileStrategies(settings: Settings): (path: string) => ConflictStrategy {
  const rules = settings.conflicts.flatMap(({ pattern, strategy }) => {
    const compiled = compilePattern(pattern);
    return compiled.ok ? [{ patterns: compiled.value, strategy }] : [];
  });
  return (path) =>
    rules.find(({ patterns }) => patterns.some((pattern) => matchesPath(pattern, path)))?.strategy ??
    settings.conflict_strategy;
}
