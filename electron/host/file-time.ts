/** A moment as part of a file name on every system: `2026-11-21T09-30-05Z`. `atMs` is in Unix milliseconds. */
export function fileTime(atMs: number): string {
  return `${new Date(atMs).toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
}
