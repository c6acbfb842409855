import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDesktopLog } from '../../electron/shell/desktop-log.ts';
import { limits } from '../../shared/limits.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a line is printed and kept', () => {
  const folder = temporaryFolder();
  const printed: string[] = [];
  const log = openDesktopLog(folder, (line) => void printed.push(line));
  log.warn('The disk is slow.', { ms: 900 });
  log.error('It failed.', { cause: new Error('why') });
  const kept = readFileSync(join(folder, 'desktop.log'), 'utf8');
  expect(kept).toBe(printed.join(''));
  expect(kept.trimEnd().split('\n')).toHaveLength(2);
  expect(kept).toContain('The disk is slow.');
  expect(kept).toContain('why');
});

test('a full file makes room, and the one before is kept', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'desktop.log');
  writeFileSync(file, 'x'.repeat(limits.desktopLogBytes + 1));
  openDesktopLog(folder, () => undefined).info('new');
  expect(readFileSync(file, 'utf8')).toMatch(/new\n$/);
  expect(readFileSync(`${file}.old`, 'utf8')).toHaveLength(limits.desktopLogBytes + 1);
});

test('a log that cannot be written still prints', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'desktop.log'));
  const printed: string[] = [];
  openDesktopLog(folder, (line) => void printed.push(line)).info('hello');
  expect(printed.join('')).toContain('hello');
});
