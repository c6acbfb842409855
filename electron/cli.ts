/** Entry: the command line. */
import { runCommandLine } from './cli/run.ts';
import type { ServeOptions } from './cli/serving.ts';

for (const stream of [process.stdout, process.stderr]) {
  // `skein log | head` closes the pipe early; that is no failure of ours.
  stream.on('error', (cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EPIPE') throw cause;
    process.exit(process.exitCode ?? 0);
  });
}

process.exitCode = await runCommandLine(process.argv.slice(2), {
  output: process.stdout,
  errors: process.stderr,
  input: process.stdin,
  env: process.env,
  workingFolder: process.cwd(),
  nowMs: Date.now(),
  // Loaded only when it is wanted, so that the other commands start without the engine.
  async startServing(options) {
    const { serve } = await import('./serve.ts');
    const ours: ServeOptions = { ...options, ownsProcess: true };
    return serve(ours);
  },
});
