/** Every address of the screen, both ways. Pure, so that links and the back button are tested without a browser. */
import { type FileClass, fileClasses } from '../../../shared/domain/change.ts';

export type ChangesFilter = {
  path?: string | undefined;
  agent?: string | undefined;
  kind?: 'created' | 'modified' | 'deleted' | undefined;
  fileClass?: string | undefined;
  /** A day of the viewer, YYYY-MM-DD. */
  day?: string | undefined;
};

/** What is searched for, and where. */
export type SearchAsk = {
  text?: string | undefined;
  /** Only this way; both when absent. */
  by?: 'words' | 'meaning' | undefined;
  /** A glob pattern over paths. */
  path?: string | undefined;
  agent?: string | undefined;
  fileClass?: FileClass | undefined;
  /** Only files that changed on the last so many days, today included. */
  days?: number | undefined;
};

/** First and last line of a passage, from 1. */
export type FileLines = { first: number; last: number };

export type Route =
  | { view: 'overview' }
  | { view: 'changes'; filter: ChangesFilter }
  | { view: 'change'; position: number }
  | { view: 'files' }
  | {
      view: 'file';
      path: string;
      from?: string | undefined;
      to?: string | undefined;
      lines?: FileLines | undefined;
    }
  | { view: 'search'; ask: SearchAsk }
  | { view: 'similar'; path: string; line: number }
  | { view: 'knowledge' }
  | { view: 'reports' }
  | { view: 'report'; stamp: string }
  | { view: 'inbox' }
  | { view: 'conflict'; path: string; loser: string }
  | { view: 'peers' }
  | { view: 'git' }
  | { view: 'activity'; days: number }
  | { view: 'settings' }
  | { view: 'welcome' }
  | { view: 'unknown'; address: string };

export const activityRanges = [7, 30, 90, 365] as const;
export const searchAges = [1, 7, 30, 365] as const;
/** Views that need nothing but their name. */
const plainViews = ['files', 'reports', 'inbox', 'peers', 'git', 'knowledge', 'settings', 'welcome'] as const;
const searchWays = ['words', 'meaning'] as const;
const kinds = ['created', 'modified', 'deleted'] as const;

/** Reads an address; what makes no sense becomes `unknown` and is told to the user. */
export function readRoute(pathname: string, search: string): Route {
  const query = new URLSearchParams(search);
  const [head = '', ...rest] = pathname.split('/').filter((part) => part !== '');
  const tail = decode(rest.join('/'));
  const plain = plainRoute(head, tail, query);
  return plain ?? detailRoute(head, tail, query) ?? { view: 'unknown', address: pathname };
}

function plainRoute(head: string, tail: string, query: URLSearchParams): Route | undefined {
  if (tail !== '') return undefined;
  if (head === '' || head === 'sync-dashboard.html' || head === 'index.html') return { view: 'overview' };
  if (head === 'changes') return { view: 'changes', filter: readFilter(query) };
  if (head === 'search') return { view: 'search', ask: readAsk(query) };
  if (head === 'activity') return { view: 'activity', days: readDays(query.get('days')) };
  return plainViews.find((view) => view === head) === undefined
    ? undefined
    : { view: head as (typeof plainViews)[number] };
}

function detailRoute(head: string, tail: string, query: URLSearchParams): Route | undefined {
  if (head === 'change' && /^\d{1,15}$/.test(tail)) return { view: 'change', position: Number(tail) };
  if (head === 'report' && tail !== '') return { view: 'report', stamp: tail };
  if (head === 'conflict') return conflictRoute(tail);
  if (tail === '') return undefined;
  if (head === 'similar')
    return { view: 'similar', path: tail, line: readLines(query.get('line'))?.first ?? 1 };
  return head === 'file' ? fileRoute(tail, query) : undefined;
}

