import { describe, expect, test } from 'vitest';
import type { Result } from '../../shared/result.ts';
import { permissionBitsMissing } from '../support/temporary-folder.ts';
import { type FilesSubject, fakeFiles, realFiles } from './files-subjects.ts';

const noExchange = process.platform === 'win32' && 'Windows cannot swap two names';
const code = (result: Result<unknown>) => (result.ok ? 'ok' : result.error.code);

async function inodeOf({ files }: FilesSubject, path: string): Promise<string | undefined> {
  const stat = await files.stat(path);
  return stat.ok ? stat.value?.inode : undefined;
}

describe.each<[string, () => Promise<FilesSubject>]>([
  ['files of this machine', realFiles],
  ['files in memory', fakeFiles],
])('%s', (_name, open) => {
  test.skipIf(noExchange)('exchange swaps two names, and both files are still there', async () => {
    const subject = await open();
    subject.write('docs/a.md', 'first');
    subject.write('docs/b.md', 'second');
    const before = [await inodeOf(subject, 'docs/a.md'), await inodeOf(subject, 'docs/b.md')];
    expect(await subject.files.exchange('docs/a.md', 'docs/b.md')).toEqual({ ok: true, value: true });
    expect([subject.read('docs/a.md'), subject.read('docs/b.md')]).toEqual(['second', 'first']);
    expect([await inodeOf(subject, 'docs/b.md'), await inodeOf(subject, 'docs/a.md')]).toEqual(before);
  });

  test.skipIf(noExchange)('exchange with what is gone says so and changes nothing', async () => {
    const subject = await open();
    subject.write('a.md', 'first');
    for (const [one, other] of [
      ['a.md', 'gone.md'],
      ['gone.md', 'a.md'],
      ['a.md', 'gone/a.md'],
    ] as const) {
      expect(code(await subject.files.exchange(one, other))).toBe('changed-meanwhile');
    }
    expect(subject.read('a.md')).toBe('first');
    expect(subject.names('')).toEqual(['a.md']);
  });

  test('place takes a name that is free, and leaves one that is not', async () => {
    const subject = await open();
    subject.write('a.md', 'first');
    const inode = await inodeOf(subject, 'a.md');
    expect(await subject.files.place('a.md', 'b.md')).toEqual({ ok: true, value: true });
    expect(subject.names('')).toEqual(['b.md']);
    expect(await inodeOf(subject, 'b.md')).toBe(inode);
    subject.write('c.md', 'taken');
    expect(await subject.files.place('b.md', 'c.md')).toEqual({ ok: true, value: false });
    expect([subject.read('b.md'), subject.read('c.md')]).toEqual(['first', 'taken']);
  });

  test('place never replaces a folder or a link, even one that leads nowhere', async () => {
    const subject = await open();
    subject.write('a.md', 'first');
    subject.makeFolder('folder');
    subject.makeLink('link', 'nowhere');
    expect(await subject.files.place('a.md', 'folder')).toEqual({ ok: true, value: false });
    expect(await subject.files.place('a.md', 'link')).toEqual({ ok: true, value: false });
    expect(code(await subject.files.place('gone.md', 'b.md'))).toBe('changed-meanwhile');
    expect(subject.read('a.md')).toBe('first');
  });

  test('both refuse what lies outside', async () => {
    const subject = await open();
    subject.write('a.md', 'x');
    subject.makeLink('out', '/outside');
    for (const act of [subject.files.exchange, subject.files.place]) {
      expect(code(await act('a.md', 'out/secret.md'))).toBe('link-leaves');
      expect(code(await act('out/secret.md', 'a.md'))).toBe('link-leaves');
      expect(code(await act('a.md', '../b.md'))).toBe('hostile-path');
      expect(code(await act('', 'a.md'))).toBe('hostile-path');
    }
    expect(subject.read('a.md')).toBe('x');
  });

  test.skipIf(permissionBitsMissing)('neither moves anything in a folder without permission', async () => {
    const subject = await open();
    subject.write('closed/a.md', 'one');
    subject.write('closed/b.md', 'two');
    subject.setMode('closed', 0o555);
    await subject.restricted(async () => {
      expect(await subject.files.exchange('closed/a.md', 'closed/b.md')).not.toMatchObject({ value: true });
      expect(code(await subject.files.place('closed/a.md', 'closed/c.md'))).toBe('no-permission');
    });
    expect([subject.read('closed/a.md'), subject.read('closed/b.md')]).toEqual(['one', 'two']);
    subject.setMode('closed', 0o755);
  });
});
