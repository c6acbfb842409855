/** Functions of the system's C library that Node has not. */
import { createRequire } from 'node:module';
import type Koffi from 'koffi';

/** Its native part may be missing for a system; that must not keep Skein from starting. */
export function loadKoffi(): typeof Koffi | undefined {
  try {
    return createRequire(import.meta.url)('koffi') as typeof Koffi;
  } catch {
    return undefined;
  }
}
