/** Contents of the log, and the difference of two of them. */
import type { DiffJson } from '../../shared/contracts/shapes.ts';
import { diffTexts } from '../../shared/domain/line-diff.ts';
import { err, ok, problem, type Result } from '../../shared/result.ts';
import type { LogReader } from '../engine/engine-contract.ts';

/** Lines around a difference that are shown when the caller does not say. */
const usualContext = 3;

/** The bytes behind a content hash. Fails with `content-collected` when the retention took them. */
export function readContent(log: LogReader, path: string, hash: string): Result<Uint8Array> {
  const bytes = log.content(hash);
  if (bytes !== undefined) return ok(bytes);
  return err(
    problem(
      'content-collected',
      path,
      `This version of ${path} is no longer kept: it is past the retention.`,
      'Choose a newer version; GET /api/versions says which ones can be restored.',
    ),
  );
}

/** Compares two contents of a file; null is a side on which the file does not exist. `context` is in lines. */
export function diffOfContents(
  log: LogReader,
  path: string,
  sides: { from: string | null; to: string | null },
  context = usualContext,
): Result<DiffJson> {
  const from = readSide(log, path, sides.from);
  if (!from.ok) return from;
  const to = readSide(log, path, sides.to);
  return to.ok ? ok(diffTexts(from.value, to.value, { context })) : to;
}

const readSide = (log: LogReader, path: string, hash: string | null): Result<Uint8Array | null> =>
  hash === null ? ok(null) : readContent(log, path, hash);
