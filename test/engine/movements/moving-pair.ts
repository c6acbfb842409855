/** Two replicas in step, of which each has a git that moves files when a test says so. */
import type { Movement } from '../../../shared/domain/movement.ts';
import { createEngineFixture, type EngineFixture } from '../../support/engine-fixture.ts';
import { createFakeMovements, type FakeMovements } from '../../support/fake-movements.ts';
import { memoryLink } from '../../support/memory-network.ts';

export type Side = EngineFixture & { git: FakeMovements };

export async function open(files: Record<string, string>, seed = 1): Promise<Side> {
  const git = createFakeMovements();
  return Object.assign(await createEngineFixture({ files, seed, git }), { git });
}

export async function pair(files: Record<string, string>) {
  const [a, b] = [await open(files, 1), await open(files, 2)];
  const [asA, asB] = [
    { id: 'a', name: 'A' },
    { id: 'b', name: 'B' },
  ];
  const link = () => a.engine.replication.addPeer(memoryLink(() => b.engine, { ...asB, from: asA }));
  link();
  b.engine.replication.addPeer(memoryLink(() => a.engine, { ...asA, from: asB }));
  const calm = async () => {
    for (let round = 0; round < 12; round++) {
      await a.clock.advance(500);
      await b.clock.advance(500);
    }
  };
  const startA = async () => {
    await a.startEngine();
    link();
  };
  await calm();
  return { a, b, calm, startA };
}

export const put = ({ disk }: Side, path: string, text: string | null) => {
  if (text === null) disk.agentDelete(path);
  else disk.agentWrite(path, new TextEncoder().encode(text), 'rename').finish();
};

/** Git changes these files, as a checkout does. */
export async function move(
  side: Side,
  texts: Record<string, string | null>,
  more: Partial<Movement> = {},
): Promise<Movement> {
  const movement = side.git.moved({ atMs: side.clock.nowMs(), ...more }, texts);
  for (const [path, text] of Object.entries(texts)) put(side, path, text);
  await side.clock.advance(3_000);
  return movement;
}

export const story = ({ engine }: Side) =>
  engine.log
    .changes({ limit: 100 })
    .filter(({ baseline }) => !baseline)
    .map(({ kind, path, agent, local }) => `${kind} ${path} ${agent}${local ? ' here' : ''}`);

export const textsOf = ({ engine }: Side, path: string) =>
  engine.log
    .changes({ after: 0, limit: 100, path })
    .map(({ content }) => (content === null ? null : new TextDecoder().decode(engine.log.content(content))));

export const [onMain, onFeature] = [
  '# Agents\n\nmain\n\n- one\n- two\n',
  '# Agents\n\nfeature\n\n- one\n- two\n',
];
