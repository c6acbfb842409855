/** The built interface over HTTP: the page, its assets, and a plain page when it was not built yet. */
import { problem } from '../../shared/result.ts';
import { problemResponse } from './problem-response.ts';
import { chooseEncoding, createFileReader, type StaticFile } from './static-file.ts';
import { isImmutable, isNavigation, staticNames } from './static-path.ts';

/** Makes the function that answers every path outside /api from the folder of the built interface. */
export function createStatic(folder: string): (request: Request) => Promise<Response> {
  const read = createFileReader(folder);
  return async (request) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return onlyRead(request);
    const urlPath = new URL(request.url).pathname;
    const names = staticNames(urlPath);
    const file = names === undefined ? undefined : await read(names);
    if (names !== undefined && file !== undefined) return answerFile(request, file, isImmutable(names));
    if (!isNavigation(request, urlPath)) return notThere(urlPath);
    const page = await read(['index.html']);
    return page === undefined ? notBuilt() : answerFile(request, page, false);
  };
}

async function answerFile(request: Request, file: StaticFile, immutable: boolean): Promise<Response> {
  const plain = await file.bytes('identity');
  const encoding = chooseEncoding(file, plain.byteLength, request.headers.get('accept-encoding') ?? '');
  const headers = new Headers({
    'content-type': file.type,
    etag: `"${file.version}-${encoding}"`,
    vary: 'accept-encoding',
    'cache-control': immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  if (isKnown(request, headers.get('etag'))) return new Response(null, { status: 304, headers });
  const bytes = await file.bytes(encoding);
  if (encoding !== 'identity') headers.set('content-encoding', encoding);
  headers.set('content-length', String(bytes.byteLength));
  return new Response(request.method === 'HEAD' ? null : bytes, { headers });
}

function isKnown(request: Request, etag: string | null): boolean {
  const known = (request.headers.get('if-none-match') ?? '').split(',');
  return etag !== null && known.some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

function notThere(urlPath: string): Response {
  return problemResponse(
    problem('not-found', urlPath, `There is nothing at ${urlPath}.`, 'The page is at /, the API at /api.'),
  );
}

function onlyRead(request: Request): Response {
  const { pathname } = new URL(request.url);
  return problemResponse(
    problem('not-found', pathname, `${pathname} takes no ${request.method}.`, 'Commands are under /api.'),
  );
}

const notBuiltPage = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Skein</title>
<h1>Skein is running, but its window is not built yet</h1>
<p>Run <code>npm run build</code> in the folder of Skein, then load this page again.</p>
<p>The API and the <code>skein</code> command work without it.</p>
</html>
`;

function notBuilt(): Response {
  return new Response(notBuiltPage, {
    status: 503,
    headers: { 'content-type': 'text/html; charset=utf-8' },
  });
}
