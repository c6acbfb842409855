/** Types of set-up.mjs, which is plain JavaScript because it runs before anything is installed. */
export const projectFolder: string;
export class SetUpError extends Error {}
export function canRunSkein(): boolean;
export function majorOf(version: string): number;
export function ensureSetUp(folder?: string): string;
export function ensureUsable(folder?: string): string;
export function isEmptyCheckout(folder?: string): boolean;
export function needsInstall(folder: string): boolean;
export function installFailure(run: { status: number | null; stderr?: string; error?: Error }): string;
export function findNode(folder: string): string;
