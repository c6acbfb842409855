/** A file that cannot be recorded as it stands says so wherever files are listed, from the moment it happens. */
import { expect, test } from 'vitest';
import { limits } from '../../shared/limits.ts';
import { createEngineFixture } from '../support/engine-fixture.ts';

const tooLarge = new Uint8Array(limits.trackedFileBytes + 1).fill(97);

test('a file that outgrew the limit carries its problem, and listeners hear of it', async () => {
  const { engine, save } = await createEngineFixture({
    files: { 'AGENTS.md': 'One.', 'ROADMAP.md': 'Two.' },
  });
  const problems = () => engine.log.files().map((file) => [file.path, file.problem?.code]);
  let told = 0;
  engine.on('files', () => {
    told += 1;
  });
  await save('AGENTS.md', tooLarge);
  expect(problems()).toEqual([
    ['AGENTS.md', 'too-large'],
    ['ROADMAP.md', undefined],
  ]);
  expect(told).toBeGreaterThan(0);
  const toldBefore = told;
  await save('AGENTS.md', 'One.');
  expect(problems()).toEqual([
    ['AGENTS.md', undefined],
    ['ROADMAP.md', undefined],
  ]);
  expect(told).toBeGreaterThan(toldBefore);
});
