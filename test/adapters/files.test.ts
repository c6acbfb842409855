import { describe, expect, test } from 'vitest';
import type { HeldFile } from '../../electron/engine/ports.ts';
import { limits } from '../../shared/limits.ts';
import { type ProblemCode, ProblemError, type Result } from '../../shared/result.ts';
import { permissionBitsMissing } from '../support/temporary-folder.ts';
import { type FilesSubject, fakeFiles, realFiles } from './files-subjects.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (read: Uint8Array) => new TextDecoder().decode(read);

function value<Value>(result: Result<Value>): Value {
  if (!result.ok) throw new ProblemError(result.error);
  return result.value;
}

const code = (result: Result<unknown>): ProblemCode | 'ok' => (result.ok ? 'ok' : result.error.code);

async function held({ files }: FilesSubject, path: string): Promise<HeldFile> {
  const file = value(await files.hold(path));
  if (file === undefined) throw new Error(`${path} is not there`);
  return file;
}

async function save({ files }: FilesSubject, path: string, content: string, mode = 0o644): Promise<void> {
  const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
  const temporary = value(await files.writeTemporary(folder, bytes(content), mode));
  value(await files.rename(temporary.path, path));
}

describe.each<[string, () => Promise<FilesSubject>]>([
  ['files of this machine', realFiles],
  ['files in memory', fakeFiles],
])('%s', (_name, open) => {
  describe('list', () => {
    test('names files, folders and links of one folder', async () => {
      const subject = await open();
      subject.write('docs/deep/note.md', 'x');
      subject.write('docs/a.md', 'x');
      subject.makeLink('docs/b.md', 'a.md');
      const entries = value(await subject.files.list('docs')) ?? [];
      expect(entries.toSorted((one, two) => (one.name < two.name ? -1 : 1))).toEqual([
        { name: 'a.md', kind: 'file' },
        { name: 'b.md', kind: 'link' },
        { name: 'deep', kind: 'folder' },
      ]);
      expect(value(await subject.files.list(''))).toEqual([{ name: 'docs', kind: 'folder' }]);
    });

    test('is undefined for what is gone or is no folder', async () => {
      const subject = await open();
      subject.write('a.md', 'x');
      for (const path of ['nowhere', 'nowhere/deeper', 'a.md', 'a.md/deeper']) {
        expect(await subject.files.list(path)).toEqual({ ok: true, value: undefined });
      }
    });
  });

  describe('stat', () => {
    test('tells kind, size, permission bits, and follows no link', async () => {
      const subject = await open();
      subject.write('a.md', 'hello');
      subject.setMode('a.md', 0o640);
      subject.makeLink('b.md', 'a.md');
      expect(value(await subject.files.stat('a.md'))).toMatchObject({ kind: 'file', size: 5, mode: 0o640 });
      expect(value(await subject.files.stat('b.md'))).toMatchObject({ kind: 'link' });
      expect(value(await subject.files.stat(''))).toMatchObject({ kind: 'folder' });
      expect(value(await subject.files.stat('nowhere/c.md'))).toBeUndefined();
      expect(value(await subject.files.stat('a.md/c.md'))).toBeUndefined();
    });

    test('times are whole nanoseconds, and an inode goes with its file, not with its name', async () => {
      const subject = await open();
      subject.write('a.md', 'one');
      subject.write('b.md', 'two');
      const [a, b] = [value(await subject.files.stat('a.md')), value(await subject.files.stat('b.md'))];
      expect(a?.mtimeNs).toMatch(/^\d{19}$/);
      expect(a?.ctimeNs).toMatch(/^\d{19}$/);
      expect(a?.inode).not.toBe(b?.inode);
      subject.move('b.md', 'a.md');
      expect(value(await subject.files.stat('a.md'))?.inode).toBe(b?.inode);
    });
  });

  describe('hold', () => {
    test('reads from the start each time, what is there then', async () => {
      const subject = await open();
      subject.write('a.md', 'first');
      const file = await held(subject, 'a.md');
      expect(text(await file.read())).toBe('first');
      subject.write('a.md', 'second, and longer');
      expect(text(await file.read())).toBe('second, and longer');
      expect((await file.stat()).size).toBe(18);
      subject.write('a.md', '');
      expect(await file.read()).toHaveLength(0);
      await file.close();
    });

    test('stays the same file when its name goes to another or to nobody', async () => {
      const subject = await open();
      subject.write('a.md', 'old');
      subject.write('b.md', 'new');
      const file = await held(subject, 'a.md');
      const before = await file.stat();
      subject.move('b.md', 'a.md');
      expect(text(await file.read())).toBe('old');
      expect((await file.stat()).inode).toBe(before.inode);
      subject.remove('a.md');
      expect(text(await file.read())).toBe('old');
      await file.close();
      await file.close();
    });

    test('is undefined for what is gone, a folder or a link', async () => {
      const subject = await open();
      subject.write('docs/a.md', 'x');
      subject.makeLink('b.md', 'docs/a.md');
      for (const path of ['nowhere.md', 'nowhere/a.md', 'docs', 'b.md', 'docs/a.md/deeper', '']) {
        expect(await subject.files.hold(path)).toEqual({ ok: true, value: undefined });
      }
    });

    test('refuses to read more than a tracked file may have, and reads one that has just as much', async () => {
      const subject = await open();
      subject.write('most.md', 'x'.repeat(limits.trackedFileBytes));
      const most = await held(subject, 'most.md');
      expect(await most.read()).toHaveLength(limits.trackedFileBytes);
      subject.write('most.md', 'x'.repeat(limits.trackedFileBytes + 1));
      await expect(most.read()).rejects.toMatchObject({ problem: { code: 'too-large', subject: 'most.md' } });
      await most.close();
    });
  });

  describe('links', () => {
    test('lead to a path inside the root, or to nothing', async () => {
      const subject = await open();
      subject.write('docs/a.md', 'x');
      subject.makeLink('one.md', 'docs/a.md');
      subject.makeLink('docs/two.md', '../one.md');
      subject.makeLink('folder', 'docs');
      subject.makeLink('dangling.md', 'docs/nothing.md');
      expect(value(await subject.files.resolveLink('docs/two.md'))).toBe('docs/a.md');
      expect(value(await subject.files.resolveLink('folder'))).toBe('docs');
      expect(value(await subject.files.resolveLink('docs/a.md'))).toBe('docs/a.md');
      expect(value(await subject.files.resolveLink('dangling.md'))).toBeUndefined();
      expect(value(await subject.files.resolveLink('nowhere.md'))).toBeUndefined();
    });

    test('that leave the root are refused, and so are links in a circle', async () => {
      const subject = await open();
      subject.makeLink('out.md', '/outside/secret.md');
      subject.makeLink('up', '..');
      subject.makeLink('one', 'two');
      subject.makeLink('two', 'one');
      const refused = await subject.files.resolveLink('out.md');
      expect(refused).toMatchObject({ ok: false, error: { code: 'link-leaves', subject: 'out.md' } });
      expect(code(await subject.files.resolveLink('up'))).toBe('link-leaves');
      expect(code(await subject.files.resolveLink('one'))).toBe('unreadable');
      expect(code(await subject.files.list('one'))).toBe('unreadable');
    });

    test('a folder on the way may be a link inside the root', async () => {
      const subject = await open();
      subject.write('real/a.md', 'x');
      subject.makeLink('alias', 'real');
      expect(value(await subject.files.list('alias'))).toEqual([{ name: 'a.md', kind: 'file' }]);
      expect(value(await subject.files.stat('alias/a.md'))).toMatchObject({ kind: 'file' });
      await save(subject, 'alias/b.md', 'new');
      expect(subject.read('real/b.md')).toBe('new');
    });

    test('a folder on the way that leads out is refused by every operation', async () => {
      const subject = await open();
      const { files } = subject;
      subject.write('a.md', 'x');
      subject.makeLink('out', '/outside');
      expect(code(await files.list('out'))).toBe('link-leaves');
      expect(code(await files.stat('out/secret.md'))).toBe('link-leaves');
      expect(code(await files.hold('out/secret.md'))).toBe('link-leaves');
      expect(code(await files.resolveLink('out/secret.md'))).toBe('link-leaves');
      expect(code(await files.writeTemporary('out', bytes('x'), 0o644))).toBe('link-leaves');
      expect(code(await files.writeTemporary('out/deeper', bytes('x'), 0o644))).toBe('link-leaves');
      expect(code(await files.rename('a.md', 'out/a.md'))).toBe('link-leaves');
      expect(code(await files.rename('out/secret.md', 'b.md'))).toBe('link-leaves');
      expect(code(await files.remove('out/secret.md'))).toBe('link-leaves');
      expect(subject.names('')).toEqual(expect.arrayContaining(['a.md']));
    });

    test('a folder that turns into a link that leads out is refused from then on', async () => {
      const subject = await open();
      subject.write('docs/secret.md', 'ours');
      const file = await held(subject, 'docs/secret.md');
      subject.remove('docs');
      subject.makeLink('docs', '/outside');
      expect(code(await subject.files.hold('docs/secret.md'))).toBe('link-leaves');
      expect(code(await subject.files.remove('docs/secret.md'))).toBe('link-leaves');
      expect(text(await file.read())).toBe('ours');
      await file.close();
    });
  });

  test('paths that are none are refused by every operation', async () => {
    const { files } = await open();
    for (const path of ['/etc/passwd', '../outside', 'a/../../b', 'a//b', './a', 'a/', 'a\0b']) {
      expect(code(await files.list(path))).toBe('hostile-path');
      expect(code(await files.stat(path))).toBe('hostile-path');
      expect(code(await files.hold(path))).toBe('hostile-path');
      expect(code(await files.resolveLink(path))).toBe('hostile-path');
      expect(code(await files.writeTemporary(path, bytes('x'), 0o644))).toBe('hostile-path');
      expect(code(await files.rename(path, 'b'))).toBe('hostile-path');
      expect(code(await files.remove(path))).toBe('hostile-path');
    }
    expect(code(await files.remove(''))).toBe('hostile-path');
    expect(code(await files.rename('', 'b'))).toBe('hostile-path');
  });

  describe('writing', () => {
    test('makes a file of its own with exact bytes and permission bits, and folders that are missing', async () => {
      const subject = await open();
      const content = Uint8Array.from([0xef, 0xbb, 0xbf, 13, 10, 0, 255]);
      const { path, stat } = value(await subject.files.writeTemporary('new/folder', content, 0o666));
      expect(path).toMatch(/^new\/folder\/\.skein-[0-9a-f]{16}\.tmp$/);
      expect(value(await subject.files.stat(path))).toEqual(stat);
      expect(stat).toMatchObject({ kind: 'file', size: 7, mode: 0o666 });
      const file = await held(subject, path);
      expect(new Uint8Array(await file.read())).toEqual(content);
      await file.close();
      expect(value(await subject.files.writeTemporary('', content, 0o600)).path).toMatch(/^\.skein-/);
    });

    test('makes a folder that is missing for all who write into it at the same time', async () => {
      const subject = await open();
      const folders = ['new/folder', 'new/folder/deeper', 'new/other', 'new'];
      const writes = [...folders, ...folders].map((folder) =>
        subject.files.writeTemporary(folder, bytes(folder), 0o644),
      );
      for (const [index, written] of (await Promise.all(writes)).entries()) {
        const file = await held(subject, value(written).path);
        expect(new Uint8Array(await file.read())).toEqual(bytes(folders[index % folders.length] ?? ''));
        await file.close();
      }
    });

    test('a rename replaces what is there and keeps the new inode', async () => {
      const subject = await open();
      subject.write('a.md', 'old');
      const temporary = value(await subject.files.writeTemporary('', bytes('new'), 0o644));
      value(await subject.files.rename(temporary.path, 'a.md'));
      expect(subject.read('a.md')).toBe('new');
      expect(value(await subject.files.stat('a.md'))?.inode).toBe(temporary.stat.inode);
      expect(subject.names('')).toEqual(['a.md']);
    });

    test('a rename of what is gone, or onto a folder, says so and changes nothing', async () => {
      const subject = await open();
      subject.write('folder/a.md', 'x');
      subject.write('b.md', 'y');
      const gone = await subject.files.rename('nowhere.md', 'b.md');
      expect(gone).toMatchObject({ ok: false, error: { code: 'changed-meanwhile', subject: 'nowhere.md' } });
      const blocked = await subject.files.rename('b.md', 'folder');
      expect(blocked).toMatchObject({ ok: false, error: { code: 'changed-meanwhile', subject: 'folder' } });
      expect(code(await subject.files.rename('b.md', 'nowhere/b.md'))).toBe('changed-meanwhile');
      expect(subject.read('b.md')).toBe('y');
    });

    test('a file in the place of a folder is not written into', async () => {
      const subject = await open();
      subject.write('a.md', 'x');
      expect(code(await subject.files.writeTemporary('a.md', bytes('y'), 0o644))).toBe('changed-meanwhile');
      expect(subject.read('a.md')).toBe('x');
    });

    test('removes a file or a link, and what is gone is no failure', async () => {
      const subject = await open();
      subject.write('a.md', 'x');
      subject.makeLink('b.md', 'a.md');
      value(await subject.files.remove('b.md'));
      expect(subject.read('a.md')).toBe('x');
      value(await subject.files.remove('a.md'));
      value(await subject.files.remove('a.md'));
      value(await subject.files.remove('nowhere/a.md'));
      expect(subject.names('')).toEqual([]);
    });

    test('a folder is never removed', async () => {
      const subject = await open();
      subject.write('folder/a.md', 'x');
      expect(code(await subject.files.remove('folder'))).not.toBe('ok');
      expect(subject.read('folder/a.md')).toBe('x');
    });
  });

  describe.skipIf(permissionBitsMissing)('without permission', () => {
    test('a file cannot be held, but is seen', async () => {
      const subject = await open();
      subject.write('a.md', 'x');
      subject.setMode('a.md', 0o000);
      await subject.restricted(async () => {
        expect(await subject.files.hold('a.md')).toMatchObject({
          ok: false,
          error: { code: 'no-permission', subject: 'a.md' },
        });
        expect(value(await subject.files.stat('a.md'))).toMatchObject({ kind: 'file', mode: 0 });
      });
    });

    test('a folder cannot be listed or entered', async () => {
      const subject = await open();
      subject.write('closed/a.md', 'x');
      subject.setMode('closed', 0o000);
      await subject.restricted(async () => {
        expect(code(await subject.files.list('closed'))).toBe('no-permission');
        expect(code(await subject.files.stat('closed/a.md'))).toBe('no-permission');
        expect(code(await subject.files.hold('closed/a.md'))).toBe('no-permission');
      });
      subject.setMode('closed', 0o755);
    });

    test('nothing is written, renamed or removed, and nothing is left behind', async () => {
      const subject = await open();
      subject.write('closed/a.md', 'x');
      subject.setMode('closed', 0o555);
      await subject.restricted(async () => {
        expect(code(await subject.files.writeTemporary('closed', bytes('y'), 0o644))).toBe('no-permission');
        expect(code(await subject.files.writeTemporary('closed/new', bytes('y'), 0o644))).toBe(
          'no-permission',
        );
        expect(code(await subject.files.rename('closed/a.md', 'closed/b.md'))).toBe('no-permission');
        expect(code(await subject.files.remove('closed/a.md'))).toBe('no-permission');
      });
      expect(subject.names('closed')).toEqual(['a.md']);
      subject.setMode('closed', 0o755);
    });
  });
});
