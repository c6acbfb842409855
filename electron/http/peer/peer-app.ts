/**
 * What peers may ask, as one function of a request (reference/002 with the repairs of DESIGN section 5). Who asks is
 * proved by TLS before this; what it may do is looked up at every request.
 */
import { Hono } from 'hono';
import {
  contentsRequestShape,
  embeddingsRequestShape,
  hiddenRequestShape,
  pairBeginShape,
  pairFinishShape,
  pairRevealShape,
  pushShape,
} from '../../../shared/contracts/peer-protocol.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import type { LinkRights } from '../../engine/replicate/link.ts';
import { toEmbeddings } from '../../host/peers/embedding-givers.ts';
import { selectedBy } from '../../host/peers/partial.ts';
import type { Caller, PeerGate, Served } from '../../host/peers/peers-contract.ts';
import { answerMessage, readBody } from './messages.ts';
import { openNews } from './news.ts';
import { readLimit, readSince } from './read-since.ts';

/** Undefined: the connection showed no certificate. */
export type Ask = (request: Request, caller: Caller | undefined) => Promise<Response>;

type Bindings = { caller: Caller };
type Parts = { gate: PeerGate; request: Request; caller: Caller };

/** Answers any request; never throws. */
export function createPeerApp(gate: PeerGate): Ask {
  const router = new Hono<{ Bindings: Bindings }>();
  const sync = (
    method: 'GET' | 'POST',
    path: string,
    answer: (parts: Parts) => Promise<Result<unknown> | Response>,
  ) =>
    router.on(method, path, async (context) => {
      const { caller } = context.env;
      const refusal = gate.admit(caller);
      if (refusal !== undefined) return answerMessage(context.req.raw, err(refusal));
      return finish(context.req.raw, await answer({ gate, request: context.req.raw, caller }));
    });
  sync('GET', '/sync/hello', async ({ caller }) => ok(gate.hello(caller.id)));
  sync('GET', '/sync/watermark', async (parts) => {
    const served = findWorkspace(parts);
    return served.ok ? ok(served.value.engine.replication.peerSide.watermark()) : served;
  });
  sync('GET', '/sync/changes', getChanges);
  sync('POST', '/sync/changes', takeChanges);
  sync('POST', '/sync/hidden', getHidden);
  sync('POST', '/sync/contents', getContents);
  sync('POST', '/sync/embeddings', getEmbeddings);
  sync('GET', '/sync/news', async (parts) => {
    const served = findWorkspace(parts);
    return served.ok ? openNews(gate, served.value, parts.request) : served;
  });

  const pair = <Body>(
    path: string,
    answer: (caller: Caller, body: Body) => Promise<Result<unknown>>,
    shape: Shape<Body>,
  ) =>
    router.post(path, async (context) => {
      const { caller } = context.env;
      const body = await readBody(context.req.raw, {
        shape,
        atMost: limits.strangerMessageBytes,
        from: caller.host,
      });
      return answerMessage(context.req.raw, body.ok ? await answer(caller, body.value) : body);
    });
  pair('/pair/begin', gate.begin, pairBeginShape);
  pair('/pair/reveal', gate.reveal, pairRevealShape);
  pair('/pair/finish', (caller, { match }) => gate.finish(caller, match), pairFinishShape);

  router.notFound((context) => answerMessage(context.req.raw, err(noRoute(context.req.raw, gate.name()))));
  router.onError((_, context) => answerMessage(context.req.raw, err(failure(gate.name()))));
  return async (request, caller) => {
    if (caller === undefined) return answerMessage(request, err(noCertificate(gate.name())));
    const isPairing = new URL(request.url).pathname.startsWith('/pair/');
    if (!isPairing && !gate.isPeer(caller.id)) return answerMessage(request, err(stranger(gate.name())));
    return router.fetch(request, { caller });
  };
}

type Shape<Body> = Parameters<typeof readBody<Body>>[1]['shape'];

const finish = (request: Request, outcome: Result<unknown> | Response) =>
  outcome instanceof Response ? outcome : answerMessage(request, outcome);

function findWorkspace({ gate, request, caller }: Parts): Result<Served> {
  return gate.workspace(caller.id, new URL(request.url).searchParams.get('workspace') ?? '');
}

