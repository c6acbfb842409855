/** Who may import whom (DESIGN section 4). A wrong import fails with a sentence that says where the code belongs. */
import { expect, test } from 'vitest';
import { resolveImport, type SourceFile, sourceFiles } from './source-tree.ts';

type Layer = {
  folder: string;
  /** Folders of ours that it may import besides itself. */
  may: string[];
  /** Packages that it may import; `node:` stands for Node's own modules. */
  packages: string[];
  because: string;
};

const pure = ['zod', 'picomatch', 'diff', 'jsonc-parser'];

/** The longest folder that fits counts. */
const layers: Layer[] = [
  {
    folder: 'shared',
    may: [],
    packages: pure,
    because:
      'shared/ runs anywhere: no Node, DOM, clock or random; what needs them is an adapter behind a port',
  },
  {
    folder: 'electron/engine',
    may: ['shared'],
    packages: [],
    because: 'the engine takes ports; what touches the world belongs in electron/adapters/',
  },
  {
    folder: 'electron/adapters',
    may: ['shared', 'electron/engine'],
    packages: ['node:', 'better-sqlite3', 'bonjour-service', 'koffi', 'pg', 'zod'],
    because: 'an adapter wraps one real thing behind a port',
  },
  {
    folder: 'electron/host',
    may: ['shared', 'electron/engine', 'electron/adapters'],
    packages: ['node:', 'env-paths', 'better-sqlite3', 'uqr', 'zod', 'diff'],
    because: 'the host composes engines and adapters; routes belong in electron/http/',
  },
  {
    folder: 'electron/http',
    may: ['shared', 'electron/engine', 'electron/host'],
    packages: ['node:', 'hono', '@hono/node-server', 'prom-client', 'zod'],
    because: 'the HTTP layer is functions of a request over the host',
  },
  {
    folder: 'electron/cli',
    may: ['shared', 'electron/engine', 'electron/host', 'electron/http', 'electron/adapters'],
    packages: ['node:', 'commander', 'picocolors', 'zod', 'diff'],
    because: 'the command line talks through the app API',
  },
  {
    folder: 'electron/cli.ts',
    may: ['electron/cli', 'electron/serve.ts', 'shared'],
    packages: ['node:', 'commander', 'picocolors'],
    because: 'an entry only ties parts together',
  },
  {
    folder: 'electron/serve.ts',
    may: ['electron/cli', 'electron/host', 'electron/http', 'electron/adapters', 'shared'],
    packages: ['node:', 'picocolors'],
    because: 'an entry only ties parts together',
  },
  {
    folder: 'electron/main.ts',
    may: ['electron/shell'],
    packages: ['node:'],
    because: 'an entry only ties parts together',
  },
  {
    folder: 'electron/shell',
    may: ['shared', 'electron/engine', 'electron/host', 'electron/http', 'electron/adapters'],
    packages: ['node:', 'electron', 'zod'],
    because: 'the shell is the only folder that knows Electron',
  },
  {
    folder: 'renderer',
    may: ['shared'],
    packages: [
      'svelte',
      'markdown-it',
      'dompurify',
      '@lucide/svelte',
      'zod',
      'vite',
      '@sveltejs/vite-plugin-svelte',
      'node:',
    ],
    because: 'the screen reaches the machine through one door, renderer/src/backend/',
  },
];

const within = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

function layerOf(path: string): Layer | undefined {
  return layers
    .filter((layer) => within(path, layer.folder))
    .toSorted((a, b) => b.folder.length - a.folder.length)[0];
}

function isAllowed(layer: Layer, file: SourceFile, specifier: string): boolean {
  const target = resolveImport(file.path, specifier);
  if (target !== undefined)
    return (
      [layer.folder, ...layer.may].some((folder) => within(target, folder)) || target.endsWith('package.json')
    );
  return layer.packages.some((name) =>
    name.endsWith(':') ? specifier.startsWith(name) : within(specifier, name),
  );
}

const files = sourceFiles('.ts', '.svelte').filter((file) => layerOf(file.path) !== undefined);

test('there is source to check', () => {
  expect(files.length).toBeGreaterThan(50);
});

test('every import stays within its layer', () => {
  const wrong = files.flatMap((file) => {
    const layer = layerOf(file.path);
    if (layer === undefined) return [];
    return file.imports
      .filter((specifier) => !isAllowed(layer, file, specifier))
      .map((specifier) => `${file.path} imports ${specifier}, but ${layer.because}.`);
  });
  expect(wrong).toEqual([]);
});

test('only the shell imports electron, and only one file listens', () => {
  const importers = files.filter((file) => file.imports.includes('electron')).map((file) => file.path);
  expect(importers.filter((path) => !within(path, 'electron/shell'))).toEqual([]);
  const listeners = files
    .filter((file) => /\bcreateServer\(|\bserve\(\s*\{|\.listen\(/.test(file.text))
    .map((file) => file.path);
  expect(
    listeners.filter(
      (path) =>
        path.startsWith('electron/') && path !== 'electron/http/server.ts' && !within(path, 'electron/host'),
    ),
  ).toEqual([]);
});
