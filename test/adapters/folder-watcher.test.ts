import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createFolderWatcher } from '../../electron/adapters/folder-watcher.ts';
import { openPerFolderWatcher } from '../../electron/adapters/per-folder-watcher.ts';
import { createPollingWatcher } from '../../electron/adapters/polling-watcher.ts';
import { mountTypeOf } from '../../electron/adapters/watched-mount.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { outsideOf, watched } from './watcher-subjects.ts';

const notLinux = process.platform !== 'linux' && 'inotify is there on Linux only';

describe.skipIf(notLinux)('one watch per folder', () => {
  function open(most?: number) {
    const root = temporaryFolder();
    return { root, ...watched((onHint) => openPerFolderWatcher(root, onHint, most)), ...outsideOf(root) };
  }

  test('follows the name, not the inode: a folder that is swapped for another', async () => {
    const { watcher, hints, until, makeFolder, move, write } = open();
    makeFolder('docs/deep');
    makeFolder('other/deep');
    watcher.setFolders(new Set(['', 'docs', 'docs/deep']));
    move('docs', 'old');
    move('other', 'docs');
    await until(() => hints.includes('docs/deep'));
    hints.length = 0;
    write('old/deep/a.md', 'in the folder that had the name');
    write('docs/deep/b.md', 'in the folder that has the name');
    await until(() => hints.includes('docs/deep/b.md'));
    expect(hints).not.toContain('docs/deep/a.md');
  });

  test('finds a watched folder again that was removed and made anew', async () => {
    const { watcher, hints, until, makeFolder, remove, write } = open();
    makeFolder('docs/deep');
    watcher.setFolders(new Set(['', 'docs', 'docs/deep']));
    remove('docs');
    await until(() => hints.includes('docs'));
    hints.length = 0;
    makeFolder('docs/deep');
    watcher.setFolders(new Set(['', 'docs', 'docs/deep']));
    await until(() => hints.includes('docs/deep'));
    hints.length = 0;
    write('docs/deep/a.md', 'x');
    await until(() => hints.includes('docs/deep/a.md'));
  });

  test('hints at the folder itself when the folder is meant, and at a file that is called like it', async () => {
    const { watcher, hints, until, makeFolder, write } = open();
    makeFolder('docs');
    watcher.setFolders(new Set(['docs']));
    write('docs/docs', 'a file in the folder of the same name');
    await until(() => hints.includes('docs/docs') && hints.includes('docs'));
  });

  test('a file in the place of a folder is not watched', async () => {
    const { watcher, hints, until, remove, makeFolder, write } = open();
    makeFolder('docs');
    expect(watcher.setFolders(new Set(['', 'docs'])).watchedFolders).toBe(2);
    remove('docs');
    write('docs', 'now a file');
    await until(() => hints.includes('docs'));
    expect(watcher.setFolders(new Set(['', 'docs']))).toEqual({ mode: 'native', watchedFolders: 1 });
  });

  test('over its limit it says so, keeps the folders near the root, and goes on when there is room', async () => {
    const { watcher, hints, until, makeFolder, write } = open(2);
    makeFolder('a/deep');
    const outcome = watcher.setFolders(new Set(['a/deep', 'a', '']));
    expect(outcome).toMatchObject({ watchedFolders: 2, problem: { code: 'watch-limited' } });
    expect(outcome.problem?.message).toContain('2 of 3');
    write('a/b.md', 'x');
    await until(() => hints.includes('a/b.md'));
    const next = watcher.setFolders(new Set(['a/deep', 'a']));
    expect(next).toEqual({ mode: 'native', watchedFolders: 2 });
    write('a/deep/c.md', 'x');
    await until(() => hints.includes('a/deep/c.md'));
  });

  test('when the system has no more watches it says how to get more, and watches what it can', (context) => {
    const root = temporaryFolder();
    const adapter = new URL('../../electron/adapters/per-folder-watcher.ts', import.meta.url).href;
    const program = `
      import { mkdirSync } from 'node:fs';
      import { openPerFolderWatcher } from ${JSON.stringify(adapter)};
      const folders = ['', 'a', 'b', 'c', 'd', 'e'];
      for (const folder of folders) mkdirSync(${JSON.stringify(root)} + '/' + folder, { recursive: true });
      const watcher = openPerFolderWatcher(${JSON.stringify(root)}, () => {});
      console.log(JSON.stringify(watcher.setFolders(new Set(folders))));
      watcher.close();`;
    // A user namespace of its own has limits of its own, so that nobody else is harmed.
    const limited = 'echo 4 > /proc/sys/user/max_inotify_watches && exec "$0" --input-type=module -e "$1"';
    const words = ['--user', '--map-root-user', 'sh', '-c', limited, process.execPath, program];
    if (spawnSync('unshare', ['--user', '--map-root-user', 'true']).status !== 0) {
      context.skip('user namespaces are not allowed here');
    }
    const run = spawnSync('unshare', words, { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    const outcome = JSON.parse(run.stdout);
    expect(outcome).toMatchObject({ mode: 'native', watchedFolders: 4, problem: { code: 'watch-limited' } });
    expect(outcome.problem.advice).toContain('fs.inotify.max_user_watches');
  });
});

describe('where the disk cannot tell', () => {
  afterEach(() => vi.unstubAllEnvs());

  test('SKEIN_POLL=1 asks for polling', () => {
    vi.stubEnv('SKEIN_POLL', '1');
    const { watcher } = watched(createFolderWatcher(temporaryFolder()));
    expect(watcher.setFolders(new Set(['', 'docs']))).toEqual({ mode: 'polling', watchedFolders: 2 });
  });

  test('polling hints at every watched folder again and again, and at no other', async () => {
    const { watcher, hints, until } = watched(createPollingWatcher(5));
    watcher.setFolders(new Set(['', 'docs']));
    await until(() => hints.filter((path) => path === 'docs').length >= 3);
    watcher.setFolders(new Set(['']));
    hints.length = 0;
    await until(() => hints.length >= 3);
    expect(new Set(hints)).toEqual(new Set(['']));
  });

  test('a folder that is not there yet is watched by nobody and is no failure', () => {
    const { watcher } = watched(createFolderWatcher(join(temporaryFolder(), 'missing'), 'per-folder'));
    expect(watcher.setFolders(new Set(['']))).toEqual({ mode: 'native', watchedFolders: 0 });
  });

  const mounts = [
    'proc /proc proc rw 0 0',
    '/dev/sda1 / ext4 rw 0 0',
    'server:/home /home nfs4 rw 0 0',
    '/dev/sdb1 /home/ada/local ext4 rw 0 0',
    'C:\\134 /mnt/c 9p rw,aname=drvfs 0 0',
    'me@host:/ /media/my\\040disk fuse.sshfs rw 0 0',
    'tmpfs /media/my\\040disk/over tmpfs rw 0 0',
    'server:/x /media/my\\040disk/over cifs rw 0 0',
    '',
  ].join('\n');

  test.each([
    ['/work', 'ext4'],
    ['/home/ada/project', 'nfs4'],
    ['/home/ada/local/project', 'ext4'],
    ['/homestead', 'ext4'],
    ['/mnt/c/Users', '9p'],
    ['/media/my disk/project', 'fuse.sshfs'],
    ['/media/my disk/over', 'cifs'],
  ])('%s lies on %s', (folder, type) => {
    expect(mountTypeOf(mounts, folder)).toBe(type);
  });

  test('nothing is known of a folder when there are no mounts', () => {
    expect(mountTypeOf('', '/home')).toBe('');
  });
});

test('two watchers of one folder do not disturb each other', async () => {
  const root = temporaryFolder();
  const one = watched(createFolderWatcher(root));
  const other = watched(createFolderWatcher(root));
  one.watcher.setFolders(new Set(['']));
  other.watcher.setFolders(new Set(['']));
  one.watcher.close();
  // More than once: the system may lose a hint, and the engine lives with that.
  const writing = setInterval(() => writeFileSync(join(root, 'a.md'), 'x'), 20);
  onTestFinished(() => clearInterval(writing));
  await other.until(() => other.hints.includes('a.md'));
});
