/** Patterns that are typed with commas between; those in braces are part of a pattern. */
export const patternsOf = (typed: string): string[] =>
  typed.split(/,(?![^{]*\})/).flatMap((pattern) => pattern.trim() || []);
