// The threads of VssPool in browsers, in place of thread.ts: Web Workers that the caller starts, since a page's policy allows scripts of
// its own host only, and bundlers must see where a worker is started.
import { ArgumentError } from '../errors.ts';
import type { StartThread, WebWorker } from './thread.ts';

export function threadStarter(startWorker?: () => WebWorker): StartThread {
  if (typeof startWorker !== 'function') {
    const allowed = 'a function that starts a Worker with the script @mistore/core/worker, where there are threads';
    throw new ArgumentError('startWorker', startWorker, allowed);
  }
  return ({ heard, lost }) => {
    const worker = startWorker();
    worker.addEventListener('message', ({ data }) => heard(data));
    worker.addEventListener('messageerror', () => lost(new Error('it sent what cannot be read')));
    // A script that cannot be loaded is an event without a message.
    worker.addEventListener('error', ({ message }) => lost(new Error(message || 'its script does not load')));
    return {
      post: (message) => worker.postMessage(message),
      busy: () => undefined,
      end: async () => worker.terminate(),
    };
  };
}
