/** What waits for approval, on the command line: a decision says what it decided along. */
import { expect, test } from 'vitest';
import { createHost } from '../../../electron/host/host.ts';
import { createLogFixture } from '../../engine/replicate/log-fixture.ts';
import { makePlace, type Place } from '../../support/cli-place.ts';
import { must } from '../../support/device.ts';
import { createMemoryLog } from '../host/support/memory-log.ts';

/** Another person's device sent one version of AGENTS.md on top of another; their stamps, oldest first. */
async function receiveInstructions({ dataFolder, repository }: Place): Promise<string[]> {
  const host = must(await createHost({ dataFolder, version: '0.1.0', env: {}, log: createMemoryLog() }));
  const { engine } = must(await host.open(repository));
  const there = createLogFixture(1);
  const stamps = ['1\n', '1\n2\n', '1\n2\n3\n'].map(
    (text) => there.write('AGENTS.md', text, { fileClass: 'instructions' }).stamp,
  );
  const push = { ...there.page({}), source_watermark: '' };
  const rights = { read: true, write: true, trusted: false };
  must(await engine!.replication.peerSide.push(push, { id: 'x', name: 'X' }, rights));
  await host.stop();
  return stamps;
}

test('a change is approved with what it stands on, and what stands on it is left', async () => {
  const place = makePlace();
  const [, two] = await receiveInstructions(place);
  expect((await place.skein(['approvals'])).out).toContain('AGENTS.md');
  const ran = await place.skein(['approve', two ?? '']);
  expect(ran.out).toBe('Approved 1 change, and 1 more that it stands on.\n');
  expect(place.read('AGENTS.md')).toBe('1\n2\n');
  expect(await place.json(['approve', 'all'])).toEqual({ decided: 1, also: [] });
  expect((await place.skein(['approvals'])).out).toBe('Nothing waits for approval.\n');
});

test('a change is rejected with what stands on it', async () => {
  const place = makePlace();
  const [one, two, three] = await receiveInstructions(place);
  expect(await place.json(['reject', two ?? ''])).toEqual({ decided: 2, also: [three] });
  const waiting = await place.json<{ changes: { stamp: string }[] }>(['approvals']);
  expect(waiting.changes).toMatchObject([{ stamp: one }]);
  expect((await place.skein(['reject', one ?? ''])).out).toBe('Rejected 1 change.\n');
});
