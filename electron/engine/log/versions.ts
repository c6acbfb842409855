/** Finds the version of a file that a person or a script names. */
import type { Change } from '../../../shared/domain/change.ts';
import { shellWord } from '../../../shared/domain/shell-word.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';
import type { LogReader } from '../engine-contract.ts';
import type { Sql } from '../ports.ts';
import { type LogRow, selectChanges, toChange } from './rows.ts';

/**
 * Names of versions: `latest`, `latest~N` (N before it), or the beginning (6 digits or more) of a stamp,
 * of a content hash or of a checksum. Fails with `not-found`; a beginning that fits several contents takes the newest.
 */
export function createVersionResolver(sql: Sql): Pick<LogReader, 'resolveVersion'> {
  const nth = sql.prepare<LogRow>(
    `${selectChanges} WHERE l.path = ? ORDER BY l.position DESC LIMIT 1 OFFSET ?`,
  );
  const byName = sql.prepare<LogRow>(
    `${selectChanges} WHERE l.path = ? AND (l.stamp GLOB ? OR c.hash GLOB ? OR ltrim(c.md5, '*') GLOB ?) ORDER BY l.position DESC LIMIT 1`,
  );
  return {
    resolveVersion(path, version) {
      const latest = /^latest(?:~(\d{1,7}))?$/.exec(version);
      if (latest !== null) return found(nth.get(path, Number(latest[1] ?? 0)), path, version);
      if (!/^[0-9a-fA-F]{6,64}$/.test(version)) return err(badVersion(version));
      const beginning = `${version.toLowerCase()}*`;
      return found(byName.get(path, beginning, beginning, beginning), path, version);
    },
  };
}

function found(row: LogRow | undefined, path: string, version: string): Result<Change> {
  if (row !== undefined) return ok(toChange(row));
  return err(
    problem(
      'not-found',
      path,
      `${path} has no version ${version}.`,
      `List its versions with: skein log ${shellWord(path)}`,
    ),
  );
}

const badVersion = (version: string) =>
  problem(
    'bad-input',
    version,
    `"${version}" names no version.`,
    'Use latest, latest~2, or at least the first six digits of a stamp or checksum.',
  );
