/** Who wrote, as far as it can be told at once. */
import { describe, expect, test } from 'vitest';
import { createAttribute } from '../../../electron/engine/agents/attribute.ts';
import type { FileHolders } from '../../../electron/engine/ports.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

type Holder = Awaited<ReturnType<FileHolders['holdersOf']>>[number];
const holder = (agent: string, pid = 1): Holder => ({ pid, command: `${agent} --run`, agent });

function setUp(holders: Holder[] = [], owner?: string) {
  const clock = createFakeClock();
  const asked: string[] = [];
  const attribute = createAttribute({
    clock,
    holders: {
      holdersOf: async (path) => {
        asked.push(path);
        return holders;
      },
    },
    owner: () => (owner === undefined ? undefined : { agent: owner, detail: 'a rule' }),
  });
  return { clock, asked, attribute };
}

test('every source that knows something is kept, the strongest first', async () => {
  const { attribute, clock } = setUp([holder('codex-local', 42)], 'aider');
  const found = await attribute({ path: 'AGENT_SYNC_CLAUDE.md', fresh: true });
  expect(found.map(({ source, agent }) => `${source} ${agent}`)).toEqual([
    'process codex-local',
    'rule aider',
    'file-name claude-code',
  ]);
  expect(found[0]?.detail).toContain('42');
  expect(found.every((evidence) => evidence.at === clock.nowMs())).toBe(true);
});

test('nothing told: unknown, and it says so', async () => {
  const { attribute } = setUp();
  expect(await attribute({ path: 'AGENTS.md', fresh: true })).toMatchObject([
    { agent: 'unknown', source: 'none' },
  ]);
});

describe('processes', () => {
  test('are not asked about a file that changed long ago', async () => {
    const { attribute, asked } = setUp([holder('claude-code')]);
    expect(await attribute({ path: 'AGENTS.md', fresh: false })).toMatchObject([{ source: 'none' }]);
    expect(asked).toEqual([]);
  });

  test('of one agent are one answer, of two agents none', async () => {
    const same = setUp([holder('claude-code', 1), holder('claude-code', 2)]);
    expect((await same.attribute({ path: 'AGENTS.md', fresh: true }))[0].agent).toBe('claude-code');
    const two = setUp([holder('claude-code'), holder('codex-local')]);
    expect((await two.attribute({ path: 'AGENTS.md', fresh: true }))[0].agent).toBe('unknown');
  });
});
