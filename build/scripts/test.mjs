// npm test: sets up, then everything that this project checks about itself.
import { join } from 'node:path';
import { runWithNode } from './run-with-node.mjs';
import { projectFolder } from './set-up.mjs';

runWithNode([
  join(projectFolder, 'build', 'scripts', 'run-checks.ts'),
  'everything',
  ...process.argv.slice(2),
]);
