/** Where this project stands on the disk. */
import { join } from 'node:path';

/** The folder that holds package.json. */
export const projectFolder = join(import.meta.dirname, '..', '..');

export const inProject = (...names: string[]): string => join(projectFolder, ...names);
