/** Search on a real workspace: indexed by itself after an edit, by a thread that comes and goes. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openSql } from '../../../electron/adapters/better-sqlite.ts';
import type { Host } from '../../../electron/host/host-contract.ts';
import type { Knowledge } from '../../../electron/host/knowledge/knowledge-contract.ts';
import { openKnowledgeWork } from '../../../electron/host/knowledge/knowledge-work.ts';
import { builtinPlan } from '../../../electron/host/knowledge/open-embedder.ts';
import { databaseFile, replicaFolder } from '../../../electron/host/workspace-id.ts';
import { embeddedChoice } from '../../../shared/domain/knowledge/store-choice.ts';
import { must } from '../../support/device.ts';
import { toVersion3, toVersion4 } from '../../support/former-index.ts';
import { until } from '../../support/until.ts';
import { makePlace, openEngine, type Place, startHost } from './support/hosts.ts';

async function startIndexed(place: Place): Promise<{ host: Host; knowledge: Knowledge; id: string }> {
  const { host } = await startHost(place, { index: true });
  const { id } = await openEngine(host, place.project);
  return { host, id, knowledge: must(host.knowledges.of(id)) };
}

const ask = async (knowledge: Knowledge, text: string): Promise<string[]> => {
  const found = must(await knowledge.search({ text, mode: 'hybrid', atMost: 10 }));
  return found.passages.map(({ note, line }) => `${note}:${line}`);
};

test('an edit is found by itself, and by its words as by what it is about', async () => {
  const place = makePlace();
  const { host, id, knowledge } = await startIndexed(place);
  writeFileSync(
    join(place.project, 'AGENTS.md'),
    '# Agents\n\nNever rewrite the published history of main.\n',
  );
  await until(async () => (await ask(knowledge, 'published history')).includes('AGENTS.md:1'));
  writeFileSync(join(place.project, 'AGENTS.md'), '# Agents\n\nAsk before a file is deleted.\n');
  await until(async () => (await ask(knowledge, 'deleting files')).includes('AGENTS.md:1'));
  rmSync(join(place.project, 'AGENTS.md'));
  await until(async () =>
    (await ask(knowledge, 'deleting files')).every((it) => !it.startsWith('AGENTS.md')),
  );
  expect(must(await knowledge.state())).toMatchObject({ state: 'current', behind: 0, stuck: [] });
  await until(async () => host.knowledges.lastKnown(id)?.notes === 1);
});

test('the index is kept from one run to the next, and made anew when it is gone or damaged', async () => {
  const place = makePlace();
  const first = await startIndexed(place);
  must(await first.knowledge.catchUp());
  const folder = join(replicaFolder(place.dataFolder, first.id), 'knowledge');
  await first.host.stop();
  expect(await first.knowledge.state()).toMatchObject({ error: { code: 'stopping' } });
  const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.db'));
  const second = await startIndexed(place);
  must(await second.knowledge.catchUp());
  expect(readdirSync(folder)).toContain(file);
  await second.host.stop();
  writeFileSync(join(folder, file), 'no database at all');
  const third = await startIndexed(place);
  must(await third.knowledge.catchUp());
  expect(await ask(third.knowledge, 'agents')).toContain('AGENTS.md:1');
});

test('a rebuild serves the old index until the new one is there, and leaves one file', async () => {
  const place = makePlace();
  const { knowledge, id } = await startIndexed(place);
  must(await knowledge.catchUp());
  const before = must(await knowledge.state());
  const begun = must(await knowledge.rebuild());
  expect(begun).toMatchObject({ state: 'rebuilding', notes: before.notes });
  expect(await ask(knowledge, 'agents')).toContain('AGENTS.md:1');
  must(await knowledge.catchUp());
  expect(must(await knowledge.state())).toMatchObject({
    state: 'current',
    notes: before.notes,
    rebuild: null,
  });
  const folder = join(replicaFolder(place.dataFolder, id), 'knowledge');
  expect(readdirSync(folder).filter((name) => name.endsWith('.db'))).toEqual(['knowledge-2.db']);
});

test('a rebuild goes on though nobody asks how far it is', async () => {
  const place = makePlace();
  const { host, knowledge, id } = await startIndexed(place);
  must(await knowledge.catchUp());
  for (let nth = 0; nth < 30; nth += 1)
    writeFileSync(
      join(place.project, 'docs', `passation_${nth}.md`),
      `# ${nth}\n\n${'word '.repeat(20_000)}`,
    );
  await until(async () => (host.knowledges.lastKnown(id)?.notes ?? 0) > 30);
  must(await knowledge.rebuild());
  const folder = join(replicaFolder(place.dataFolder, id), 'knowledge');
  await until(async () => !existsSync(join(folder, 'knowledge-1.db')));
  expect(must(await knowledge.state())).toMatchObject({ state: 'current', rebuild: null });
});

test('a host that does nothing by itself indexes when it is asked', async () => {
  const place = makePlace();
  const { host } = await startHost(place);
  const { id } = await openEngine(host, place.project);
  expect(existsSync(join(replicaFolder(place.dataFolder, id), 'knowledge'))).toBe(false);
  expect(await ask(must(host.knowledges.of(id)), 'agents')).toContain('AGENTS.md:1');
  await host.close(id);
  expect(host.knowledges.of(id)).toMatchObject({ error: { code: 'no-workspace' } });
});

test('a filter chooses the notes: by pattern, agent, class and age; a pattern that is none is refused', async () => {
  const place = makePlace();
  const { knowledge } = await startIndexed(place);
  const search = async (filter: object) => {
    const found = await knowledge.search({ text: 'journal agents', mode: 'hybrid', atMost: 10, ...filter });
    return found.ok ? [...new Set(found.value.passages.map(({ note }) => note))].sort() : found.error.code;
  };
  must(await knowledge.catchUp());
  expect(await search({})).toEqual(['AGENTS.md', 'docs/passation_claude.md']);
  expect(await search({ path: 'docs/**' })).toEqual(['docs/passation_claude.md']);
  expect(await search({ fileClass: 'instructions' })).toEqual(['AGENTS.md']);
  expect(await search({ agent: 'nobody at all' })).toEqual([]);
  expect(await search({ sinceMs: Date.now() + 60_000 })).toEqual([]);
  expect(await search({ path: '[' })).toBe('bad-input');
});

test('similar passages are those of other notes', async () => {
  const place = makePlace();
  const { knowledge } = await startIndexed(place);
  must(await knowledge.catchUp());
  const similar = must(await knowledge.similar({ note: 'AGENTS.md', line: 1, atMost: 5 }));
  expect(similar.passages.map(({ note }) => note)).toEqual(['docs/passation_claude.md']);
  expect(await knowledge.similar({ note: 'NO.md', line: 1, atMost: 5 })).toMatchObject({
    error: { code: 'not-found' },
  });
});

test('a file that is tracked no longer is found no more, and again when it is', async () => {
  const place = makePlace();
  const { host } = await startHost(place, { index: true });
  const { id, engine } = await openEngine(host, place.project);
  const knowledge = must(host.knowledges.of(id));
  await until(async () => (await ask(knowledge, 'journal')).includes('docs/passation_claude.md:1'));
  must(await engine.changeSettings({ ignore: ['docs/**'] }));
  await until(async () => must(await knowledge.notes()).every(({ note }) => note === 'AGENTS.md'));
  expect(await ask(knowledge, 'journal')).not.toContain('docs/passation_claude.md:1');
  must(await engine.changeSettings({ ignore: null }));
  await until(async () => (await ask(knowledge, 'journal')).includes('docs/passation_claude.md:1'));
});

/** What the database of the index is told while nobody has it open. */
function changeIndex(place: Place, id: string, change: string): void {
  const sql = openSql(join(replicaFolder(place.dataFolder, id), 'knowledge', 'knowledge-1.db'));
  sql.exec(change);
  sql.close();
}

