/** What the writers of text know about the place that it goes to. */
import picocolors from 'picocolors';

export type Colors = ReturnType<typeof picocolors.createColors>;

export type Style = {
  colors: Colors;
  /** Columns; undefined in a pipe or file, where nothing is cut. */
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
    width: isTerminal && output.columns ? Math.max(narrowest, output.columns) : undefined,
    nowMs: options.nowMs,
  };
}
