/**
 * Stamps: Hybrid Logical Clock values (Kulkarni et al., "Logical Physical Clocks", 2014). A stamp orders changes
 * across devices and proves nothing else (DESIGN rules 4 and 5).
 *
 * As text a stamp is 32 lower-case hex digits, 12 of milliseconds, 4 of counter and 16 of node, so that texts
 * sort like values and one text index serves both.
 */
import { assert } from '../assert.ts';
import { limits } from '../limits.ts';
import { err, ok, problem, type Result } from '../result.ts';

/** The highest moment that a node has stamped or seen. */
export type ClockState = { millis: number; counter: number };
export type StampParts = { millis: number; counter: number; node: string };

const largestMillis = 2 ** 48 - 1;
const largestCounter = 2 ** 16 - 1;
const stampPattern = /^[0-9a-f]{32}$/;
const nodePattern = /^[0-9a-f]{16}$/;

export const emptyClock: ClockState = { millis: 0, counter: 0 };

/**
 * Makes a stamp that is greater than every stamp this clock has made or received, whatever `nowMs` (Unix
 * milliseconds) says. When the counter is full, the milliseconds run ahead of the wall clock by one.
 */
export function nextStamp(
  clock: ClockState,
  node: string,
  nowMs: number,
): { clock: ClockState; stamp: string } {
  const wallMs = Math.max(0, Math.floor(nowMs));
  const next = wallMs > clock.millis ? { millis: wallMs, counter: 0 } : successor(clock);
  return { clock: next, stamp: formatStamp({ ...next, node }) };
}

/**
 * Moves the clock past a stamp from elsewhere, so that whatever is stamped afterwards sorts after it. Receiving
 * is no event of its own: receiving the same stamp twice changes nothing.
 * Fails with `bad-input` on a malformed stamp, and with `clock-wrong` on one that is more than
 * `limits.clockAheadMs` ahead of `nowMs`; the clock then stays where it was.
 */
export function receiveStamp(clock: ClockState, stamp: string, nowMs: number): Result<ClockState> {
  const parsed = parseStamp(stamp);
  if (!parsed.ok) return parsed;
  const { millis, counter, node } = parsed.value;
  const aheadMs = millis - nowMs;
  if (aheadMs > limits.clockAheadMs) return err(clockWrong(node, aheadMs));
  const isLater = millis > clock.millis || (millis === clock.millis && counter > clock.counter);
  return ok(isLater ? { millis, counter } : clock);
}

/** The text of a stamp. Breaks on parts that do not fit, because a cut stamp would sort wrongly for ever. */
export function formatStamp(parts: StampParts): string {
  assert(fits(parts.millis, largestMillis), `milliseconds of a stamp must fit 48 bits, not ${parts.millis}`);
  assert(fits(parts.counter, largestCounter), `counter of a stamp must fit 16 bits, not ${parts.counter}`);
  assert(nodePattern.test(parts.node), `node of a stamp must be 16 hex digits, not ${parts.node}`);
  return toHex(parts.millis, 12) + toHex(parts.counter, 4) + parts.node;
}

/** Reads a stamp. Fails with `bad-input` on anything but 32 lower-case hex digits. */
export function parseStamp(text: string): Result<StampParts> {
  if (!stampPattern.test(text)) return err(malformed(text));
  return ok({
    millis: stampMillis(text),
    counter: Number.parseInt(text.slice(12, 16), 16),
    node: stampNode(text),
  });
}

/** Unix milliseconds of a stamp that is known to be well-formed. */
export function stampMillis(text: string): number {
  assert(text.length === 32, `a stamp has 32 digits, not ${text.length}`);
  return Number.parseInt(text.slice(0, 12), 16);
}

/** Node id, 16 hex digits, of a stamp that is known to be well-formed. */
export function stampNode(text: string): string {
  assert(text.length === 32, `a stamp has 32 digits, not ${text.length}`);
  return text.slice(16);
}

function successor({ millis, counter }: ClockState): ClockState {
  return counter < largestCounter ? { millis, counter: counter + 1 } : { millis: millis + 1, counter: 0 };
}

function fits(value: number, largest: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= largest;
}

function toHex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

function malformed(text: string) {
  const shown = JSON.stringify(text.slice(0, 40));
  return problem(
    'bad-input',
    'stamp',
    `${shown} is not a stamp: a stamp has 32 digits from 0-9 and a-f.`,
    'Copy the stamp as "skein log" prints it.',
  );
}

function clockWrong(node: string, aheadMs: number) {
  const minutes = Math.ceil(aheadMs / 60_000);
  return problem(
    'clock-wrong',
    node,
    `Device ${node} stamped a change ${minutes} minutes ahead of the clock of this device.`,
    'Compare the date and time of both devices and correct the one that is wrong; the change is taken then.',
  );
}
