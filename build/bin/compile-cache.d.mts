/** Types of compile-cache.mjs. */
export function compileCacheFolder(): string;
