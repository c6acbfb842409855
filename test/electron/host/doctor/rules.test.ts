import { expect, test } from 'vitest';
import { judgeClock } from '../../../../electron/host/doctor/clock-check.ts';
import { judgeRoom } from '../../../../electron/host/doctor/data-folder-check.ts';
import { checkNode } from '../../../../electron/host/doctor/node-check.ts';
import { judgeWatchLimits } from '../../../../electron/host/doctor/watch-limit-check.ts';
import { judgeDisk } from '../../../../electron/host/doctor/workspace-checks.ts';

const nowMs = Date.UTC(2026, 10, 21, 9, 30);
const minute = 60_000;

test('an old Node fails, a new one and any Electron pass', () => {
  expect(checkNode({ node: '20.20.2' })).toMatchObject({
    state: 'failure',
    advice: expect.stringContaining('npm start'),
  });
  expect(checkNode({ node: '24.0.0' }).state).toBe('ok');
  expect(checkNode({ node: '22.0.0', electron: '45.4.1' }).state).toBe('ok');
});

test('small limits of Linux are said with the lines that raise them', () => {
  const small = judgeWatchLimits({ watches: 8192, instances: 128 }, 230);
  expect(small).toMatchObject({ state: 'warning', message: expect.stringContaining('230 folders') });
  expect(small.advice).toContain('fs.inotify.max_user_watches=524288');
  expect(judgeWatchLimits({ watches: 524_288, instances: 16 }, 0).state).toBe('warning');
  expect(judgeWatchLimits({ watches: 65_536, instances: 128 }, 0).state).toBe('ok');
});

test('a clock that agrees with the disk and the log passes', () => {
  expect(judgeClock({ nowMs, diskMs: nowMs - 3_000, newestMs: nowMs - minute }).state).toBe('ok');
  expect(judgeClock({ nowMs, diskMs: undefined, newestMs: undefined }).state).toBe('ok');
  expect(judgeClock({ nowMs, diskMs: nowMs, newestMs: nowMs + 4 * minute }).state).toBe('ok');
});

test('a clock in the wrong year fails', () => {
  expect(judgeClock({ nowMs: 0, diskMs: 0, newestMs: undefined }).state).toBe('failure');
  expect(judgeClock({ nowMs: Date.UTC(2200, 0), diskMs: undefined, newestMs: undefined }).state).toBe(
    'failure',
  );
});

test('changes recorded in the future fail, with how far', () => {
  const check = judgeClock({ nowMs, diskMs: nowMs, newestMs: nowMs + 90 * minute });
  expect(check).toMatchObject({
    state: 'failure',
    message: expect.stringContaining('90 minutes in the future'),
  });
  expect(judgeClock({ nowMs, diskMs: nowMs, newestMs: nowMs + 72 * 60 * minute }).message).toContain(
    '3 days',
  );
});

test('a disk whose clock differs is a warning that says which is ahead', () => {
  expect(judgeClock({ nowMs, diskMs: nowMs + 10 * minute, newestMs: undefined })).toMatchObject({
    state: 'warning',
    message: expect.stringContaining('10 minutes ahead of'),
  });
  expect(judgeClock({ nowMs, diskMs: nowMs - 30_000, newestMs: undefined }).message).toContain(
    '30 seconds behind',
  );
});

test('little room is said, by bytes and by files', () => {
  const roomy = { freeBytes: 10 * 1024 ** 3, freeFiles: 1_000_000 };
  expect(judgeRoom('/data', roomy)).toMatchObject({
    state: 'ok',
    message: expect.stringContaining('10 GiB'),
  });
  expect(judgeRoom('/data', { ...roomy, freeBytes: 100 * 1024 ** 2 }).message).toContain('100 MiB');
  expect(judgeRoom('/data', { ...roomy, freeFiles: 12 }).message).toContain('12 more files');
  expect(judgeRoom('/data', { ...roomy, freeFiles: undefined }).state).toBe('ok');
});

test('a network disk is a warning, a local one none, and an unknown one is left out', () => {
  expect(judgeDisk('notes', '/mnt/team', { type: 'nfs4', remote: true })).toMatchObject({
    state: 'warning',
    message: expect.stringContaining('(nfs4)'),
  });
  expect(judgeDisk('notes', '\\\\server\\share', { type: '', remote: true }).state).toBe('warning');
  expect(judgeDisk('notes', '/home', { type: 'ext4', remote: false }).state).toBe('ok');
  expect(judgeDisk('notes', '/home', { type: '', remote: false }).state).toBe('skipped');
});
