import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type Area,
  fitPlace,
  readPlace,
  smallestWindow,
  writePlace,
} from '../../electron/shell/window-place.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const laptop: Area = { x: 0, y: 25, width: 1440, height: 875 };
const beside: Area = { x: 1440, y: 0, width: 1920, height: 1080 };
const place = { x: 100, y: 100, width: 900, height: 600, maximized: false };

test('the first window has a good size and is centred by the system', () => {
  expect(fitPlace(undefined, [laptop])).toEqual({ width: 1180, height: 780, maximized: false });
  expect(fitPlace(undefined, [{ x: 0, y: 0, width: 1024, height: 600 }])).toMatchObject({
    width: 1024,
    height: 600,
  });
});

test('a place on any display is kept', () => {
  expect(fitPlace(place, [laptop])).toEqual(place);
  const onSecond = { ...place, x: 2000, maximized: true };
  expect(fitPlace(onSecond, [laptop, beside])).toEqual(onSecond);
});

test('a window of a display that is gone comes back to the main one in its size', () => {
  const lost = { ...place, x: 2000, maximized: true };
  expect(fitPlace(lost, [laptop])).toEqual({ width: 900, height: 600, maximized: true });
});

test.each([
  ['above the display', { ...place, y: -10 }],
  ['below it', { ...place, y: 890 }],
  ['with only a sliver on it', { ...place, x: 1400 }],
  ['left of it', { ...place, x: -880 }],
])('a title bar %s cannot be dragged, so the window is centred', (_, saved) => {
  expect(fitPlace(saved, [laptop])).not.toHaveProperty('x');
});

test('a window larger than its display shrinks', () => {
  expect(fitPlace({ ...place, width: 4000, height: 3000 }, [laptop])).toMatchObject({
    width: 1440,
    height: 875,
  });
});

test('whatever was saved, the window can be reached and used', () => {
  const side = fc.integer({ min: -5000, max: 5000 });
  const size = fc.integer({ min: 1, max: 10_000 });
  const saved = fc.record({ x: side, y: side, width: size, height: size, maximized: fc.boolean() });
  fc.assert(
    fc.property(saved, (it) => {
      const fitted = fitPlace(it, [laptop, beside]);
      expect(fitted.width).toBeGreaterThanOrEqual(smallestWindow.width);
      expect(fitted.height).toBeGreaterThanOrEqual(smallestWindow.height);
      if (fitted.y === undefined) return;
      const homes = [laptop, beside].filter(
        (area) => fitted.y! >= area.y && fitted.y! < area.y + area.height,
      );
      expect(homes.length).toBeGreaterThan(0);
    }),
  );
});

test('a place survives being written and read', async () => {
  const folder = temporaryFolder();
  expect(await readPlace(folder)).toBeUndefined();
  expect((await writePlace(folder, place)).ok).toBe(true);
  expect(await readPlace(folder)).toEqual(place);
  expect(readdirSync(folder)).toEqual(['window.json']);
});

test.each([
  '',
  'null',
  '[]',
  '{"x":1}',
  '{"x":0,"y":0,"width":-1,"height":5}',
  '{"x":"0","y":0,"width":1,"height":5}',
])('a broken window.json (%s) counts as none', async (text) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'window.json'), text);
  expect(await readPlace(folder)).toBeUndefined();
});

test('a place that cannot be written says so', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'window.json'));
  expect((await writePlace(folder, place)).ok).toBe(false);
});
