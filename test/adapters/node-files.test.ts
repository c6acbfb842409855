import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, linkSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isCaseInsensitive } from '../../electron/adapters/case-probe.ts';
import { describeFileError } from '../../electron/adapters/file-problems.ts';
import { openFiles } from '../../electron/adapters/node-files.ts';
import type { Files } from '../../electron/engine/ports.ts';
import { asOrdinaryUser, permissionBitsMissing, temporaryFolder } from '../support/temporary-folder.ts';

const notPosix = process.platform === 'win32';
const notLinux = process.platform !== 'linux';
const nfd = 'resume\u0301.md';
const nfc = nfd.normalize('NFC');

async function filesOf(folder: string): Promise<Files> {
  const files = await openFiles(folder);
  if (!files.ok) throw new Error(files.error.message);
  return files.value;
}

describe('opening a folder', () => {
  test('that is not there, or is a file, says which', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.md'), 'x');
    const missing = join(folder, 'missing');
    expect(await openFiles(missing)).toMatchObject({
      ok: false,
      error: { code: 'not-found', subject: missing },
    });
    expect(await openFiles(join(folder, 'a.md'))).toMatchObject({
      ok: false,
      error: { code: 'not-a-folder' },
    });
  });

  test.skipIf(permissionBitsMissing)('that may not be entered says so', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'closed', 'root'), { recursive: true });
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'closed'), 0o000);
    const refused = await asOrdinaryUser(() => openFiles(join(folder, 'closed', 'root')));
    expect(refused).toMatchObject({ ok: false, error: { code: 'no-permission' } });
  });

  test.skipIf(notPosix)('through links works, and links inside may name it either way', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', join(folder, 'alias'));
    writeFileSync(join(folder, 'real', 'a.md'), 'x');
    symlinkSync(join(folder, 'alias', 'a.md'), join(folder, 'real', 'b.md'));
    const files = await filesOf(join(folder, 'alias'));
    expect(await files.stat('a.md')).toMatchObject({ ok: true, value: { kind: 'file' } });
    expect(await files.resolveLink('b.md')).toEqual({ ok: true, value: 'a.md' });
  });
});

describe('case', () => {
  test('is probed without writing, and agrees with what the disk does', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '123'), '');
    writeFileSync(join(folder, 'Readme.md'), '');
    const disk = existsSync(join(folder, 'README.MD'));
    expect(await isCaseInsensitive(folder)).toBe(disk);
    expect((await filesOf(folder)).caseInsensitive).toBe(disk);
    expect(readdirSync(folder)).toHaveLength(2);
  });

  test('is probed by the name of the folder when nothing in it has letters', async () => {
    const folder = join(temporaryFolder(), 'Folder');
    mkdirSync(folder);
    expect(await isCaseInsensitive(folder)).toBe(existsSync(folder.replace('Folder', 'fOLDER')));
  });

  test('two names that differ in case only prove that it matters', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'a.md'), '');
    writeFileSync(join(folder, 'A.MD'), '');
    expect(await isCaseInsensitive(folder)).toBe(readdirSync(folder).length === 1);
  });
});

describe('names on the disk', () => {
  test('in another Unicode form come in NFC where the disk finds them so, else as they are', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, nfd), 'x');
    const files = await filesOf(folder);
    const listed = await files.list('');
    const name = existsSync(join(folder, nfc)) ? nfc : nfd;
    expect(listed).toEqual({ ok: true, value: [{ name, kind: 'file' }] });
    expect(await files.stat(name)).toMatchObject({ ok: true, value: { kind: 'file' } });
  });

  test.skipIf(notLinux)('in both Unicode forms at once stay two files', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, nfd), 'x');
    writeFileSync(join(folder, nfc), 'y');
    const listed = await (await filesOf(folder)).list('');
    expect(listed.ok && listed.value?.map((entry) => entry.name).sort()).toEqual([nfd, nfc].sort());
  });

  test.skipIf(notLinux)('in both Unicode forms stay two names of one file, too', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, nfd), 'x');
    linkSync(join(folder, nfd), join(folder, nfc));
    const listed = await (await filesOf(folder)).list('');
    expect(listed.ok && listed.value?.map((entry) => entry.name).sort()).toEqual([nfd, nfc].sort());
  });

  test('in another Unicode form are where a link leads, under the name that the list gives them', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, `${nfd}.d`));
    writeFileSync(join(folder, `${nfd}.d`, nfd), 'x');
    symlinkSync(join(`${nfd}.d`, nfd), join(folder, 'link.md'));
    const files = await filesOf(folder);
    const inner = existsSync(join(folder, `${nfc}.d`)) ? nfc : nfd;
    expect(await files.resolveLink('link.md')).toEqual({ ok: true, value: `${inner}.d/${inner}` });
  });

  test.skipIf(notLinux)('that are not UTF-8 are marked, and the others are listed', async () => {
    const folder = temporaryFolder();
    writeFileSync(
      Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9]), Buffer.from('.md')]),
      'x',
    );
    writeFileSync(join(folder, 'a.md'), 'x');
    const listed = await (await filesOf(folder)).list('');
    expect(listed.ok && listed.value?.toSorted((one, other) => (one.name < other.name ? -1 : 1))).toEqual([
      { name: 'a.md', kind: 'file' },
      { name: 'caf\ufffd.md', kind: 'file', unnameable: true },
    ]);
  });
});

