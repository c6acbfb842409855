/** Habits that a machine can check, over our own source (TigerBeetle's tidy.zig). */
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { resolveImport, root, type SourceFile, sourceFiles } from './source-tree.ts';

const code = sourceFiles('.ts', '.svelte', '.mjs').filter((file) => !file.path.endsWith('.config.ts'));
const product = code.filter((file) => /^(shared|electron|renderer)\//.test(file.path));

/** Word, where it is banned, and what to use instead. */
const banned: { word: RegExp; within: RegExp; instead: string }[] = [
  { word: /\bDate\.now\(|\bnew Date\(\)/, within: /^(shared|electron\/engine)\//, instead: 'the Clock port' },
  {
    word: /\bMath\.random\(/,
    within: /^(shared|electron|renderer)\//,
    instead: 'the Random port, or node:crypto in an adapter',
  },
  {
    word: /\bsetTimeout\(|\bsetInterval\(/,
    within: /^(shared|electron\/engine)\//,
    instead: 'clock.after of the Clock port',
  },
  {
    word: /\bperformance\.now\(/,
    within: /^(shared|electron\/engine)\//,
    instead: 'clock.monotonicMs of the Clock port',
  },
  {
    word: /:\s*any\b|\bas any\b|<any>/,
    within: /^(shared|electron|renderer)\//,
    instead: 'unknown and a check',
  },
  { word: /@ts-ignore|@ts-nocheck/, within: /./, instead: 'a type that is true' },
  {
    word: /\b(test|it|describe)\.only\(/,
    within: /^test\//,
    instead: 'running one file from the command line',
  },
  { word: /\bprocess\.env = /, within: /^test\//, instead: 'vi.stubEnv, which can put the same object back' },
  { word: /\b(TODO|FIXME|XXX)\b/, within: /^(shared|electron|renderer|build)\//, instead: 'an issue' },
  {
    word: /\binnerHTML\b|\{@html/,
    within: /^renderer\/(?!.*[mM]arkdown)/,
    instead: 'the sanitising Markdown component',
  },
  {
    word: /light-dark\(|\brgb\(|[:\s]#[0-9a-f]{3,8}\b(?=[;,)\s])/i,
    within: /^renderer\/src\/.*\.svelte$/,
    instead: 'a token of styles/tokens.css',
  },
  { word: /\bexport default\b/, within: /^(shared|electron)\//, instead: 'a named export' },
];

test('no banned words', () => {
  const self = 'test/meta/tidy.test.ts';
  const found = code.flatMap((file) =>
    file.path === self
      ? []
      : banned.filter((rule) => rule.within.test(file.path)).flatMap((rule) => linesWith(file, rule)),
  );
  expect(found).toEqual([]);
});

function linesWith(file: SourceFile, rule: { word: RegExp; instead: string }): string[] {
  return file.lines.flatMap((line, index) =>
    rule.word.test(line) && !/^\s*(\*|\/\/)/.test(line)
      ? [`${file.path}:${index + 1}: use ${rule.instead}`]
      : [],
  );
}

/** Files that may be long, each with its reason. */
const longFiles = new Map<string, string>([
  ['shared/contracts/app-api.ts', 'one table of endpoints; in two files a reader would miss half of the API'],
  ['shared/limits.ts', 'every bound in one file (DESIGN rule 10), so that nobody sets one twice'],
]);

test('files stay readable: 300 lines, components 250, tests 500, unless a reason is listed', () => {
  const tooLong = product
    .filter(
      (file) => file.lines.length > (file.path.endsWith('.svelte') ? 250 : 300) && !longFiles.has(file.path),
    )
    .map((file) => `${file.path} has ${file.lines.length} lines`);
  expect(tooLong).toEqual([]);
  const tests = code.filter((file) => !longFiles.has(file.path));
  expect(tests.filter((file) => file.lines.length > 500).map((file) => file.path)).toEqual([]);
});

/** Started from outside: entries, workers, configuration, what bundlers name. */
const entries =
  /^(electron\/(cli|serve|main)\.ts|electron\/shell\/preload\.ts|electron\/host\/knowledge\/thread\.ts|renderer\/src\/main\.ts|renderer\/.*\.d\.ts|shared\/.*\.d\.ts|build\/|.*\.config\.ts|.*\.test\.ts|test\/)/;

test('every source file is imported by somebody', () => {
  const imported = new Set(code.flatMap((file) => file.imports.map((it) => resolveImport(file.path, it))));
  const orphans = product
    .map((file) => file.path)
    .filter((path) => !entries.test(path) && !imported.has(path));
  expect(orphans).toEqual([]);
});

test('names: kebab-case files, PascalCase components', () => {
  const odd = product
    .map((file) => path.posix.basename(file.path))
    .filter(
      (name) =>
        !/^([a-z0-9]+(-[a-z0-9]+)*(\.svelte|\.config|\.d)?\.ts|[A-Z][A-Za-z0-9]*\.svelte)$/.test(name),
    );
  expect(odd).toEqual([]);
});

test('each top folder says in its README what it is', () => {
  const missing = ['shared', 'electron', 'electron/engine', 'renderer', 'test'].filter(
    (folder) => !fs.existsSync(path.join(root, folder, 'README.md')),
  );
  expect(missing).toEqual([]);
});

test('ARCHITECTURE.md names only files and folders that exist', () => {
  const text = fs.readFileSync(path.join(root, 'ARCHITECTURE.md'), 'utf8');
  const named = [...text.matchAll(/`((?:shared|electron|renderer|test|build|docs)\/[^`\s*{}<>]*)`/g)].map(
    (match) => match[1] ?? '',
  );
  expect(named.length).toBeGreaterThan(20);
  expect(named.filter((name) => !fs.existsSync(path.join(root, name)))).toEqual([]);
});

test('engine and shared have at least 1.3 lines of test for each line of code', () => {
  const count = (files: SourceFile[]): number =>
    files.reduce((sum, file) => sum + file.lines.filter((line) => line.trim() !== '').length, 0);
  const source = product.filter((file) => /^(shared|electron\/engine)\//.test(file.path));
  const tests = code.filter((file) => /^test\/(shared|engine|simulation|support)\//.test(file.path));
  expect(count(tests) / count(source)).toBeGreaterThanOrEqual(1.3);
});
