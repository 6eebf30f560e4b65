// Starts, hears and ends the threads of VssPool: worker threads of Node, whose script is built in. In browsers thread-browser.ts stands
// in for this file, with the same exports.
import { Worker } from 'node:worker_threads';
import { source } from '../../build/worker/source.js';

/** A thread, as the pool uses it. */
export interface Thread {
  post(message: unknown): void;
  /** Whether it has work: one without does not keep the program running. */
  busy(is: boolean): void;
  /** Ends it, whatever it is doing. */
  end(): Promise<unknown>;
}

/** What a thread tells the pool. */
export interface ThreadEvents {
  heard(message: unknown): void;
  /** It has ended by itself, or something in it has failed that is not a job. */
  lost(cause: Error): void;
}

/** Starts a thread. */
export type StartThread = (events: ThreadEvents) => Thread;

/** A Worker of a browser, as far as the pool uses it. */
export interface WebWorker {
  /** Sends it a job. */
  postMessage(message: unknown): void;
  /** Ends it at once. */
  terminate(): void;
  /** Hears its results, and what goes wrong in it. */
  addEventListener(
    type: 'message' | 'messageerror' | 'error',
    listener: (event: { data?: unknown; message?: string }) => void,
  ): void;
}

/** `startWorker` is for browsers only, and not called here. */
export function threadStarter(_startWorker?: () => WebWorker): StartThread {
  return ({ heard, lost }) => {
    const worker = new Worker(source, { eval: true });
    worker.on('message', heard);
    worker.on('error', lost);
    worker.on('exit', (code) => lost(new Error(`exit code ${code}`)));
    return {
      post: (message) => worker.postMessage(message),
      busy: (is) => (is ? worker.ref() : worker.unref()),
      end: () => worker.terminate(),
    };
  };
}
