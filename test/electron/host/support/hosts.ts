/** A real host on temporary folders, stopped after the test. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createHost } from '../../../../electron/host/host.ts';
import type { Host, OpenWorkspace } from '../../../../electron/host/host-contract.ts';
import type { HostOptions } from '../../../../electron/host/host-options.ts';
import { fill, temporaryFolder } from './folders.ts';
import { createMemoryLog } from './memory-log.ts';

export type Place = { home: string; dataFolder: string; project: string };

/** A home folder with a project that has two tracked files, and a place for the data beside it. */
export function makePlace(): Place {
  const root = temporaryFolder();
  const project = join(root, 'home', 'project');
  fill(project, { 'AGENTS.md': '# Agents\n', 'docs/passation_claude.md': '# Journal\n' });
  return { home: join(root, 'home'), dataFolder: join(root, 'data'), project };
}

export async function startHost(place: Place, options: Partial<HostOptions> = {}) {
  const log = createMemoryLog();
  const env = { PATH: process.env['PATH'], HOME: place.home };
  const created = await createHost({
    dataFolder: place.dataFolder,
    version: '0.1.0',
    env,
    log,
    index: false,
    ...options,
  });
  if (!created.ok) throw new Error(created.error.message);
  onTestFinished(() => created.value.stop());
  return { host: created.value, log };
}

/** Opens and expects an engine. */
export async function openEngine(host: Host, folder: string) {
  const opened = await host.open(folder);
  if (!opened.ok) throw new Error(`${opened.error.message}`);
  if (opened.value.engine === undefined) throw new Error(opened.value.problem?.message);
  return { ...opened.value, engine: opened.value.engine } satisfies OpenWorkspace;
}

/** Resolves as soon as `holds` is true; looks again at every event, so the test's own limit bounds it. */
export function until(host: Host, holds: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (!holds()) return;
      leave();
      resolve();
    };
    const leave = host.onChanged(look);
    look();
  });
}
