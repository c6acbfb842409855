import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openMarkFile } from '../../electron/adapters/mark-file.ts';
import type { LogMarks } from '../../electron/engine/ports.ts';
import { createFakeMarks } from '../support/fake-marks.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const node = '0123456789abcdef';
const fileIn = (folder: string) => join(folder, 'log.mark');

describe.each<[string, () => () => LogMarks]>([
  [
    'a file beside the log',
    () => {
      const file = fileIn(temporaryFolder());
      return () => openMarkFile(file);
    },
  ],
  [
    'the fake',
    () => {
      const marks = createFakeMarks();
      return () => marks;
    },
  ],
])('%s', (_name, make) => {
  test('has no mark until one is written', () => {
    expect(make()().read()).toBeUndefined();
  });

  test('keeps the last one for whoever opens it next', () => {
    const open = make();
    const marks = open();
    marks.write({ node, position: 1 });
    marks.write({ node, position: 2_000_000_000 });
    expect(marks.read()).toEqual({ node, position: 2_000_000_000 });
    expect(open().read()).toEqual({ node, position: 2_000_000_000 });
  });
});

describe('the file alone', () => {
  test('belongs to its owner, and leaves no other behind', () => {
    const folder = temporaryFolder();
    openMarkFile(fileIn(folder)).write({ node, position: 1 });
    expect(readdirSync(folder)).toEqual(['log.mark']);
    if (process.platform !== 'win32') expect(statSync(fileIn(folder)).mode & 0o777).toBe(0o600);
  });

  test.each(['', 'x', `${node}`, `${node} -1\n`, `${node} 1`, `${node} 1\n2\n`])(
    'that holds %j is no mark',
    (text) => {
      const folder = temporaryFolder();
      writeFileSync(fileIn(folder), text);
      expect(openMarkFile(fileIn(folder)).read()).toBeUndefined();
    },
  );

  test('that cannot be written says so', () => {
    const folder = temporaryFolder();
    const marks = openMarkFile(join(folder, 'no such folder', 'log.mark'));
    expect(() => marks.write({ node, position: 1 })).toThrow(/no such folder/);
  });
});