async function getChanges(parts: Parts): Promise<Result<unknown> | Response> {
  const served = findWorkspace(parts);
  if (!served.ok) return served;
  const query = new URL(parts.request.url).searchParams;
  const since = readSince(query.get('since') ?? '');
  if (since === undefined) return new Response('Invalid HLC format', { status: 400 });
  const limit = readLimit(query.get('limit'));
  if (!limit.ok) return limit;
  const { link, engine, exchanging } = served.value;
  exchanging();
  const rights = rightsFor(parts, served.value);
  const { peerSide } = engine.replication;
  if ('stamp' in since) return ok(peerSide.changesAfterStamp(since.stamp, limit.value, rights));
  return ok(peerSide.changes(since.vector, limit.value, rights, link));
}

/** The rights of the asker, with the files of which it says that it wants the contents. */
function rightsFor({ request }: Parts, { rights, noteWanted }: Served): LinkRights {
  const wanted = new URL(request.url).searchParams.getAll('take').slice(0, limits.patterns);
  noteWanted(wanted);
  return { ...rights, wants: selectedBy(wanted) };
}

async function takeChanges(parts: Parts): Promise<Result<unknown>> {
  const served = findWorkspace(parts);
  if (!served.ok) return served;
  const { engine, link, rights, count, exchanging } = served.value;
  if (!rights.write) return err(readOnly(parts.gate.name()));
  exchanging();
  const body = await readBody(parts.request, {
    shape: pushShape,
    atMost: limits.peerMessageBytes,
    from: link.name,
    count: (bytes) => count({ bytesIn: bytes, bytesOut: 0 }),
  });
  if (!body.ok) return body;
  // The body may have taken its time, and the rights may be others by now.
  const still = findWorkspace(parts);
  if (!still.ok) return still;
  if (!still.value.rights.write) return err(readOnly(parts.gate.name()));
  return engine.replication.peerSide.push(body.value, link, still.value.rights);
}

/** A question of that shape, and the workspace that it is about. */
async function readQuestion<Body>(
  parts: Parts,
  shape: Shape<Body>,
): Promise<Result<{ question: Body; served: Served }>> {
  const served = findWorkspace(parts);
  if (!served.ok) return served;
  const body = await readBody(parts.request, {
    shape,
    atMost: limits.peerMessageBytes,
    from: served.value.link.name,
  });
  if (!body.ok) return body;
  // The body may have taken its time, and the rights may be others by now.
  const still = findWorkspace(parts);
  return still.ok ? ok({ question: body.value, served: still.value }) : still;
}

async function getContents(parts: Parts): Promise<Result<unknown>> {
  const read = await readQuestion(parts, contentsRequestShape);
  if (!read.ok) return read;
  const { question, served } = read.value;
  served.exchanging();
  return ok(served.engine.replication.peerSide.contents(question.hashes, served.rights));
}

async function getEmbeddings(parts: Parts): Promise<Result<unknown>> {
  const read = await readQuestion(parts, embeddingsRequestShape);
  if (!read.ok) return read;
  const { question, served } = read.value;
  return ok(toEmbeddings(await served.embeddings(question)));
}

async function getHidden(parts: Parts): Promise<Result<unknown>> {
  const read = await readQuestion(parts, hiddenRequestShape);
  if (!read.ok) return read;
  const { question, served } = read.value;
  return ok(served.engine.replication.peerSide.hidden(question.places, rightsFor(parts, served)));
}

const readOnly = (name: string): Problem =>
  problem(
    'peer-refused',
    name,
    `${name} takes no changes of this device in this workspace.`,
    `To send changes, allow it on ${name}: skein peers share`,
  );

const noCertificate = (name: string): Problem =>
  problem(
    'unauthorized',
    name,
    'This port is for paired devices, which show a certificate.',
    'Use Skein to ask.',
  );

const stranger = (name: string): Problem =>
  problem(
    'peer-refused',
    name,
    `${name} does not know this device: they were never paired, or the pairing was revoked there.`,
    'Pair the two: skein pair',
  );

const noRoute = (request: Request, name: string): Problem =>
  problem(
    'not-found',
    name,
    `${name} has no ${request.method} ${new URL(request.url).pathname.slice(0, limits.pathCharacters)}.`,
    'Update Skein on both devices.',
  );

const failure = (name: string): Problem =>
  problem(
    'internal',
    name,
    `${name} failed in a way it did not expect.`,
    'It is asked again; look at its log.',
  );