test.each([
  [3, toVersion3],
  [4, toVersion4],
])(
  'an index with the tables of version %i serves at once, as the file that it is',
  async (_version, toFormer) => {
    const place = makePlace();
    const first = await startIndexed(place);
    must(await first.knowledge.catchUp());
    await first.host.stop();
    const folder = join(replicaFolder(place.dataFolder, first.id), 'knowledge');
    const sql = openSql(join(folder, 'knowledge-1.db'));
    toFormer(sql);
    sql.close();
    const second = await startIndexed(place);
    expect(await ask(second.knowledge, 'agents')).toContain('AGENTS.md:1');
    expect(must(await second.knowledge.state())).toMatchObject({ state: 'current', notes: 2, rebuild: null });
    expect(readdirSync(folder).filter((name) => name.endsWith('.db'))).toEqual(['knowledge-1.db']);
  },
);

test('an index of a version that cannot be read stays until another one serves', async () => {
  const place = makePlace();
  const first = await startIndexed(place);
  must(await first.knowledge.catchUp());
  await first.host.stop();
  changeIndex(place, first.id, 'PRAGMA user_version = 99');
  const folder = join(replicaFolder(place.dataFolder, first.id), 'knowledge');
  const databases = () => readdirSync(folder).filter((name) => name.endsWith('.db'));
  const second = await startHost(place);
  await openEngine(second.host, place.project);
  const knowledge = openKnowledgeWork({
    logFile: databaseFile(place.dataFolder, first.id),
    folder,
    plan: builtinPlan,
    store: { choice: embeddedChoice, space: '', only: [] },
    log: second.log,
    changed: () => {},
    pause: async () => {},
  });
  onTestFinished(() => knowledge.close());
  expect(databases()).toEqual(['knowledge-1.db', 'knowledge-2.db']);
  must(await knowledge.catchUp());
  expect(databases()).toEqual(['knowledge-2.db']);
  expect(await ask(knowledge, 'agents')).toContain('AGENTS.md:1');
});

