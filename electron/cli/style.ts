/** What the writers of text know about the place that it goes to. */
import picocolors from 'picocolors';

export type Colors = ReturnType<typeof picocolors.createColors>;

export type Style = {
  colors: Colors;
  /** Somebody reads it as it is written; not a pipe or a file. */
  isTerminal: boolean;
  /** Columns; undefined where nothing is cut: in a pipe or file, or when the terminal does not tell. */
  width: number | undefined;
  /** Unix milliseconds. */
  nowMs: number;
};

/** Narrower terminals get lines that wrap rather than tables without content. */
const narrowest = 40;

/** Colours only on a terminal, and only when nobody asked for none (https://no-color.org). */
export function chooseStyle(
  output: { isTTY?: boolean | undefined; columns?: number | undefined },
  options: { env: NodeJS.ProcessEnv; noColor: boolean; nowMs: number },
): Style {
  const isTerminal = output.isTTY === true;
  const { env, noColor } = options;
  const colors = isTerminal && !noColor && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  return {
    colors: picocolors.createColors(colors),
    isTerminal,
    width: isTerminal && output.columns ? Math.max(narrowest, output.columns) : undefined,
    nowMs: options.nowMs,
  };
}
