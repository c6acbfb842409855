/** A log that keeps its lines, to show what a user would have been told. */
import type { Log } from '../../../../electron/engine/ports.ts';

type Line = { level: 'info' | 'warn' | 'error'; message: string; fields: Record<string, unknown> };

export function createMemoryLog(): Log & { lines: Line[] } {
  const lines: Line[] = [];
  const at =
    (level: Line['level']) =>
    (message: string, fields: Record<string, unknown> = {}) =>
      void lines.push({ level, message, fields });
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}
