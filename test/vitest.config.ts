// How vitest runs the tests: on the sources; build/ (WASM, contract artifact) must exist, which `npm ci` takes care of.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    globalSetup: 'test/global-setup.ts',
    include: ['test/**/*.test.ts'],
    // Ends what hangs. The longest tests take 20 s on two cores of their own, and a minute where others compute too.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // How long a test waits for something to happen, which on a busy machine takes longer; not how long it may take.
    expect: { poll: { timeout: 15_000 } },
    // One more than the cores of a small machine: tests often wait for blocks.
    maxWorkers: 3,
  },
});
