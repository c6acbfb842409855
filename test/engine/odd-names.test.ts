/** Files with names that only some systems take, on a real disk: each keeps its versions under its own name. */
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Engine } from '../../electron/engine/engine-contract.ts';
import { createHost } from '../../electron/host/host.ts';
import { oddNames } from '../support/odd-names.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
/** A pattern without an extension, so that names may end as they like. */
const rules = '.claude/rules';
const paths = [...oddNames.map((name) => `${rules}/${name}`), `${rules}/odd. /u\u0308/x`];
const composed = `${rules}/\u00fcmlaut.md`;
const apart = `${rules}/u\u0308mlaut.md`;

type Opened = {
  engine: Engine;
  folder: string;
  write(path: string, text: string): void;
  read(path: string): string;
  /** The texts of a file's versions, oldest first. */
  texts(path: string): string[];
};

async function open(written: readonly string[]): Promise<Opened> {
  const scratch = temporaryFolder();
  const folder = join(scratch, 'site');
  const write = (path: string, text: string) => {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const path of written) {
    write(path, `first ${path}`);
    utimesSync(join(folder, path), 1_700_000_000, 1_700_000_000);
  }
  const host = await createHost({ dataFolder: join(scratch, 'data'), version: 'test', env: {}, log: silent });
  if (!host.ok) throw new Error(host.error.message);
  onTestFinished(() => host.value.stop());
  const opened = await host.value.open(folder);
  if (!opened.ok || opened.value.engine === undefined) throw new Error('the folder did not open');
  const { engine } = opened.value;
  const texts = (path: string) =>
    engine.log
      .changes({ after: 0, limit: 100, path })
      .map(({ content }) => Buffer.from(engine.log.content(content ?? '') ?? []).toString());
  return { engine, folder, write, read: (path) => readFileSync(join(folder, path), 'utf8'), texts };
}

/** A machine under load may take its time; what is awaited comes by itself. */
const patience = { timeout: 15_000, interval: 10 };

describe.skipIf(process.platform !== 'linux')('a file with an odd name', () => {
  test('is recorded, edited, deleted and put back under that very name', async () => {
    const { engine, write, read, texts, folder } = await open(paths);
    expect(engine.log.files().map(({ path }) => path)).toEqual(paths.toSorted());
    for (const path of paths) write(path, `second ${path}`);
    await vi.waitFor(() => expect(paths.filter((path) => texts(path).length !== 2)).toEqual([]), patience);
    for (const path of paths) {
      const restored = await engine.restore(path, 'latest~1', 'human');
      expect(restored).toMatchObject({ ok: true, value: { change: { path, kind: 'modified' } } });
    }
    expect(paths.filter((path) => read(path) !== `first ${path}`)).toEqual([]);
    for (const path of paths) rmSync(join(folder, path));
    expect(await engine.scan()).toMatchObject({ ok: true });
    for (const path of paths) {
      const second = engine.log.changes({ after: 0, limit: 2, path })[1];
      const restored = await engine.restore(path, second?.stamp ?? '', 'human');
      expect(restored).toMatchObject({ ok: true, value: { change: { path, kind: 'created' } } });
    }
    expect(paths.filter((path) => read(path) !== `second ${path}`)).toEqual([]);
    expect(readdirSync(join(folder, rules))).toHaveLength(oddNames.length + 1);
  });

  test('that differs from another in its Unicode form only is found by what the keyboard types', async () => {
    const { engine } = await open([apart]);
    expect(engine.log.findPath(composed)).toBe(apart);
    expect(await engine.restore(composed, 'latest', 'human')).toEqual({ ok: true, value: { change: null } });
  });

  test('is never taken for the file of the other Unicode form', async () => {
    const { engine, write, read } = await open([composed, apart]);
    for (const path of [composed, apart]) write(path, `second ${path}`);
    await vi.waitFor(() => expect(engine.status().pending).toBe(2), patience);
    expect(await engine.restore(apart, 'latest~1', 'human')).toMatchObject({ ok: true });
    expect([read(composed), read(apart)]).toEqual([`second ${composed}`, `first ${apart}`]);
    expect(await engine.restore(composed, 'latest~1', 'human')).toMatchObject({ ok: true });
    expect([read(composed), read(apart)]).toEqual([`first ${composed}`, `first ${apart}`]);
  });

  test('that is no text at all is said, and everything else goes on', async () => {
    const { engine, folder, texts } = await open([composed]);
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/${rules}/caf`), Buffer.from([0xe9])]), 'x');
    mkdirSync(Buffer.concat([Buffer.from(`${folder}/${rules}/d`), Buffer.from([0xe9])]));
    writeFileSync(Buffer.concat([Buffer.from(`${folder}/caf`), Buffer.from([0xe9])]), 'untracked');
    await engine.scan();
    expect(
      engine
        .status()
        .problems.map(({ code, subject }) => [code, subject])
        .toSorted(),
    ).toEqual([
      ['unreadable', `${rules}/caf\ufffd`],
      ['unreadable', `${rules}/d\ufffd`],
    ]);
    expect(texts(composed)).toEqual([`first ${composed}`]);
  });

  test('gives its text to a link that leads there', async () => {
    const { engine, folder, texts } = await open([apart]);
    mkdirSync(join(folder, 'notes'));
    writeFileSync(join(folder, 'notes', 'u\u0308.txt'), 'untracked');
    symlinkSync(join('notes', 'u\u0308.txt'), join(folder, 'AGENTS.md'));
    await engine.scan();
    await vi.waitFor(() => expect(texts('AGENTS.md')).toEqual(['untracked']), patience);
  });
});
