/** Before the tests in a browser: the built interface is there, and as new as its sources. */
import { buildStale } from '../../build/scripts/build.ts';

export async function setup(): Promise<void> {
  await buildStale(['interface']);
}
