/** The calls of the disk do the same at once as in another thread, and leave others their turn. */
import { constants, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type DiskCalls, patientCalls, promptCalls } from '../../electron/adapters/disk-calls.ts';
import { limits } from '../../shared/limits.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const newFile = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;

describe.each<[string, DiskCalls]>([
  ['in another thread', patientCalls],
  ['at once', promptCalls],
])('%s', (_, calls) => {
  test.each([0, 10, limits.atOnceBytes + 10, 3 * limits.atOnceBytes])(
    '%d bytes are written and read',
    async (size) => {
      const file = join(temporaryFolder(), 'a.md');
      const bytes = Uint8Array.from({ length: size }, (_, index) => index % 251);
      const handle = await calls.open(file, newFile, 0o600);
      await handle.write(bytes);
      await handle.chmod(0o640);
      await handle.sync();
      expect(await handle.stat()).toMatchObject({ size: BigInt(size) });
      const read = new Uint8Array(size + 1);
      let filled = 0;
      for (let count = -1; count !== 0; filled += count) count = await handle.read(read, filled, read.length);
      await handle.close();
      expect(filled).toBe(size);
      expect(Buffer.from(read.subarray(0, size)).equals(bytes)).toBe(true);
      expect(readFileSync(file).equals(bytes)).toBe(true);
    },
  );

  test('names are linked, renamed and removed; a link is followed only when asked', async () => {
    const folder = temporaryFolder();
    const at = (name: string) => join(folder, name);
    writeFileSync(at('a'), 'text');
    symlinkSync(at('a'), at('link'));
    expect(await calls.realpath(at('link'))).toBe(at('a'));
    expect((await calls.lstat(at('link')))?.isSymbolicLink()).toBe(true);
    await calls.link(at('a'), at('b'));
    await calls.rename(at('a'), at('c'));
    await calls.unlink(at('b'));
    await calls.discard(at('b'));
    expect(statSync(at('c')).nlink).toBe(1);
  });

  test('a name is taken in one step only where it is free, or not at all', async () => {
    const folder = temporaryFolder();
    const at = (name: string) => join(folder, name);
    writeFileSync(at('a'), 'text');
    writeFileSync(at('b'), 'other');
    const canAtOnce = calls === promptCalls && process.platform !== 'win32';
    expect(await calls.renameIfFree(at('a'), at('b'))).toBe(canAtOnce ? false : undefined);
    expect([readFileSync(at('a'), 'utf8'), readFileSync(at('b'), 'utf8')]).toEqual(['text', 'other']);
    expect(await calls.renameIfFree(at('a'), at('c'))).toBe(canAtOnce ? true : undefined);
    expect(readdirSync(folder)).toEqual(canAtOnce ? ['b', 'c'] : ['a', 'b']);
  });

  test('what is not there, or there already, rejects with the code of the system', async () => {
    const folder = temporaryFolder();
    const missing = join(folder, 'missing');
    writeFileSync(join(folder, 'a'), '');
    await expect(calls.realpath(missing)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(await calls.lstat(missing)).toBeUndefined();
    expect(await calls.lstat(join(folder, 'a', 'below'))).toBeUndefined();
    await expect(calls.open(missing, constants.O_RDONLY)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(calls.unlink(missing)).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(calls.open(join(folder, 'a'), newFile)).rejects.toMatchObject({ code: 'EEXIST' });
    await expect(calls.link(join(folder, 'a'), join(folder, 'a'))).rejects.toMatchObject({ code: 'EEXIST' });
  });

  test('many calls in a row leave others their turn', async () => {
    const folder = temporaryFolder();
    let turns = 0;
    let over = false;
    const others = (): void => {
      turns += 1;
      if (!over) setImmediate(others);
    };
    setImmediate(others);
    for (let call = 0; call < 20_000; call++) await calls.lstat(folder);
    over = true;
    expect(turns).toBeGreaterThan(1);
  });
});
