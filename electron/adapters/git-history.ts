/** What git knows of how commits differ and belong together. */
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import type {
  CommitSummary,
  GitHistory,
  MergeConflict,
  TreeChange,
  TreeEntry,
} from '../engine/git/repository.ts';
import { countLine } from './commit-line.ts';
import { compareTrees } from './compare-trees.ts';
import type { ObjectsByGit } from './git-objects.ts';
import { runGit } from './run-git.ts';

/** The half of a store that reads history. `top` is where its work tree begins, or where a bare one lies. */
export function createGitHistory(
  top: string,
  { readCommit, readPlainTree }: Pick<ObjectsByGit, 'readCommit' | 'readPlainTree'>,
): GitHistory {
  const ask: Ask = async (args, answers = []) => {
    const answer = await runGit(top, args, { answers });
    return answer.ok ? ok(answer.value.bytes.toString()) : answer;
  };

  return {
    async compare(from, to) {
      const compared = await compareTrees(readPlainTree, from, to);
      if (compared.ok && compared.value !== undefined) return ok(compared.value);
      const printed = await ask(['diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', from, to]);
      return printed.ok ? ok(parseRaw(printed.value)) : printed;
    },
    async hasBranch(name) {
      const answer = await runGit(top, ['show-ref', '--verify', '--quiet', `refs/heads/${name}`], {
        answers: [1],
      });
      return answer.ok ? ok(answer.value.code === 0) : answer;
    },
    async mergeBase(one, other) {
      for (const [above, below] of [
        [other, one],
        [one, other],
      ] as const)
        if ((await countLine(readCommit, { above, below })) !== undefined) return ok(below);
      const printed = await ask(['merge-base', one, other], [1]);
      return printed.ok ? ok(printed.value.trim() || undefined) : printed;
    },
    async mergeTrees(ours, theirs) {
      const how = ['--write-tree', '-z', '--no-messages', '--allow-unrelated-histories'];
      const printed = await ask(['merge-tree', ...how, ours, theirs], [1]);
      if (printed.ok) return ok(parseMerge(printed.value));
      return err(isTooOld(printed.error) ? tooOld(top) : printed.error);
    },
    async countApart(of, than) {
      const straight = await countLine(readCommit, { above: than, below: of });
      if (straight !== undefined) return ok({ ahead: 0, behind: straight });
      const printed = await ask(['rev-list', '--left-right', '--count', `${of}...${than}`, '--']);
      if (!printed.ok) return printed;
      const [ahead, behind] = printed.value.trim().split('\t').map(Number);
      return ok({ ahead: ahead ?? 0, behind: behind ?? 0 });
    },
    async log(of, than, atMost) {
      const which = than === undefined ? [of] : [of, `^${than}`];
      const format = '--format=%H%x00%an%x00%ae%x00%ct%x00%s';
      const shape = ['-z', '--no-show-signature', '--no-color', '--encoding=UTF-8', format];
      const printed = await ask(['log', ...shape, `--max-count=${Math.floor(atMost)}`, ...which, '--']);
      return printed.ok ? ok(parseLog(printed.value)) : printed;
    },
  };
}

/** `answers` are the exit codes that are no failure, besides 0. */
type Ask = (args: readonly string[], answers?: readonly number[]) => Promise<Result<string>>;

/** Two parts for each path: `:100644 100644 <id before> <id after> M`, then the path. */
function parseRaw(printed: string): TreeChange[] {
  const parts = printed.split('\0');
  const changes: TreeChange[] = [];
  for (let at = 0; parts[at]?.startsWith(':'); at += 2) {
    const [modeBefore = '', modeAfter = '', before = '', after = ''] = (parts[at] ?? '').slice(1).split(' ');
    const path = parts[at + 1] ?? '';
    changes.push({ path, before: entryOf(modeBefore, before), after: entryOf(modeAfter, after) });
  }
  return changes;
}

/** Git writes a missing side as zeros. */
const entryOf = (mode: string, id: string): TreeEntry | undefined =>
  mode === '000000' ? undefined : { mode, id };

/** The tree, then for each version of a path in conflict `<mode> <id> <1 base, 2 ours, 3 theirs>\t<path>`. */
function parseMerge(printed: string): { tree: string; conflicts: MergeConflict[] } {
  const [tree = '', ...versions] = printed.split('\0');
  const byPath = new Map<string, MergeConflict>();
  for (const version of versions) {
    const [, mode, id, stage, path] = /^(\d{6}) ([0-9a-f]+) ([123])\t(.*)$/s.exec(version) ?? [];
    if (mode === undefined || id === undefined || path === undefined) continue;
    const conflict = byPath.get(path) ?? { path, base: undefined, ours: undefined, theirs: undefined };
    const side = stage === '1' ? 'base' : stage === '2' ? 'ours' : 'theirs';
    byPath.set(path, { ...conflict, [side]: { mode, id } });
  }
  return { tree, conflicts: [...byPath.values()] };
}

/** Five parts for each commit; a NUL also stands between two commits. */
function parseLog(printed: string): CommitSummary[] {
  const parts = printed.split('\0');
  const commits: CommitSummary[] = [];
  for (let at = 0; at + 4 < parts.length; at += 5) {
    const [id = '', name = '', email = '', seconds, subject = ''] = parts.slice(at, at + 5);
    commits.push({ id, author: { name, email }, atMs: Number(seconds) * 1_000, subject });
  }
  return commits;
}

/** What git before 2.38 says, which takes the option for the name of a tree or does not know it. */
const isTooOld = ({ message }: Problem): boolean =>
  /usage: git merge-tree|unknown (?:option|rev)|not a valid object name --write-tree/i.test(message);

const tooOld = (top: string): Problem =>
  problem(
    'git-unavailable',
    top,
    'The installed git cannot merge without touching the work tree.',
    'Update git to 2.38 or newer, then try again.',
  );
