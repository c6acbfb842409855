/** The two forms of `since` and `limit` of GET /sync/changes. */
import { parseVector, type Vector } from '../../../shared/domain/vector.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, problem, type Result } from '../../../shared/result.ts';

/** A stamp of 32 digits (reference/002), or a vector, which alone is exact. Undefined when it is neither. */
export function readSince(text: string): { stamp: string } | { vector: Vector } | undefined {
  if (/^[0-9a-fA-F]{32}$/.test(text)) return { stamp: text.toLowerCase() };
  const vector = parseVector(text);
  return vector.ok ? { vector: vector.value } : undefined;
}

/** As documented: 1,000 unless told, and never over `limits.pageRowsSent`. */
export function readLimit(text: string | null): Result<number> {
  if (text === null || text === '') return ok(limits.pageRowsUsual);
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0) return ok(Math.min(limit, limits.pageRowsSent));
  return err(
    problem(
      'bad-input',
      'limit',
      `${JSON.stringify(text.slice(0, 40))} is no number of changes.`,
      'Give 1 or more.',
    ),
  );
}
