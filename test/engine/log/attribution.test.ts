/** Better evidence for changes that are in the log: the strongest decides, and none is forgotten. */
import { expect, test } from 'vitest';
import { evidenceSources } from '../../../shared/domain/change.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { createCoreFixture, evidence } from '../core-fixture.ts';

test('in whatever order evidence comes, the strongest decides and the list is in order of strength', async () => {
  for (let seed = 0; seed < 30; seed++) {
    const random = createSeededRandom(`evidence ${seed}`);
    const { core, save } = createCoreFixture();
    let change = await save('AGENTS.md', 'a');
    const came = Array.from({ length: 5 }, (_, index) =>
      evidence(random.pick(evidenceSources), `agent-${index}`),
    );
    for (const next of came) change = core.attribution.add(change, next);
    const read = core.reader.change(change.position);
    const ranks = (read?.evidence ?? []).map((it) => evidenceSources.indexOf(it.source));
    expect(ranks).toEqual(ranks.toSorted((a, b) => a - b));
    expect(read?.evidence).toHaveLength(6);
    expect(read?.evidence).toEqual(expect.arrayContaining(came));
    expect(read?.agent).toBe(read?.evidence[0]?.agent);
    expect(read).toEqual(change);
  }
});

test('newer evidence of the same source goes first', async () => {
  const { core, save } = createCoreFixture();
  const first = core.attribution.add(await save('AGENTS.md', 'a'), evidence('git', 'human'));
  expect(core.attribution.add(first, evidence('git', 'claude-code')).agent).toBe('claude-code');
});

test('weaker evidence joins and decides nothing', async () => {
  const { core, save, holding } = createCoreFixture();
  holding.push({ pid: 1, command: 'claude', agent: 'claude-code' });
  const change = await save('AGENTS.md', 'a');
  const after = core.attribution.add(change, evidence('git', 'human'));
  expect(after.agent).toBe('claude-code');
  expect(after.evidence.map((it) => it.source)).toEqual(['process', 'git']);
});

test('nothing else in the change moves', async () => {
  const { core, save } = createCoreFixture();
  const change = await save('AGENTS.md', 'a');
  core.attribution.add(change, evidence('git', 'human'));
  const { agent: _, evidence: __, ...rest } = change;
  expect(core.reader.change(change.position)).toMatchObject(rest);
});

test('weakerThan gives the newest changes of one path that weaker sources decided', async () => {
  const { core, save } = createCoreFixture();
  const changes = [];
  for (const text of ['a', 'b', 'c', 'd']) changes.push(await save('AGENTS.md', text));
  await save('AGENT_SYNC_CLAUDE.md', 'other');
  core.attribution.add(changes[1] as (typeof changes)[0], evidence('git', 'human'));
  core.attribution.add(changes[2] as (typeof changes)[0], evidence('rule', 'aider'));
  const texts = (source: 'git' | 'rule' | 'none', atMost: number) =>
    core.attribution.weakerThan(source, 'AGENTS.md', atMost).map((change) => change.sequence);
  expect(texts('git', 10)).toEqual([4, 3, 1]);
  expect(texts('git', 2)).toEqual([4, 3]);
  expect(texts('rule', 10)).toEqual([4, 1]);
  expect(texts('none', 10)).toEqual([]);
});

test('newest gives the newest changes of one path, whatever decided', async () => {
  const { core, save } = createCoreFixture();
  for (const text of ['a', 'b', 'c']) await save('AGENTS.md', text);
  const other = await save('ROADMAP.md', 'other');
  core.attribution.add(other, evidence('git', 'human'));
  const newest = (path: string, atMost: number) =>
    core.attribution.newest(path, atMost).map((change) => change.sequence);
  expect(newest('AGENTS.md', 10)).toEqual([3, 2, 1]);
  expect(newest('AGENTS.md', 2)).toEqual([3, 2]);
  expect(newest('ROADMAP.md', 2)).toEqual([4]);
});

test('pathsWeakerThan looks at the newest rows only, and names each path once', async () => {
  const { core, save } = createCoreFixture();
  await save('ROADMAP.md', 'old');
  for (const text of ['a', 'b']) await save('AGENTS.md', text);
  core.append.record('consolidated', null);
  expect(core.attribution.pathsWeakerThan('git', 100).toSorted()).toEqual(['AGENTS.md', 'ROADMAP.md']);
  expect(core.attribution.pathsWeakerThan('git', 3)).toEqual(['AGENTS.md']);
  expect(core.attribution.pathsWeakerThan('git', 1)).toEqual([]);
});
