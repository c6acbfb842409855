/**
 * Makes the installers of this platform: `npm run pack`, and with `-- --dir` only the unpacked application.
 * Builds first what is stale; everything after `--` goes to electron-builder.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { buildStale } from './build.ts';
import { inProject, projectFolder } from './project.ts';

await buildStale(['interface', 'desktop']);
process.exitCode = await pack(process.argv.slice(2));

function pack(args: readonly string[]): Promise<number> {
  const config = inProject('electron-builder.yml');
  const child = spawn(
    process.execPath,
    [builderProgram(), '--config', config, '--publish', 'never', ...args],
    {
      cwd: projectFolder,
      stdio: 'inherit',
    },
  );
  return new Promise((resolve) => {
    child.on('error', (cause) => {
      console.error(`electron-builder did not start: ${cause.message}`);
      resolve(1);
    });
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

function builderProgram(): string {
  const manifest = createRequire(import.meta.url).resolve('electron-builder/package.json');
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: Record<string, string> };
  return join(dirname(manifest), bin['electron-builder'] ?? '');
}
