/** One generic route for every entry of the endpoint table: collect, check, handle, answer. */
import type { z } from 'zod';
import { type Endpoint, type EndpointName, endpoints } from '../../shared/contracts/app-api.ts';
import { checkNotePath } from '../../shared/domain/note-path.ts';
import { limits } from '../../shared/limits.ts';
import { err, ok, type Problem, type Result } from '../../shared/result.ts';
import { chooseEngine } from './choose-workspace.ts';
import { badField, collectInput } from './collect-input.ts';
import type { Deps, Handler } from './deps.ts';
import { handlers } from './handlers/table.ts';
import { problemResponse } from './problem-response.ts';

type Fields = Record<string, unknown>;

/**
 * Answers one request to an endpoint. `checkOutput` compares the answer with the endpoint's schema and throws
 * when a handler broke the contract: for development and tests, because it costs as much as the answer.
 */
export async function answerEndpoint(
  deps: Deps,
  name: EndpointName,
  request: Request,
  pathFields: Readonly<Record<string, string>>,
  checkOutput: boolean,
): Promise<Response> {
  const { open, input: shape }: Endpoint = endpoints[name];
  const bodyBytes = open ? limits.openRequestBytes : limits.requestBytes;
  const fields = await collectInput(request, pathFields, bodyBytes);
  if (!fields.ok) return problemResponse(fields.error);
  const input = checkPath(deps, checkInput(shape, fields.value));
  if (!input.ok) return problemResponse(input.error);
  // The table pairs each handler with the input of its own name, which the compiler cannot follow through `name`.
  const handler = handlers[name] as unknown as Handler<EndpointName>;
  const outcome = await handler(deps, input.value as never, request.signal);
  if (!outcome.ok) return problemResponse(outcome.error);
  if (checkOutput) endpoints[name].output.parse(outcome.value);
  return Response.json(outcome.value);
}

function checkInput(shape: z.ZodObject, fields: Fields): Result<Fields> {
  const parsed = shape.safeParse(fields);
  return parsed.success ? ok(parsed.data) : err(inputProblem(parsed.error, fields));
}

/**
 * In every input of the table a field `path` is a path below the workspace. One under which the log holds a file is
 * our own data, however odd, and touches no disk here; every other one is hostile (DESIGN rule 8).
 */
function checkPath({ host }: Deps, input: Result<Fields>): Result<Fields> {
  if (!input.ok) return input;
  const { path, workspace } = input.value;
  if (typeof path !== 'string') return input;
  const engine = chooseEngine(host, workspace as string | undefined);
  const held = engine.ok ? engine.value.log.findPath(path) : undefined;
  const checked = held === undefined ? checkNotePath(path) : ok(held);
  return checked.ok ? ok({ ...input.value, path: checked.value }) : checked;
}

function inputProblem(failure: z.ZodError, fields: Fields): Problem {
  const issue = failure.issues[0];
  const name = issue?.path.join('.') || 'input';
  const field = String(issue?.path[0] ?? '');
  const advice = 'GET /api/openapi.json describes every field.';
  if (field !== '' && !Object.hasOwn(fields, field)) return badField(name, 'is missing', advice);
  // "received NaN" is about our own conversion, not about what the caller wrote.
  const reason = (issue?.message ?? 'invalid').replace(', received NaN', '');
  return badField(name, `is not valid: ${reason}`, advice);
}
