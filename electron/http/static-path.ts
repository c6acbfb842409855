/** From the path of a URL to a file of the built interface; hostile paths lead nowhere. */

const indexFile = 'index.html';
/** Addresses of the page besides `/`; reference/004 documents this one. */
const pagePaths: ReadonlySet<string> = new Set(['/', '/index.html', '/sync-dashboard.html']);

/**
 * The names from the static folder down to the file that a URL path asks for; undefined when it is not the path
 * of a file in there. Decodes once: what is still encoded after that is part of a name.
 */
export function staticNames(urlPath: string): string[] | undefined {
  if (pagePaths.has(urlPath)) return [indexFile];
  const [start, ...names] = decodeOnce(urlPath)?.split('/') ?? [];
  return start === '' && names.every(isPlainName) ? names : undefined;
}

function decodeOnce(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** No empty, hidden or dot name, no drive, stream, other separator or control character. */
function isPlainName(name: string): boolean {
  return name !== '' && !name.startsWith('.') && /^[^\\/:\p{Cc}]+$/u.test(name);
}

/**
 * Whether a request that found no file gets the page, whose own router shows the right view: everything that a
 * person can type or reload, but no asset, because a script that is HTML fails without saying why.
 */
export function isNavigation(request: Request, urlPath: string): boolean {
  if (urlPath.startsWith('/assets/')) return false;
  const asksPage =
    request.headers.get('sec-fetch-mode') === 'navigate' ||
    (request.headers.get('accept') ?? '').includes('text/html');
  return asksPage || !urlPath.slice(urlPath.lastIndexOf('/')).includes('.');
}

const typeByExtension: ReadonlyMap<string, string> = new Map([
  ['html', 'text/html; charset=utf-8'],
  ['js', 'text/javascript; charset=utf-8'],
  ['mjs', 'text/javascript; charset=utf-8'],
  ['css', 'text/css; charset=utf-8'],
  ['json', 'application/json; charset=utf-8'],
  ['map', 'application/json; charset=utf-8'],
  ['webmanifest', 'application/manifest+json; charset=utf-8'],
  ['svg', 'image/svg+xml; charset=utf-8'],
  ['txt', 'text/plain; charset=utf-8'],
  ['png', 'image/png'],
  ['ico', 'image/x-icon'],
  ['webp', 'image/webp'],
  ['woff2', 'font/woff2'],
  ['wasm', 'application/wasm'],
]);

/** The media type of a file by its name; unknown ones are bytes, which no browser runs. */
export function contentType(name: string): string {
  const extension = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return typeByExtension.get(extension) ?? 'application/octet-stream';
}

/** Files whose name carries a hash of their content never change under that name. */
export function isImmutable(names: readonly string[]): boolean {
  return names[0] === 'assets' && /-[\w-]{8,}\.\w+$/.test(names.at(-1) ?? '');
}
