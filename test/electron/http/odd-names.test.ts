/** Files with odd names over loopback: a real engine on a real folder, asked as a script of the user would. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { serve } from '../../../electron/serve.ts';
import type { ChangeJson } from '../../../shared/contracts/shapes.ts';
import { inlineText } from '../../../shared/domain/inline-markdown.ts';
import { oddNames } from '../../support/odd-names.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const paths = oddNames.map((name) => `.claude/rules/${name}`);
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };

type Asked = { status: number; body: Record<string, unknown> };

async function startServing() {
  const home = temporaryFolder();
  const folder = join(home, 'site');
  mkdirSync(join(folder, '.claude/rules'), { recursive: true });
  for (const path of paths) writeFileSync(join(folder, path), `first ${path}\n`);
  writeFileSync(join(folder, 'skein.json'), '{ "consolidation_threshold": 0 }');
  const env = { HOME: home };
  const options = { dataFolder: join(home, 'data'), folder, port: 0, dev: true, env, log: silent };
  const serving = await serve(options);
  if (!serving.ok) throw new Error(serving.error.message);
  onTestFinished(() => serving.value.stop());
  const { url, token } = serving.value;
  const ask = async (address: string, body?: unknown): Promise<Asked> => {
    const answer = await fetch(url + address, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  return { folder, ask };
}

const about = (address: string, path: string, more = ''): string =>
  `/api/${address}?path=${encodeURIComponent(path)}${more}`;

/** A machine under load may take its time; what is awaited comes by itself. */
const patience = { timeout: 15_000, interval: 20 };

describe.skipIf(process.platform !== 'linux')('every version of a file with an odd name', () => {
  test('is listed, read, compared and put back by the name that the list gives', async () => {
    const { folder, ask } = await startServing();
    for (const path of paths) writeFileSync(join(folder, path), `second ${path}\n`);
    const pending = async () => (await ask('/api/sync/pending-changes')).body['count'];
    await expect.poll(pending, patience).toBe(paths.length);

    const { files } = (await ask('/api/files')).body as { files: { file_path: string }[] };
    expect(files.map(({ file_path }) => file_path)).toEqual(paths.toSorted());
    for (const { file_path: path } of files) {
      const { changes } = (await ask(about('versions', path))).body as { changes: ChangeJson[] };
      expect(changes.map(({ file_path, event_type }) => [file_path, event_type])).toEqual([
        [path, 'modified'],
        [path, 'created'],
      ]);
      expect((await ask(about('changes', path))).body['changes']).toEqual(changes);
      const old = changes[1]?.stamp;
      expect((await ask(about('content', path, `&version=${old}`))).body['content']).toBe(`first ${path}\n`);
      expect((await ask(about('diff', path, `&from=${old}`))).body).toMatchObject({ added: 1, removed: 1 });
      const restored = await ask('/api/restore', { path, version: old });
      expect(restored).toMatchObject({ status: 200, body: { change: { file_path: path } } });
    }
    expect(paths.filter((path) => readFileSync(join(folder, path), 'utf8') !== `first ${path}\n`)).toEqual(
      [],
    );
  });

  test('has its own line in a report, whose undo leaves the file as it was', async () => {
    const { folder, ask } = await startServing();
    writeFileSync(join(folder, 'SYNC_STATUS.md'), '# Board\n');
    for (const path of paths) writeFileSync(join(folder, path), `second ${path}\n`);
    const pending = async () => (await ask('/api/sync/pending-changes')).body['count'];
    await expect.poll(pending, patience).toBe(paths.length + 1);
    const done = (await ask('/api/sync/consolidate', {})).body as { consolidation: { stamp: string } };
    const lines = readFileSync(join(folder, 'SYNC_STATUS.md'), 'utf8').split('\n');
    expect(lines.filter((line) => line.startsWith('#')).map((line) => line.split(' ', 1)[0])).toEqual([
      '#',
      '##',
      '###',
    ]);
    const named = lines
      .filter((line) => line.startsWith('- **'))
      .map((line) => line.replace(/\*\*: 1 .*/, ''));
    expect(named).toEqual([...paths, 'SYNC_STATUS.md'].toSorted().map((path) => `- **${inlineText(path)}`));
    await ask(`/api/consolidations/${done.consolidation.stamp}/undo`, {});
    expect(readFileSync(join(folder, 'SYNC_STATUS.md'), 'utf8')).toBe('# Board\n');
  });

  test('opens no way to a path that no file ever had', async () => {
    const { ask } = await startServing();
    const [odd = ''] = paths;
    for (const path of [`${odd}x`, `${odd}/../../../x`, `./${odd}`, `${odd}/`, `/${odd}`, `${odd}\0`]) {
      expect(await ask(about('content', path))).toMatchObject({ status: 400 });
      expect(await ask('/api/restore', { path, version: 'latest' })).toMatchObject({
        status: 400,
        body: { error: { code: 'hostile-path' } },
      });
    }
  });
});
