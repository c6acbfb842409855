/** Git is told to overlook what Skein lays into a work tree, before the first of it is there. */
import { errorCode } from '../adapters/file-problems.ts';
import { type FoundRepository, findRepository } from '../adapters/find-repository.ts';
import { excludeFromGit } from '../adapters/git-exclude.ts';
import type { Files, Log } from '../engine/ports.ts';

/** Excludes the pattern when it is first called. A repository that cannot be told is warned of, and works. */
export function onceExcluded(
  { excludeFile, folder }: FoundRepository,
  pattern: string,
  log: Log,
): () => void {
  let isDone = excludeFile === undefined;
  return () => {
    if (isDone || excludeFile === undefined) return;
    isDone = true;
    try {
      excludeFromGit(excludeFile, pattern);
    } catch (cause) {
      const reason = errorCode(cause) ?? String(cause);
      log.warn(`${excludeFile} could not be written (${reason}), so git in ${folder} will list ${pattern}.`);
    }
  };
}

/**
 * The same files: what is there for a moment until it is moved into place is in no `git status`, and no agent's
 * `git add -A` takes it into a commit.
 */
export function hidingTemporaries(files: Files, folder: string, log: Log): Files {
  let excluded: Promise<void> | undefined;
  const exclude = async () => onceExcluded(await findRepository(folder), '.skein-*.tmp', log)();
  return {
    ...files,
    async writeTemporary(...args) {
      // A folder that is gone is told of by the write.
      excluded ??= exclude().catch(() => undefined);
      await excluded;
      return files.writeTemporary(...args);
    },
  };
}
