import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

  test.each(['', 'x', `${node}`, `${node} 1\n`, `1 ${node} 1 0123456789abcdef\n`, 'x'.repeat(1024)])(
    'that holds %j is no mark, and takes the next one',
    (text) => {
      const file = fileIn(temporaryFolder());
      writeFileSync(file, text);
      const marks = openMarkFile(file);
      expect(marks.read()).toBeUndefined();
      marks.write({ node, position: 7 });
      expect(openMarkFile(file).read()).toEqual({ node, position: 7 });
    },
  );

  test('keeps the mark before the one whose writing was cut short, wherever that was', () => {
    const file = fileIn(temporaryFolder());
    const marks = openMarkFile(file);
    for (const position of [1, 2, 3]) marks.write({ node, position });
    const before = readFileSync(file);
    marks.write({ node, position: 4 });
    const after = readFileSync(file);
    const changed = [...after.keys()].filter((at) => after[at] !== before[at]);
    expect(changed.length).toBeGreaterThan(10);
    // The last of them makes it whole.
    for (const from of changed.slice(1)) {
      writeFileSync(file, Buffer.concat([after.subarray(0, from), before.subarray(from)]));
      expect(openMarkFile(file).read()).toEqual({ node, position: 3 });
    }
    writeFileSync(file, after);
    expect(openMarkFile(file).read()).toEqual({ node, position: 4 });
  });

  test('tells of an older log under a new name', () => {
    const marks = openMarkFile(fileIn(temporaryFolder()));
    const other = 'fedcba9876543210';
    for (const mark of [
      { node, position: 90 },
      { node, position: 95 },
      { node: other, position: 12 },
    ]) {
      marks.write(mark);
      expect(marks.read()).toEqual(mark);
    }
  });

  test('that is taken away while it is in use comes back with the next mark', () => {
    const file = fileIn(temporaryFolder());
    const marks = openMarkFile(file);
    marks.write({ node, position: 1 });
    rmSync(file);
    marks.write({ node, position: 2 });
    expect(openMarkFile(file).read()).toEqual({ node, position: 2 });
  });

  test('that cannot be written says so', () => {
    const folder = temporaryFolder();
    const marks = openMarkFile(join(folder, 'no such folder', 'log.mark'));
    expect(() => marks.write({ node, position: 1 })).toThrow(/no such folder/);
  });
});
