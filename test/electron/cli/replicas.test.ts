/** Worktrees and clones on the command line, with a real Skein and real repositories. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ReplicasJson } from '../../../shared/contracts/replica-api.ts';
import { makePlace, type Place } from '../../support/cli-place.ts';
import { makeRepository } from '../../support/device.ts';
import { until } from '../../support/until.ts';

let place: Place;
let folder: string;

beforeEach(() => {
  place = makePlace();
  execFileSync('git', ['-C', place.repository, 'pull', '--quiet', '--no-progress', makeRepository()]);
  folder = join(place.home, 'site-feature');
  execFileSync('git', ['-C', place.repository, 'worktree', 'add', '--quiet', '-b', 'feature', folder]);
});

const replicas = async (): Promise<ReplicasJson> => place.json<ReplicasJson>(['replicas']);

describe('with a running Skein', () => {
  beforeEach(async () => void (await place.serve()));

  test('a worktree is offered, linked, and has what the other writes', { timeout: 60_000 }, async () => {
    const offer = await place.skein(['replicas']);
    expect(offer.out).toContain('Worktrees and clones of site get each change at once (shared).');
    expect(offer.out).toMatch(/FOLDER {2,}BRANCH {2,}STATE/);
    expect(offer.out).toMatch(/site-feature {2,}feature {2,}not open/);
    expect(offer.out).toContain('`skein replicas open FOLDER` links one');
    const opened = await place.skein(['replicas', 'open', '../site-feature']);
    expect(opened).toMatchObject({ code: 0, out: `${folder} is open and linked.\n` });
    place.write('ROADMAP.md', 'plan\n');
    await place.skein(['status']);
    const there = { cwd: folder };
    await until(async () => (await place.skein(['show', 'ROADMAP.md'], there)).out === 'plan\n');
    const inStep = /feature {2,}linked {2,}0 {2,}0 {2,}\d+\n$/;
    await until(async () => inStep.test((await place.skein(['replicas'])).out));
  });

  test('one that is declined is hidden and found again', { timeout: 60_000 }, async () => {
    expect((await place.skein(['replicas', 'hide', folder])).out).toContain('is not offered any more');
    expect((await place.skein(['replicas'])).out).toBe(
      'No other worktree or clone of site is known on this machine.\n1 hidden: skein replicas --all\n',
    );
    expect((await place.skein(['replicas', '--all'])).out).toMatch(/site-feature {2,}feature {2,}hidden/);
    expect((await place.skein(['replicas', 'show', folder])).out).toContain('is offered again');
    expect((await replicas()).replicas).toMatchObject([{ folder, state: 'offered' }]);
  });

  test('how they share is chosen for all that are open', { timeout: 60_000 }, async () => {
    await place.skein(['replicas', 'open', folder]);
    await until(async () => (await replicas()).replicas[0]?.last_exchange_ms !== null);
    const chosen = await place.skein(['replicas', 'share', 'staged']);
    expect(chosen.out).toBe('Worktrees and clones of site get only what a consolidation folded (staged).\n');
    expect(await replicas()).toMatchObject({ share: 'staged', replicas: [{ share: 'staged' }] });
    expect((await place.skein(['config', 'get', 'share'], { cwd: folder })).out).toBe('staged\n');
    expect(await place.json(['replicas', 'share', 'shared'])).toMatchObject({ share: 'shared' });
    expect((await place.skein(['replicas', 'share', 'both'])).code).toBe(2);
  });

  test('a folder that is none is refused with what to do', async () => {
    const refused = await place.skein(['replicas', 'open', '/']);
    expect(refused.code).toBe(3);
    expect(refused.errors).toContain('No other worktree or clone of site is known in /.');
    expect(refused.errors).toContain('skein replicas --all');
  });
});

test('without one, they are listed and opened for its next start', { timeout: 60_000 }, async () => {
  const listed = await place.skein(['replicas']);
  expect(listed.out).toContain('Skein is not running, so nothing is exchanged now: skein serve');
  const opened = await place.skein(['replicas', 'open', folder]);
  expect(opened.out).toBe(`${folder} will be linked once Skein runs: skein serve\n`);
  await place.serve();
  expect((await replicas()).replicas).toMatchObject([{ folder, state: 'open' }]);
});
