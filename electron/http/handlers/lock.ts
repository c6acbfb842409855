/** The lock of a workspace's repository. */
import { chooseWorkspace } from '../choose-workspace.ts';
import type { Handler } from '../deps.ts';

/** Who holds it and who waits, other programs included. */
export const getLock: Handler<'getLock'> = ({ host }, { workspace }) => {
  const open = chooseWorkspace(host, workspace);
  return open.ok ? host.locks.look(open.value.id) : open;
};

/** Fails with changed-meanwhile when others than those named hold it by now. */
export const breakLock: Handler<'breakLock'> = ({ host }, { workspace, holders }) => {
  const open = chooseWorkspace(host, workspace);
  return open.ok ? host.locks.breakOff(open.value.id, holders) : open;
};
