import { randomBytes } from 'node:crypto';
import type { Random } from '../engine/ports.ts';

/** The operating system's random source, fit for keys and tokens. */
export const systemRandom: Random = { bytes: (count) => new Uint8Array(randomBytes(count)) };
