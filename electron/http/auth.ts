/**
 * Who may ask (DESIGN section 7). Against other sites in the user's browser: the Host header must be ours
 * (DNS rebinding), Origin must be our own page's, and Sec-Fetch-Site must not say that another site asks.
 * Against other users of the machine: the token, for everything that is not public.
 */
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';
import { sameSecret } from '../host/same-secret.ts';

export type AuthOptions = {
  token: string;
  /** `host:port` values that lead to us. */
  allowedHosts: () => readonly string[];
  /** Started with --dev: `x-dev-bypass: 1` stands for the token. */
  dev: boolean;
  /** The desktop shell or this very process asks: nothing else can reach the fetch handler. */
  trusted: boolean;
};

/** What a route demands: `page` no token, and links from other sites; `open` no token; `token` the token. */
export type Access = 'page' | 'open' | 'token';

const desktopOrigin = 'skein://app';

/** Lets a request pass, or says why not: forbidden-origin or unauthorized. */
export function checkAccess(options: AuthOptions, request: Request, access: Access): Result<void> {
  const url = new URL(request.url);
  const refusal =
    (options.trusted ? undefined : checkHost(options.allowedHosts(), request, url)) ??
    checkOrigin(options.trusted, request, url) ??
    checkFetchSite(request, access) ??
    (access === 'token' && !options.trusted ? checkToken(options, request) : undefined);
  return refusal === undefined ? ok(undefined) : err(refusal);
}

/** A request line may name a host of its own (`GET http://other/ HTTP/1.1`), so both must be ours. */
function checkHost(allowed: readonly string[], request: Request, url: URL): Problem | undefined {
  const named = [url.host, request.headers.get('host') ?? url.host].map((host) => host.toLowerCase());
  const stranger = named.find((host) => !allowed.includes(host));
  if (stranger === undefined) return undefined;
  return problem(
    'forbidden-origin',
    stranger,
    `Skein does not answer to the host name ${JSON.stringify(stranger)}.`,
    `Use ${allowed.map((host) => `http://${host}`).join(' or ') || 'the address that Skein printed'}.`,
  );
}

function checkOrigin(trusted: boolean, request: Request, url: URL): Problem | undefined {
  const origin = request.headers.get('origin');
  if (origin === null || origin === `${url.protocol}//${url.host}`) return undefined;
  if (trusted && origin === desktopOrigin) return undefined;
  return problem(
    'forbidden-origin',
    origin,
    `A page of ${JSON.stringify(origin)} may not use Skein.`,
    "Use Skein's own page, or ask from a program that sends no Origin header.",
  );
}

/** A link on another site may open our page, which holds no secrets; nothing else from there may ask at all. */
function checkFetchSite(request: Request, access: Access): Problem | undefined {
  const site = request.headers.get('sec-fetch-site') ?? 'none';
  if (site === 'none' || site === 'same-origin') return undefined;
  if (access === 'page' && isLink(request)) return undefined;
  return problem(
    'forbidden-origin',
    site,
    `The browser says that another page asks (Sec-Fetch-Site: ${site}).`,
    "Use Skein's own page.",
  );
}

function isLink(request: Request): boolean {
  const headers = request.headers;
  return headers.get('sec-fetch-mode') === 'navigate' && headers.get('sec-fetch-dest') === 'document';
}

function checkToken(options: AuthOptions, request: Request): Problem | undefined {
  const asksBypass = request.headers.get('x-dev-bypass') === '1';
  if (options.dev && asksBypass) return undefined;
  const given = request.headers.get('authorization');
  const [, token] = /^bearer +(\S+)$/i.exec(given ?? '') ?? [];
  if (token !== undefined && sameSecret(token, options.token)) return undefined;
  if (given === null && asksBypass) return devOnly;
  return given === null ? tokenMissing : tokenWrong;
}

const howToSend =
  '`skein token` prints it; send it as `Authorization: Bearer TOKEN`. `skein open` signs a browser in.';
const tokenMissing = problem('unauthorized', 'token', 'This request carries no token.', howToSend);
const tokenWrong = problem(
  'unauthorized',
  'token',
  'The token of this request is not the right one.',
  howToSend,
);
const devOnly = problem(
  'unauthorized',
  'x-dev-bypass',
  'x-dev-bypass counts only when Skein was started with --dev.',
  howToSend,
);
