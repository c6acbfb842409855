/**
 * How the longest list of the screen scrolls, beside a plain page of the same height: bare rows, no script. What that
 * page drops too, the machine drops. What our page does in a frame is told apart from it by the trace.
 */
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { describeKinds, type FrameWork, spreadOf, traceFrames } from './frame-work.ts';
import { ms, type Row } from './measure.ts';
import { startFrames, stopFrames } from './page-probes.ts';

const rounds = 3;
const scrollMs = 3_000;
/** A wheel turned as fast as a hand does. */
const pixelsPerSecond = 7_500;
const droppedMs = 25;
/** Long enough for a list to put itself in order. */
const restMs = 500;
const rowPixels = 36;

type Scrolled = { frames: number[]; work: FrameWork[] };

/** `list` shows the list that `what` names, inside its `main`. */
export async function benchScrolling(browser: Browser, list: Page, what: string): Promise<Row[]> {
  const still = await framesDuring(list, () => pause(scrollMs / 3));
  const plain = await openPlainPage(list);
  const ours: Scrolled = { frames: [], work: [] };
  const reference: Scrolled = { frames: [], work: [] };
  // In turns, so that a busy moment of the machine does not fall on one of them only.
  for (let round = 0; round < rounds; round += 1) {
    await addRound(browser, list, ours);
    await addRound(browser, plain, reference);
  }
  await plain.close();
  const plainPage = '… a plain page of that height';
  return [
    {
      ...droppedRow(`frames dropped while scrolling ${what}`, ours, `standing still ${dropped(still)}`),
      goal: '0',
    },
    droppedRow(plainPage, reference, 'bare rows, no script: what it drops, the machine drops'),
    { ...workRow(`work in a frame while scrolling ${what}`, ours), goal: '< 16 ms' },
    workRow(plainPage, reference),
  ];
}

/** In the same context, so with the same window. */
async function openPlainPage(list: Page): Promise<Page> {
  const { heightPixels, leftPixels } = await list.locator('main').evaluate((main) => ({
    heightPixels: main.scrollHeight,
    leftPixels: main.getBoundingClientRect().left,
  }));
  const row = (index: number) =>
    `<div class="row" style="top:${index * rowPixels}px">memory-bank/note-${index}.md</div>`;
  const rows = Array.from({ length: Math.floor(heightPixels / rowPixels) }, (_, index) => row(index));
  const plain = await list.context().newPage();
  await plain.setContent(`<!doctype html>
    <style>
      html, body { height: 100%; margin: 0; overflow: hidden; font: 14px/${rowPixels}px system-ui }
      main { position: relative; height: 100%; margin-left: ${leftPixels}px; overflow-y: auto }
      .row { position: absolute; left: 0; right: 0; height: ${rowPixels}px }
    </style>
    <main>${rows.join('')}</main>`);
  return plain;
}

async function addRound(browser: Browser, page: Page, into: Scrolled): Promise<void> {
  await page.bringToFront();
  await toTheTop(page);
  into.frames.push(...(await framesDuring(page, () => scroll(page))));
  await toTheTop(page);
  into.work.push(...(await traceFrames(browser, page, () => framesDuring(page, () => scroll(page)))));
}

async function toTheTop(page: Page): Promise<void> {
  await page.locator('main').evaluate((main) => main.scrollTo(0, 0));
  await pause(restMs);
}

/** The browser itself turns the wheel, so that it is the same distance and speed whatever we are busy with. */
async function scroll(page: Page): Promise<void> {
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  const session = await page.context().newCDPSession(page);
  await session.send('Input.synthesizeScrollGesture', {
    x: width * 0.6,
    y: height * 0.6,
    yDistance: (-pixelsPerSecond * scrollMs) / 1000,
    speed: pixelsPerSecond,
    gestureSourceType: 'mouse',
    preventFling: true,
  });
  await session.detach();
}

async function framesDuring(page: Page, work: () => Promise<unknown>): Promise<number[]> {
  await startFrames(page);
  await work();
  return stopFrames(page);
}

const dropped = (frames: readonly number[]): string =>
  `${frames.filter((it) => it > droppedMs).length} of ${frames.length}`;

const droppedRow = (name: string, { frames }: Scrolled, note: string): Row => ({
  name,
  value: dropped(frames),
  goal: '',
  note:
    `longer than ${droppedMs} ms in ${rounds} times ${scrollMs / 1000} s at ${pixelsPerSecond} pixels/s; ` +
    `worst ${ms(Math.max(...frames))}; ${note}; software rendering`,
});

const workRow = (name: string, { work }: Scrolled): Row => ({
  name,
  value: spreadOf(work).map(ms).join(' / '),
  goal: '',
  note: `p50 / p99 / worst of ${work.length} frames, CPU of the main thread while traced; mean ms: ${describeKinds(work)}`,
});
