/** What a request says, as one flat object: path parameters, query and JSON body together. */
import { err, ok, type Problem, problem, type Result } from '../../shared/result.ts';

type Fields = Record<string, unknown>;

/**
 * Collects the fields of a request whose body has at most `bodyBytes`. Fails with bad-input or too-large, naming the
 * field where there is one.
 */
export async function collectInput(
  request: Request,
  pathFields: Readonly<Record<string, string>>,
  bodyBytes: number,
): Promise<Result<Fields>> {
  const body = request.method === 'GET' ? ok({}) : await readBody(request, bodyBytes);
  if (!body.ok) return body;
  return mergeFields([
    ...Object.entries(pathFields),
    ...queryFields(request.url),
    ...Object.entries(body.value),
  ]);
}

/** An empty value (`?path=`) is what an empty form field sends: it counts as absent. */
function queryFields(url: string): [string, string][] {
  return [...new URL(url).searchParams].filter(([, value]) => value !== '');
}

/** Two values for one field would leave it to chance which one counts. */
function mergeFields(entries: readonly [string, unknown][]): Result<Fields> {
  const seen = new Set<string>();
  for (const [name] of entries) {
    if (seen.has(name)) return err(badField(name, 'is given twice', 'Give it once.'));
    seen.add(name);
  }
  // fromEntries defines own properties, so that a field called __proto__ stays a field.
  return ok(Object.fromEntries(entries));
}

async function readBody(request: Request, atMost: number): Promise<Result<Fields>> {
  const bytes = await readBytes(request, atMost);
  if (!bytes.ok) return bytes;
  if (bytes.value.byteLength === 0) return ok({});
  // A plain HTML form of another site cannot send this type without asking first.
  const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json')
    return err(badBody('is not announced as JSON', 'Send `content-type: application/json`.'));
  return parseFields(bytes.value);
}

function parseFields(bytes: Uint8Array): Result<Fields> {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes), refuseProto);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return ok(parsed as Fields);
    return err(badBody('is not a JSON object', 'Send an object, for example {}.'));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    return err(badBody(`cannot be read as JSON: ${reason}`, 'Send one JSON object in UTF-8.'));
  }
}

/** JSON.parse makes `__proto__` an own field; whoever copies it later by assignment would change a prototype. */
function refuseProto(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new Error('a field may not be called __proto__');
  return value;
}

/** Counts what really arrives: a length header can be absent or wrong. */
async function readBytes(request: Request, atMost: number): Promise<Result<Uint8Array>> {
  if (Number(request.headers.get('content-length') ?? 0) > atMost) return err(tooLarge(atMost));
  if (request.body === null) return ok(new Uint8Array());
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body) {
      size += chunk.byteLength;
      if (size > atMost) return err(tooLarge(atMost));
      chunks.push(chunk);
    }
  } catch {
    return err(badBody('did not arrive whole', 'Send it again.'));
  }
  return ok(Buffer.concat(chunks));
}

function tooLarge(bytes: number): Problem {
  return problem(
    'too-large',
    'body',
    `The body of the request is over ${bytes / 1024} KiB.`,
    'Send less in one request.',
  );
}

const badBody = (what: string, advice: string) =>
  problem('bad-input', 'body', `The body of the request ${what}.`, advice);

/** A field of the input that is not as the endpoint wants it; `what` completes the sentence. */
export const badField = (name: string, what: string, advice: string): Problem =>
  problem('bad-input', name, `The field ${JSON.stringify(name)} ${what}.`, advice);
