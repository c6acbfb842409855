/** Worktrees and clones that are open in one Skein: what goes to the others, and when. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../../electron/engine/engine-contract.ts';
import type { Host } from '../../../electron/host/host-contract.ts';
import { fill } from './support/folders.ts';
import { openEngine, startHost, until } from './support/hosts.ts';
import { makeRepository } from './support/repositories.ts';

/** No consolidation but by command. */
const manual = '{ "consolidation_threshold": 0, "consolidation_interval_minutes": 0 }\n';
const files = { 'HANDOFF.md': '# Hand-off\n', 'skein.json': manual };

type Replica = {
  folder: string;
  engine: Engine;
  text(path: string): string | undefined;
  /** Saves the file and resolves once its change is recorded. */
  save(path: string, text: string): Promise<void>;
  consolidate(): Promise<void>;
};

async function openReplica(host: Host, folder: string): Promise<Replica> {
  const { engine } = await openEngine(host, folder);
  return {
    folder,
    engine,
    text: (path) => (existsSync(join(folder, path)) ? readFileSync(join(folder, path), 'utf8') : undefined),
    async save(path, text) {
      writeFileSync(join(folder, path), text);
      await until(host, () => holds(engine, path, text));
    },
    async consolidate() {
      expect(await engine.consolidate()).toMatchObject({ ok: true });
    },
  };
}

function holds({ log }: Engine, path: string, text: string): boolean {
  const content = log.files().find((file) => file.path === path)?.content;
  const bytes = content == null ? undefined : log.content(content);
  return bytes !== undefined && new TextDecoder().decode(bytes) === text;
}

async function startLinked(share?: 'staged') {
  const place = makeRepository(files);
  const folder = place.worktree('feature');
  if (share !== undefined)
    fill(place.project, { 'skein.json': manual.replace('{', `{ "share": "${share}",`) });
  const { host } = await startHost(place);
  const one = await openReplica(host, place.project);
  const two = await openReplica(host, folder);
  const isLinked = ({ engine }: Replica) => engine.replication.peers().some(({ askedMs }) => askedMs);
  await until(host, () => isLinked(one) && isLinked(two));
  const exchange = async () => {
    for (const { engine } of [one, two, one]) {
      for (const { result } of await engine.replication.syncAll()) expect(result).toMatchObject({ ok: true });
    }
  };
  const both = (path: string, text: string) =>
    until(host, () => one.text(path) === text && two.text(path) === text);
  return { place, host, one, two, exchange, both };
}

describe('shared', () => {
  test('a change is in the other folder at once, from either side', async () => {
    const { one, two, both } = await startLinked();
    await one.save('HANDOFF.md', '# Hand-off\n\n- from one\n');
    await both('HANDOFF.md', '# Hand-off\n\n- from one\n');
    await two.save('HANDOFF.md', '# Hand-off\n\n- from one\n- from two\n');
    await both('HANDOFF.md', '# Hand-off\n\n- from one\n- from two\n');
  });
});

