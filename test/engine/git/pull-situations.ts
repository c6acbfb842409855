/** Clones as people have them, each with something to pull, and what others push into them. */
import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { commitAll, git, write } from '../../support/git-lab.ts';
import { beginSubmodule, cloneOf, type Lab, makeLab, put, theyPush } from '../../support/pull-lab.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

export type Situation = {
  name: string;
  /** Makes it and returns the folder of our work tree. */
  make(): string;
  /** What Skein says instead of pulling. */
  refuses?: RegExp;
};

const lines = (text: string) => `${text.replaceAll(' ', '\n')}\n`;
const base = {
  'code.ts': lines('1 2 3 4 5 6 7'),
  'old.ts': lines('a b c d e f g'),
  'gone.ts': 'Gone.\n',
  'run.sh': 'echo\n',
  'in/a.ts': 'a\n',
  'far/b.ts': 'b\n',
  'other.txt': 'Other.\n',
};

/** Some of everything that a commit can do. */
function theyChange(lab: Lab): void {
  chmodSync(join(lab.theirs, 'run.sh'), 0o755);
  symlinkSync('code.ts', join(lab.theirs, 'link.ts'));
  theyPush(lab, {
    'code.ts': lines('1 2 3 4 5 6 seven'),
    'new/deep.ts': 'new\n',
    'gone.ts': null,
    'in/a.ts': 'a\nb\n',
    'far/b.ts': 'b\nc\n',
    'far/new.ts': 'n\n',
    'sûr "so".ts': 'odd\n',
    'old.ts': null,
    'renamed.ts': base['old.ts'],
  });
}

/** The histories part in another file, and in other lines of the same one. */
export function commitOurs(folder: string): void {
  put(folder, { 'mine.ts': 'mine\n', 'code.ts': lines('one 2 3 4 5 6 7') });
  git(folder, 'add', '--sparse', 'mine.ts', 'code.ts');
  git(folder, 'commit', '--quiet', '--message', 'Mine');
}

type Place = {
  name: string;
  make(lab: Lab): string;
  files?: Record<string, string>;
  options?: readonly string[];
};

const configured =
  (...settings: [string, string][]) =>
  ({ ours }: Lab): string => {
    for (const [name, value] of settings) git(ours, 'config', name, value);
    return ours;
  };
const indexed =
  (...options: string[]) =>
  ({ ours }: Lab): string => {
    git(ours, 'update-index', ...options);
    return ours;
  };
const sparse =
  (...options: string[]) =>
  ({ ours }: Lab): string => {
    git(ours, 'sparse-checkout', 'set', ...options);
    return ours;
  };

