import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findMemoryFolder } from '../../../build/scripts/find-memory-folder.ts';
import { inProject } from '../../../build/scripts/project.ts';

const shared = '/dev/shm';

test('a folder on a disk, a file, and one that is not there are none in memory', () => {
  expect(findMemoryFolder([inProject(), inProject('package.json'), inProject('nowhere')], 1)).toBeUndefined();
});

test('one that is too full is left alone, and so is a small memory', () => {
  expect(findMemoryFolder([shared], Number.MAX_SAFE_INTEGER)).toBeUndefined();
});

const mount = mountOf(shared);

test.runIf(mount?.kind === 'tmpfs')(
  'the shared memory of Linux is one, unless no program may be started there',
  () => {
    const expected = mount?.options.includes('noexec') ? undefined : shared;
    expect(findMemoryFolder([inProject('nowhere'), shared], 1)).toBe(expected);
  },
);

/** What Linux says of a place where something is mounted. */
function mountOf(folder: string): { kind: string | undefined; options: readonly string[] } | undefined {
  if (!existsSync('/proc/mounts')) return undefined;
  const lines = readFileSync('/proc/mounts', 'utf8').split('\n');
  const fields = lines.map((line) => line.split(' ')).findLast(([, place]) => place === folder);
  return fields && { kind: fields[2], options: fields[3]?.split(',') ?? [] };
}
