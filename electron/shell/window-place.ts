/** Where the window was, kept in `window.json` of the data folder, and made to fit the displays of today. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../../shared/result.ts';
import { writeAtomically } from '../host/write-atomically.ts';

/** Device-independent pixels on the plane of all displays. */
export type Area = { x: number; y: number; width: number; height: number };
export type WindowPlace = Area & { maximized: boolean };
/** Without `x` and `y` the system centres the window. */
export type FittedPlace = { x?: number; y?: number; width: number; height: number; maximized: boolean };

export const smallestWindow = { width: 480, height: 360 } as const;
const firstWindow = { width: 1180, height: 780 } as const;
/** Pixels of the title bar that must be on a display, so that the user can drag the window. */
const grip = { width: 80, height: 32 } as const;

const placeFile = (dataFolder: string) => join(dataFolder, 'window.json');

/** The place of the last time; undefined when there is none or it cannot be read. */
export async function readPlace(dataFolder: string): Promise<WindowPlace | undefined> {
  try {
    return toPlace(JSON.parse(await readFile(placeFile(dataFolder), 'utf8')));
  } catch {
    return undefined;
  }
}

/** The file may be from another version, or edited by hand. */
function toPlace(found: unknown): WindowPlace | undefined {
  const { x, y, width, height, maximized } = (found ?? {}) as Partial<Record<keyof WindowPlace, unknown>>;
  if (!isWhole(x) || !isWhole(y) || !isWhole(width) || !isWhole(height)) return undefined;
  return width > 0 && height > 0 ? { x, y, width, height, maximized: maximized === true } : undefined;
}

const isWhole = (value: unknown): value is number => Number.isInteger(value);

/** Fails as `diskProblem` says. */
export const writePlace = (dataFolder: string, place: WindowPlace): Promise<Result<void>> =>
  writeAtomically(placeFile(dataFolder), `${JSON.stringify(place)}\n`);

/**
 * A place that fits the work areas of the displays; the first is the main one. A window whose title bar is on
 * no display any more keeps its size and is centred; one that is too large shrinks.
 */
export function fitPlace(saved: WindowPlace | undefined, areas: readonly Area[]): FittedPlace {
  const [main] = areas;
  if (saved === undefined) return { ...fitSize(firstWindow, main), maximized: false };
  const home = areas.find((area) => holdsGrip(saved, area));
  const size = fitSize(saved, home ?? main);
  if (home === undefined) return { ...size, maximized: saved.maximized };
  return { x: saved.x, y: saved.y, ...size, maximized: saved.maximized };
}

type Size = { width: number; height: number };

function fitSize({ width, height }: Size, area: Area | undefined): Size {
  const most = area ?? firstWindow;
  return {
    width: Math.max(smallestWindow.width, Math.min(width, most.width)),
    height: Math.max(smallestWindow.height, Math.min(height, most.height)),
  };
}

/** The middle of the title bar lies in the area. */
function holdsGrip(place: WindowPlace, area: Area): boolean {
  const left = Math.max(place.x, area.x);
  const right = Math.min(place.x + place.width, area.x + area.width);
  const fitsAcross = right - left >= grip.width;
  return fitsAcross && place.y >= area.y && place.y + grip.height <= area.y + area.height;
}
