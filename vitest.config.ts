import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { findMemoryFolder } from './build/scripts/find-memory-folder.ts';

/**
 * A folder below that of another project is left out there. Each project has workers of its own, and what starts many
 * processes is kept from what takes much memory: to start one copies the page tables of the worker, three times as long
 * with 500 MiB as with 50.
 */
const projects = {
  rules: ['test/shared', 'test/engine'],
  git: ['test/engine/git'],
  unit: ['test/electron', 'test/build'],
  cli: ['test/electron/cli'],
  adapters: ['test/adapters'],
  meta: ['test/meta'],
  simulation: ['test/simulation'],
};

const testsIn = (folders: readonly string[]) => folders.map((folder) => `${folder}/**/*.test.ts`);

const testsOfOthers = (folders: readonly string[]) =>
  testsIn(
    Object.values(projects)
      .flat()
      .filter((other) => folders.some((folder) => other.startsWith(`${folder}/`))),
  );

/** Where Node keeps what it compiled, so that the many processes that tests start need not compile it again. */
process.env['NODE_COMPILE_CACHE'] ??= resolve(import.meta.dirname, 'node_modules/.cache/compiled');

const memoryFolder = process.env['TMPDIR'] === undefined ? findMemoryFolder() : undefined;
/** Where all but the adapters, which are tested on a disk, keep their files. */
const env = memoryFolder === undefined ? {} : { TMPDIR: memoryFolder };

export default defineConfig({
  test: {
    // One more than a small machine has processors: tests wait for disks, pages and processes for a tenth of their time.
    maxWorkers: Math.min(4, availableParallelism() + 1),
    // Loading what a file needs takes longer than many a file. What a test changes outside of itself it puts back.
    isolate: false,
    // See build/bin/bundled.mjs: threads that strip types at once met that crash of V8 once in a thousand files.
    execArgv: ['--wasm-wrapper-tiering-budget=1000000000'],
    unstubEnvs: true,
    unstubGlobals: true,
    restoreMocks: true,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    passWithNoTests: true,
    projects: [
      ...Object.entries(projects).map(([name, folders]) => ({
        extends: true as const,
        test: {
          name,
          include: testsIn(folders),
          exclude: testsOfOthers(folders),
          env: name === 'adapters' ? {} : env,
        },
      })),
      {
        extends: true,
        // Real servers, which are started once for each file and killed in it.
        test: {
          name: 'servers',
          env,
          include: testsIn(['test/servers']),
          testTimeout: 60_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        // Only rune state, no components: those are shown in a real browser.
        plugins: [svelte({ configFile: false })],
        test: { name: 'renderer', include: testsIn(['test/renderer']) },
      },
      {
        extends: true,
        // Each file drives a browser and an engine of its own, on folders and ports of their own.
        test: {
          name: 'end-to-end',
          env,
          include: testsIn(['test/end-to-end']),
          globalSetup: 'test/end-to-end/build-interface.ts',
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        resolve: {
          alias: { electron: resolve(import.meta.dirname, 'test/support/electron-stand-in/electron.ts') },
        },
        test: {
          name: 'shell',
          env,
          include: testsIn(['test/shell']),
          fileParallelism: false,
          // The stand-in of Electron is one for a whole process.
          isolate: true,
          // After all others, because one at a time.
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          // The first of them builds the shell.
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
