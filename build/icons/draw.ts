/**
 * Draws all icons anew with a Chromium: `node build/icons/draw.ts`. The results are committed, because
 * packing must need neither a browser nor a download. SKEIN_CHROMIUM names another browser.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { packIcns, packIco } from './containers.ts';
import { appIcon, trayIcon, trayStates } from './drawings.ts';

const folder = import.meta.dirname;
/** Pixels. Windows lists up to 256, macOS and Linux up to 1024. */
const appSizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024];

const browser = await chromium.launch({
  executablePath: process.env['SKEIN_CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  await drawAppIcons(browser);
  await drawTrayIcons(browser);
} finally {
  await browser.close();
}

async function drawAppIcons(browser: Browser): Promise<void> {
  const images = [];
  for (const pixels of appSizes) images.push({ pixels, png: await render(browser, appIcon(pixels), pixels) });
  await save('icon.ico', packIco(images.filter(({ pixels }) => pixels <= 256)));
  await save('icon.icns', packIcns(images));
  // electron-builder takes a folder of sizes for Linux; `icon.png` is the icon of the window.
  for (const { pixels, png } of images) await save(join('linux', `${pixels}x${pixels}.png`), png);
  for (const { pixels, png } of images) if (pixels === 512) await save('icon.png', png);
  await save('icon.svg', Buffer.from(appIcon(1024)));
}

async function drawTrayIcons(browser: Browser): Promise<void> {
  for (const state of trayStates) {
    const template = trayIcon(state, 'template');
    await save(join('tray', `${state}Template.png`), await render(browser, template, 16));
    await save(join('tray', `${state}Template@2x.png`), await render(browser, template, 32));
    const colour = trayIcon(state, 'colour');
    await save(join('tray', `${state}.png`), await render(browser, colour, 16));
    await save(join('tray', `${state}@2x.png`), await render(browser, colour, 32));
    // Linux panels are 22 to 32 pixels high and scale down well, but up badly.
    await save(join('tray', `${state}-large.png`), await render(browser, colour, 32));
    await save(join('tray', `${state}-large@2x.png`), await render(browser, colour, 64));
  }
}

async function render(browser: Browser, drawing: string, pixels: number): Promise<Buffer> {
  const page = await browser.newPage({ viewport: { width: pixels, height: pixels } });
  await page.setContent(
    `<style>html, body { margin: 0; background: none; line-height: 0 }</style>${drawing}`,
  );
  const png = await page.screenshot({ omitBackground: true });
  await page.close();
  return png;
}

async function save(name: string, bytes: Buffer): Promise<void> {
  await writeFile(join(folder, name), bytes);
}