describe.skipIf(notPosix)('what is no file', () => {
  test('a named pipe and a socket are listed as other, and holding one returns at once', async () => {
    const folder = temporaryFolder();
    execFileSync('mkfifo', [join(folder, 'pipe.md')]);
    const server = createServer().listen(join(folder, 'socket.md'));
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    const files = await filesOf(folder);
    expect(await files.stat('pipe.md')).toMatchObject({ ok: true, value: { kind: 'other' } });
    expect(await files.hold('pipe.md')).toEqual({ ok: true, value: undefined });
    expect(await files.hold('socket.md')).toEqual({ ok: true, value: undefined });
  });
});

describe('a write that fails', () => {
  test.skipIf(notLinux)('in the middle leaves no temporary file behind', () => {
    const folder = temporaryFolder();
    const adapter = new URL('../../electron/adapters/node-files.ts', import.meta.url).href;
    const program = `
      import { openFiles } from ${JSON.stringify(adapter)};
      const files = await openFiles(${JSON.stringify(folder)});
      const written = await files.value.writeTemporary('', new Uint8Array(200_000), 0o644);
      console.log(written.ok ? 'written' : written.error.code);`;
    const limited = 'trap "" XFSZ; ulimit -f 64; exec "$0" --input-type=module -e "$1"';
    const run = spawnSync('bash', ['-c', limited, process.execPath, program], { encoding: 'utf8' });
    expect(run.stderr).toBe('');
    expect(run.stdout).toBe('unreadable\n');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('does not depend on the mask of the process', async () => {
    const before = process.umask(0o077);
    try {
      const files = await filesOf(temporaryFolder());
      const written = await files.writeTemporary('', Buffer.from('x'), 0o664);
      if (!written.ok) throw new Error(written.error.message);
      const mode = notPosix ? 0o666 : 0o664;
      expect(await files.stat(written.value.path)).toMatchObject({ ok: true, value: { mode } });
    } finally {
      process.umask(before);
    }
  });
});

test.each([
  ['ENOSPC', 'disk-full'],
  ['EDQUOT', 'disk-full'],
  ['EACCES', 'no-permission'],
  ['EPERM', 'no-permission'],
  ['EROFS', 'read-only'],
  ['ELOOP', 'unreadable'],
  ['EMFILE', 'unreadable'],
  ['EIO', 'unreadable'],
  ['ENAMETOOLONG', 'bad-input'],
])('%s is told as %s, with the file and a way out', (code, expected) => {
  const problem = describeFileError(Object.assign(new Error(code), { code }), 'docs/a.md', 'written');
  expect(problem).toMatchObject({ code: expected, subject: 'docs/a.md' });
  expect(problem.message).toContain('docs/a.md');
  expect(problem.advice).not.toBe('');
  expect(`${problem.message} ${problem.advice}`).not.toMatch(/\brm\b|delete|erase|--force/i);
});

test('a problem of the workspace folder itself names it', () => {
  const problem = describeFileError(Object.assign(new Error('EROFS'), { code: 'EROFS' }), '', 'written');
  expect(problem).toMatchObject({ subject: 'The workspace folder' });
  expect(problem.message).toMatch(/^The workspace folder could not be written/);
});
