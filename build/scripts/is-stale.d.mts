/** Types of is-stale.mjs. */
export function isStale(outputs: readonly string[], sources: readonly string[]): boolean;
