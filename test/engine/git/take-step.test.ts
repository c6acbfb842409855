/** A step of a repository that is interrupted anywhere is finished or given up by the next who comes, and nothing is half done. */
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { commitPaths } from '../../../electron/engine/git/commit.ts';
import type { RepositoryStep, StepParts, TreeChange } from '../../../electron/engine/git/repository.ts';
import { err, ok, problem } from '../../../shared/result.ts';
import { alwaysHeld } from '../../support/always-held.ts';
import { must } from '../../support/device.ts';
import {
  commitAll,
  faultsOf,
  git,
  makeRepository,
  portrait,
  useGitLab,
  write,
} from '../../support/git-lab.ts';
import { openCommits, openRepository } from '../../support/open-repository.ts';

useGitLab();

class Crash extends Error {}

/** Every call of the parts is a place to die: before it, or right after it. */
function dying(at: number): { change(parts: StepParts): StepParts; calls(): number } {
  let calls = 0;
  const wrap = <Args extends unknown[], Value>(work: (...args: Args) => Promise<Value>) => {
    return async (...args: Args): Promise<Value> => {
      if (calls++ === at) throw new Crash();
      const value = await work(...args);
      if (calls++ === at) throw new Crash();
      return value;
    };
  };
  const change = (parts: StepParts): StepParts =>
    ({
      ...Object.fromEntries(
        Object.entries(parts).map(([name, part]) => [
          name,
          typeof part === 'function' ? wrap(part as never) : part,
        ]),
      ),
      lockIndex: wrap(async (changes, signal) => {
        const held = await parts.lockIndex(changes, signal);
        if (!held.ok) return held;
        const { install, drop } = held.value;
        return { ok: true, value: { ...held.value, install: wrap(install), drop: wrap(drop) } };
      }),
    }) as StepParts;
  return { change, calls: () => calls };
}

/** Files of every kind on one side of a step, and what became of them on the other. */
function makeParted(): { folder: string; from: string; to: string } {
  const folder = makeRepository({
    'edited.md': 'One.\n',
    'gone/deep.md': 'Gone.\n',
    'mode.sh': 'echo\n',
    'file-then-folder': 'File.\n',
    'folder-then-file/in.md': 'In.\n',
    'other.md': 'Other.\n',
  });
  const from = git(folder, 'rev-parse', 'HEAD');
  git(folder, 'switch', '--quiet', '--create', 'next');
  write(folder, 'edited.md', 'One.\nTwo.\n');
  write(folder, 'new/deep.md', 'New.\n');
  git(folder, 'rm', '--quiet', '-r', 'gone', 'file-then-folder', 'folder-then-file');
  write(folder, 'file-then-folder/in.md', 'Now a folder.\n');
  write(folder, 'folder-then-file', 'Now a file.\n');
  chmodSync(join(folder, 'mode.sh'), 0o755);
  const to = commitAll(folder, 'Next');
  git(folder, 'switch', '--quiet', 'main');
  return { folder, from, to };
}

/** The whole way from one commit to the other. */
function stepBetween(folder: string, from: string, to: string): RepositoryStep {
  const raw = git(folder, 'diff-tree', '-r', '-z', '--raw', '--no-renames', '--no-abbrev', from, to).split(
    '\0',
  );
  const entry = (mode = '', id = '') => (/^0+$/.test(mode) ? undefined : { mode, id });
  const changes: TreeChange[] = [];
  for (let at = 0; raw[at]; at += 2) {
    const [beforeMode, afterMode, beforeId, afterId] = (raw[at] ?? '').slice(1).split(' ');
    changes.push({
      path: raw[at + 1] ?? '',
      before: entry(beforeMode, beforeId),
      after: entry(afterMode, afterId),
    });
  }
  return { operation: 'pull', branch: 'main', from, to, index: changes, files: changes };
}

const leftovers = (folder: string): string[] =>
  [...readdirSync(folder), ...readdirSync(join(folder, '.git'))].filter((name) => /skein|\.lock$/.test(name));

