// Where V8 keeps what it compiled of the bundle, so that the next command need not compile it again.
import { join } from 'node:path';
import envPaths from 'env-paths';

/** In the user's cache folder, an absolute path. Whatever lies there may go at any time. */
export const compileCacheFolder = () => join(envPaths('skein', { suffix: '' }).cache, 'compiled');
