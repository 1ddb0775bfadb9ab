import { loadEnv } from 'vite';
import { defineConfig } from 'vitest/config';

// The dashboard that `npm run dev` forwards to; the built pages are served by the dashboard itself.
const backend = loadEnv('development', '.', 'CLEANSTREETS_').CLEANSTREETS_DASHBOARD ?? 'http://127.0.0.1:8080';

export default defineConfig({
  appType: 'mpa',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    target: 'es2022',
    // Inlined assets would be data: URLs, which the content security policy refuses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1300,
    rolldownOptions: {
      input: { index: 'index.html', crew: 'crew.html', login: 'login.html', missing: 'missing.html', health: 'health.html', quarantine: 'quarantine.html', boxes: 'boxes.html', scorecards: 'scorecards.html' },
      output: {
        // The map's worker ends in .mjs, which not every static file server serves as a script.
        assetFileNames: (asset) => `assets/[name]-[hash]${(asset.names[0] ?? '').endsWith('.mjs') ? '.js' : '[extname]'}`,
      },
    },
  },
  // A machine that stalls for seconds fails no test.
  test: { testTimeout: 120_000, hookTimeout: 120_000 },
  server: { proxy: { '/api': backend, '/tiles': backend } },
});
