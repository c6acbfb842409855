/** What git stores: read and written through gits that stay, so that a file costs less than a millisecond. */
import { randomBytes } from 'node:crypto';
import { type BigIntStats, lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import type { GitObjects, NewCommit, TreeEntry } from '../engine/git/repository.ts';
import type { AttributeWatch } from './attribute-watch.ts';
import type { ReadCommit } from './commit-line.ts';
import { formatCommit, readLinks } from './commit-object.ts';
import type { ReadTree } from './compare-trees.ts';
import { describeFileError, meansAbsent } from './file-problems.ts';
import { createGitBatch, type GitBatch, readLine } from './git-batch.ts';
import type { GitSettingsNow, KeptGitSettings } from './git-settings.ts';
import {
  encodeTree,
  findInTree,
  folderEntry,
  formatTree,
  isFolder,
  parsePlainTree,
  parseTree,
  type TreeEntries,
} from './git-tree.ts';
import { idWithLineEnds } from './kept-line-ends.ts';
import { createKeptTrees } from './kept-trees.ts';
import { type LoosePlace, writeLoose, writesPlainly } from './loose-objects.ts';
import { linkAbove } from './no-file.ts';
import { readId, readObject, readUntil } from './object-answers.ts';
import { runGit } from './run-git.ts';

export type ObjectsByGit = Omit<
  GitObjects,
  'facts' | 'staged' | 'stagedBelow' | 'entriesBelow' | 'ignored' | 'outside' | 'isEmptyFolder' | 'noFileAt'
> & {
  /** The commit behind a name; undefined when there is none. */
  commitAt(name: string): Promise<Result<string | undefined>>;
  readCommit: ReadCommit;
  readPlainTree: ReadTree;
};

type ObjectsDeps = {
  top: string;
  /** The mode that git keeps for a path where the disk, or its settings, do not tell; undefined where they do. */
  keptMode(path: string): Promise<string | undefined>;
  settings: KeptGitSettings;
  loose: LoosePlace;
  attributes: AttributeWatch;
  /** What the index holds at a path. */
  indexed(path: string): Promise<TreeEntry | undefined>;
  /** The same, when what lies there, with these facts, was not touched since. */
  untouched(path: string, stats: BigIntStats): Promise<TreeEntry | undefined>;
  temporaryIndex(): string;
};

export function createGitObjects(deps: ObjectsDeps): ObjectsByGit {
  const { top, attributes, settings, loose } = deps;
  const kept = createKeptTrees();
  const reading = createGitBatch(top, ['cat-file', '--batch']);
  const filtering = createGitBatch(top, ['cat-file', '--batch', '--filters']);
  const hashing = createGitBatch(top, ['hash-object', '--stdin-paths']);
  const storing = createGitBatch(top, ['hash-object', '-w', '--stdin-paths']);
  const trees = createGitBatch(top, ['mktree', '-z', '--missing', '--batch']);

  /** Whoever converts does it as the repository wants it now. */
  function freshen(path: string): void {
    if (attributes.isNew(path)) for (const batch of [filtering, hashing, storing]) batch.renew();
  }

  const readBlob = async (id: string): Promise<Result<Uint8Array>> => {
    const read = await reading.ask(`${id}\n`, readObject);
    return read.ok ? ok(read.value.bytes) : read;
  };

  async function idBy(batch: GitBatch, path: string): Promise<Result<string>> {
    freshen(path);
    const id = await batch.ask(`${quoted(path)}\n`, readLine(ok));
    if (!id.ok) return id;
    const isConverted = attributes.hasAttributes(path) || convertsEnds(await settings.now());
    return isConverted ? idWithLineEnds({ ...deps, readBlob }, path, id.value) : id;
  }

  async function treeBytes(treeish: string): Promise<Result<Buffer>> {
    const found = kept.find(treeish);
    if (found !== undefined) return ok(found);
    const read = await reading.ask(`${treeish}^{tree}\n`, readObject);
    if (!read.ok) return read;
    kept.keep(read.value);
    if (wholeId.test(treeish)) kept.tie(treeish, read.value.id);
    return ok(read.value.bytes);
  }

  /** A whole id, of a commit or a tree, always means the same. */
  async function treeId(treeish: string): Promise<Result<string>> {
    if (wholeId.test(treeish)) return ok(treeish);
    const read = await reading.ask(`${treeish}^{tree}\n`, readObject);
    if (read.ok) kept.keep(read.value);
    return read.ok ? ok(read.value.id) : read;
  }

  async function readTree(treeish: string | undefined): Promise<Result<TreeEntries>> {
    if (treeish === undefined) return ok(new Map());
    const bytes = await treeBytes(treeish);
    return bytes.ok ? ok(parseTree(bytes.value, loose.idBytes)) : bytes;
  }

  async function entryAt(treeish: string, path: string): Promise<Result<TreeEntry | undefined>> {
    const tree = await treeBytes(treeish);
    if (!tree.ok) return tree;
    const slash = path.indexOf('/');
    const entry = findInTree(tree.value, loose.idBytes, slash < 0 ? path : path.slice(0, slash));
    if (slash < 0) return ok(entry !== undefined && isFolder(entry) ? undefined : entry);
    return entry !== undefined && isFolder(entry) ? entryAt(entry.id, path.slice(slash + 1)) : ok(undefined);
  }

  async function storeTree(
    entries: TreeEntries,
    changes: ReadonlyMap<string, TreeEntry | undefined>,
  ): Promise<Result<string>> {
    for (const [name, inside] of byFirstName(changes)) {
      const own = inside.get('');
      inside.delete('');
      if (inside.size > 0) {
        const there = own ?? entries.get(name);
        const below = await readTree(there !== undefined && isFolder(there) ? there.id : undefined);
        if (!below.ok) return below;
        const stored = await storeTree(below.value, inside);
        if (!stored.ok) return stored;
        if (below.value.size > 0) entries.set(name, folderEntry(stored.value));
        // What goes below it makes room for a file of that name.
        else if (own !== undefined && !isFolder(own)) entries.set(name, own);
        else entries.delete(name);
      } else if (own === undefined) entries.delete(name);
      else entries.set(name, own);
    }
    return storeEntries(entries);
  }

  async function storeEntries(entries: TreeEntries): Promise<Result<string>> {
    const now = await settings.now();
    if (!writesPlainly(now)) return trees.ask(formatTree(entries), readLine(ok));
    const bytes = encodeTree(entries);
    const stored = await writeLoose(loose, { type: 'tree', bytes }, now);
    if (stored.ok) kept.keep({ id: stored.value, bytes });
    return stored;
  }

  async function storeCommit(commit: NewCommit): Promise<Result<string>> {
    const now = await settings.now();
    const isSigned = now.isOn('commit.gpgsign');
    const isPlain = writesPlainly(now) && !isSigned;
    const who = { settings: now, env: process.env, now: new Date() };
    const bytes = isPlain ? formatCommit(commit, who) : undefined;
    if (bytes === undefined) return commitByGit(top, commit, isSigned);
    const stored = await writeLoose(loose, { type: 'commit', bytes }, now);
    if (stored.ok) kept.tie(stored.value, commit.tree);
    return stored;
  }

  /** Looks before and after, so that the mode is that of the file whose bytes were stored. */
  async function entryBy(batch: GitBatch, path: string): Promise<Result<TreeEntry | undefined>> {
    try {
      if (linkAbove(top, path) !== undefined) return err(behindLink(path));
      const before = factsAt(path);
      // The index knows the folder of a submodule by its facts, too, and that is no file.
      if (!before.isFile() && !before.isSymbolicLink()) return err(notForGit(path));
      const untouched = await deps.untouched(path, before);
      if (untouched !== undefined) return ok(untouched);
      if (before.isSymbolicLink()) return await linkEntry(path, batch === storing);
      const id = await idBy(batch, path);
      const after = factsAt(path);
      if (!id.ok) return id;
      if (after.ino !== before.ino || after.mtimeNs !== before.mtimeNs) return await entryBy(batch, path);
      const isExecutable = (Number(before.mode) & 0o100) !== 0;
      const mode = (await deps.keptMode(path)) ?? (isExecutable ? '100755' : '100644');
      return ok({ mode, id: id.value });
    } catch (cause) {
      return meansAbsent(cause) ? ok(undefined) : err(describeFileError(cause, path, 'read'));
    }
  }

  /** Throws when nothing lies there: of a file that went while git looked at it there is no id either. */
  const factsAt = (path: string): BigIntStats => lstatSync(join(top, path), { bigint: true });

  async function linkEntry(path: string, isStored: boolean): Promise<Result<TreeEntry>> {
    const target = readlinkSync(join(top, path), { encoding: 'buffer' });
    const id = await hashBytes(target, isStored);
    return id.ok ? ok({ mode: '120000', id: id.value }) : id;
  }

  async function hashBytes(bytes: Uint8Array, isStored: boolean): Promise<Result<string>> {
    const answer = await runGit(top, ['hash-object', ...(isStored ? ['-w'] : []), '--stdin'], {
      input: bytes,
    });
    return answer.ok ? ok(answer.value.bytes.toString().trim()) : answer;
  }

  return {
    async entriesAt(treeish, paths) {
      // A name may stand for another commit by the next path.
      const root = await treeId(treeish);
      if (!root.ok) return root;
      const found = new Map<string, TreeEntry>();
      for (const path of paths) {
        const entry = await entryAt(root.value, path);
        if (!entry.ok) return entry;
        if (entry.value !== undefined) found.set(path, entry.value);
      }
      return ok(found);
    },
    commitAt: (name) => reading.ask(`${name}^{commit}\n`, readId),
    async readCommit(id) {
      const read = await reading.ask(`${id}^{commit}\n`, readObject);
      return read.ok ? ok(readLinks(read.value.bytes)) : read;
    },
    async readPlainTree(treeish) {
      const bytes = await treeBytes(treeish);
      return bytes.ok ? ok(parsePlainTree(bytes.value, loose.idBytes)) : bytes;
    },
    readBlob,
    async bytesFor(path, id) {
      freshen(path);
      // A line is a question: what has a line end in its name is asked by itself.
      if (/[\r\n]/.test(path)) {
        const answer = await runGit(top, ['cat-file', '--filters', `--path=${path}`, id]);
        return answer.ok ? ok(answer.value.bytes) : answer;
      }
      const end = `end-${randomBytes(12).toString('hex')}`;
      return filtering.ask(`${id} ${path}\n${end}\n`, readUntil(`${end} missing\n`));
    },
    storeFile: (path) => entryBy(storing, path),
    entryOnDisk: (path) => entryBy(hashing, path),
    storeBlob: (bytes) => hashBytes(bytes, true),
    async storeTree(base, changes) {
      const entries = await readTree(base);
      return entries.ok ? storeTree(entries.value, changes) : entries;
    },
    storeCommit,
    close() {
      for (const batch of [reading, filtering, hashing, storing, trees]) batch.close();
    },
  };
}

async function commitByGit(top: string, commit: NewCommit, isSigned: boolean): Promise<Result<string>> {
  const { tree, parents, message, author } = commit;
  const options = [...(isSigned ? ['-S'] : []), ...parents.flatMap((parent) => ['-p', parent]), '-F', '-'];
  const env = author === undefined ? {} : { GIT_AUTHOR_NAME: author.name, GIT_AUTHOR_EMAIL: author.email };
  const answer = await runGit(top, ['commit-tree', tree, ...options], { input: message, env });
  return answer.ok ? ok(answer.value.bytes.toString().trim()) : answer;
}

/** Whether git was told to convert line ends everywhere. */
const convertsEnds = ({ get, isOn }: GitSettingsNow): boolean =>
  isOn('core.autocrlf') || /^input$/i.test(get('core.autocrlf') ?? '');

const wholeId = /^([0-9a-f]{40}|[0-9a-f]{64})$/;

type Changes = Map<string, TreeEntry | undefined>;

/** Changes under each first name of their paths; what becomes of the name itself stands under ''. */
function byFirstName(changes: ReadonlyMap<string, TreeEntry | undefined>): Map<string, Changes> {
  const groups = new Map<string, Changes>();
  for (const [path, entry] of changes) {
    const slash = path.indexOf('/');
    const name = slash < 0 ? path : path.slice(0, slash);
    const group = groups.get(name) ?? new Map();
    groups.set(name, group.set(slash < 0 ? '' : path.slice(slash + 1), entry));
  }
  return groups;
}

/** As git writes paths with odd characters in lists of them. */
const quoted = (path: string): string => `"${path.replace(/["\\]|\p{Cc}/gu, octal)}"`;

const octal = (character: string): string => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;

const notForGit = (path: string): Problem =>
  problem(
    'not-found',
    path,
    `${path} is no file that git could hold.`,
    'Name a file or a link inside the repository.',
  );

const behindLink = (path: string): Problem =>
  problem(
    'not-found',
    path,
    `${path} lies behind a link; git holds the link, and not what it leads to.`,
    'Name the file where it really lies.',
  );
