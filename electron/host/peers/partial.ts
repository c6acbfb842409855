/** A peer that gets only some files, or of which we take only some: patterns in the words of skein.json. */
import { compilePattern, matchesPath, type PathPattern } from '../../../shared/domain/path-pattern.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';

/** Undefined, for every file, when there are no patterns; with patterns that cannot be read it selects none. */
export function selectedBy(patterns: readonly string[]): ((path: string) => boolean) | undefined {
  if (patterns.length === 0) return undefined;
  const compiled = compileAll(patterns);
  if (!compiled.ok) return () => false;
  return (path) => compiled.value.some((pattern) => matchesPath(pattern, path));
}

/** Fails with bad-input, naming the pattern. */
export function checkPatterns(patterns: readonly string[]): Problem | undefined {
  const compiled = compileAll(patterns);
  return compiled.ok ? undefined : compiled.error;
}

function compileAll(patterns: readonly string[]): Result<PathPattern[]> {
  const all: PathPattern[] = [];
  for (const text of patterns) {
    const compiled = compilePattern(text);
    if (!compiled.ok) return err(badPattern(text, compiled.error));
    all.push(...compiled.value);
  }
  return ok(all);
}

const badPattern = (text: string, { message, advice }: Problem): Problem =>
  problem('bad-input', text, message, advice);
