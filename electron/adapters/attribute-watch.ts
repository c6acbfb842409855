/**
 * Gits that stay read attributes and settings once. Whoever asks them looks here first, so that a file is converted as
 * its repository wants it now.
 */
import { join } from 'node:path';
import { foldersAbove } from '../../shared/domain/paths.ts';
import { factsOf } from './file-facts.ts';

export type AttributeWatch = {
  /** Whether what says how this file is converted is another than when it was last asked for. */
  isNew(path: string): boolean;
  /** Whether any file says something of how files on this way are converted. */
  hasAttributes(path: string): boolean;
};

/** `commonFolder` is git's own, which all work trees share. */
export function createAttributeWatch(top: string, commonFolder: string): AttributeWatch {
  const known = new Map<string, string>();
  const shared = join(commonFolder, 'info', 'attributes');
  const attributesOf = (path: string): string[] => [
    shared,
    ...['', ...foldersAbove(path)].map((folder) => join(top, folder, '.gitattributes')),
  ];

  return {
    isNew(path) {
      let isNew = false;
      for (const file of [join(commonFolder, 'config'), ...attributesOf(path)]) {
        const [before, now] = [known.get(file), factsOf(file)];
        isNew ||= before !== undefined && before !== now;
        known.set(file, now);
      }
      return isNew;
    },
    hasAttributes: (path) => attributesOf(path).some((file) => factsOf(file) !== ''),
  };
}
