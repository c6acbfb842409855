/**
 * Vectors: for each node the highest sequence of its changes that a replica holds. Sequences have no gap, so a
 * vector says exactly what a replica has, whatever any clock says (Parker et al., "Detection of Mutual
 * Inconsistency in Distributed Systems", 1983; DESIGN rule 4).
 *
 * As text a vector is `node:sequence` joined by commas, nodes in order; the empty vector is `0`.
 */

import { limits } from '../limits.ts';
import { err, ok, type Problem, problem, type Result } from '../result.ts';

export type Vector = Readonly<Record<string, number>>;

export const emptyVector: Vector = {};

/** Whether a holder of `vector` has this change. */
export const covers = (vector: Vector, node: string, sequence: number): boolean =>
  (vector[node] ?? 0) >= sequence;

/** Whether a holder of `vector` has everything that a holder of `other` has. */
export const coversAll = (vector: Vector, other: Vector): boolean =>
  Object.entries(other).every(([node, sequence]) => covers(vector, node, sequence));

/** How many changes a holder of `vector` has that a holder of `other` lacks. */
export const countMissing = (vector: Vector, other: Vector): number =>
  Object.entries(vector).reduce(
    (sum, [node, sequence]) => sum + Math.max(0, sequence - (other[node] ?? 0)),
    0,
  );

/** What the holders of both have together. */
export function joinVectors(one: Vector, other: Vector): Vector {
  const nodes = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...nodes].map((node) => [node, Math.max(one[node] ?? 0, other[node] ?? 0)]));
}

export function formatVector(vector: Vector): string {
  const held = Object.entries(vector).filter(([, sequence]) => sequence > 0);
  if (held.length === 0) return '0';
  return held
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([node, sequence]) => `${node}:${sequence}`)
    .join(',');
}

/** Reads a vector. Fails with `bad-input` on anything else, a node named twice, or too many nodes. */
export function parseVector(text: string): Result<Vector> {
  if (text === '0' || text === '') return ok(emptyVector);
  const parts = text.split(',');
  if (parts.length > limits.vectorNodes) return err(malformed(text));
  const vector: Record<string, number> = {};
  for (const part of parts) {
    const [, node, digits] = /^([0-9a-f]{16}):(\d{1,15})$/.exec(part) ?? [];
    if (node === undefined || node in vector) return err(malformed(text));
    vector[node] = Number(digits);
  }
  return ok(vector);
}

const malformed = (text: string): Problem =>
  problem(
    'bad-input',
    'since',
    `${JSON.stringify(text.slice(0, 60))} is no vector.`,
    'Give node:sequence pairs joined by commas, as GET /sync/watermark shows them, or 0 for everything.',
  );
