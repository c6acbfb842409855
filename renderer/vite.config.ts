import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

/** The engine of reference/004 serves its dashboard under this name, so the page exists under it too. */
const dashboardAlias: Plugin = {
  name: 'skein-dashboard-alias',
  apply: 'build',
  enforce: 'post',
  generateBundle(_, bundle) {
    const page = bundle['index.html'];
    if (page?.type !== 'asset') return;
    this.emitFile({ type: 'asset', fileName: 'sync-dashboard.html', source: page.source });
  },
};

export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  plugins: [svelte(), dashboardAlias],
  build: {
    outDir: '../out/renderer',
    emptyOutDir: true,
    // The first engines with light-dark(), so that the themes stay plain CSS.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    // A data: URL would need its own exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      output: {
        // What most views share travels as one file instead of thirty.
        codeSplitting: { groups: [{ name: 'shared', minShareCount: 4 }] },
      },
    },
  },
});
