/** What a person decides: of changes that wait those that belong together, of conflicts each by itself. */
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../../electron/engine/engine-contract.ts';
import { createEngineFixture, type EngineFixture, finish } from '../../support/engine-fixture.ts';
import { createLogFixture, type LogFixture } from './log-fixture.ts';

const stranger = { id: 'x', name: 'X' };
const untrusted = { read: true, write: true, trusted: false };

type Here = EngineFixture & {
  /** A stranger's own log, from which `receive` takes everything that is new. */
  there: LogFixture;
  receive(): Promise<void>;
  decide(
    verdict: 'approve' | 'reject',
    ...stamps: string[]
  ): Promise<Awaited<ReturnType<Engine['decideHeld']>>>;
  waiting(): string[];
};

/** A replica that gets instructions from a stranger. */
async function startHere(): Promise<Here> {
  const here = await createEngineFixture({ seed: 1 });
  const there = createLogFixture(2);
  return {
    ...here,
    there,
    async receive() {
      const push = { ...there.page({}), source_watermark: '' };
      await finish(here.clock, here.engine.replication.peerSide.push(push, stranger, untrusted));
    },
    decide: (verdict, ...stamps) => finish(here.clock, here.engine.decideHeld(stamps, verdict)),
    waiting: () => here.engine.heldChanges().map(({ stamp }) => stamp),
  };
}

const instructions = { fileClass: 'instructions' } as const;
const writeAgents = ({ there }: Here, text: string, parents?: string[]): string =>
  there.write('AGENTS.md', text, { ...instructions, ...(parents === undefined ? {} : { parents }) }).stamp;

describe('of changes that wait', () => {
  test('one is approved with all that it stands on, which is said, and nothing of it waits any longer', async () => {
    const here = await startHere();
    const [one, two, three] = ['1\n', '1\n2\n', '1\n2\n3\n'].map((text) => writeAgents(here, text));
    await here.receive();
    expect(here.waiting()).toEqual([one, two, three]);
    const decided = await here.decide('approve', two ?? '');
    expect(decided).toMatchObject({ ok: true, value: { also: [one] } });
    expect(here.text('AGENTS.md')).toBe('1\n2\n');
    expect(here.waiting()).toEqual([three]);
  });

  test('one is rejected with all that waits and stands on it; what it stands on waits on', async () => {
    const here = await startHere();
    const [one, two, three] = ['1\n', '1\n2\n', '1\n2\n3\n'].map((text) => writeAgents(here, text));
    await here.receive();
    const decided = await here.decide('reject', two ?? '');
    expect(decided).toMatchObject({ ok: true, value: { also: [three] } });
    expect(here.waiting()).toEqual([one]);
    expect(here.text('AGENTS.md')).toBeUndefined();
    expect((await here.decide('approve', one ?? '')).ok).toBe(true);
    expect(here.text('AGENTS.md')).toBe('1\n');
  });

  test('another branch of the file, and another file, are nobody else’s business', async () => {
    const here = await startHere();
    const root = writeAgents(here, 'root\n');
    const left = writeAgents(here, 'root\nleft\n', [root]);
    const right = writeAgents(here, 'root\nright\n', [root]);
    const other = here.there.write('CLAUDE.md', 'other\n', instructions).stamp;
    await here.receive();
    await here.decide('reject', left);
    expect(here.waiting()).toEqual([root, right, other]);
    expect(await here.decide('approve', right)).toMatchObject({ value: { also: [root] } });
    expect(here.text('AGENTS.md')).toBe('root\nright\n');
    expect(here.waiting()).toEqual([other]);
  });

  test('a rejected one is approved after all, by itself or with what stands on it', async () => {
    const here = await startHere();
    const one = writeAgents(here, '1\n');
    await here.receive();
    await here.decide('reject', one);
    const two = writeAgents(here, '1\n2\n');
    await here.receive();
    expect(here.waiting()).toEqual([two]);
    expect(await here.decide('approve', two)).toMatchObject({ value: { also: [one] } });
    expect(here.text('AGENTS.md')).toBe('1\n2\n');
    expect(await here.decide('approve', one)).toMatchObject({ error: { code: 'not-found' } });
  });

  test('all are decided at once, each counted once', async () => {
    const here = await startHere();
    const all = ['1\n', '1\n2\n'].map((text) => writeAgents(here, text));
    await here.receive();
    expect(await here.decide('approve', ...all)).toMatchObject({ value: { also: [] } });
    expect(here.text('AGENTS.md')).toBe('1\n2\n');
  });

  test('none is decided when one of those named does not wait', async () => {
    const here = await startHere();
    const one = writeAgents(here, '1\n');
    await here.receive();
    const decided = await here.decide('approve', one, '0'.repeat(32));
    expect(decided).toMatchObject({ error: { code: 'not-found', subject: '0'.repeat(32) } });
    expect(here.waiting()).toEqual([one]);
    expect(here.text('AGENTS.md')).toBeUndefined();
  });
});
