/** Where the built interface stands. */
import { join } from 'node:path';

export const interfaceFolder = join(import.meta.dirname, '..', '..', 'out', 'renderer');
