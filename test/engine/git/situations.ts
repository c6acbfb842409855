/** Repositories as people have them, each with a journal that was edited since its last commit. */
import { appendFileSync, chmodSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { commitAll, git, makeRepository, write } from '../../support/git-lab.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

export const journal = 'docs/journal.md';
const files = { [journal]: '# Journal\n\nOne.\n', 'code.js': 'let a = 1;\n', 'other.md': 'Other.\n' };

export type Situation = {
  name: string;
  /** Makes it and returns the folder of its work tree. */
  make(): string;
  /** What is committed; the journal unless told. */
  paths?: readonly string[];
  /** What they take the place of, and is committed with them. */
  takes?: readonly string[];
  /** What Skein says instead of committing. */
  refuses?: RegExp;
  /** Of the paths, those that are left out, with the reason; then nothing is committed. */
  leaves?: RegExp;
  /** A file in git's folder in which hooks note what they see: the same of Skein and of git. */
  notes?: string;
  /** The index holds what was committed, where git leaves there what was before its hook. */
  isBetter?: boolean;
};

const edited = (folder: string, path = journal): string => {
  appendFileSync(join(folder, path), 'Two.\n');
  return folder;
};
export const plain = (...options: string[]): string => makeRepository(files, options);

function cloneOf(folder: string, ...options: string[]): string {
  const clone = join(temporaryFolder(), 'clone');
  git(folder, 'clone', '--quiet', ...options, `file://${folder}`, clone);
  return clone;
}

/** Two branches that both changed a line of the code. */
function parted(): string {
  const folder = plain();
  git(folder, 'switch', '--quiet', '--create', 'side');
  write(folder, 'code.js', 'let a = 2;\n');
  commitAll(folder, 'Side');
  git(folder, 'switch', '--quiet', 'main');
  write(folder, 'code.js', 'let a = 3;\n');
  commitAll(folder, 'Main');
  return folder;
}

function changedTwice(): string {
  const folder = parted();
  write(folder, 'code.js', 'let a = 4;\n');
  commitAll(folder, 'Again');
  return folder;
}

function stopped(folder: string, ...args: string[]): string {
  try {
    git(folder, ...args);
  } catch {
    // It stops at the conflict, which is what it is for.
  }
  return edited(folder);
}

function withSubmodule(): string {
  const inner = makeRepository({ 'inner.md': 'Inner.\n' });
  const folder = plain();
  git(folder, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', `file://${inner}`, 'sub');
  commitAll(folder, 'Submodule');
  return edited(folder);
}

/** Everything by which a hook could tell who runs it, and what it does not see: names of files that are made up. */
const noting = [
  'echo "$(basename "$0") $# $2" >> "$(git rev-parse --git-path hook-notes)"',
  '{ git diff --cached --name-status; git diff --name-only; git diff-files --name-only; git ls-files --stage',
  'echo "$GIT_AUTHOR_NAME $GIT_AUTHOR_EMAIL $GIT_AUTHOR_DATE" "$GIT_EDITOR" "$GIT_PREFIX"',
  'test "$(pwd -P)" = "$(git rev-parse --show-toplevel)" && echo at the top',
  'test -e "$(git rev-parse --git-path index.lock)" && echo the index is locked',
  'test $# -gt 0 && cat "$1"; cat; } >> "$(git rev-parse --git-path hook-notes)"; true',
].join('\n');
const aroundCommit = ['pre-commit', 'prepare-commit-msg', 'commit-msg'];

function hooked(folder: string, scripts: Readonly<Record<string, string>>, place = '.git/hooks'): string {
  for (const [name, lines] of Object.entries(scripts))
    write(folder, `${place}/${name}`, `#!/bin/sh\n${lines}\n`, 0o755);
  return folder;
}

export const noted = (folder: string): string =>
  hooked(folder, Object.fromEntries(aroundCommit.map((name) => [name, noting])));

function hookedElsewhere(): string {
  const folder = hooked(plain(), { 'pre-commit': 'exit 1' });
  hooked(folder, { 'pre-commit': noting }, '.githooks');
  commitByPlumbing(folder);
  git(folder, 'config', 'core.hooksPath', '.githooks');
  return edited(folder);
}

/** Past every hook. */
function commitByPlumbing(folder: string): void {
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--no-verify', '--message', 'Hooks');
}

function withoutBit(): string {
  const folder = hooked(plain(), { 'pre-commit': 'exit 1' });
  chmodSync(join(folder, '.git/hooks/pre-commit'), 0o644);
  return edited(folder);
}

const format = 'sed -i s/Two/Second/ docs/journal.md && git add docs/journal.md';
const generate = 'echo Generated. > made.md && git add made.md';

const hookSituations: readonly Situation[] = [
  { name: 'hooks', make: () => edited(noted(plain())), notes: 'hook-notes' },
  {
    name: 'hooks and a deleted file',
    make: () => removed(noted(plain()), journal),
    notes: 'hook-notes',
  },
  {
    name: 'hooks on an unborn branch',
    make() {
      const folder = join(temporaryFolder(), 'new');
      mkdirSync(folder);
      git(folder, 'init', '--quiet', '--initial-branch=main');
      write(folder, journal, 'One.\n');
      return noted(folder);
    },
    notes: 'hook-notes',
  },
  {
    name: 'hooks and an index of version 4',
    make: () => noted(indexed('--index-version', '4')),
    notes: 'hook-notes',
  },
  { name: 'hooks and a split index', make: () => noted(indexed('--split-index')), notes: 'hook-notes' },
  {
    name: 'hooks and a sparse checkout',
    make() {
      const folder = written(plain(), 'far/away.md');
      commitAll(folder, 'Far');
      git(folder, 'sparse-checkout', 'set', 'docs');
      return edited(noted(folder));
    },
    notes: 'hook-notes',
  },
  {
    name: 'hooks and CRLF in the work tree',
    make: () => noted(withLineEnds('core.autocrlf', 'true')),
    notes: 'hook-notes',
  },
  {
    name: 'hooks and SHA-256',
    make: () => edited(noted(plain('--object-format=sha256'))),
    notes: 'hook-notes',
  },
  { name: 'hooks elsewhere', make: hookedElsewhere, notes: 'hook-notes' },
  { name: 'hook without its bit', make: withoutBit },
  {
    name: 'hook that comes afterwards and fails',
    make: () => edited(hooked(plain(), { 'post-commit': `git log --format=%s > .git/hook-notes; exit 1` })),
    notes: 'hook-notes',
  },
  {
    name: 'pre-commit that refuses',
    make: () => edited(hooked(plain(), { 'pre-commit': 'echo Tidy up first. >&2; exit 1' })),
    refuses: /^The hook pre-commit of this repository refused it: Tidy up first\.$/,
  },
  {
    name: 'commit-msg that refuses',
    make: () => edited(hooked(plain(), { 'commit-msg': 'grep -q JIRA "$1"' })),
    refuses: /^The hook commit-msg of this repository refused it: it gave no reason\.$/,
  },
  {
    name: 'hooks that word the message',
    make: () =>
      edited(
        hooked(plain(), {
          'prepare-commit-msg': 'printf "\\n\\n\\nTicket: 7  \\n" >> "$1"',
          'commit-msg': 'sed -i "1s/^/docs: /" "$1"',
        }),
      ),
  },
  {
    name: 'pre-commit that changes the file',
    make: () => edited(hooked(plain(), { 'pre-commit': format })),
    isBetter: true,
  },
  {
    name: 'pre-commit that adds a file',
    make: () => edited(hooked(plain(), { 'pre-commit': generate })),
    isBetter: true,
  },
  {
    name: 'pre-commit that changes only the work tree',
    make: () => edited(hooked(plain(), { 'pre-commit': 'echo Three. >> docs/journal.md' })),
  },
];

export const situations: readonly Situation[] = [
  { name: 'plain', make: () => edited(plain()) },
  { name: 'branch with a slash', make: () => switched(edited(plain()), 'feature/notes') },
  {
    name: 'linked worktree',
    make() {
      const folder = plain();
      const tree = join(temporaryFolder(), 'tree');
      git(folder, 'worktree', 'add', '--quiet', '-b', 'side', tree);
      return edited(tree);
    },
  },
  {
    name: 'unborn branch',
    make() {
      const folder = join(temporaryFolder(), 'new');
      mkdirSync(folder);
      git(folder, 'init', '--quiet', '--initial-branch=main');
      write(folder, journal, 'One.\n');
      return folder;
    },
  },
  { name: 'new file in a new folder', make: () => written(plain(), 'a/b/new.md'), paths: ['a/b/new.md'] },
  { name: 'deleted file', make: () => removed(plain(), journal) },
  { name: 'two files', make: () => edited(edited(plain()), 'other.md'), paths: [journal, 'other.md'] },
  {
    name: 'executable file',
    make() {
      const folder = plain();
      chmodSync(join(folder, journal), 0o755);
      return folder;
    },
  },
  { name: 'modes not believed', make: () => modeless() },
  {
    name: 'link',
    make() {
      const folder = removed(plain(), journal);
      symlinkSync('../other.md', join(folder, journal));
      return folder;
    },
  },
  {
    name: 'file behind a link',
    make() {
      const folder = written(plain(), 'real/notes.md');
      symlinkSync('real', join(folder, 'linked'));
      return folder;
    },
    paths: ['linked/notes.md'],
    leaves: /lies behind a link/,
  },
  { name: 'CRLF in the work tree', make: () => withLineEnds('core.autocrlf', 'true') },
  { name: 'line ends by attributes', make: () => withAttributes('*.md text eol=crlf\n') },
  { name: 'a filter', make: () => withFilter() },
  { name: 'shallow clone', make: () => edited(cloneOf(twoCommits(), '--depth=1')) },
  { name: 'partial clone', make: () => edited(cloneOf(filtered(), '--filter=blob:none')) },
  {
    name: 'sparse checkout',
    make() {
      const folder = written(plain(), 'far/away.md');
      commitAll(folder, 'Far');
      git(folder, 'sparse-checkout', 'set', 'docs');
      return edited(folder);
    },
    paths: [journal, 'far/away.md'],
  },
  {
    name: 'sparse index',
    make() {
      const folder = written(plain(), 'far/away.md');
      commitAll(folder, 'Far');
      git(folder, 'sparse-checkout', 'set', '--cone', '--sparse-index', 'docs');
      return edited(folder);
    },
  },
  { name: 'submodule beside it', make: withSubmodule },
  {
    name: 'file in a submodule',
    make: () => edited(withSubmodule(), 'sub/inner.md'),
    paths: ['sub/inner.md'],
    leaves: /sub is no folder of this repository/,
  },
  {
    name: 'inside a submodule',
    make: () => join(edited(withSubmodule(), 'sub/inner.md'), 'sub'),
    paths: ['inner.md'],
  },
  { name: 'SHA-256', make: () => edited(plain('--object-format=sha256')) },
  { name: 'index of version 4', make: () => indexed('--index-version', '4') },
  { name: 'split index', make: () => indexed('--split-index') },
  { name: 'untracked cache', make: () => indexed('--untracked-cache') },
  { name: 'packed', make: () => packed() },
  {
    name: 'ignored file',
    make: () => written(written(plain(), '.gitignore', 'secret.md\n'), 'secret.md'),
    paths: ['secret.md'],
    leaves: /ignores it/,
  },
  {
    name: 'names with odd letters',
    make: () => written(written(plain(), 'sûr "so"\\ 100%.md'), 'new\nline.md'),
    paths: ['sûr "so"\\ 100%.md', 'new\nline.md'],
  },
  {
    name: 'the same path staged',
    make: () => staged(edited(plain()), journal),
    leaves: /somebody has staged it/,
  },
  {
    name: 'announced with add -N',
    make() {
      const folder = written(plain(), 'soon.md');
      git(folder, 'add', '--intent-to-add', 'soon.md');
      return folder;
    },
    paths: ['soon.md'],
    leaves: /somebody has staged it/,
  },
  ...hookSituations,
  { name: 'nothing to commit', make: () => plain() },
  { name: 'detached HEAD', make: () => detachedHead(), refuses: /HEAD is on no branch/ },
  { name: 'merge in progress', make: () => stopped(parted(), 'merge', 'side'), refuses: /middle of a merge/ },
  {
    name: 'rebase in progress',
    make: () => stopped(parted(), 'rebase', 'side'),
    refuses: /middle of a rebase/,
  },
  {
    name: 'cherry-pick in progress',
    make: () => stopped(parted(), 'cherry-pick', 'side'),
    refuses: /middle of a cherry-pick/,
  },
  {
    name: 'revert in progress',
    make: () => stopped(changedTwice(), 'revert', 'HEAD~1'),
    refuses: /middle of a revert/,
  },
  {
    name: 'bisect in progress',
    make: () => stopped(twoCommits(), 'bisect', 'start'),
    refuses: /middle of a bisect/,
  },
  {
    name: 'bare',
    make() {
      const folder = join(temporaryFolder(), 'bare.git');
      git(plain(), 'clone', '--quiet', '--bare', '.', folder);
      return folder;
    },
    refuses: /it is bare/,
  },
];

function switched(folder: string, branch: string): string {
  git(folder, 'switch', '--quiet', '--create', branch);
  return folder;
}

export function written(folder: string, path: string, text = 'New.\n'): string {
  write(folder, path, text);
  return folder;
}

export function removed(folder: string, path: string): string {
  rmSync(join(folder, path));
  return folder;
}

function staged(folder: string, path: string): string {
  git(folder, 'add', path);
  return folder;
}

function modeless(): string {
  const folder = plain();
  git(folder, 'config', 'core.fileMode', 'false');
  chmodSync(join(folder, journal), 0o755);
  return edited(folder);
}

function withLineEnds(name: string, value: string): string {
  const folder = plain();
  git(folder, 'config', name, value);
  write(folder, journal, '# Journal\r\n\r\nOne.\r\nTwo.\r\n');
  return folder;
}

function withAttributes(text: string): string {
  const folder = written(plain(), '.gitattributes', text);
  renormalize(folder);
  commitAll(folder, 'Attributes');
  write(folder, journal, '# Journal\r\n\r\nOne.\r\nTwo.\r\n');
  return folder;
}

/** Else whether a file counts as changed depends on whether git looks into it. */
const renormalize = (folder: string): string => git(folder, 'add', '--renormalize', '.');

function withFilter(): string {
  const folder = written(plain(), '.gitattributes', '*.md filter=shout\n');
  git(folder, 'config', 'filter.shout.clean', 'tr a-z A-Z');
  git(folder, 'config', 'filter.shout.smudge', 'tr A-Z a-z');
  renormalize(folder);
  commitAll(folder, 'Attributes');
  return edited(folder);
}

function twoCommits(): string {
  const folder = written(plain(), 'second.md');
  commitAll(folder, 'Second');
  return folder;
}

function filtered(): string {
  const folder = twoCommits();
  git(folder, 'config', 'uploadpack.allowFilter', 'true');
  return folder;
}

const indexed = (...options: string[]): string => edited(afterUpdate(plain(), ...options));

export function afterUpdate(folder: string, ...options: string[]): string {
  git(folder, 'update-index', ...options);
  return folder;
}

function packed(): string {
  const folder = twoCommits();
  git(folder, 'gc', '--quiet');
  return edited(folder);
}

function detachedHead(): string {
  const folder = plain();
  git(folder, 'switch', '--quiet', '--detach');
  return edited(folder);
}
