/**
 * Builds what cannot run from its sources: the interface for the browser, and for the desktop one file of the
 * main process and one of the preload. The engine and the command line need no build.
 */
import { pathToFileURL } from 'node:url';
import { isStale } from './is-stale.ts';
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
    outputs: [inProject('out', 'main.mjs'), inProject('out', 'preload.cjs')],
    sources: [inProject('electron'), shared, ...tools],
    build: () => Promise.all([buildMain(), buildPreload()]),
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
  await build({ configFile: inProject('renderer', 'vite.config.ts'), logLevel: 'warn' });
}

/** What stays outside the bundles: the desktop's own module, and packages with compiled parts. */
const external = ['electron', 'better-sqlite3', 'koffi', /^node:/];

async function buildMain(): Promise<void> {
  const { build } = await import('vite');
  await build({
    ...withoutConfig,
    ssr: { noExternal: true },
    build: {
      ...intoOut,
      ssr: inProject('electron', 'main.ts'),
      target: 'node24',
      rolldownOptions: {
        external,
        output: { format: 'es', entryFileNames: 'main.mjs', codeSplitting: false },
      },
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

const withoutConfig = { configFile: false, root: projectFolder, logLevel: 'warn', publicDir: false } as const;
const intoOut = { outDir: inProject('out'), emptyOutDir: false, minify: false, sourcemap: true } as const;

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await buildTargets(Object.values(targets));
}
