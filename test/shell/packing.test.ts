/**
 * What would ship, without Electron's download: electron-builder packs around a folder that looks like Electron,
 * and its archive is listed. Signing, installers and the other platforms are not shown here.
 */
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { buildStale } from '../../build/scripts/build.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const root = resolve(import.meta.dirname, '..', '..');
const run = promisify(execFile);
/** Marks the place of the fuses in Electron's program (@electron/fuses), followed by version, count and states. */
const fuseMark = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
const fuses = 8;

beforeAll(() => buildStale(['interface', 'desktop']));

function packageFile(name: string, file: string): string {
  return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), file);
}

/** Only what electron-builder looks for; every fuse says 1, as Electron ships. */
function makeFakeElectron(folder: string): string {
  const { version } = JSON.parse(readFileSync(packageFile('electron', 'package.json'), 'utf8')) as {
    version: string;
  };
  mkdirSync(join(folder, 'resources'), { recursive: true });
  mkdirSync(join(folder, 'locales'));
  const wire = Buffer.concat([
    Buffer.from(fuseMark),
    Buffer.from([1, fuses]),
    Buffer.from('1'.repeat(fuses)),
  ]);
  writeFileSync(
    join(folder, 'electron'),
    Buffer.concat([Buffer.from('program '), wire, Buffer.from(' end')]),
  );
  chmodSync(join(folder, 'electron'), 0o755);
  writeFileSync(join(folder, 'version'), version);
  for (const language of ['en-US', 'fr', 'ru', 'de', 'ja'])
    writeFileSync(join(folder, 'locales', `${language}.pak`), '');
  return folder;
}

async function pack(): Promise<string> {
  const folder = temporaryFolder();
  const electron = makeFakeElectron(join(folder, 'electron'));
  const output = join(folder, 'release');
  const args = ['--linux', '--dir', `-c.electronDist=${electron}`, `-c.directories.output=${output}`];
  await run(process.execPath, [join(root, 'build', 'scripts', 'pack.ts'), ...args], { cwd: root });
  const [unpacked = ''] = readdirSync(output).filter((name) => name.endsWith('-unpacked'));
  return join(output, unpacked);
}

async function listArchive(archive: string): Promise<string[]> {
  const { stdout } = await run(process.execPath, [
    packageFile('@electron/asar', 'bin/asar.js'),
    'list',
    archive,
  ]);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.replaceAll('\\', '/'));
}

/** The one of koffi's packages with compiled parts that this system loads. */
const koffiPart = `/node_modules/@koromix/koffi-linux-${process.arch}`;

/** The packages in the archive are enough for a program to load them from there. */
async function loadUnpacked(archive: string): Promise<string> {
  const folder = temporaryFolder();
  await run(process.execPath, [packageFile('@electron/asar', 'bin/asar.js'), 'extract', archive, folder]);
  const script = `import koffi from 'koffi'; import Database from 'better-sqlite3';
    console.log(koffi.load(null).func('int abs(int)')(-7), new Database(':memory:').pragma('user_version', { simple: true }));`;
  writeFileSync(join(folder, 'probe.mjs'), script);
  return (await run(process.execPath, [join(folder, 'probe.mjs')])).stdout.trim();
}

test.runIf(process.platform === 'linux')('the application ships what it needs and nothing else', async () => {
  const shipped = await pack();
  const archive = join(shipped, 'resources', 'app.asar');
  const names = await listArchive(archive);
  const needed = [
    '/package.json',
    '/out/main.mjs',
    '/out/knowledge.mjs',
    '/out/preload.cjs',
    '/out/renderer/index.html',
    '/build/icons/icon.png',
    '/build/icons/tray/watching-large@2x.png',
    '/node_modules/better-sqlite3/lib/index.js',
    `/node_modules/better-sqlite3/prebuilds/linux-${process.arch}.node`,
    '/node_modules/koffi/index.js',
    '/node_modules/koffi/src/koffi/index.js',
    '/node_modules/koffi/src/koffi/src/static.js',
    `${koffiPart}/index.js`,
    `${koffiPart}/linux_${process.arch}/koffi.node`,
  ];
  expect(needed.filter((name) => !names.includes(name))).toEqual([]);

  const packages = names.flatMap((name) => /^\/node_modules\/((?:@[^/]+\/)?[^/@]+)$/.exec(name)?.[1] ?? []);
  expect(packages).toEqual([`@koromix/koffi-linux-${process.arch}`, 'better-sqlite3', 'koffi']);
  const unwanted =
    /\.map$|\.ts$|\.svelte$|\.(cc|hh|c|h|cjs)$|\/deps(\/|$)|^\/(test|docs|shared|electron|renderer)(\/|$)|headless/;
  expect(names.filter((name) => unwanted.test(name))).toEqual(['/out/preload.cjs']);
  expect(names.filter((name) => name.endsWith('.node'))).toHaveLength(2);
  expect(await loadUnpacked(archive)).toBe('7 0');

  const unpacked = readdirSync(join(shipped, 'resources', 'app.asar.unpacked'), {
    recursive: true,
    withFileTypes: true,
  });
  expect(
    unpacked
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)
      .toSorted(),
  ).toEqual(['koffi.node', `linux-${process.arch}.node`]);
  expect(readdirSync(join(shipped, 'locales')).toSorted()).toEqual(['en-US.pak', 'fr.pak', 'ru.pak']);

  // RunAsNode off, CookieEncryption on, NodeOptions off, NodeCliInspect off, AsarIntegrity on, OnlyAsar on, and
  // neither a snapshot of its own nor privileges for file: addresses.
  const program = readFileSync(join(shipped, 'skein'));
  const wire = program.indexOf(fuseMark) + fuseMark.length + 2;
  expect(program.subarray(wire, wire + fuses).toString()).toBe('01001100');
});
