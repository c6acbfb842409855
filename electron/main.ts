/** Entry of the desktop, started by Electron. */
import { join } from 'node:path';
import { runDesktop } from './shell/run.ts';

runDesktop({
  argv: process.argv,
  workingFolder: process.cwd(),
  env: process.env,
  platform: process.platform,
  // The same from electron/ and, bundled, from out/.
  root: join(import.meta.dirname, '..'),
});
