/**
 * Stops on a broken invariant. Left on in production: a wrong log is worse than a crash
 * (TigerBeetle's TIGER_STYLE). Never for expected failures; those are `Result` values.
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`Broken invariant: ${message}`);
}

/** Makes the compiler prove that a closed union was handled in full. */
export function assertNever(value: never): never {
  throw new Error(`Broken invariant: unhandled case ${JSON.stringify(value)}`);
}
