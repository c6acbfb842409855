/** What the tray says about all open workspaces, as plain data: its icon, its words and its menu. */
import { visibleText } from '../../shared/domain/visible-text.ts';
import type { EngineState } from '../engine/engine-contract.ts';
import type { OpenWorkspace } from '../host/host-contract.ts';
import type { PlainView } from './destination.ts';
import {
  apartWords,
  isApart,
  isTrouble,
  type PeerGlance,
  troubleWords,
  type Waiting,
  waitingWords,
} from './tray-peers.ts';

export type TrayIcon = 'watching' | 'apart' | 'pending' | 'attention' | 'error' | 'paused';

/** One workspace at a glance. `trouble` is the worst of what needs the user, in words. */
export type Glance = Waiting & {
  id: string;
  name: string;
  state: EngineState;
  pending: number;
  trackedFiles: number;
  trouble: string | undefined;
  /** It lies in a repository with a remote. */
  canPull: boolean;
};

export type TrayCommand =
  | { kind: 'open'; workspace?: string; view?: PlainView }
  | { kind: 'sync' }
  | { kind: 'consolidate' | 'pause' | 'resume' | 'pull'; workspaces: readonly string[] }
  | { kind: 'quit' };

export type TrayEntry =
  | { kind: 'separator' }
  | { kind: 'words'; label: string }
  | { kind: 'command'; label: string; enabled: boolean; command: TrayCommand }
  | { kind: 'group'; label: string; entries: readonly TrayEntry[] };

export type TrayView = { icon: TrayIcon; pending: number; tooltip: string; menu: readonly TrayEntry[] };

/** Windows cuts a tooltip at 127 characters, in the middle of a word. */
const tooltipCharacters = 120;
/** A menu as wide as half a screen is hard to read. */
const statusCharacters = 80;

export function glanceAt({ id, name, engine, problem }: OpenWorkspace, canPull: boolean): Glance {
  if (engine === undefined) {
    const trouble = problem?.message ?? 'This workspace could not be opened.';
    const none = { pending: 0, trackedFiles: 0, conflicts: 0, approvals: 0 };
    return { id, name, state: 'error', ...none, trouble, canPull };
  }
  const { state, pending, trackedFiles, problems } = engine.status();
  const trouble = problems[0] && visibleText(problems[0].message);
  const conflicts = engine.conflicts('open').length;
  return {
    id,
    name,
    state,
    pending,
    trackedFiles,
    conflicts,
    approvals: engine.heldChanges().length,
    trouble,
    canPull,
  };
}

/** The whole tray. The worst of workspaces and peers gives the icon and the words; the menu reaches all. */
export function viewTray(glances: readonly Glance[], peers: readonly PeerGlance[] = []): TrayView {
  const pending = sum(glances, 'pending');
  const status = statusWords(glances, peers);
  return {
    icon: worst(glances, peers),
    pending,
    tooltip: cut(`Skein: ${status}`, tooltipCharacters),
    menu: [
      { kind: 'words', label: cut(capital(status), statusCharacters) },
      { kind: 'separator' },
      command('Open Skein', { kind: 'open' }),
      ...inbox(glances),
      ...(peers.length === 0 ? [] : [command('Sync now', { kind: 'sync' })]),
      ...actions(glances),
      ...groups(glances),
      { kind: 'separator' },
      command('Quit', { kind: 'quit' }),
    ],
  };
}

const severity: readonly TrayIcon[] = ['error', 'attention', 'pending', 'apart', 'watching', 'paused'];

function worst(glances: readonly Glance[], peers: readonly PeerGlance[]): TrayIcon {
  const icons = new Set(glances.map(iconOf));
  if (peers.some(isTrouble)) icons.add('error');
  // While everything rests, nobody is expected to be in step.
  if (peers.some(isApart) && icons.has('watching')) icons.add('apart');
  return severity.find((icon) => icons.has(icon)) ?? 'paused';
}

function iconOf(glance: Glance): TrayIcon {
  if (glance.state === 'error' || glance.trouble !== undefined) return 'error';
  if (waitingWords(glance) !== undefined) return 'attention';
  if (isResting(glance)) return 'paused';
  return glance.pending > 0 ? 'pending' : 'watching';
}

const isResting = ({ state }: Glance) => state === 'paused' || state === 'disabled';

