/** Work trees where one kind of thing has taken the place of another since the last commit. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { commitAll, git, write } from '../../support/git-lab.ts';
import { afterUpdate, journal, noted, plain, removed, type Situation, written } from './situations.ts';

function fileForFolder(folder = plain()): string {
  rmSync(join(folder, 'docs'), { recursive: true });
  write(folder, 'docs', 'No folder any more.\n');
  return folder;
}

const folderForFile = (folder = plain()): string => written(removed(folder, 'other.md'), 'other.md/now.md');

export const shapeSituations: readonly Situation[] = [
  { name: 'file in the place of a folder', make: () => fileForFolder(), paths: ['docs', journal] },
  {
    name: 'file in the place of a folder, in an index of version 4',
    make: () => afterUpdate(fileForFolder(), '--index-version', '4'),
    paths: ['docs', journal],
  },
  {
    name: 'folder in the place of a file, in a split index',
    make: () => afterUpdate(folderForFile(), '--split-index'),
    paths: ['other.md/now.md'],
    takes: ['other.md'],
  },
  {
    name: 'file in the place of a folder that the sparse checkout leaves out',
    make() {
      const folder = written(plain(), 'far/away.md');
      commitAll(folder, 'Far');
      git(folder, 'sparse-checkout', 'set', 'docs');
      return written(folder, 'far');
    },
    paths: ['far'],
    leaves: /takes the place of far\/away.md, which the sparse checkout leaves out/,
  },
  {
    name: 'folder in the place of a file',
    make: () => folderForFile(),
    paths: ['other.md', 'other.md/now.md'],
  },
  {
    name: 'folder in the place of a file that is not named',
    make: () => folderForFile(),
    paths: ['other.md/now.md'],
    takes: ['other.md'],
  },
  {
    name: 'file in the place of a folder whose files are not named',
    make: () => fileForFolder(),
    paths: ['docs'],
    takes: [journal],
  },
  {
    name: 'hooks and a file in the place of a folder',
    make: () => fileForFolder(noted(plain())),
    paths: ['docs', journal],
    notes: 'hook-notes',
  },
  {
    name: 'hooks and a folder in the place of a file',
    make: () => folderForFile(noted(plain())),
    paths: ['other.md', 'other.md/now.md'],
    notes: 'hook-notes',
  },
];
