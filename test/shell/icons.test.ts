import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { packIcns, packIco } from '../../build/icons/containers.ts';
import { appIcon, trayIcon, trayStates } from '../../build/icons/drawings.ts';

const folder = resolve(import.meta.dirname, '..', '..', 'build', 'icons');
const read = (...names: string[]) => readFileSync(join(folder, ...names));

/** Width and height of a PNG stand in its first block. */
const sizeOf = (png: Buffer) => {
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  return [png.readUInt32BE(16), png.readUInt32BE(20)];
};

test.each(trayStates)('the tray has all images for "%s", in sizes and doubled', (state) => {
  expect(sizeOf(read('tray', `${state}.png`))).toEqual([16, 16]);
  expect(sizeOf(read('tray', `${state}@2x.png`))).toEqual([32, 32]);
  expect(sizeOf(read('tray', `${state}Template.png`))).toEqual([16, 16]);
  expect(sizeOf(read('tray', `${state}Template@2x.png`))).toEqual([32, 32]);
  expect(sizeOf(read('tray', `${state}-large.png`))).toEqual([32, 32]);
  expect(sizeOf(read('tray', `${state}-large@2x.png`))).toEqual([64, 64]);
});

test('no two states look alike', () => {
  for (const variant of ['', 'Template', '-large']) {
    const images = trayStates.map((state) => read('tray', `${state}${variant}.png`).toString('base64'));
    expect(new Set(images).size).toBe(trayStates.length);
  }
});

test('template drawings are black and nothing else, so that macOS can colour them', () => {
  for (const state of trayStates) {
    const drawing = trayIcon(state, 'template').replace(/<mask[\s\S]*?<\/mask>/g, '');
    expect(drawing.match(/#[0-9a-f]{3,6}/g)?.filter((colour) => colour !== '#000')).toEqual([]);
  }
});

test('Linux has its sizes', () => {
  for (const pixels of [16, 32, 48, 128, 256, 512, 1024]) {
    expect(sizeOf(read('linux', `${pixels}x${pixels}.png`))).toEqual([pixels, pixels]);
  }
});

test('the committed drawing is what the script draws', () => {
  expect(read('icon.svg').toString()).toBe(appIcon(1024));
});

test('an .ico lists its images, 256 pixels as 0', () => {
  const ico = packIco([
    { pixels: 16, png: Buffer.from('small') },
    { pixels: 256, png: Buffer.from('large!') },
  ]);
  expect([ico.readUInt16LE(0), ico.readUInt16LE(2), ico.readUInt16LE(4)]).toEqual([0, 1, 2]);
  expect([ico.readUInt8(6), ico.readUInt8(22)]).toEqual([16, 0]);
  const offset = ico.readUInt32LE(22 + 12);
  expect(ico.subarray(offset, offset + ico.readUInt32LE(22 + 8)).toString()).toBe('large!');
  expect(read('icon.ico').readUInt16LE(4)).toBe(7);
});

test('an .icns says its length, and each image its type', () => {
  const icns = packIcns([{ pixels: 32, png: Buffer.from('png') }]);
  expect(icns.subarray(0, 4).toString()).toBe('icns');
  expect(icns.readUInt32BE(4)).toBe(icns.length);
  expect(icns.toString('latin1')).toMatch(/icp5[\s\S]{4}png[\s\S]*ic11[\s\S]{4}png/);
  const committed = read('icon.icns');
  expect(committed.readUInt32BE(4)).toBe(committed.length);
  expect(committed.toString('latin1')).toContain('ic10');
});
