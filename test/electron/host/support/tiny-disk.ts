/** Tiny disks of memory, so that full and read-only are real. Only root on Linux can have one. */
import { execFileSync } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './folders.ts';

export const canMount = process.platform === 'linux' && process.getuid?.() === 0 && tryMount();

/** Mounts one for the length of the test; `options` are tmpfs's own, such as `size=64k` or `ro`. */
export function mountTiny(options: string): string {
  const folder = temporaryFolder();
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'none', folder], { stdio: 'ignore' });
  onTestFinished(() => void execFileSync('umount', ['--lazy', folder]));
  return folder;
}

function tryMount(): boolean {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
