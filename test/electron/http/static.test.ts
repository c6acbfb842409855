import { mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { contentType, isImmutable, staticNames } from '../../../electron/http/static-path.ts';
import { settingsJsonSchema } from '../../../shared/domain/settings-file.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { createTinyApp } from '../../support/tiny-app.ts';

const page = `<!doctype html><title>Skein</title>${'<p>page</p>'.repeat(200)}`;
const script = `console.log(1);${'// much\n'.repeat(500)}`;

function builtApp() {
  const outer = temporaryFolder();
  const folder = join(outer, 'built');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(outer, 'secret.txt'), 'secret');
  writeFileSync(join(folder, 'index.html'), page);
  writeFileSync(join(folder, '.hidden'), 'secret');
  writeFileSync(join(folder, 'icon.png'), Buffer.alloc(5_000));
  writeFileSync(join(folder, 'assets', 'main-Ab3dE_9x.js'), script);
  writeFileSync(join(folder, 'assets', 'tiny-Ab3dE_9x.css'), 'a{}');
  symlinkSync(join(outer, 'secret.txt'), join(folder, 'link.txt'));
  const app = createTinyApp({ staticFolder: folder });
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    app.ask(path, { method, headers });
  return { folder, get };
}

describe('pages', () => {
  test.each(['/', '/index.html', '/sync-dashboard.html', '/reports', '/files/docs/notes', '/?x=1'])(
    '%s is the page, without a token',
    async (path) => {
      const response = await builtApp().get(path);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-cache');
      expect(await response.text()).toBe(page);
    },
  );

  test('a view whose path looks like a file is the page for a browser that navigates', async () => {
    const { get } = builtApp();
    expect(await (await get('/files/AGENTS.md', { accept: 'text/html,*/*' })).text()).toBe(page);
    expect(await (await get('/files/AGENTS.md', { 'sec-fetch-mode': 'navigate' })).text()).toBe(page);
    expect((await get('/files/AGENTS.md', { accept: '*/*' })).status).toBe(404);
  });

  test('an asset of an older build is missing, not the page', async () => {
    const response = await builtApp().get('/assets/main-old.js', { accept: 'text/html' });
    expect(response.status).toBe(404);
    expect(((await response.json()) as { error: { code: string } }).error.code).toBe('not-found');
  });

  test('a bundle that was not built says how to build it', async () => {
    const response = await createTinyApp({ staticFolder: join(temporaryFolder(), 'none') }).ask('/');
    expect(response.status).toBe(503);
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toContain('npm run build');
  });

  test('only reading is possible', async () => {
    expect((await builtApp().get('/', {}, 'POST')).status).toBe(404);
    expect((await builtApp().get('/index.html', {}, 'DELETE')).status).toBe(404);
  });
});

describe('assets', () => {
  test('a file with a hash in its name may stay in the cache for ever', async () => {
    const response = await builtApp().get('/assets/main-Ab3dE_9x.js');
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(await response.text()).toBe(script);
  });

  test.each([
    ['br, gzip', 'br'],
    ['gzip, deflate', 'gzip'],
    ['gzip;q=0, br;q=0', null],
    ['gzip;q=0.5, br;q=0', 'gzip'],
    ['', null],
    ['identity', null],
  ])('accept-encoding %j sends %s', async (accepted, encoding) => {
    const response = await builtApp().get('/assets/main-Ab3dE_9x.js', { 'accept-encoding': accepted });
    expect(response.headers.get('content-encoding')).toBe(encoding);
    expect(response.headers.get('vary')).toBe('accept-encoding');
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-length')).toBe(String(bytes.length));
    const plain = encoding === 'br' ? brotliDecompressSync(bytes) : encoding ? gunzipSync(bytes) : bytes;
    expect(plain.toString()).toBe(script);
  });

  test('pictures and tiny files are sent as they are', async () => {
    const { get } = builtApp();
    for (const path of ['/icon.png', '/assets/tiny-Ab3dE_9x.css']) {
      const response = await get(path, { 'accept-encoding': 'br' });
      expect(response.headers.get('content-encoding'), path).toBeNull();
    }
  });

  test('HEAD has the headers of GET and no body', async () => {
    const { get } = builtApp();
    const path = '/assets/main-Ab3dE_9x.js';
    const [head, whole] = [await get(path, {}, 'HEAD'), await get(path)];
    expect(head.status).toBe(200);
    expect([...head.headers]).toEqual([...whole.headers]);
    expect(await head.text()).toBe('');
  });

  test('what the browser has already is not sent again, until it changes on the disk', async () => {
    const { folder, get } = builtApp();
    const first = await get('/');
    const etag = first.headers.get('etag') ?? '';
    const again = await get('/', { 'if-none-match': `"other", W/${etag}` });
    expect([again.status, await again.text()]).toEqual([304, '']);
    writeFileSync(join(folder, 'index.html'), 'new');
    utimesSync(join(folder, 'index.html'), 1, 1);
    const changed = await get('/', { 'if-none-match': etag });
    expect([changed.status, await changed.text()]).toEqual([200, 'new']);
  });
});

describe('traversal', () => {
  test.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/assets/..%2f..%2fsecret.txt',
    '/..%5csecret.txt',
    '/..\\secret.txt',
    '/%252e%252e%252fsecret.txt',
    '/assets/%2e%2e/%2e%2e/secret.txt',
    '//etc/passwd',
    '/%2fetc/passwd',
    '/.hidden',
    '/%2ehidden',
    '/link.txt',
    '/C:/Windows/win.ini',
    '/index.html%00.png',
    '/index.html::$DATA',
    '/%c0%ae%c0%ae/secret.txt',
    '/%zz.txt',
    '/assets/',
    '/assets',
    `/${'a'.repeat(5_000)}.txt`,
  ])('%.60s shows nothing from outside', async (path) => {
    const response = await builtApp().get(path, { accept: '*/*' });
    const text = await response.text();
    expect(text).not.toContain('secret"');
    expect(text).not.toBe('secret');
    expect(text).not.toContain('root:');
    expect([200, 400, 404]).toContain(response.status);
    if (response.status === 200) expect(text).toBe(page);
  });

  test('names are decoded once and none of them is special', () => {
    expect(staticNames('/assets/a%20b.js')).toEqual(['assets', 'a b.js']);
    expect(staticNames('/%252e%252e/x')).toEqual(['%2e%2e', 'x']);
    for (const path of ['/a/../b', '/a//b', '/a/', '/.a', '/a:b', '/a%5cb', '/a%00b', '/%ff', 'relative']) {
      expect(staticNames(path), path).toBeUndefined();
    }
  });
});

test('types and immutability go by the name', () => {
  expect(contentType('a.SVG')).toContain('image/svg+xml');
  expect(contentType('a.exe')).toBe('application/octet-stream');
  expect(contentType('none')).toBe('application/octet-stream');
  expect(isImmutable(['assets', 'index-DiwrgTda.js'])).toBe(true);
  expect(isImmutable(['assets', 'logo.svg'])).toBe(false);
  expect(isImmutable(['index-DiwrgTda.js'])).toBe(false);
});

test('the schema of skein.json is there for editors, without a token and before anything is built', async () => {
  const ask = (headers: Record<string, string>) => createTinyApp().ask('/skein.schema.json', { headers });
  const response = await ask({});
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/schema+json');
  expect(await response.json()).toEqual(settingsJsonSchema());
  expect((await ask({ origin: 'https://example.org' })).status).toBe(403);
});
