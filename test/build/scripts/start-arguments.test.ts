import { expect, test } from 'vitest';
import { readStartArguments } from '../../../build/scripts/start-arguments.ts';

test('nothing said means the defaults', () => {
  expect(readStartArguments([])).toEqual({
    ok: true,
    value: {
      folder: undefined,
      headless: false,
      port: undefined,
      dataFolder: undefined,
      open: true,
      help: false,
    },
  });
});

test('everything can be said, in any order', () => {
  const read = readStartArguments(['--no-open', 'site', '--port', '0', '--headless', '--data=/d']);
  expect(read).toMatchObject({
    value: { folder: 'site', headless: true, port: '0', dataFolder: '/d', open: false },
  });
});

test.each([
  [['--bogus'], /Unknown option '--bogus'/],
  [['one', 'two'], /Name one folder, not 2/],
  [['--port'], /argument missing/],
])('%j is refused in one sentence', (args, message) => {
  const read = readStartArguments(args);
  expect(read.ok).toBe(false);
  expect(!read.ok && read.error).toMatch(message);
  expect(!read.ok && read.error).not.toContain('\n');
});
