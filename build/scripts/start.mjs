// npm start: sets up, then start.ts chooses between the desktop and the browser.
import { join } from 'node:path';
import { runWithNode } from './run-with-node.mjs';
import { projectFolder } from './set-up.mjs';

runWithNode([join(projectFolder, 'build', 'scripts', 'start.ts'), ...process.argv.slice(2)]);
