// How a thread of VssPool hears the pool and answers it: in a worker thread of Node. In browsers port-browser.ts stands in for this
// file, with the same exports.
import { parentPort } from 'node:worker_threads';

/** Calls `work` with each message of the pool, in order. */
export function listen(work: (message: unknown) => void): void {
  parentPort!.on('message', work);
}

/** Sends the pool a message. `moved`: buffers of it that this thread gives away. */
export function answer(message: unknown, moved: ArrayBuffer[] = []): void {
  parentPort!.postMessage(message, moved);
}
