import { describe, expect, test } from 'vitest';
import { fakeWatcher, realWatcher, type WatcherSubject } from './watcher-subjects.ts';

/** True when a hint says to look at the path: the path itself or the folder that it lies in. */
function hinted(hints: readonly string[], path: string): boolean {
  return hints.includes(path) || hints.includes(path.slice(0, Math.max(0, path.lastIndexOf('/'))));
}

/** Watches the folders until each is seen to be watched, so that what comes after is news. */
async function start(subject: WatcherSubject, ...folders: string[]): Promise<void> {
  subject.watcher.setFolders(new Set(folders));
  const probes = folders.map((folder) => (folder === '' ? 'probe' : `${folder}/probe`));
  for (const probe of probes) subject.write(probe, '');
  await subject.until(() => probes.every((probe) => hinted(subject.hints, probe)));
  subject.hints.length = 0;
}

const notLinux = process.platform !== 'linux' && 'one watch per folder is for inotify';

describe.each<[string, () => WatcherSubject, unknown]>([
  ['one watch per folder', () => realWatcher('per-folder'), notLinux],
  ['one watch for the tree', () => realWatcher('recursive'), false],
  ['polling', () => realWatcher('polling'), false],
  ['a fake disk', fakeWatcher, false],
])('%s', (_name, open, missing) => {
  const run = test.skipIf(missing);

  run('hints at files that are made, changed, replaced and removed in a watched folder', async () => {
    const subject = open();
    subject.makeFolder('docs');
    await start(subject, '', 'docs');
    const acts: [path: string, act: () => void][] = [
      ['docs/a.md', () => subject.write('docs/a.md', 'one')],
      ['docs/a.md', () => subject.write('docs/a.md', 'two')],
      ['root.md', () => subject.write('root.md', 'x')],
      ['docs/a.md', () => subject.move('root.md', 'docs/a.md')],
      ['docs/a.md', () => subject.remove('docs/a.md')],
    ];
    for (const [path, act] of acts) {
      subject.hints.length = 0;
      act();
      await subject.until(() => hinted(subject.hints, path));
    }
  });

  run('hints at what comes right after a folder was put into the set', async () => {
    const subject = open();
    subject.makeFolder('new');
    await start(subject, '');
    subject.watcher.setFolders(new Set(['', 'new']));
    subject.write('new/a.md', 'at once');
    await subject.until(() => hinted(subject.hints, 'new/a.md'));
  });

  run('hints at nothing outside of the set', async () => {
    const subject = open();
    subject.makeFolder('watched');
    subject.makeFolder('other/deep');
    subject.watcher.setFolders(new Set(['watched', 'other']));
    await start(subject, 'watched');
    subject.write('other/a.md', 'x');
    subject.write('other/deep/a.md', 'x');
    subject.write('watched/a.md', 'x');
    await subject.until(() => hinted(subject.hints, 'watched/a.md'));
    expect(subject.hints.filter((path) => !path.startsWith('watched'))).toEqual([]);
  });

  run('counts what it watches, and says nothing about folders that are gone', async () => {
    const subject = open();
    subject.makeFolder('a');
    subject.makeFolder('b');
    const { mode, watchedFolders, problem } = subject.watcher.setFolders(new Set(['', 'a', 'b']));
    expect(['native', 'polling']).toContain(mode);
    expect({ watchedFolders, problem }).toEqual({ watchedFolders: 3, problem: undefined });
    subject.remove('b');
    const next = subject.watcher.setFolders(new Set(['', 'a', 'b', 'never/there']));
    expect(next.problem).toBeUndefined();
  });

  run('is silent once closed, and closing twice is harmless', async () => {
    const subject = open();
    const witness = open();
    await start(subject, '');
    subject.watcher.close();
    subject.watcher.close();
    subject.write('a.md', 'x');
    await start(witness, '');
    witness.write('a.md', 'x');
    await witness.until(() => hinted(witness.hints, 'a.md'));
    expect(subject.hints).toEqual([]);
  });
});