/** Where a pull works as it does in a plain clone. */
const places: readonly Place[] = [
  { name: 'plain clone', make: ({ ours }) => ours },
  {
    name: 'packed repository',
    make({ ours }) {
      git(ours, 'gc', '--quiet');
      return ours;
    },
  },
  { name: 'ids of SHA-256', make: ({ ours }) => ours, options: ['--object-format=sha256'] },
  { name: 'index of version 4', make: indexed('--index-version', '4') },
  { name: 'split index', make: indexed('--split-index') },
  { name: 'untracked cache', make: indexed('--untracked-cache') },
  { name: 'sparse checkout in cone mode', make: sparse('--cone', 'in') },
  { name: 'sparse checkout by patterns', make: sparse('--no-cone', '/*', '!/far/') },
  { name: 'sparse index', make: sparse('--cone', '--sparse-index', 'in') },
  { name: 'modes not believed', make: configured(['core.fileMode', 'false']) },
  { name: 'core.autocrlf', make: ({ bare }) => cloneOf(bare, '-c', 'core.autocrlf=true') },
  {
    name: 'CRLF committed as it is, and core.autocrlf',
    make: configured(['core.autocrlf', 'true']),
    files: { 'in/a.ts': 'a\r\n', 'far/b.ts': 'b\r\n' },
  },
  {
    name: 'line ends by attributes',
    make: ({ ours }) => ours,
    files: { '.gitattributes': '*.ts text eol=crlf\n' },
  },
  {
    name: 'a filter',
    make: ({ bare }) =>
      cloneOf(bare, '-c', 'filter.shout.clean=tr A-Z a-z', '-c', 'filter.shout.smudge=tr a-z A-Z'),
    // As the filter leaves it: else it is up to git's mood whether it counts as changed.
    files: { '.gitattributes': '*.ts filter=shout\n', 'gone.ts': 'gone\n' },
  },
  {
    name: 'a merge driver by attributes',
    make: ({ ours }) => ours,
    files: { '.gitattributes': 'code.ts merge=union\n' },
  },
  { name: 'shallow clone', make: ({ bare }) => cloneOf(`file://${bare}`, '--depth=1') },
  {
    name: 'partial clone',
    make({ bare }) {
      git(bare, 'config', 'uploadpack.allowFilter', 'true');
      return cloneOf(`file://${bare}`, '--filter=blob:none');
    },
  },
  { name: 'clone of one branch', make: ({ bare }) => cloneOf(bare, '--single-branch') },
  {
    name: 'git folder apart',
    make({ bare }) {
      return cloneOf(bare, `--separate-git-dir=${join(temporaryFolder(), 'apart.git')}`);
    },
  },
  {
    name: 'linked worktree',
    make({ ours }) {
      const tree = join(temporaryFolder(), 'tree');
      git(ours, 'switch', '--quiet', '--create', 'elsewhere');
      git(ours, 'worktree', 'add', '--quiet', tree, 'main');
      return tree;
    },
  },
  {
    name: 'submodule beside it',
    make(lab) {
      const inner = cloneOf(lab.bare);
      git(lab.theirs, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
      theyPush(lab, {});
      git(lab.ours, 'pull', '--quiet');
      return lab.ours;
    },
  },
];

const withPlaces = (parts: string, before: (folder: string) => void): Situation[] =>
  places.map(({ name, make, files, options }) => ({
    name: `${name}, ${parts}`,
    make() {
      const lab = makeLab({ ...base, ...files }, options);
      const folder = make(lab);
      before(folder);
      theyChange(lab);
      return folder;
    },
  }));

type Change = [string, (lab: Lab) => void];

/** What others do. */
const changes: readonly Change[] = [
  [
    'puts a folder in the place of a file',
    (lab) => theyPush(lab, { 'gone.ts': null, 'gone.ts/in.ts': 'i\n' }),
  ],
  ['puts a file in the place of a folder', (lab) => theyPush(lab, { 'in/a.ts': null, in: 'file\n' })],
  ['removes a file and its folder', (lab) => theyPush(lab, { 'far/b.ts': null })],
  [
    'renames a folder with what is in it',
    (lab) => {
      renameSync(join(lab.theirs, 'far'), join(lab.theirs, 'away'));
      theyPush(lab, {});
    },
  ],
  [
    'puts a link in the place of a file',
    (lab) => {
      rmSync(join(lab.theirs, 'gone.ts'));
      symlinkSync('code.ts', join(lab.theirs, 'gone.ts'));
      theyPush(lab, {});
    },
  ],
  [
    'brings attributes with the files that they are about',
    (lab) => theyPush(lab, { '.gitattributes': '*.bat text eol=crlf\n', 'run.bat': 'a\nb\n' }),
  ],
  [
    'brings a file that is ignored',
    (lab) => theyPush(lab, { '.gitignore': 'new.log\n' }, 'Ignore') && addIgnored(lab),
  ],
  ['is several commits', (lab) => [1, 2, 3].forEach((it) => void theyPush(lab, { 'code.ts': `${it}\n2\n` }))],
  [
    'is a merge itself',
    (lab) => {
      git(lab.theirs, 'switch', '--quiet', '--create', 'side');
      put(lab.theirs, { 'side.ts': 's\n' });
      commitAll(lab.theirs, 'Side');
      git(lab.theirs, 'switch', '--quiet', 'main');
      put(lab.theirs, { 'main.ts': 'm\n' });
      commitAll(lab.theirs, 'Main');
      git(lab.theirs, 'merge', '--quiet', '--no-edit', 'side');
      git(lab.theirs, 'push', '--quiet', 'origin', 'main');
    },
  ],
  [
    'moves a submodule',
    (lab) => {
      const inner = cloneOf(lab.bare);
      git(lab.theirs, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner, 'sub');
      theyPush(lab, {});
      git(lab.ours, 'pull', '--quiet', '--no-rebase', '--no-edit');
      commitAll(join(lab.theirs, 'sub'), 'Inner');
      theyPush(lab, {}, 'Moves the submodule');
    },
  ],
  ['begins a submodule', (lab) => beginSubmodule(lab, 'deep/sub')],
  [
    'ends a submodule',
    (lab) => {
      beginSubmodule(lab, 'deep/sub');
      git(lab.ours, 'pull', '--quiet', '--no-rebase', '--no-edit');
      theyPush(lab, { 'deep/sub': null });
    },
  ],
  [
    'puts a submodule in the place of a file',
    (lab) => {
      put(lab.theirs, { 'gone.ts': null });
      beginSubmodule(lab, 'gone.ts');
    },
  ],
  [
    'puts a submodule in the place of a folder',
    (lab) => {
      put(lab.theirs, { 'in/a.ts': null });
      beginSubmodule(lab, 'in');
    },
  ],
  [
    'puts a file in the place of a submodule',
    (lab) => {
      beginSubmodule(lab, 'sub');
      git(lab.ours, 'pull', '--quiet', '--no-rebase', '--no-edit');
      put(lab.theirs, { sub: null });
      theyPush(lab, { sub: 'file\n' });
    },
  ],
  [
    'puts a folder in the place of a submodule',
    (lab) => {
      beginSubmodule(lab, 'sub');
      git(lab.ours, 'pull', '--quiet', '--no-rebase', '--no-edit');
      put(lab.theirs, { sub: null });
      theyPush(lab, { 'sub/in.ts': 'i\n' });
    },
  ],
  ['changes nothing', (lab) => theyPush(lab, {}, 'Empty')],
];

function addIgnored(lab: Lab): void {
  write(lab.theirs, 'new.log', 'log\n');
  git(lab.theirs, 'add', '--force', 'new.log');
  theyPush(lab, {});
}

const withChanges = (parts: string, before: (folder: string) => void): Situation[] =>
  changes.map(([name, change]) => ({
    name: `what comes ${name}, ${parts}`,
    make() {
      const lab = makeLab(base);
      // What is ours is in no file that a change is about.
      before(lab.ours);
      change(lab);
      return lab.ours;
    },
  }));

function commitApart(folder: string): void {
  put(folder, { 'mine.ts': 'mine\n' });
  commitAll(folder, 'Mine');
}

/** Somebody is in the middle of something, or there is no branch. */
const refused: readonly [string, RegExp, (folder: string) => void][] = [
  ['merge in progress', /middle of a merge/, (folder) => stopped(folder, 'merge', 'side')],
  ['rebase in progress', /middle of a rebase/, (folder) => stopped(folder, 'rebase', 'side')],
  ['cherry-pick in progress', /middle of a cherry-pick/, (folder) => stopped(folder, 'cherry-pick', 'side')],
  ['bisect in progress', /middle of a bisect/, (folder) => git(folder, 'bisect', 'start')],
  ['detached HEAD', /HEAD is on no branch/, (folder) => git(folder, 'switch', '--quiet', '--detach')],
];

/** Two branches that changed the same line. */
function part(folder: string): void {
  git(folder, 'switch', '--quiet', '--create', 'side');
  put(folder, { 'run.sh': 'side\n' });
  commitAll(folder, 'Side');
  git(folder, 'switch', '--quiet', 'main');
  put(folder, { 'run.sh': 'main\n' });
  commitAll(folder, 'Main');
}

function stopped(folder: string, ...args: string[]): void {
  try {
    git(folder, ...args);
  } catch {
    // It stops at the conflict, which is what it is for.
  }
}

const inTheMiddle: readonly Situation[] = refused.map(([name, refuses, stop]) => ({
  name,
  refuses,
  make() {
    const lab = makeLab(base);
    part(lab.ours);
    theyPush(lab, { 'code.ts': 'theirs\n' });
    stop(lab.ours);
    return lab.ours;
  },
}));

export const situations: readonly Situation[] = [
  ...withPlaces('a fast-forward', () => undefined),
  ...withPlaces('a merge', commitOurs),
  ...withChanges('a fast-forward', () => undefined),
  ...withChanges('a merge', commitApart),
  ...inTheMiddle,
  {
    name: 'nothing new',
    make: () => makeLab(base).ours,
  },
  {
    name: 'unborn branch',
    make() {
      const lab = makeLab(base);
      theyChange(lab);
      const folder = join(temporaryFolder(), 'new');
      mkdirSync(folder);
      git(folder, 'init', '--quiet', '--initial-branch=main');
      git(folder, 'remote', 'add', 'origin', lab.bare);
      return folder;
    },
  },
];
