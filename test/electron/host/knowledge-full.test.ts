/** An index on a disk that is full for a while: whoever looks is told why, and it goes on by itself. */
import { mkdirSync, readdirSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openKnowledgeWork } from '../../../electron/host/knowledge/knowledge-work.ts';
import { builtinPlan } from '../../../electron/host/knowledge/open-embedder.ts';
import { databaseFile } from '../../../electron/host/workspace-id.ts';
import { embeddedChoice } from '../../../shared/domain/knowledge/store-choice.ts';
import { makePlace as makeCliPlace } from '../../support/cli-place.ts';
import { must } from '../../support/device.ts';
import { until } from '../../support/until.ts';
import { fill } from './support/folders.ts';
import { makePlace, openEngine, startHost } from './support/hosts.ts';
import { createMemoryLog } from './support/memory-log.ts';
import { canMount, mountTiny } from './support/tiny-disk.ts';

const long = Array.from({ length: 200 }, (_, nth) => `## Part ${nth}\n\n${`lamp${nth} `.repeat(100)}\n`).join(
  '\n',
);

/** Takes all the room that is left. */
function fillUp(file: string): void {
  for (let size = 64 * 1024; size >= 512; size /= 2)
    try {
      for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // A smaller piece may fit.
    }
}

test.runIf(canMount)(
  'a full disk is what the state says, once in the log, until there is room (needs root)',
  async () => {
    const place = makePlace();
    const { host } = await startHost(place);
    fill(place.project, { 'AGENTS.md': long });
    const { id } = await openEngine(host, place.project);
    await host.stop();
    const folder = join(mountTiny('size=4m'), 'knowledge');
    mkdirSync(folder);
    const log = createMemoryLog();
    const work = openKnowledgeWork({
      logFile: databaseFile(place.dataFolder, id),
      folder,
      plan: builtinPlan,
      store: { choice: embeddedChoice, space: '', only: [] },
      log,
      changed: () => {},
      pause: async () => {},
    });
    onTestFinished(() => work.close());
    const filler = join(folder, 'filler');
    fillUp(filler);
    for (let tries = 0; tries < 3; tries += 1) must(await work.catchUp());
    const state = must(await work.state());
    expect(state).toMatchObject({
      problem: {
        code: 'disk-full',
        message: expect.stringContaining(folder),
        advice: expect.stringContaining('Free'),
      },
      rebuild: { leftMs: null },
    });
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    expect(JSON.stringify(log.lines)).not.toContain('stack');
    rmSync(filler);
    // By itself.
    await until(async () => must(await work.state()).state === 'current');
    expect(must(await work.state())).toMatchObject({ problem: null, notes: 2, behind: 0 });
  },
);

test.runIf(canMount)(
  '`skein knowledge` says that the disk is full, and what to do (needs root)',
  async () => {
    const place = makeCliPlace();
    place.write('AGENTS.md', '# Agents\n');
    await place.skein(['knowledge']);
    const made = readdirSync(place.dataFolder, { recursive: true, encoding: 'utf8' });
    const folder = join(place.dataFolder, made.find((name) => basename(name) === 'knowledge') ?? '');
    const disk = mountTiny('size=4m');
    rmSync(folder, { recursive: true, force: true });
    symlinkSync(disk, folder);
    expect((await place.skein(['knowledge'])).out).toMatch(/Index +up to date/);
    const filler = join(disk, 'filler');
    fillUp(filler);
    // It can be opened still, but not take in a long note.
    truncateSync(filler, statSync(filler).size - 96 * 1024);
    place.write('AGENTS.md', long);
    const full = await place.skein(['knowledge']);
    expect(full.out).toMatch(/Index +not brought up to date now/);
    expect(full.out).toMatch(
      /The notes are not indexed now\. The disk is full.*knowledge-1\.db.*Free some space/,
    );
    expect(readdirSync(disk)).toContain('knowledge-1.db');
    rmSync(filler);
    await place.skein(['knowledge', 'retry']);
    expect((await place.skein(['knowledge'])).out).toMatch(/Index +up to date/);
  },
);