describe('a step', () => {
  test('does what git does, and leaves nothing behind', async () => {
    const { folder, from, to } = makeParted();
    write(folder, 'other.md', 'Dirty.\n');
    write(folder, 'staged.md', 'Staged.\n');
    git(folder, 'add', 'staged.md');
    const repository = await openRepository(folder);
    must(await repository.take(stepBetween(folder, from, to)));
    const after = portrait(folder);
    git(folder, 'update-ref', 'refs/heads/main', from);
    git(folder, 'rm', '--cached', '--quiet', 'staged.md');
    git(folder, 'reset', '--quiet', '--hard', from);
    git(folder, 'merge', '--quiet', '--ff-only', to);
    write(folder, 'other.md', 'Dirty.\n');
    write(folder, 'staged.md', 'Staged.\n');
    git(folder, 'add', 'staged.md');
    expect(after).toEqual(portrait(folder));
    expect(leftovers(folder)).toEqual([]);
  });

  test('that dies anywhere is whole or not there for whoever comes next', {
    timeout: 120_000,
  }, async () => {
    const seen = new Set<string>();
    for (let at = 0; ; at++) {
      const { folder, from, to } = makeParted();
      const before = portrait(folder);
      const dies = dying(at);
      const died = await (await openRepository(folder, dies.change)).take(stepBetween(folder, from, to)).then(
        () => false,
        (cause) => cause instanceof Crash || Promise.reject(cause),
      );
      const settled = must(await (await openRepository(folder)).settle());
      seen.add(settled);
      const isDone = git(folder, 'rev-parse', 'main') === to;
      if (settled === 'finished') expect(isDone).toBe(true);
      expect(git(folder, 'status', '--porcelain')).toBe('');
      if (!isDone) expect(portrait(folder)).toEqual(before);
      expect(leftovers(folder)).toEqual([]);
      expect(faultsOf(folder)).toBe('');
      if (!died) {
        expect(at).toBeGreaterThan(10);
        break;
      }
    }
    expect(seen).toContain('finished');
    expect(seen).toContain('nothing');
  });

  test('that meets a file which somebody changed gives everything back', async () => {
    const { folder, from, to } = makeParted();
    write(folder, 'mode.sh', 'echo mine\n');
    const before = portrait(folder);
    const taken = await (await openRepository(folder)).take(stepBetween(folder, from, to));
    expect(taken).toMatchObject({ ok: false, error: { code: 'changed-meanwhile', subject: 'mode.sh' } });
    expect(portrait(folder)).toEqual(before);
    expect(leftovers(folder)).toEqual([]);
  });

  test('on a branch that somebody moved gives everything back', async () => {
    const { folder, from, to } = makeParted();
    const repository = await openRepository(folder, (parts) => ({
      ...parts,
      async moveBranch(branch, move) {
        git(
          folder,
          'update-ref',
          'refs/heads/main',
          git(folder, 'commit-tree', '-p', from, '-m', 'x', `${from}^{tree}`),
        );
        return parts.moveBranch(branch, move);
      },
    }));
    const taken = await repository.take(stepBetween(folder, from, to));
    expect(taken).toMatchObject({ ok: false, error: { code: 'changed-meanwhile' } });
    expect(git(folder, 'status', '--porcelain')).toBe('');
    expect(leftovers(folder)).toEqual([]);
  });

  test('after a crash leaves to somebody what they wrote since then', async () => {
    const { folder, from, to } = makeParted();
    const repository = await openRepository(folder, (parts) => ({
      ...parts,
      moveBranch: async () => {
        throw new Crash();
      },
    }));
    await expect(repository.take(stepBetween(folder, from, to))).rejects.toThrow(Crash);
    write(folder, 'edited.md', 'Mine.\n');
    expect(must(await (await openRepository(folder)).settle())).toBe('finished');
    expect(git(folder, 'status', '--porcelain')).toBe(' M edited.md');
    expect(git(folder, 'rev-parse', 'main')).toBe(to);
  });
});

test('a commit over what whoever asks has staged, when it dies anywhere, loses neither', {
  timeout: 60_000,
}, async () => {
  const seen = new Set<string>();
  for (let at = 0; ; at++) {
    const folder = makeRepository({ 'a.md': 'One.\n' });
    write(folder, 'a.md', 'Two.\n');
    git(folder, 'add', 'a.md');
    write(folder, 'a.md', 'Three.\n');
    const store = await openRepository(folder, dying(at).change);
    const request = { paths: ['a.md'], message: 'A', ownStaged: new Set(['a.md']) };
    const died = await commitPaths({ ...(await openCommits(folder)).deps, store }, request, alwaysHeld).then(
      (done) => must(done).commit === undefined,
      (cause) => cause instanceof Crash || Promise.reject(cause),
    );
    must(await (await openRepository(folder)).settle());
    const isDone = git(folder, 'show', 'HEAD:a.md') === 'Three.';
    expect(git(folder, 'show', ':a.md')).toBe(isDone ? 'Three.' : 'Two.');
    expect(git(folder, 'status', '--porcelain')).toBe(isDone ? '' : 'MM a.md');
    expect(leftovers(folder)).toEqual([]);
    seen.add(`${died} ${isDone}`);
    if (!died) break;
  }
  expect(seen).toEqual(new Set(['true false', 'true true', 'false true']));
});

