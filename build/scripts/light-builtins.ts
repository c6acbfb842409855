/**
 * Keeps what Skein does not use of Node's own modules out of its start, in the bundles only.
 *
 * An `import` of node:http makes Node read every name that it exports, and with them a whole client for HTTP and
 * WebSocket that the server never needs: some 55 ms of processor time. The same module asked for by
 * `process.getBuiltinModule` costs 5 ms. The server adapter imports node:http2 to tell its requests from others;
 * Skein serves none of those, and not loading it saves 30 ms more.
 */
import type { Plugin } from 'vite';

const withoutHttp2 = '\0without-http2';
const httpImport = /^import\s*\{([^}]*)\}\s*from\s*["']node:http["'];?$/gm;

export const lightBuiltins = (): Plugin => ({
  name: 'light-builtins',
  enforce: 'pre',
  resolveId: (source) => (source === 'node:http2' ? withoutHttp2 : undefined),
  load: (id) =>
    id === withoutHttp2
      ? 'export class Http2ServerRequest {}\nexport const constants = { NGHTTP2_NO_ERROR: 0 };'
      : undefined,
  renderChunk: (code) => ({
    code: code.replace(
      httpImport,
      (_, names: string) => `const {${names.replaceAll(' as ', ': ')}} = ${http};`,
    ),
    map: null,
  }),
});

const http = "process.getBuiltinModule('node:http')";
