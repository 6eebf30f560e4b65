// The script of the page's worker: examines the engine where it is, and hands the page what it found, or why it failed.
import { examine } from './examine.ts';

/** Globals of Node, and of windows: a worker of a browser has neither. */
const alien = ['process', 'Buffer', 'window'].filter((name) => name in globalThis);

try {
  if (alien.length > 0 || !('WorkerGlobalScope' in globalThis)) throw new Error(`not a web worker: has ${alien}`);
  postMessage({ browser: navigator.userAgent, found: await examine() });
} catch (error) {
  postMessage({ failure: String(error instanceof Error ? error.stack : error) });
}
