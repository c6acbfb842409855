/** The arithmetic of the chart: days with stacked parts, a round scale, a few labels. */
export type Part = { agent: string; changes: number; y: number; height: number };
export type Bar = { day: string; x: number; total: number; parts: Part[] };
export type DayCounts = { day: string; changes_by_agent: Readonly<Record<string, number>> };
export type ChartSize = { width: number; height: number };

/** Pixels between two parts of a bar, so that they are told apart without colour; none where bars are thin. */
const seamPixels = 1;
const thinBarPixels = 6;

/** The top of the scale, at least `most`: 4, 6, 8, 10, 20, 40, 60 …, always even, so that its half is a whole number. */
export function scaleTop(most: number): number {
  if (most <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = [1, 2, 4, 6, 8, 10].find((it) => it * power >= most) ?? 10;
  return step * power;
}

const labelGap = 12;
/** Of a digit in the size of the labels, in the widest of the fonts that stand in for one another. */
const digitPixels = 8;

/** Pixels beside the plot for the labels of a scale, of which this is the longest. */
export const axisWidth = (label: string): number => Math.max(32, labelGap + digitPixels * label.length);

const totalsOf = (days: readonly string[], counts: readonly DayCounts[]): number[] => {
  const countsByDay = new Map(counts.map((it) => [it.day, it.changes_by_agent]));
  return days.map((day) => sum(Object.values(countsByDay.get(day) ?? {})));
};

/** The top of the scale of such bars. */
export const barsTop = (days: readonly string[], counts: readonly DayCounts[]): number =>
  scaleTop(Math.max(0, ...totalsOf(days, counts)));

/** One bar a day, parts in the order of `agents` from the bottom up. */
export function stackBars(
  days: readonly string[],
  counts: readonly DayCounts[],
  agents: readonly string[],
  size: ChartSize,
): { bars: Bar[]; top: number; step: number } {
  const countsByDay = new Map(counts.map((it) => [it.day, it.changes_by_agent]));
  const totals = totalsOf(days, counts);
  const top = barsTop(days, counts);
  const step = size.width / Math.max(1, days.length);
  const seam = step < thinBarPixels ? 0 : seamPixels;
  const scale = { pixelsEach: size.height / top, floor: size.height, seam };
  const bars = days.map((day, index) => ({
    day,
    x: index * step,
    total: totals[index] ?? 0,
    parts: stackParts(countsByDay.get(day) ?? {}, agents, scale),
  }));
  return { bars, top, step };
}

function stackParts(
  changesByAgent: Readonly<Record<string, number>>,
  agents: readonly string[],
  scale: { pixelsEach: number; floor: number; seam: number },
): Part[] {
  let y = scale.floor;
  const parts: Part[] = [];
  for (const agent of agents) {
    const changes = changesByAgent[agent] ?? 0;
    if (changes === 0) continue;
    const height = changes * scale.pixelsEach;
    y -= height;
    parts.push({ agent, changes, y, height: Math.max(1, height - scale.seam) });
  }
  return parts;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** Indexes of the days that get a label: evenly spread, the last one always. */
export function labelledDays(count: number, most: number): number[] {
  const every = Math.max(1, Math.ceil(count / most));
  return Array.from({ length: count }, (_, index) => index).filter(
    (index) => (count - 1 - index) % every === 0,
  );
}