describe('a step whose commit is made under the lock', () => {
  test.each([
    ['nothing', async () => ok(undefined)],
    ['a failure', async () => err(problem('hook-refused', 'pre-commit', 'No.', 'Tidy up.'))],
  ])('that comes to %s leaves everything as it was', async (_name, make) => {
    const { folder, from, to } = makeParted();
    const before = portrait(folder);
    const held: boolean[] = [];
    const taken = await (await openRepository(folder)).takeOnceMade(
      stepBetween(folder, from, to),
      async () => {
        held.push(existsSync(join(folder, '.git', 'index.lock')));
        return make();
      },
    );
    expect(taken).toEqual(await make());
    expect(held).toEqual([true]);
    expect(portrait(folder)).toEqual(before);
    expect(leftovers(folder)).toEqual([]);
  });

  test('that breaks keeps the index from nobody', async () => {
    const { folder, from, to } = makeParted();
    const broken = (await openRepository(folder)).takeOnceMade(stepBetween(folder, from, to), async () => {
      throw new Crash();
    });
    await expect(broken).rejects.toThrow(Crash);
    expect(leftovers(folder)).toEqual([]);
  });

  test('writes the index that was made, also a shorter one', async () => {
    const { folder, from, to } = makeParted();
    const step = stepBetween(folder, from, to);
    const index = step.index.filter(({ after }) => after === undefined);
    must(await (await openRepository(folder)).takeOnceMade(step, async () => ok({ to, index })));
    expect(git(folder, 'rev-parse', 'HEAD')).toBe(to);
    const staged = git(folder, 'diff', '--cached', '--name-only').split('\n');
    const left = step.index.filter(({ after }) => after !== undefined).map(({ path }) => path);
    expect(staged.toSorted()).toEqual(left.toSorted());
  });
});

describe('the index.lock of another program', () => {
  test('is waited for, and then whoever works there is named', async () => {
    const { folder, from, to } = makeParted();
    writeFileSync(join(folder, '.git', 'index.lock'), '');
    const before = portrait(folder);
    const stopping = new AbortController();
    stopping.abort();
    const taken = await (await openRepository(folder)).take(stepBetween(folder, from, to), {
      signal: stopping.signal,
    });
    expect(taken).toMatchObject({ ok: false, error: { code: 'stopping' } });
    expect(taken.ok ? '' : taken.error.message).toMatch(/Another program holds .*index\.lock, since 20/);
    expect(existsSync(join(folder, '.git', 'index.lock'))).toBe(true);
    expect({ ...portrait(folder) }).toEqual(before);
  });
});

test('a folder that git knows nothing of is said to be none', async () => {
  const folder = makeRepository({ 'a.md': 'A.\n' });
  mkdirSync(join(folder, '..', 'none'));
  await expect(openRepository(join(folder, '..', 'none'))).rejects.toThrow(/no git repository/);
});

describe('a step of a branch that somebody left', () => {
  test('is not taken: the other branch keeps its index and files', async () => {
    const { folder, from, to } = makeParted();
    git(folder, 'branch', 'other');
    const store = await openRepository(folder, (parts) => ({
      ...parts,
      async lockIndex(changes, signal) {
        git(folder, 'switch', '--quiet', 'other');
        return parts.lockIndex(changes, signal);
      },
    }));
    const taken = await store.take(stepBetween(folder, from, to));
    expect(taken).toMatchObject({ ok: false, error: { code: 'changed-meanwhile' } });
    expect(git(folder, 'status', '--porcelain')).toBe('');
    expect(git(folder, 'rev-parse', 'main', 'other')).toBe(`${from}\n${from}`);
  });

  test('and that a crash interrupted, is given up there', async () => {
    const { folder, from, to } = makeParted();
    git(folder, 'branch', 'other');
    const dying = await openRepository(folder, (parts) => ({
      ...parts,
      async writeNote(step) {
        await parts.writeNote(step);
        throw new Crash();
      },
    }));
    await expect(dying.take(stepBetween(folder, from, to))).rejects.toThrow(Crash);
    rmSync(join(folder, '.git/index.lock'));
    git(folder, 'switch', '--quiet', 'other');
    const store = await openRepository(folder);
    expect(must(await store.settle())).toBe('given-up');
    expect(git(folder, 'status', '--porcelain')).toBe('');
    expect(git(folder, 'rev-parse', 'main', 'other')).toBe(`${from}\n${from}`);
  });
});

test('a file that is written while others are is not taken away', async () => {
  const { folder, from, to } = makeParted();
  const store = await openRepository(folder, (parts) => ({
    ...parts,
    async writeNote(step) {
      write(folder, 'gone/deep.md', 'Just written.\n');
      return parts.writeNote(step);
    },
  }));
  const taken = await store.take(stepBetween(folder, from, to));
  expect(taken).toMatchObject({ ok: false, error: { code: 'changed-meanwhile' } });
  expect(git(folder, 'status', '--porcelain')).toBe(' M gone/deep.md');
});

test('a new file has the permissions that the user gives to files', async () => {
  const before = process.umask(0o077);
  onTestFinished(() => void process.umask(before));
  const { folder, from, to } = makeParted();
  must(await (await openRepository(folder)).take(stepBetween(folder, from, to)));
  expect(lstatSync(join(folder, 'new/deep.md')).mode & 0o777).toBe(0o600);
  expect(git(folder, 'status', '--porcelain')).toBe('');
});
