/**
 * Builds the interface for the browser; for the desktop one file of the main process and one of the preload; and
 * the command line with its engine as JavaScript, which also runs from its sources, but slower and larger.
 * `npm run build` builds all of it, `npm run build -- NAME…` only these targets.
 */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { compileCacheFolder } from '../bin/compile-cache.mjs';
import { isStale } from './is-stale.mjs';
import { lightBuiltins } from './light-builtins.ts';
import { inProject, projectFolder } from './project.ts';

type Target = {
  title: string;
  outputs: readonly string[];
  sources: readonly string[];
  build(): Promise<unknown>;
};

const tools = [inProject('package-lock.json'), inProject('build', 'scripts')];
const shared = inProject('shared');

const targets = {
  interface: {
    title: 'the interface',
    outputs: [inProject('out', 'renderer', 'index.html')],
    sources: [inProject('renderer'), shared, ...tools],
    build: buildInterface,
  },
  desktop: {
    title: 'the desktop shell',
    outputs: ['main.mjs', 'knowledge.mjs', 'preload.cjs'].map((name) => inProject('out', name)),
    sources: [inProject('electron'), shared, ...tools],
    build: () => Promise.all([buildMain(), buildKnowledge(), buildPreload()]),
  },
  headless: {
    title: 'the command line',
    outputs: ['cli.mjs', 'knowledge.mjs'].map((name) => inProject('out', 'headless', name)),
    sources: [inProject('electron'), shared, ...tools],
    build: buildHeadless,
  },
} satisfies Record<string, Target>;
export type TargetName = keyof typeof targets;

/** Builds what is missing or older than its sources. Throws what vite throws when a source is broken. */
export async function buildStale(names: readonly TargetName[]): Promise<void> {
  const stale = names
    .map((name) => targets[name])
    .filter(({ outputs, sources }) => isStale(outputs, sources));
  await buildTargets(stale);
}

async function buildTargets(chosen: readonly Target[]): Promise<void> {
  for (const { title, build } of chosen) {
    console.error(`Building ${title}…`);
    await build();
  }
}

// vite is loaded only when there is something to build: it takes longer than looking.

async function buildInterface(): Promise<void> {
  const { build } = await import('vite');
  await asProduction(() => build({ configFile: inProject('renderer', 'vite.config.ts'), logLevel: 'warn' }));
}

/** A test runner, or a developer's shell, may have set NODE_ENV: vite and Svelte would then build for debugging. */
async function asProduction(work: () => Promise<unknown>): Promise<void> {
  const before = process.env['NODE_ENV'];
  process.env['NODE_ENV'] = 'production';
  try {
    await work();
  } finally {
    if (before === undefined) delete process.env['NODE_ENV'];
    else process.env['NODE_ENV'] = before;
  }
}

/** What stays outside the bundles: the desktop's own module, and packages with compiled parts. */
const external = ['electron', 'better-sqlite3', 'koffi', /^node:(?!http2$)/];

const knowledgeEntry = inProject('electron', 'host', 'knowledge', 'thread.ts');

const buildMain = (): Promise<void> => buildOneFile(inProject('electron', 'main.ts'), 'main.mjs');

/** The thread of the knowledge index, which is started by the name of its file. */
const buildKnowledge = (): Promise<void> => buildOneFile(knowledgeEntry, 'knowledge.mjs');

async function buildOneFile(entry: string, name: string): Promise<void> {
  const { build } = await import('vite');
  await build({
    ...withoutConfig,
    plugins: [lightBuiltins()],
    ssr: { noExternal: true },
    build: {
      ...intoOut,
      ssr: entry,
      target: 'node24',
      rolldownOptions: { external, output: { format: 'es', entryFileNames: name, codeSplitting: false } },
    },
  });
}

/** A sandboxed preload must be a single CommonJS file. */
async function buildPreload(): Promise<void> {
  const { build } = await import('vite');
  await build({
    ...withoutConfig,
    build: {
      ...intoOut,
      lib: {
        entry: inProject('electron', 'shell', 'preload.ts'),
        formats: ['cjs'],
        fileName: () => 'preload.cjs',
      },
      rolldownOptions: { external },
    },
  });
}

/**
 * One file for each part that is loaded only when it is wanted, all in one folder two below package.json, as
 * electron/cli/ is: the code looks from there for package.json and the interface.
 */
async function buildHeadless(): Promise<void> {
  const { build } = await import('vite');
  const fresh = inProject('out', `headless-${process.pid}`);
  await build({
    ...withoutConfig,
    plugins: [lightBuiltins()],
    ssr: { noExternal: true },
    build: {
      ...intoOut,
      outDir: fresh,
      sourcemap: false,
      ssr: true,
      target: 'node24',
      rolldownOptions: {
        external,
        input: { cli: inProject('electron', 'cli.ts'), knowledge: knowledgeEntry },
        output: { format: 'es', entryFileNames: '[name].mjs', chunkFileNames: '[name]-[hash].mjs' },
      },
    },
  });
  replaceFolder(inProject('out', 'headless'), fresh);
  // Its files have new names, so what was compiled of the old ones would lie there for ever.
  rmSync(compileCacheFolder(), { recursive: true, force: true });
}

/** Whole folders change places, so that a command which starts meanwhile never meets half a build. */
function replaceFolder(folder: string, fresh: string): void {
  if (existsSync(folder)) renameSync(folder, `${fresh}-old`);
  renameSync(fresh, folder);
  rmSync(`${fresh}-old`, { recursive: true, force: true });
}

const withoutConfig = { configFile: false, root: projectFolder, logLevel: 'warn', publicDir: false } as const;
const intoOut = { outDir: inProject('out'), emptyOutDir: false, minify: false, sourcemap: true } as const;

async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter((name) => !Object.hasOwn(targets, name));
  if (unknown.length > 0) {
    console.error(
      `There is no target ${unknown.join(', ')}. Name some of: ${Object.keys(targets).join(', ')}.`,
    );
    process.exitCode = 2;
    return;
  }
  const chosen =
    names.length === 0 ? Object.values(targets) : names.map((name) => targets[name as TargetName]);
  await buildTargets(chosen);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await main(process.argv.slice(2));
}
