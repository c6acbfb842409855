/** Types of run-with-node.mjs, which is plain JavaScript because it runs before anything is installed. */
export function runWithNode(args: readonly string[], prepare?: () => string): void;
