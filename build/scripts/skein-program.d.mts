/** Types of skein-program.mjs, which is plain JavaScript because an old Node may run it. */
export function skeinProgram(folder?: string): { script: string; isBundle: boolean };
export function isInstalled(folder?: string): boolean;
