/** How systems lock a file: this one's own calls, and those of Windows over a stand-in of its kernel. */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { lockCalls } from '../../electron/adapters/lock-calls.ts';
import { windowsLockCalls } from '../../electron/adapters/windows-lock-calls.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { standInKernel } from './lock-support/stand-in-kernel.ts';

describe.each([
  ['this system', () => lockCalls()],
  ['Windows, as documented', () => windowsLockCalls(standInKernel().koffi)],
])('%s', (_, find) => {
  function place() {
    const calls = find();
    const file = join(temporaryFolder(), 'the.lock');
    const opened = (create = true) => {
      const it = calls.open(file, create);
      let isOpen = true;
      const close = () => {
        if (isOpen) calls.close(it);
        isOpen = false;
      };
      onTestFinished(close);
      return { it, close };
    };
    return { calls, file, opened };
  }

  test('makes the file when told to, and else says that there is none', () => {
    const { calls, file, opened } = place();
    expect(() => calls.open(file, false)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    opened();
    expect(existsSync(file)).toBe(true);
    opened(false);
  });

  test('one has it alone, or some together, until they close it', () => {
    const { calls, opened } = place();
    const [one, other, third] = [opened(), opened(), opened()];
    expect(calls.lock(one.it, 'exclusive')).toBe(true);
    expect([calls.lock(other.it, 'exclusive'), calls.lock(other.it, 'shared')]).toEqual([false, false]);
    one.close();
    expect([calls.lock(other.it, 'shared'), calls.lock(third.it, 'shared')]).toEqual([true, true]);
    const fourth = opened();
    expect(calls.lock(fourth.it, 'exclusive')).toBe(false);
    other.close();
    third.close();
    expect(calls.lock(fourth.it, 'exclusive')).toBe(true);
  });

  test('knows a file from the one that came into its place', () => {
    const { calls, file, opened } = place();
    const [one, same] = [opened(), opened()];
    expect(calls.identity(same.it)).toBe(calls.identity(one.it));
    const before = calls.identity(one.it);
    rmSync(file);
    writeFileSync(file, '');
    expect(calls.identity(one.it)).toBe(before);
    expect(calls.identity(opened().it)).not.toBe(before);
  });
});

test('on Windows, a disk that knows no locks is no lock that somebody holds', () => {
  const { koffi, failNext } = standInKernel();
  const calls = windowsLockCalls(koffi);
  const file = calls.open(join(temporaryFolder(), 'the.lock'), true);
  onTestFinished(() => calls.close(file));
  failNext(50);
  expect(() => calls.lock(file, 'exclusive')).toThrow(/LockFileEx failed: 50/);
  failNext(997);
  expect(calls.lock(file, 'exclusive')).toBe(false);
});
