/** Colours for a patch on a terminal; the text between them stays as it is. */
import type { Colors } from './style.ts';

/** Without colours the patch comes back unchanged. */
export function paintPatch(patch: string, colors: Colors): string {
  if (!colors.isColorSupported) return patch;
  return patch
    .split('\n')
    .map((line) => paintLine(line, colors))
    .join('\n');
}

function paintLine(line: string, colors: Colors): string {
  if (/^(?:diff --git |--- |\+\+\+ |new file |deleted file |Binary files )/.test(line))
    return colors.bold(line);
  if (line.startsWith('@@')) return colors.cyan(line);
  if (line.startsWith('+')) return colors.green(line);
  if (line.startsWith('-')) return colors.red(line);
  return line.startsWith('\\') ? colors.dim(line) : line;
}
