/** What the tray's commands do. */
import { Notification } from 'electron';
import type { Problem } from '../../shared/result.ts';
import type { Log } from '../engine/ports.ts';
import type { Host, OpenWorkspace } from '../host/host-contract.ts';
import type { Destination } from './destination.ts';
import type { TrayCommand } from './tray-view.ts';

export type CommandParts = {
  host: Pick<Host, 'workspaces' | 'peers' | 'repositories'>;
  log: Log;
  show(destination?: Destination): void;
  quit(): void;
  /** Tells the user why a command did not work. */
  tellFailure(title: string, problem: Problem): void;
  /** Tells the user what came of a command whose work nobody sees. */
  tellDone(title: string, body: string): void;
};

/** Obeys one command; what fails is told, never thrown. */
export async function obeyTray(parts: CommandParts, command: TrayCommand): Promise<void> {
  switch (command.kind) {
    case 'open':
      return parts.show(destinationOf(command));
    case 'sync':
      return sync(parts);
    case 'quit':
      return parts.quit();
    default: {
      const chosen = parts.host.workspaces().filter(({ id }) => command.workspaces.includes(id));
      await Promise.all(chosen.map((workspace) => act(parts, command.kind, workspace)));
    }
  }
}

function destinationOf({ workspace, view }: Extract<TrayCommand, { kind: 'open' }>): Destination | undefined {
  if (workspace === undefined && view === undefined) return undefined;
  return { workspace, view: view ?? 'overview' };
}

/** Of several devices that were not reached, the user hears once. */
async function sync({ host, log, tellFailure }: CommandParts): Promise<void> {
  try {
    const synced = await host.peers.sync({});
    if (!synced.ok) return tellFailure('Nothing was exchanged', synced.error);
    const failed = synced.value.filter((result) => result.problem !== null);
    const names = [...new Set(failed.map(({ name }) => name))];
    if (failed[0]?.problem) tellFailure(`No exchange with ${names.join(', ')}`, failed[0].problem as Problem);
  } catch (cause) {
    log.error('A command of the tray failed.', { kind: 'sync', cause });
  }
}

async function act(
  parts: CommandParts,
  kind: 'consolidate' | 'pause' | 'resume' | 'pull',
  workspace: OpenWorkspace,
): Promise<void> {
  const { log, tellFailure } = parts;
  const { name, engine } = workspace;
  try {
    if (kind === 'pull') return await pull(parts, workspace);
    if (kind === 'pause') return await engine?.pause();
    if (kind === 'resume') return await engine?.resume();
    const outcome = await engine?.consolidate();
    // Somebody else may have consolidated while the menu was open.
    if (outcome?.ok === false && outcome.error.code !== 'nothing-pending') {
      tellFailure(`${name} was not consolidated`, outcome.error);
    }
  } catch (cause) {
    log.error('A command of the tray failed.', { kind, workspace: name, cause });
  }
}

/** A pull may take a while, and nobody looks at the tray meanwhile: the outcome is told either way. */
async function pull(
  { host, tellFailure, tellDone }: CommandParts,
  { id, name }: OpenWorkspace,
): Promise<void> {
  const work = await host.repositories.of(id);
  const outcome = work.ok ? await work.value.pull('human') : work;
  const failure = outcome.ok ? outcome.value.problem : outcome.error;
  if (failure !== null) tellFailure(`${name} was not pulled`, failure as Problem);
  else if (outcome.ok) tellDone(name, outcome.value.message);
}

export function notifyFailure(title: string, { message, advice }: Problem): void {
  notifyDone(title, `${message} ${advice}`.trim());
}

/** An answer to what the user just asked for, so it comes whatever the setting of notifications says. */
export function notifyDone(title: string, body: string): void {
  if (Notification.isSupported()) new Notification({ title, body }).show();
}
