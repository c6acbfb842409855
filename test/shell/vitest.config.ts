/** The desktop's tests alone: `vitest run --config test/shell/vitest.config.ts`. */
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  resolve: {
    alias: { electron: fileURLToPath(new URL('../support/electron-stand-in/electron.ts', import.meta.url)) },
  },
  test: {
    include: ['test/shell/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    fileParallelism: false,
  },
});
