/** Whether the runtime can carry Skein. */
import { type Check, failure, passed } from './check.ts';

/** The oldest Node whose SQLite binding does not crash and that runs TypeScript as it stands. */
const oldestNode = 24;

/** Electron carries a Node that fits; elsewhere Node itself must be new enough. */
export function checkNode(versions: { node: string; electron?: string | undefined }): Check {
  if (versions.electron !== undefined) {
    return passed('runtime', `Electron ${versions.electron} with its own Node ${versions.node}.`);
  }
  if (Number.parseInt(versions.node, 10) >= oldestNode) return passed('runtime', `Node ${versions.node}.`);
  return failure(
    'runtime',
    `This is Node ${versions.node}; Skein needs ${oldestNode} or newer.`,
    'Start Skein with `npm start`, which brings a Node that fits, or install a newer Node.',
  );
}