function fileRoute(path: string, query: URLSearchParams): Route {
  const [from, to] = ['from', 'to'].map((side) => query.get(side) ?? undefined);
  return { view: 'file', path, from, to, lines: readLines(query.get('lines')) };
}

/** `12-30`, or `12` for one line. */
function readLines(text: string | null): FileLines | undefined {
  const [, first, last = first] = /^([1-9]\d{0,8})(?:-(\d{1,9}))?$/.exec(text ?? '') ?? [];
  const lines = { first: Number(first), last: Number(last) };
  return lines.last >= lines.first ? lines : undefined;
}

/** The stamp of the other version comes first: a path may hold anything. */
function conflictRoute(tail: string): Route | undefined {
  const [, loser, path] = /^([0-9a-f]{32})\/(.+)$/s.exec(tail) ?? [];
  return loser === undefined || path === undefined ? undefined : { view: 'conflict', path, loser };
}

function readFilter(query: URLSearchParams): ChangesFilter {
  const day = query.get('day') ?? '';
  return {
    path: query.get('path') || undefined,
    agent: query.get('agent') || undefined,
    kind: kinds.find((kind) => kind === query.get('kind')),
    fileClass: query.get('class') || undefined,
    day: /^\d{4}-\d{2}-\d{2}$/.test(day) ? day : undefined,
  };
}

function readAsk(query: URLSearchParams): SearchAsk {
  return {
    text: query.get('q') || undefined,
    by: searchWays.find((way) => way === query.get('by')),
    path: query.get('path') || undefined,
    agent: query.get('agent') || undefined,
    fileClass: fileClasses.find((fileClass) => fileClass === query.get('class')),
    days: searchAges.find((days) => String(days) === query.get('days')),
  };
}

const readDays = (text: string | null): number => activityRanges.find((days) => String(days) === text) ?? 30;

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Writes the address of a route; `workspace` is given only when more than one is open. */
export function writeRoute(route: Route, workspace?: string): string {
  const query = new URLSearchParams();
  for (const [key, value] of queryOf(route)) if (value !== undefined && value !== '') query.set(key, value);
  if (workspace !== undefined) query.set('workspace', workspace);
  const text = query.toString();
  return text === '' ? pathOf(route) : `${pathOf(route)}?${text}`;
}

function pathOf(route: Route): string {
  if (route.view === 'overview') return '/';
  if (route.view === 'change') return `/change/${route.position}`;
  if (route.view === 'file') return `/file/${encodePath(route.path)}`;
  if (route.view === 'similar') return `/similar/${encodePath(route.path)}`;
  if (route.view === 'conflict') return `/conflict/${route.loser}/${encodePath(route.path)}`;
  if (route.view === 'report') return `/report/${encodeURIComponent(route.stamp)}`;
  if (route.view === 'unknown') return route.address;
  return `/${route.view}`;
}

const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');

function queryOf(route: Route): [string, string | undefined][] {
  if (route.view === 'activity') return [['days', route.days === 30 ? undefined : String(route.days)]];
  if (route.view === 'similar') return [['line', String(route.line)]];
  if (route.view === 'file')
    return [
      ['from', route.from],
      ['to', route.to],
      ['lines', route.lines && writeLines(route.lines)],
    ];
  if (route.view === 'search') return queryOfAsk(route.ask);
  if (route.view !== 'changes') return [];
  const { path, agent, kind, fileClass, day } = route.filter;
  return [
    ['path', path],
    ['agent', agent],
    ['kind', kind],
    ['class', fileClass],
    ['day', day],
  ];
}

const writeLines = ({ first, last }: FileLines): string => (last > first ? `${first}-${last}` : `${first}`);

const queryOfAsk = ({
  text,
  by,
  path,
  agent,
  fileClass,
  days,
}: SearchAsk): [string, string | undefined][] => [
  ['q', text],
  ['by', by],
  ['path', path],
  ['agent', agent],
  ['class', fileClass],
  ['days', days?.toString()],
];
