/**
 * Notifications of the system, as the installation's setting says: `off`, `summary` (consolidations, problems, and
 * what waits for a decision), or `all` (bursts of changes too). The setting is read each time, so it counts at once.
 */
import { Notification } from 'electron';
import type { Change } from '../../shared/domain/change.ts';
import { limits } from '../../shared/limits.ts';
import type { Problem } from '../../shared/result.ts';
import type { Engine } from '../engine/engine-contract.ts';
import type { Cancel, Clock } from '../engine/ports.ts';
import type { Host } from '../host/host-contract.ts';
import { createBurst } from './burst.ts';
import type { Destination } from './destination.ts';
import { followEngines } from './follow-engines.ts';
import {
  changesNotice,
  consolidationNotice,
  inboxNotice,
  type Notice,
  problemNotice,
} from './notification-words.ts';

export type NotificationParts = {
  host: Pick<Host, 'workspaces' | 'onChanged' | 'appSettings'>;
  clock: Pick<Clock, 'monotonicMs' | 'after'>;
  icon: string;
  /** A notification was clicked. */
  open(destination: Destination): void;
};

/** Notifies about every workspace that is open now or later, until the returned function is called. */
export function notifyAboutWorkspaces(parts: NotificationParts): Cancel {
  const show = createNotifier(parts);
  const setting = () => parts.host.appSettings().notifications;
  const tell = (notice: Notice) => {
    if (setting() !== 'off') show(notice);
  };
  return followEngines(parts.host, (engine) => {
    const cancels = [
      tellConsolidations(engine, tell),
      tellProblems(engine, tell),
      tellInbox(engine, parts.clock, tell),
      tellChanges(engine, parts.clock, { wanted: () => setting() === 'all', tell }),
    ];
    return () => {
      for (const cancel of cancels) cancel();
    };
  });
}

/** A consolidation tells of itself several times while its report is written; the user hears of it once. */
function tellConsolidations(engine: Engine, tell: (notice: Notice) => void): Cancel {
  let last = '';
  return engine.on('consolidation', ({ consolidation }) => {
    const finished = consolidation.state === 'written' || consolidation.state === 'skipped';
    if (!finished || consolidation.stamp === last) return;
    last = consolidation.stamp;
    tell(consolidationNotice(engine, consolidation));
  });
}

/** Each problem is told when it appears, and again only after it was gone. */
function tellProblems(engine: Engine, tell: (notice: Notice) => void): Cancel {
  let known = new Set<string>();
  const look = (problems: readonly Problem[]) => {
    for (const it of problems) if (!known.has(nameOf(it))) tell(problemNotice(engine, it));
    known = new Set(problems.map(nameOf));
  };
  look(engine.status().problems);
  return engine.on('status', ({ status }) => look(status.problems));
}

const nameOf = ({ code, subject }: Problem): string => `${code} ${subject}`;

/** What comes to wait for a decision, together when it comes in a burst; what waited before is shown by the tray. */
function tellInbox(
  engine: Engine,
  clock: NotificationParts['clock'],
  tell: (notice: Notice) => void,
): Cancel {
  let known = new Set(waitingIn(engine).map(({ stamp }) => stamp));
  const burst = createBurst<Waits>(clock, burstBounds, (waits) => {
    const pathsOf = (kind: Waits['kind']) => waits.filter((it) => it.kind === kind).map(({ path }) => path);
    tell(inboxNotice(engine, { approvals: pathsOf('approval'), conflicts: pathsOf('conflict') }));
  });
  const stopListening = engine.on('inbox', () => {
    const waiting = waitingIn(engine);
    const news = waiting.filter(({ stamp }) => !known.has(stamp));
    known = new Set(waiting.map(({ stamp }) => stamp));
    if (news.length > 0) burst.add(news);
  });
  return () => {
    stopListening();
    burst.stop();
  };
}

type Waits = { kind: 'approval' | 'conflict'; path: string; stamp: string };

const waitingIn = (engine: Engine): Waits[] => [
  ...engine.heldChanges().map(({ path, stamp }) => ({ kind: 'approval' as const, path, stamp })),
  ...engine.conflicts('open').map(({ path, loser }) => ({ kind: 'conflict' as const, path, stamp: loser })),
];

const burstBounds = { gatherMs: limits.burstGatherMs, quietMs: limits.burstQuietMs, atMost: limits.pageRows };

function tellChanges(
  engine: Engine,
  clock: NotificationParts['clock'],
  { wanted, tell }: { wanted(): boolean; tell(notice: Notice): void },
): Cancel {
  const burst = createBurst<Change>(clock, burstBounds, (changes, missed) => {
    if (wanted()) tell(changesNotice(engine, changes, missed));
  });
  const stopListening = engine.on('changes', ({ changes }) => {
    // What Skein found at first sight, or wrote itself, is nobody's news.
    const news = changes.filter(({ baseline, agent }) => !baseline && agent !== 'skein');
    if (wanted() && news.length > 0) burst.add(news);
  });
  return () => {
    stopListening();
    burst.stop();
  };
}

/** Keeps the last notifications alive: one that nobody holds is collected, and its click with it. */
function createNotifier({ icon, open }: Pick<NotificationParts, 'icon' | 'open'>): (notice: Notice) => void {
  const kept: Notification[] = [];
  return ({ title, body, destination }) => {
    if (!Notification.isSupported()) return;
    const notification = new Notification({ title, body, icon });
    notification.on('click', () => open(destination));
    notification.show();
    kept.push(notification);
    if (kept.length > limits.keptNotifications) kept.shift();
  };
}