describe('staged', () => {
  test('a change goes to the other folder only when it was consolidated', async () => {
    const { one, two, exchange, both } = await startLinked('staged');
    await one.save('HANDOFF.md', '# Hand-off\n\n- in progress\n');
    await exchange();
    expect(two.text('HANDOFF.md')).toBe('# Hand-off\n');
    await one.consolidate();
    await both('HANDOFF.md', '# Hand-off\n\n- in progress\n');
  });

  test('what is in progress in one folder stays there when the other consolidates', async () => {
    const { one, two, exchange, both } = await startLinked('staged');
    await two.save('ROADMAP.md', 'half a thought\n');
    await one.save('HANDOFF.md', '# Hand-off\n\n- done\n');
    await one.consolidate();
    await both('HANDOFF.md', '# Hand-off\n\n- done\n');
    await exchange();
    expect(one.text('ROADMAP.md')).toBeUndefined();
    await two.consolidate();
    await both('ROADMAP.md', 'half a thought\n');
  });

  test('edits made in both meanwhile merge once both are consolidated', async () => {
    const { host, one, two, exchange } = await startLinked('staged');
    await one.save('HANDOFF.md', '# Hand-off\n\n- from one\n');
    await two.save('HANDOFF.md', '# Hand-off\n\n- from two\n');
    await exchange();
    expect([one.text('HANDOFF.md'), two.text('HANDOFF.md')]).toEqual([
      '# Hand-off\n\n- from one\n',
      '# Hand-off\n\n- from two\n',
    ]);
    await one.consolidate();
    await until(host, () => two.text('HANDOFF.md')?.includes('from one') === true);
    expect(two.text('HANDOFF.md')).toContain('from two');
    await exchange();
    expect(one.text('HANDOFF.md')).not.toContain('from two');
    await two.consolidate();
    await until(host, () => one.text('HANDOFF.md') === two.text('HANDOFF.md'));
    expect(one.text('HANDOFF.md')?.split('\n').toSorted()).toEqual([
      '',
      '',
      '# Hand-off',
      '- from one',
      '- from two',
    ]);
    expect(one.engine.conflicts('all')).toEqual([]);
  });

  test('the choice counts at once, both ways', async () => {
    const { host, one, two, exchange, both } = await startLinked('staged');
    await one.save('HANDOFF.md', '# Hand-off\n\n- one\n');
    await exchange();
    expect(two.text('HANDOFF.md')).toBe('# Hand-off\n');
    expect(await host.replicas.share(two.engine.id, 'shared')).toMatchObject({ ok: true });
    await both('HANDOFF.md', '# Hand-off\n\n- one\n');
    await host.replicas.share(one.engine.id, 'staged');
    await two.save('HANDOFF.md', '# Hand-off\n\n- one\n- two\n');
    await exchange();
    expect(one.text('HANDOFF.md')).toBe('# Hand-off\n\n- one\n');
  });

  test('an edit of skein.json in one folder is enough, and counts at once too', async () => {
    const { one, two, exchange, both } = await startLinked();
    await one.engine.changeSettings({ share: 'staged' });
    await two.save('HANDOFF.md', '# Hand-off\n\n- kept\n');
    await exchange();
    expect(one.text('HANDOFF.md')).toBe('# Hand-off\n');
    fill(one.folder, { 'skein.json': manual });
    await both('HANDOFF.md', '# Hand-off\n\n- kept\n');
  });
});

describe('links', () => {
  test('join replicas of one workspace and no others', async () => {
    const { place, host, one, two } = await startLinked();
    const stranger = makeRepository({ 'AGENTS.md': '# Others\n' });
    const third = await openReplica(host, place.clone('copy'));
    const other = await openReplica(host, stranger.project);
    const idsOf = ({ engine }: Replica) =>
      engine.replication
        .peers()
        .map(({ id }) => id.replace('local:', ''))
        .toSorted();
    const ids = [one, two, third].map(({ engine }) => engine.id);
    await until(host, () => [one, two, third].every((it) => idsOf(it).length === 2));
    for (const it of [one, two, third])
      expect(idsOf(it)).toEqual(ids.filter((id) => id !== it.engine.id).toSorted());
    await until(host, () => host.workspaces().every(({ workspace }) => workspace !== null));
    expect(idsOf(other)).toEqual([]);
  });

  test('tell a folder when another one has something in progress', async () => {
    const { host, one, two } = await startLinked('staged');
    const told = new Set<string>();
    host.onChanged(({ workspace, topics }) => {
      if (topics.includes('peers')) told.add(workspace ?? '');
    });
    await two.save('HANDOFF.md', '# Hand-off\n\n- in progress\n');
    await until(host, () => told.has(one.engine.id));
    expect((await host.replicas.list(one.engine.id)).replicas).toMatchObject([{ pending: 1, behind: 0 }]);
  });

  test('end when a folder is closed, and what was written meanwhile comes when it is open again', async () => {
    const { host, one, two } = await startLinked();
    await one.save('HANDOFF.md', '# Hand-off\n\n- before\n');
    await host.close(two.engine.id);
    expect(one.engine.replication.peers()).toEqual([]);
    await one.save('HANDOFF.md', '# Hand-off\n\n- before\n- after\n');
    const again = await openReplica(host, two.folder);
    await until(host, () => again.text('HANDOFF.md') === '# Hand-off\n\n- before\n- after\n');
    expect(one.engine.replication.peers()[0]?.pushed).toBeGreaterThan(0);
  });
});
