/** The workspaces that are open: each opened once, however many ask, and closed before it is opened again. */
import type { EngineSurroundings } from './compose-engine.ts';
import type { OpenWorkspace } from './host-contract.ts';
import { keepUnopened, type OpenedWorkspace, openWorkspace, type Tell } from './opened-workspace.ts';
import type { WorkspaceFolder } from './workspace-folder.ts';

export type OpenWorkspaces = {
  /** In the order of opening; those that could not be opened are among them, with their problem. */
  list(): readonly OpenWorkspace[];
  /** How many are open or on their way. */
  count(): number;
  has(id: string): boolean;
  /** Opens, tries again after a problem, or joins an opening under way. */
  open(found: WorkspaceFolder): OpenedWorkspace;
  /** Lists a workspace whose folder cannot be used now. */
  keep(workspace: Omit<OpenWorkspace, 'engine' | 'workspace'>): void;
  /** False when no such workspace is open. */
  close(id: string): Promise<boolean>;
  /** Closes all, those on their way too. */
  closeAll(): Promise<void>;
};

export function createOpenWorkspaces(around: EngineSurroundings & { tell: Tell }): OpenWorkspaces {
  const openedById = new Map<string, OpenedWorkspace>();
  const closingById = new Map<string, Promise<void>>();

  const begin = (found: WorkspaceFolder): OpenedWorkspace => {
    const opened = openWorkspace(found, around, closingById.get(found.id) ?? Promise.resolve());
    openedById.set(found.id, opened);
    return opened;
  };

  const close = async (id: string): Promise<boolean> => {
    const opened = openedById.get(id);
    if (opened === undefined) return false;
    openedById.delete(id);
    const closing = opened.close();
    closingById.set(id, closing);
    await closing;
    if (closingById.get(id) === closing) closingById.delete(id);
    around.tell(null, ['workspaces']);
    return true;
  };

  return {
    list: () => [...openedById.values()].map((opened) => opened.current()).filter(isListed),
    count: () => openedById.size,
    has: (id) => openedById.has(id),
    open(found) {
      const known = openedById.get(found.id);
      return known === undefined || known.current().problem !== null ? begin(found) : known;
    },
    keep(workspace) {
      openedById.set(workspace.id, keepUnopened(workspace));
      around.tell(null, ['workspaces']);
    },
    close,
    closeAll: async () => void (await Promise.all([...openedById.keys()].map(close))),
  };
}

/** One that is on its way has neither; a list that showed it would say that it failed. */
const isListed = (workspace: OpenWorkspace) => workspace.engine !== undefined || workspace.problem !== null;
