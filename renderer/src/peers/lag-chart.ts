/** The arithmetic of the chart of a peer's lag: two lines of steps on one scale, and a few times below. */
import type { LagJson } from '../../../shared/contracts/peer-shapes.ts';
import { scaleTop } from '../activity/stacked-bars.ts';

export type LagPoint = LagJson['peers'][number]['points'][number];
export type LagLine = 'behind' | 'ahead';
export type LagSpan = Pick<LagJson, 'from_ms' | 'to_ms'>;
export type LagChart = { top: number; behind: string; ahead: string };

/** Whether there is anything to draw: a peer that was in step all the time needs no picture. */
export const wasApart = (points: readonly LagPoint[]): boolean =>
  points.some(({ behind, ahead }) => behind > 0 || ahead > 0);

const dayMs = 24 * 60 * 60_000;

/** Which time the chart is about. */
export const spanWords = ({ from_ms, to_ms }: LagSpan, clockTime: (atMs: number) => string): string =>
  to_ms - from_ms >= dayMs ? 'over the last day' : `since ${clockTime(from_ms)}`;

/** Less than this would be all one step. */
const leastMs = 10 * 60_000;

/** What the chart shows: of a young history also the time before, where nothing is known and nothing drawn. */
export const drawnSpan = ({ from_ms, to_ms }: LagSpan): LagSpan => ({
  from_ms: Math.min(from_ms, to_ms - leastMs),
  to_ms,
});

/** The top of the scale of both lines. */
export const lagTop = (points: readonly LagPoint[]): number =>
  scaleTop(Math.max(0, ...points.flatMap(({ behind, ahead }) => [behind, ahead])));

/** Each line as an SVG path, from its first point to the end of the time. */
export function drawLag(
  points: readonly LagPoint[],
  { from_ms, to_ms }: LagSpan,
  size: { width: number; height: number },
): LagChart {
  const top = lagTop(points);
  const x = (atMs: number): number => round(((atMs - from_ms) / Math.max(1, to_ms - from_ms)) * size.width);
  const y = (changes: number): number => round(size.height * (1 - changes / top));
  const line = (of: LagLine): string => {
    const steps = points.map((point, index) =>
      index === 0 ? `M${x(point.at_ms)} ${y(point[of])}` : `H${x(point.at_ms)}V${y(point[of])}`,
    );
    return points.length === 0 ? '' : `${steps.join('')}H${x(to_ms)}`;
  };
  return { top, behind: line('behind'), ahead: line('ahead') };
}

const round = (pixels: number): number => Math.round(pixels * 10) / 10;

/** Times for the axis: the two ends, and what lies evenly between them. */
export function axisTimes({ from_ms, to_ms }: LagSpan, count: number): { atMs: number; share: number }[] {
  const parts = Math.max(1, count - 1);
  return Array.from({ length: parts + 1 }, (_, index) => ({
    atMs: from_ms + ((to_ms - from_ms) * index) / parts,
    share: index / parts,
  }));
}
