/** What differs in a work tree from its last commit, by the files themselves: what is staged counts like any change. */
import { lstatSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { byteText, decodeUtf8 } from '../../shared/domain/utf8.ts';
import { ok, type Problem, problem, type Result } from '../../shared/result.ts';
import { isOwnRepository } from '../engine/git/left-out.ts';
import type { GitObjects } from '../engine/git/repository.ts';
import type { Snapshot } from '../engine/git/task.ts';
import { runGit } from './run-git.ts';

type Found = {
  files: Map<string, string>;
  staged: Map<string, 'merged' | 'unmerged'>;
  unheld: Map<string, { is: string; why: Problem }>;
};

/**
 * By paths from the top: of files the id of what lies there, '' where nothing does, what is staged, and what no commit of
 * ours can hold. Files that git overlooks are not among them.
 */
export async function findWorkTreeChanges(
  top: string,
  store: Pick<GitObjects, 'entryOnDisk' | 'noFileAt'>,
): Promise<Result<Snapshot>> {
  const answer = await askStatus(top);
  if (!answer.ok) return answer;
  const found: Found = { files: new Map(), staged: new Map(), unheld: new Map() };
  for (const line of linesOf(answer.value.bytes)) {
    const added = await addTo(found, { top, store }, line);
    if (!added.ok) return added;
  }
  return ok(found);
}

/** Git fails where a link took the place of a submodule, unless it need not look into that. */
async function askStatus(top: string): ReturnType<typeof runGit> {
  const question = ['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames'];
  const answer = await runGit(top, question);
  if (answer.ok) return answer;
  const again = await runGit(top, [...question, '--ignore-submodules=dirty']);
  return again.ok ? again : answer;
}

/** Each a state of two letters, a blank and a path. */
function linesOf(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0, at);
    lines.push(bytes.subarray(at, end < 0 ? bytes.length : end));
    at = end < 0 ? bytes.length : end + 1;
  }
  return lines;
}

type Tree = { top: string; store: Pick<GitObjects, 'entryOnDisk' | 'noFileAt'> };

async function addTo(
  { files, staged, unheld }: Found,
  { top, store }: Tree,
  line: Buffer,
): Promise<Result<null>> {
  const { text: path, valid } = decodeUtf8(line.subarray(3));
  const state = line.subarray(0, 2).toString();
  if (!valid) {
    const name = escaped(line.subarray(3));
    const file = Buffer.concat([Buffer.from(`${top}/`), line.subarray(3)]);
    unheld.set(name, { is: `${state} ${factsOf(file)}`, why: hasNoText(name) });
    return ok(null);
  }
  if (unmergedStates.test(state)) staged.set(path, 'unmerged');
  else if (stagedStates.test(state)) staged.set(path, 'merged');
  const entry = await store.entryOnDisk(path);
  if (entry.ok) files.set(path, entry.value === undefined ? '' : `${entry.value.mode} ${entry.value.id}`);
  else if (entry.error.code !== 'not-found') return entry;
  else await addNoFile({ files, unheld }, { top, store }, { path: path.replace(/\/$/, ''), state });
  return ok(null);
}

/** What took the place of a file, with all of its folder even, is in lines of its own: to git the file is gone. */
async function addNoFile(
  { files, unheld }: Pick<Found, 'files' | 'unheld'>,
  { top, store }: Tree,
  { path, state }: { path: string; state: string },
): Promise<void> {
  const { is } = await store.noFileAt(path);
  if (state.includes('D') && (is === 'folder' || is === 'behind')) files.set(path, '');
  else if (statsOf(join(top, path))?.isDirectory())
    unheld.set(path, { is: `${state} ${await headOf(join(top, path))}`, why: isOwnRepository(path) });
}

function statsOf(file: string | Buffer): Stats | undefined {
  try {
    return lstatSync(file);
  } catch {
    return undefined;
  }
}

function factsOf(file: Buffer): string {
  const stats = statsOf(file);
  return stats === undefined ? '' : `${stats.ino} ${stats.size} ${stats.mtimeMs}`;
}

async function headOf(folder: string): Promise<string> {
  const answer = await runGit(folder, ['rev-parse', '--quiet', '--verify', 'HEAD'], { answers: [1, 128] });
  return answer.ok ? answer.value.bytes.toString() : '';
}

/** As git writes such a name. */
const escaped = (name: Uint8Array): string =>
  byteText(name).replace(/[\x80-\xff]/g, (byte) => `\\${byte.charCodeAt(0).toString(8)}`);

const hasNoText = (name: string): Problem =>
  problem(
    'hostile-path',
    name,
    `${name} was left out: its name is no UTF-8.`,
    'Give it another name, or commit it with git itself.',
  );

/** Of the index and of the work tree, as git-status(1) lists them. */
const unmergedStates = /U|AA|DD/;
/** The last is announced by `git add -N`. */
const stagedStates = /^[^ ?!]|^ A/;