test('nothing is left of an index whose removal was cut short', async () => {
  const place = makePlace();
  const first = await startIndexed(place);
  must(await first.knowledge.catchUp());
  await first.host.stop();
  const folder = join(replicaFolder(place.dataFolder, first.id), 'knowledge');
  for (const name of ['knowledge-9.db-wal', 'knowledge-9.db-shm']) writeFileSync(join(folder, name), 'left');
  const second = await startIndexed(place);
  must(await second.knowledge.catchUp());
  expect(readdirSync(folder).filter((name) => !name.startsWith('knowledge-1.db'))).toEqual([]);
});

test('notes that are tried again are indexed before a command that asked for it ends', async () => {
  const place = makePlace();
  const first = await startHost(place);
  const { id } = await openEngine(first.host, place.project);
  must(await must(first.host.knowledges.of(id)).catchUp());
  await first.host.stop();
  changeIndex(
    place,
    id,
    `UPDATE notes SET content = 'old', news = news + 1, failures = 3, since_ms = 1, next_ms = ${Date.now() + 200_000},
       problem = '{"message": "It failed."}'`,
  );
  const second = await startHost(place);
  await openEngine(second.host, place.project);
  const knowledge = must(second.host.knowledges.of(id));
  expect(must(await knowledge.state()).stuck).toHaveLength(2);
  expect(must(await knowledge.retry(undefined))).toBe(2);
  await second.host.stop();
  const sql = openSql(join(replicaFolder(place.dataFolder, id), 'knowledge', 'knowledge-1.db'));
  expect(sql.prepare('SELECT failures FROM notes WHERE news > position').all()).toEqual([]);
  sql.close();
});

/** Overwrites the first pages of these tables and indexes; the rest of the file stays readable. */
function damageTables(file: string, names: readonly string[]): void {
  const sql = openSql(file);
  const pages = sql
    .prepare<{ rootpage: number }>(
      'SELECT rootpage FROM sqlite_schema WHERE name IN (SELECT value FROM json_each(?))',
    )
    .all(JSON.stringify(names));
  sql.close();
  const bytes = readFileSync(file);
  for (const { rootpage } of pages) bytes.fill(0xa5, (rootpage - 1) * 4096, rootpage * 4096);
  writeFileSync(file, bytes);
}

test('an index that is damaged says how it is made anew, and that way leads there', async () => {
  const place = makePlace();
  const first = await startIndexed(place);
  must(await first.knowledge.catchUp());
  await first.host.stop();
  const file = join(replicaFolder(place.dataFolder, first.id), 'knowledge', 'knowledge-1.db');
  damageTables(file, ['chunks', 'chunks_by_hash', 'chunks_by_note', 'words_data']);
  const { knowledge } = await startIndexed(place);
  expect(await knowledge.search({ text: 'agents', mode: 'hybrid', atMost: 5 })).toMatchObject({
    error: { code: 'database-corrupt', advice: expect.stringContaining('skein knowledge rebuild') },
  });
  must(await knowledge.rebuild());
  must(await knowledge.catchUp());
  expect(await ask(knowledge, 'agents')).toContain('AGENTS.md:1');
});