function statusWords(glances: readonly Glance[], peers: readonly PeerGlance[]): string {
  const icon = worst(glances, peers);
  const shown = glances.find((glance) => iconOf(glance) === icon);
  if (shown === undefined) return peerWords(icon, peers) ?? 'no folder is watched yet';
  if (glances.length === 1) return words(shown);
  if (icon === 'error') return `${shown.name}: ${words(shown)}`;
  if (icon === 'attention') return waitingWords(allWaiting(glances)) ?? words(shown);
  if (icon === 'pending') return `${pendingWords(sum(glances, 'pending'))} in ${glances.length} workspaces`;
  return `${glances.length} workspaces, ${icon}`;
}

const peerWords = (icon: TrayIcon, peers: readonly PeerGlance[]): string | undefined =>
  icon === 'error' ? troubleWords(peers) : icon === 'apart' ? apartWords(peers) : undefined;

const allWaiting = (glances: readonly Glance[]): Waiting => ({
  conflicts: sum(glances, 'conflicts'),
  approvals: sum(glances, 'approvals'),
});

function words(glance: Glance): string {
  if (glance.trouble !== undefined) return glance.trouble;
  const waiting = waitingWords(glance);
  if (waiting !== undefined) return waiting;
  const pending = glance.pending > 0 ? `, ${pendingWords(glance.pending)}` : '';
  switch (glance.state) {
    case 'error':
      return 'something is wrong; open Skein to see what';
    case 'paused':
      return `paused${pending}`;
    case 'disabled':
      return `watching is turned off${pending}`;
    case 'starting':
      return 'looking at the files';
    default:
      return glance.pending > 0
        ? pendingWords(glance.pending)
        : `watching ${count(glance.trackedFiles, 'file')}`;
  }
}

const pendingWords = (pending: number): string => `${count(pending, 'change')} pending`;

/** What waits for a person; each line leads to the inbox of the first workspace that has some. */
function inbox(glances: readonly Glance[]): TrayEntry[] {
  return (['conflicts', 'approvals'] as const).flatMap((what) => {
    const first = glances.find((glance) => glance[what] > 0);
    if (first === undefined) return [];
    const label = `${count(sum(glances, what), what.slice(0, -1))}…`;
    return [command(label, { kind: 'open', workspace: first.id, view: 'inbox' })];
  });
}

/** The lines that act on everything that is open. */
function actions(glances: readonly Glance[]): TrayEntry[] {
  const folding = glances.filter(canConsolidate);
  const pending = sum(folding, 'pending');
  const several = glances.length > 1;
  const consolidate: TrayCommand = { kind: 'consolidate', workspaces: ids(folding) };
  return [
    ...pull(glances),
    command(`Consolidate now (${pending})`, consolidate, pending > 0),
    ...pauseOrResume(glances, several ? ' all' : ''),
  ];
}

/** Only where there is something to pull from. */
function pull(glances: readonly Glance[]): TrayEntry[] {
  const workspaces = ids(glances.filter(({ canPull }) => canPull));
  return workspaces.length === 0 ? [] : [command('Pull from git', { kind: 'pull', workspaces })];
}

const canConsolidate = (glance: Glance) =>
  glance.pending > 0 && !isResting(glance) && glance.state !== 'error';

function pauseOrResume(glances: readonly Glance[], all: string): TrayEntry[] {
  const running = glances.filter(
    ({ state }) => state !== 'disabled' && state !== 'paused' && state !== 'error',
  );
  const paused = glances.filter(({ state }) => state === 'paused');
  if (running.length === 0 && paused.length > 0) {
    return [command(`Resume${all}`, { kind: 'resume', workspaces: ids(paused) })];
  }
  return [command(`Pause${all}`, { kind: 'pause', workspaces: ids(running) }, running.length > 0)];
}

/** A sub-menu for each workspace, when there are several. */
function groups(glances: readonly Glance[]): TrayEntry[] {
  if (glances.length < 2) return [];
  const each = glances.map(
    (glance): TrayEntry => ({
      kind: 'group',
      label: glance.pending > 0 ? `${glance.name} (${glance.pending})` : glance.name,
      entries: [
        { kind: 'words', label: cut(capital(words(glance)), statusCharacters) },
        { kind: 'separator' },
        command('Open', { kind: 'open', workspace: glance.id }),
        ...inbox([glance]),
        ...actions([glance]),
      ],
    }),
  );
  return [{ kind: 'separator' }, ...each];
}

const command = (label: string, it: TrayCommand, enabled = true): TrayEntry => ({
  kind: 'command',
  label,
  enabled,
  command: it,
});

const sum = (glances: readonly Glance[], what: 'pending' | 'conflicts' | 'approvals'): number =>
  glances.reduce((total, glance) => total + glance[what], 0);
const ids = (glances: readonly Glance[]): string[] => glances.map(({ id }) => id);
const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const cut = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;
