/** What the browser has to fetch before it shows anything. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { interfaceFolder } from '../../electron/cli/interface-folder.ts';
import { filesOfFirstLoad } from './first-load.ts';
import { see } from './screen.ts';
import { startFixture } from './skein-fixture.ts';

const mostBytes = 150 * 1024;

test('the first load stays under 150 KiB', () => {
  const files = filesOfFirstLoad(interfaceFolder);
  expect(files.map((file) => file.name)).toContain('index.html');
  expect(files.length).toBeGreaterThan(2);
  expect(files.reduce((sum, file) => sum + file.gzippedBytes, 0)).toBeLessThan(mostBytes);
});

test('the page is built for its users, not for debugging', () => {
  const scripts = readdirSync(join(interfaceFolder, 'assets')).filter((name) => name.endsWith('.js'));
  const debugged = scripts.filter((name) =>
    readFileSync(join(interfaceFolder, 'assets', name), 'utf8').includes('componentTag'),
  );
  expect(debugged).toEqual([]);
});

test('the first view needs little more, and is compressed on its way', async () => {
  const { openPage } = await startFixture();
  const page = await openPage();
  await see(page.getByText('Nothing is pending'));
  const fetched = await page.evaluate(() =>
    (performance.getEntriesByType('resource') as PerformanceResourceTiming[])
      .filter((entry) => entry.name.includes('/assets/'))
      .map(({ encodedBodySize, decodedBodySize }) => ({ encodedBodySize, decodedBodySize })),
  );
  const sum = (key: 'encodedBodySize' | 'decodedBodySize') =>
    fetched.reduce((total, entry) => total + entry[key], 0);
  expect(sum('encodedBodySize')).toBeGreaterThan(0);
  expect(sum('encodedBodySize')).toBeLessThan(mostBytes);
  expect(sum('encodedBodySize')).toBeLessThan(sum('decodedBodySize') / 2);
});
