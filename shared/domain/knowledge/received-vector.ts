/** What can be said of a packed vector that another device made, without making it again. */
import { limits } from '../../limits.ts';
import { unpackVector } from './packed-vector.ts';

/**
 * The vector, or undefined where no honest device packs such bytes: they are of other dimensions, are no numbers, or have
 * another length than 1. Nor is one without a direction taken: no server that embeds gives one, and with it a passage is
 * found no more.
 */
export function readReceived(packed: Uint8Array, dimensions: number): Float32Array | undefined {
  if (packed.length !== 4 + dimensions) return undefined;
  const scale = new DataView(packed.buffer, packed.byteOffset).getFloat32(0, true);
  const vector = unpackVector(packed);
  const isUnit = Math.abs(lengthOf(vector) - 1) <= limits.sharedLength;
  return scale > 0 && isUnit ? vector : undefined;
}

const lengthOf = (vector: Float32Array): number =>
  Math.sqrt(vector.reduce((sum, number) => sum + number * number, 0));
