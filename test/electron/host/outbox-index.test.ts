/** The index file of an outbox: of another version, and where nothing may be written. */
import { chmodSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSql } from '../../../electron/adapters/better-sqlite.ts';
import { tryLockFile } from '../../../electron/adapters/file-lock.ts';
import { createBuiltinEmbedder } from '../../../electron/engine/knowledge/builtin-embedder.ts';
import type { OutsideWork } from '../../../electron/engine/knowledge/knowledge-index.ts';
import type { SearchMode } from '../../../electron/engine/knowledge/search.ts';
import type { Sql } from '../../../electron/engine/ports.ts';
import {
  type OutboxIndexDeps,
  openOutboxIndex,
  searchOutboxIndex,
} from '../../../electron/host/knowledge/outbox-index.ts';
import { must } from '../../support/device.ts';
import { createFakeNotes } from '../../support/fake-notes.ts';
import { toVersion3, toVersion4 } from '../../support/former-index.ts';
import { asOrdinaryUser, permissionBitsMissing, temporaryFolder } from '../../support/temporary-folder.ts';
import { createMemoryLog } from './support/memory-log.ts';

/** A folder with the index of one note, which a worker closed. */
async function makeIndexed(): Promise<OutboxIndexDeps> {
  const folder = join(temporaryFolder(), 'index');
  const deps = { folder, embedder: createBuiltinEmbedder(), log: createMemoryLog(), progressed: () => {} };
  const index = openOutboxIndex(deps, () => oneNote());
  await index.indexer.catchUp();
  index.markComplete();
  index.close();
  return deps;
}

function oneNote(): OutsideWork {
  const notes = createFakeNotes();
  notes.write('lamps', '# Lamps\n\nA lamp burns paraffin. 今日の会議で決めた。\n');
  let isTaken = false;
  return {
    notes,
    hear: async () => {},
    queue: {
      take() {
        if (isTaken) return undefined;
        isTaken = true;
        return { note: 'lamps', news: 1, failures: 0 };
      },
      finished: () => {},
      failed: () => {},
    },
  };
}

const idle: OutsideWork = {
  ...oneNote(),
  queue: { take: () => undefined, finished: () => {}, failed: () => {} },
};

/** What the file of the index is told while nobody has it open. */
function change({ folder }: OutboxIndexDeps, work: (sql: Sql) => void): void {
  const [name = ''] = readdirSync(folder).filter((it) => it.endsWith('.db'));
  const sql = openSql(join(folder, name));
  work(sql);
  sql.close();
}

const search = (deps: OutboxIndexDeps, mode: SearchMode = 'hybrid', text = 'lamp') =>
  searchOutboxIndex(deps, { text, mode, atMost: 5 });

describe('an index of the version before', () => {
  test('is searched by its words, and it is said how meaning comes back', async () => {
    const deps = await makeIndexed();
    change(deps, toVersion3);
    expect(must(await search(deps))).toMatchObject({
      passages: [{ note: 'lamps', why: { meaning: null } }],
      problem: { code: 'paused', advice: expect.stringContaining('worker') },
    });
  });

  test('is gone on with by a worker under its name, and searched by meaning from then on', async () => {
    const deps = await makeIndexed();
    const before = openOutboxIndex(deps, () => idle);
    before.close();
    change(deps, toVersion3);
    const index = openOutboxIndex(deps, () => idle);
    expect(index.name).toBe(before.name);
    index.close();
    expect(must(await search(deps))).toMatchObject({
      passages: [{ note: 'lamps', why: { meaning: 1 } }],
      problem: undefined,
    });
  });
});

test('an index without pieces is searched as that version did, until a worker brings it up', async () => {
  const deps = await makeIndexed();
  const byWords = async (text: string): Promise<number> =>
    must(await search(deps, 'words', text)).passages.length;
  change(deps, toVersion4);
  expect(must(await search(deps))).toMatchObject({
    passages: [{ note: 'lamps', why: { words: 1, meaning: 1 } }],
    problem: undefined,
  });
  expect([await byWords('今日の'), await byWords('会議')]).toEqual([1, 0]);
  openOutboxIndex(deps, () => idle).close();
  expect([await byWords('今日の'), await byWords('会議')]).toEqual([1, 1]);
});

test('an index that somebody is removing is not opened, and can be once it is gone', async () => {
  const deps = await makeIndexed();
  const [name = ''] = readdirSync(deps.folder).filter((it) => it.endsWith('.db'));
  const removing = tryLockFile(join(deps.folder, `${name}.lock`), 'exclusive', true);
  expect(() => openOutboxIndex(deps, () => idle)).toThrow('is removing the index');
  removing?.release();
  openOutboxIndex(deps, () => idle).close();
});

test('an index of a version that cannot be read is not called none', async () => {
  const deps = await makeIndexed();
  change(deps, (sql) => sql.exec('PRAGMA user_version = 99'));
  expect(await search(deps)).toMatchObject({ error: { code: 'database-newer' } });
});

describe.skipIf(permissionBitsMissing)('where nothing may be written', () => {
  /** Read by somebody who may write neither to the folder nor to its files. */
  async function searchClosed(deps: OutboxIndexDeps) {
    const names = readdirSync(deps.folder);
    chmodSync(dirname(deps.folder), 0o755);
    for (const name of names) chmodSync(join(deps.folder, name), 0o444);
    chmodSync(deps.folder, 0o555);
    onTestFinished(() => chmodSync(deps.folder, 0o755));
    try {
      return await asOrdinaryUser(() => search(deps));
    } finally {
      expect(readdirSync(deps.folder)).toEqual(names);
    }
  }

  test('an index is searched by words and meaning', async () => {
    const found = must(await searchClosed(await makeIndexed()));
    expect(found).toMatchObject({
      passages: [{ note: 'lamps', why: { words: 1, meaning: 1 } }],
      problem: undefined,
    });
  });

  test('an index of which a part is not in its file yet is to be copied, and the advice names --index', async () => {
    const deps = await makeIndexed();
    const [name = ''] = readdirSync(deps.folder);
    writeFileSync(join(deps.folder, `${name}-wal`), 'a part');
    await expect(searchClosed(deps)).rejects.toMatchObject({
      problem: { code: 'read-only', advice: expect.stringContaining('--index DIR') },
    });
  });
});
