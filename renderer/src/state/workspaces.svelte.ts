/** The open workspaces and which of them the user looks at. */
import type { WorkspaceJson } from '../../../shared/contracts/shapes.ts';

export type RecentFolder = { folder: string; name: string };

export class Workspaces {
  open: readonly WorkspaceJson[] = $state.raw([]);
  recent: readonly RecentFolder[] = $state.raw([]);
  /** False until the engine has answered for the first time. */
  known = $state(false);

  take(answer: { workspaces: readonly WorkspaceJson[]; recent: readonly RecentFolder[] }): void {
    this.open = answer.workspaces;
    this.recent = answer.recent;
    this.known = true;
  }

  /** The workspace that an address names; the first one when it names none or a closed one. */
  find(id: string | undefined): WorkspaceJson | undefined {
    return this.open.find((workspace) => workspace.id === id) ?? this.open[0];
  }

  /** What an address must carry to mean this workspace: nothing while there is only one. */
  addressOf(id: string): string | undefined {
    return this.open.length > 1 ? id : undefined;
  }
}
