// How vitest runs the tests: on the sources; build/ (WASM, contract artifact) must exist, which `npm ci` takes care of.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    globalSetup: 'test/global-setup.ts',
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // How long a test waits for something to happen, which on a busy machine takes longer; not how long it may take.
    expect: { poll: { timeout: 15_000 } },
    maxWorkers: 2,
  },
});
