/** A typed client of the app API over any transport: the browser's fetch, node:http, or the app's own fetch handler. */
import { err, ok, type Problem, problem, type Result } from '../result.ts';
import { type EndpointName, endpoints, type Output, type RawInput } from './app-api.ts';
import { problemShape } from './shapes.ts';

export type Send = (
  pathAndQuery: string,
  init: { method: string; headers: Record<string, string>; body?: string; signal?: unknown },
) => Promise<{ status: number; json(): Promise<unknown> }>;

export type Client = {
  call<Name extends EndpointName>(
    name: Name,
    input: RawInput<Name>,
    options?: { signal?: unknown },
  ): Promise<Result<Output<Name>>>;
};

/** `headers` go with every request (the token). Transport failures become a problem, never an exception. */
export function createClient(send: Send, headers: Record<string, string>): Client {
  return {
    async call<Name extends EndpointName>(
      name: Name,
      input: RawInput<Name>,
      options: { signal?: unknown } = {},
    ) {
      const endpoint = endpoints[name];
      const request = toRequest(endpoint.method, endpoint.path, input as Record<string, unknown>);
      try {
        const response = await send(request.path, {
          method: endpoint.method,
          headers: {
            ...headers,
            ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(request.body === undefined ? {} : { body: request.body }),
          ...(options.signal === undefined ? {} : { signal: options.signal }),
        });
        const body = await response.json();
        if (response.status >= 400) return err(readProblem(body, response.status));
        return ok(body as Output<Name>);
      } catch (cause) {
        return err(unreachable(cause));
      }
    },
  };
}

function toRequest(method: string, path: string, input: Record<string, unknown>) {
  const rest = new Map(Object.entries(input).filter(([, value]) => value !== undefined));
  const filled = path.replace(/:([a-z_]+)/g, (_, key: string) => {
    const value = rest.get(key);
    rest.delete(key);
    return encodeURIComponent(String(value));
  });
  if (method !== 'GET') return { path: filled, body: JSON.stringify(Object.fromEntries(rest)) };
  const query = [...rest].map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`).join('&');
  return { path: query === '' ? filled : `${filled}?${query}`, body: undefined };
}

function readProblem(body: unknown, status: number): Problem {
  const parsed = problemShape.safeParse((body as { error?: unknown } | null)?.error);
  if (parsed.success) return parsed.data as Problem;
  return problem('internal', 'the engine', `The engine answered with status ${status}.`, 'Look at its log.');
}

function unreachable(cause: unknown): Problem {
  // fetch throws a TypeError whatever happened, and its words ("Failed to fetch") say nothing more.
  const reason = cause instanceof Error && !(cause instanceof TypeError) ? `: ${cause.message}` : '';
  return problem(
    'internal',
    'the engine',
    `The engine cannot be reached${reason}.`,
    'Check that Skein is running.',
  );
}
