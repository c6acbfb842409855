/** Starts the tools that the checks are made of. */
import { spawn } from 'node:child_process';
import { projectFolder } from './project.ts';

/** In a file or the log of a build server the colours of tools are only noise. */
const plainOutput: NodeJS.ProcessEnv = process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: '0' };

/** Runs a script of a tool to its end, its words passed through, and returns its exit code. */
export function runNode(args: readonly string[], more: NodeJS.ProcessEnv): Promise<number> {
  const env = { ...process.env, ...plainOutput, ...more };
  const child = spawn(process.execPath, args, { cwd: projectFolder, stdio: 'inherit', env });
  return new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
