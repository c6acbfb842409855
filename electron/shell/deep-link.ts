/**
 * Links of the system that begin with `skein://`. Any web page can make one, so a link only leads to a known
 * place of the screen; it opens no folder and changes nothing. Known are `skein://open` (with `view=` for one of
 * the plain views, or `view=search&q=QUESTION`), `skein://change/POSITION`, `skein://file/PATH` and
 * `skein://report/STAMP`, each with `workspace=ID` if wanted; and the same as an address copied from the window, `skein://app/change/POSITION`.
 */
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import { appOrigin, appScheme, type Destination, plainViews } from './destination.ts';

const windowHost = appOrigin.slice(`${appScheme}://`.length);

/** True for text that the system handed to us as a link, good or bad. */
export const isDeepLink = (text: string): boolean => text.toLowerCase().startsWith(`${appScheme}:`);

/** A `.` or `..` step, in any spelling: the URL parser would walk it and hide that it was there. */
const climbs = /\/(\.|%2e){1,2}(?=[/?#]|$)/i;

/** Reads a link, or fails with bad-input; nothing of a bad link is followed. */
export function readDeepLink(link: string): Result<Destination> {
  const url = link.length <= limits.deepLinkCharacters && !climbs.test(link) ? URL.parse(link) : null;
  if (url === null || !isPlain(url)) return err(refusal(link));
  const query = readQuery(url.searchParams);
  const { head, tail } = split(url);
  if (query === undefined || tail === undefined) return err(refusal(link));
  const place = readPlace(head, tail, query);
  if (place === undefined) return err(refusal(link));
  return ok(query.workspace === undefined ? place : { ...place, workspace: query.workspace });
}

/** What a link is about, and which one; in an address of the window both stand in the path. */
function split({ hostname, pathname }: URL): { head: string; tail: string | undefined } {
  const path = pathname.replace(/^\//, '');
  if (hostname !== windowHost) return { head: hostname, tail: decode(path) };
  const [head = '', ...rest] = path.split('/');
  return { head: head === '' ? 'open' : head, tail: decode(rest.join('/')) };
}

/** Names, ports and fragments belong to no link of ours; who adds them tries something. */
function isPlain(url: URL): boolean {
  const extras = [url.username, url.password, url.port, url.hash];
  return url.protocol === `${appScheme}:` && extras.every((extra) => extra === '');
}

type LinkQuery = { view?: string; q?: string; workspace?: string };

function readQuery(query: URLSearchParams): LinkQuery | undefined {
  const known: LinkQuery = {};
  for (const [key, value] of query) {
    if (key !== 'view' && key !== 'q' && key !== 'workspace') return undefined;
    known[key] = value;
  }
  if (known.workspace !== undefined && !/^[\w-]{1,64}$/.test(known.workspace)) return undefined;
  return known;
}

function readPlace(head: string, tail: string, { view, q }: LinkQuery): Destination | undefined {
  const isSearch =
    tail === '' && (view === 'search' ? head === 'open' : head === 'search' && view === undefined);
  if (isSearch) return readSearch(q);
  if (q !== undefined) return undefined;
  if (head === 'open') return tail === '' ? readPlainView(view) : undefined;
  if (view !== undefined) return undefined;
  if (tail === '') return readPlainView(head);
  if (head === 'change' && /^\d{1,15}$/.test(tail)) return { view: 'change', position: Number(tail) };
  if (head === 'report' && /^[0-9a-f]{6,32}$/.test(tail)) return { view: 'report', stamp: tail };
  if (head === 'file' && isInnerPath(tail)) return { view: 'file', path: tail };
  return undefined;
}

function readSearch(question = ''): Destination | undefined {
  const isPlainText = question.length <= limits.questionCharacters && !/\p{Cc}/u.test(question);
  return isPlainText ? { view: 'search', question } : undefined;
}

function readPlainView(view = 'overview'): Destination | undefined {
  const known = plainViews.find((plain) => plain === view);
  return known === undefined ? undefined : { view: known };
}

/** A path inside a workspace. The engine judges again; this only keeps nonsense out of the address. */
function isInnerPath(path: string): boolean {
  if (path === '' || path.length > limits.pathCharacters) return false;
  const segments = path.split('/');
  return !/[\p{Cc}\\]/u.test(path) && segments.every((name) => name !== '' && name !== '.' && name !== '..');
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

function refusal(link: string): Problem {
  const shown = JSON.stringify(link.slice(0, 100));
  return problem(
    'bad-input',
    'the link',
    `Skein does not follow the link ${shown}: it leads to no place of its screen.`,
    'Links look like skein://open, skein://open?view=search&q=WORDS, skein://change/12, skein://file/AGENTS.md or skein://report/STAMP.',
  );
}
