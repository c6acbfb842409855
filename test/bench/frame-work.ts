/**
 * What a page's main thread did in each frame, by Chromium's own trace. All times are CPU time of that thread, so
 * that what else keeps the machine busy counts little.
 */
import type { Browser, Page } from 'playwright-core';
import { quantile } from './measure.ts';

const kinds = ['script', 'style', 'layout', 'paint'] as const;
type Kind = (typeof kinds)[number];
/** Milliseconds; `all` also has what is of no kind: input, hit tests, the hand-over to the compositor. */
export type FrameWork = Record<Kind | 'all', number>;

const kindByEvent: Readonly<Record<string, Kind>> = {
  EventDispatch: 'script',
  FireAnimationFrame: 'script',
  FunctionCall: 'script',
  RunMicrotasks: 'script',
  TimerFire: 'script',
  UpdateLayoutTree: 'style',
  Layout: 'layout',
  PrePaint: 'paint',
  Paint: 'paint',
  Layerize: 'paint',
};
/** Each frame of the main thread ends with it, whether something has changed or not. */
const frameEnd = 'Commit';
const categories = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'blink.user_timing'];
const startMark = 'skein-frames-start';
const endMark = 'skein-frames-end';

/** Times in microseconds; `tdur` is CPU time. */
type TraceEvent = {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  tdur?: number;
};

/** The frames of `page` during `work`. */
export async function traceFrames(
  browser: Browser,
  page: Page,
  work: () => Promise<unknown>,
): Promise<FrameWork[]> {
  await browser.startTracing(page, { categories });
  await page.evaluate((mark) => performance.mark(mark), startMark);
  await work();
  await page.evaluate((mark) => performance.mark(mark), endMark);
  const trace = JSON.parse((await browser.stopTracing()).toString()) as { traceEvents: TraceEvent[] };
  return readFrames(trace.traceEvents);
}

function readFrames(events: readonly TraceEvent[]): FrameWork[] {
  const start = events.find((event) => event.name === startMark);
  const end = events.find((event) => event.name === endMark);
  if (start === undefined || end === undefined) throw new Error('The trace misses a mark of ours.');
  const done = events
    .filter((it) => it.ph === 'X' && it.pid === start.pid && it.tid === start.tid)
    .filter((it) => it.ts >= start.ts && it.ts < end.ts)
    .sort((a, b) => a.ts - b.ts);
  return cutAtFrameEnds(done);
}

function cutAtFrameEnds(done: readonly TraceEvent[]): FrameWork[] {
  const frames: FrameWork[] = [];
  let frame = noWork();
  /** Work inside work of a kind is counted already; script that asks for a layout counts as script. */
  let countedTo = 0;
  for (const event of done) {
    const spentMs = (event.tdur ?? 0) / 1000;
    const kind = kindByEvent[event.name];
    if (event.name === 'RunTask') frame.all += spentMs;
    if (kind !== undefined && event.ts >= countedTo) {
      frame[kind] += spentMs;
      countedTo = event.ts + (event.dur ?? 0);
    }
    if (event.name !== frameEnd) continue;
    frames.push(frame);
    frame = noWork();
  }
  return frames;
}

const noWork = (): FrameWork => ({ all: 0, script: 0, style: 0, layout: 0, paint: 0 });

/** p50, p99 and the worst of whole frames, in milliseconds. */
export function spreadOf(frames: readonly FrameWork[]): [number, number, number] {
  const all = frames.map((frame) => frame.all);
  return [quantile(all, 0.5), quantile(all, 0.99), Math.max(...all)];
}

/** `script 0.8, style 0.2, layout 0.4, paint 0.9`: milliseconds in the average frame. */
export function describeKinds(frames: readonly FrameWork[]): string {
  const mean = (kind: Kind) => frames.reduce((sum, frame) => sum + frame[kind], 0) / frames.length;
  return kinds.map((kind) => `${kind} ${mean(kind).toFixed(1)}`).join(', ');
}
