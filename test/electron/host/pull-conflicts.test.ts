/** What a pull cannot merge waits in the same inbox as what peers could not, and is settled the same way. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { git } from '../../adapters/git-subjects.ts';
import { useGitLab } from '../../support/git-lab.ts';
import { openEngine, startHost, until } from './support/hosts.ts';
import { makeRepository } from './support/repositories.ts';

useGitLab();

const manual = '{ "consolidation_threshold": 0, "consolidation_interval_minutes": 0 }\n';
const old = 'The beginning.\n';
const mine = 'Everything written anew by us, line after line.\nNothing of old.\nAt all.\n';
const theirs = 'They too began from scratch.\nOther words.\nOther thoughts.\n';

/** A clone that wrote the file anew and committed it, as others did at its origin. */
async function bothWroteAnew() {
  const place = makeRepository({ 'skein.json': manual, 'HANDOFF.md': old, 'app/HANDOFF.md': old });
  const clone = place.clone('clone');
  const { host } = await startHost(place);
  const { engine, id } = await openEngine(host, clone);
  const text = (path: string) => readFileSync(join(clone, path), 'utf8');
  const commit = (folder: string, path: string, words: string) => {
    writeFileSync(join(folder, path), words);
    git(folder, 'commit', '-qam', path);
  };
  const pull = async () => {
    const work = await host.repositories.of(id);
    return work.ok ? work.value.pull('human') : work;
  };
  commit(place.project, 'HANDOFF.md', theirs);
  commit(clone, 'HANDOFF.md', mine);
  await until(host, () => engine.log.changes({ limit: 1 })[0]?.baseline === false);
  return { host, engine, text, pull };
}

describe('a version that a pull could not merge', () => {
  test('waits in the inbox with both sides and what they come from', async () => {
    const { engine, text, pull } = await bothWroteAnew();
    const pulled = await pull();
    const [conflict] = engine.conflicts('open');
    expect(pulled).toMatchObject({
      ok: true,
      value: { success: true, aside: [{ path: 'HANDOFF.md', conflict: conflict?.loser }] },
    });
    const wordsOf = (stamp = '') =>
      decode(engine.log.content(engine.log.changeByStamp(stamp)?.content ?? ''));
    expect([mine, theirs].toSorted()).toEqual(
      [wordsOf(conflict?.winner), wordsOf(conflict?.loser)].toSorted(),
    );
    expect(wordsOf(conflict?.winner)).toBe(text('HANDOFF.md'));
    expect(decode(engine.log.content(conflict?.base ?? ''))).toBe(old);
    expect(engine.conflicts('all')).toHaveLength(1);
  });

  test('is taken, put back and taken up again like any other', async () => {
    const { engine, text, pull } = await bothWroteAnew();
    await pull();
    const [conflict] = engine.conflicts('open');
    const { path = '', loser = '', winner = '' } = conflict ?? {};
    const other = text('HANDOFF.md') === mine ? theirs : mine;
    const taken = await engine.resolveConflict({ path, loser, resolution: { how: 'take' }, agent: 'human' });
    expect(taken).toMatchObject({ ok: true });
    expect(text('HANDOFF.md')).toBe(other);
    expect(engine.conflicts('open')).toEqual([]);
    await engine.restore(path, winner, 'human');
    await engine.resolveConflict({ path, loser, resolution: { how: 'reopen' }, agent: 'human' });
    expect(engine.conflicts('open')).toHaveLength(1);
    expect(text('HANDOFF.md')).not.toBe(other);
  });

  test('is attributed to whoever committed it, and waits for no report', async () => {
    const { host, engine, pull } = await bothWroteAnew();
    const before = engine.log.pendingCount();
    await pull();
    const [conflict] = engine.conflicts('open');
    const loser = () => engine.log.changeByStamp(conflict?.loser ?? '');
    await until(host, () => loser()?.agent === 'human');
    expect(engine.log.pendingCount()).toBeLessThanOrEqual(before + 1);
  });
});

const decode = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
