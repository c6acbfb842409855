/** The app API and the page as one fetch handler, for every host of it: server, desktop shell, command line, tests. */
import { homedir } from 'node:os';
import { Hono } from 'hono';
import { assert } from '../../shared/assert.ts';
import { type Endpoint, type EndpointName, endpoints } from '../../shared/contracts/app-api.ts';
import type { DoctorCheckJson } from '../../shared/contracts/shapes.ts';
import { problem } from '../../shared/result.ts';
import type { Log } from '../engine/ports.ts';
import type { Host } from '../host/host-contract.ts';
import type { IndexExchange } from '../host/knowledge/exchange/exchange-contract.ts';
import type { SignInCodes } from '../host/sign-in-codes.ts';
import { answerEndpoint } from './api-route.ts';
import { type Access, checkAccess } from './auth.ts';
import type { Deps } from './deps.ts';
import { createEventStreams, type EventStreams } from './events.ts';
import { answerKnowledgeSync, isOfPeer, knowledgeSyncPath } from './knowledge-sync.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { openApiDocument } from './openapi.ts';
import { problemOfThrown, problemResponse } from './problem-response.ts';
import { withSecurityHeaders } from './security-headers.ts';
import { answerSettingsSchema, settingsSchemaPath } from './settings-schema.ts';
import { createStatic } from './static.ts';

export type AppOptions = {
  host: Host;
  /** Secret of the loopback API, 32 characters or more. */
  token: string;
  /** What browsers sign in with; absent where nobody has to. */
  signInCodes?: SignInCodes;
  /** `host:port` values that lead to us; asked at every request, because the port is known late. */
  allowedHosts: () => readonly string[];
  /** Started with --dev: `x-dev-bypass: 1` counts, and answers are checked against their schemas. */
  dev: boolean;
  /** Desktop shell and in-process command line: nobody else can reach the fetch handler, so no token is needed. */
  trusted?: boolean;
  /** Folder of the built interface. */
  staticFolder: string;
  runDoctor: () => Promise<DoctorCheckJson[]>;
  /** Receives what went wrong in a way nobody expected; standard error when absent. */
  log?: Pick<Log, 'error'>;
  /** Where the folder browser starts; the user's home when absent. */
  homeFolder?: string;
  /** Unix milliseconds; the system's clock when absent. */
  nowMs?: () => number;
};

export type App = {
  /** Answers any request; never throws. */
  fetch(request: Request): Promise<Response>;
  /** Ends the event streams and stops listening to the host. */
  close(): void;
};

/** Composes the app. It holds listeners on the host until `close`. */
export function createApp(options: AppOptions): App {
  assert(options.trusted === true || options.token.length >= 32, 'the token is at least 32 characters long');
  const nowMs = options.nowMs ?? Date.now;
  const events = createEventStreams(options.host);
  const metrics = createMetrics(options.host, nowMs);
  const router = createRouter(options, { nowMs, events, metrics });
  return {
    async fetch(request) {
      return withSecurityHeaders(await router.fetch(request));
    },
    close() {
      events.close();
      metrics.close();
    },
  };
}

type Parts = { nowMs: () => number; events: EventStreams; metrics: Metrics };

function createRouter(options: AppOptions, { nowMs, events, metrics }: Parts): Hono {
  const { host, runDoctor, homeFolder = homedir(), signInCodes: codes, token } = options;
  const signIn = codes === undefined ? undefined : { codes, token };
  const deps: Deps = { host, runDoctor, homeFolder, signIn, nowMs };
  const auth = { ...options, trusted: options.trusted ?? false };
  const serveStatic = createStatic(options.staticFolder);
  const router = new Hono();
  const exchange = host.indexExchange;
  router.use(async (context, next) => {
    if (isOfCluster(exchange, context.req.path, context.req.raw)) return next();
    const access =
      exchange !== undefined && isExchange(context.req.path) ? 'token' : accessOf(context.req.path);
    const passed = checkAccess(auth, context.req.raw, access);
    return passed.ok ? next() : problemResponse(passed.error);
  });
  for (const [name, { method, path }] of Object.entries(endpoints) as [EndpointName, Endpoint][]) {
    router.on(method, path, (context) =>
      answerEndpoint(deps, name, context.req.raw, context.req.param(), options.dev),
    );
  }
  router.get('/api/events', (context) => events.open(context.req.raw));
  router.get('/api/metrics', (context) => metrics.answer(context.req.raw));
  router.get('/api/openapi.json', () => Response.json(openApiDocument(host.version)));
  if (exchange !== undefined)
    router.post(knowledgeSyncPath, (context) => answerKnowledgeSync(exchange, context.req.raw));
  router.get(settingsSchemaPath, answerSettingsSchema);
  router.notFound((context) =>
    isApi(context.req.path) ? noRoute(context.req.raw) : serveStatic(context.req.raw),
  );
  router.onError((cause, context) => answerFailure(options.log ?? console, cause, context.req.raw));
  return router;
}

const isApi = (path: string) => path === '/api' || path.startsWith('/api/');

const openPaths: ReadonlySet<string> = new Set(
  (Object.values(endpoints) as Endpoint[]).flatMap(({ open, path }) => (open ? [path] : [])),
);

/** Goes by the same decoded path as the routes, so that no spelling reaches a route past its check. */
function accessOf(path: string): Access {
  if (!isApi(path)) return 'page';
  return openPaths.has(path) ? 'open' : 'token';
}

/** Another cluster, through a tunnel say, which names another host; a browser has no such token to show. */
function isOfCluster(exchange: IndexExchange | undefined, path: string, request: Request): boolean {
  return exchange !== undefined && isExchange(path) && isOfPeer(exchange, request);
}

const isExchange = (path: string) => path === knowledgeSyncPath;

function noRoute(request: Request): Response {
  const what = `${request.method} ${new URL(request.url).pathname}`;
  return problemResponse(
    problem('not-found', what, `The API has no ${what}.`, 'GET /api/openapi.json lists what it has.'),
  );
}

function answerFailure(log: Pick<Log, 'error'>, cause: Error, request: Request): Response {
  const what = `${request.method} ${new URL(request.url).pathname}`;
  const it = problemOfThrown(cause, what);
  if (it.code === 'internal')
    log.error(`${what} failed unexpectedly.`, { cause: cause.stack ?? cause.message });
  return problemResponse(it);
}
