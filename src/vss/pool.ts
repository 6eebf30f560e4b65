// Batches on several cores: a pool of threads, each with an engine of its own (worker threads in Node, Web Workers in browsers). Without
// threads the caller's does the work, with the same results. Jobs hold secrets, which are copied between threads and not wiped there.
import type { Engine } from '../engine/engine.ts';
import { ArgumentError, checkInteger, EncodingError, MIStoreError } from '../errors.ts';
import { type Job, type Results, run } from './jobs.ts';
import { type StartThread, type Thread, threadStarter, type WebWorker } from './thread.ts';

export const MAX_THREADS = 256;

interface PendingJob {
  job: Job;
  resolve: (result: never) => void;
  reject: (error: Error) => void;
}

/** An Error as it crosses to this thread. */
interface WorkerError {
  message: string;
  code?: string;
  details?: Record<string, unknown>;
}

/** Jobs that a worker has at a time: the current one and the next, so that it never has to wait for this thread. */
const DEPTH = 2;

/**
 * Does the work on batches: on threads, or on the caller's if there are none. Every thread is given the keys and messages of its
 * jobs, which are SECRET.
 *
 * In a browser the page starts the workers, from the script `@mistore/core/worker` of the package, which needs no other file:
 *
 * ```js
 * const startWorker = () => new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
 * const pool = new VssPool(await createEngine(), 2, startWorker); // worker.js: import '@mistore/core/worker';
 * ```
 */
export class VssPool {
  readonly engine: Engine;
  readonly threads: number;
  readonly #startThread: StartThread | undefined;
  /** Each thread's jobs, in the order in which it does them. */
  readonly #workers = new Map<Thread, PendingJob[]>();
  readonly #waiting: PendingJob[] = [];
  #closed = false;

  /**
   * `threads`: workers besides the caller's thread, 0 to 256, started when there is work for them; 0 for none. They run the same
   * kind of engine as `engine` is. `startWorker`: starts a worker in a browser, where it is needed for threads; Node's are built in.
   * Throws an ArgumentError.
   */
  constructor(engine: Engine, threads = 0, startWorker?: () => WebWorker) {
    checkInteger('threads', threads, 0, MAX_THREADS);
    this.engine = engine;
    this.threads = threads;
    this.#startThread = threads === 0 ? undefined : threadStarter(startWorker);
  }

  /** Number of jobs that keep every thread busy. */
  get width(): number {
    return Math.max(1, DEPTH * this.threads);
  }

  /** Does one job. Rejects with what the job throws, WORKER_LOST, or POOL_CLOSED. */
  async run<J extends Job>(job: J): Promise<Results[J['kind']]> {
    if (this.threads === 0) return run(this.engine, job);
    if (this.#closed) throw new MIStoreError('POOL_CLOSED', 'the pool of threads has been closed');
    return new Promise((resolve, reject) => {
      this.#waiting.push({ job, resolve, reject });
      this.#next();
    });
  }

  /** Ends the threads; unfinished jobs are rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    const left = [...[...this.#workers.values()].flat(), ...this.#waiting.splice(0)];
    const workers = [...this.#workers.keys()];
    this.#workers.clear();
    for (const { reject } of left) reject(new MIStoreError('POOL_CLOSED', 'the pool of threads has been closed'));
    await Promise.all(workers.map((worker) => worker.end()));
  }

  /** Gives the first waiting job to an idle worker, else to a new one, else to one that has room. */
  #next(): void {
    if (this.#waiting.length === 0) return;
    const least = [...this.#workers].sort(([, a], [, b]) => a.length - b.length)[0]?.[0];
    const idle = least !== undefined && this.#workers.get(least)!.length === 0;
    const worker = idle || this.#workers.size === this.threads ? least : (this.#start() ?? least);
    if (worker === undefined) return;
    const jobs = this.#workers.get(worker)!;
    if (jobs.length === DEPTH) return;
    const next = this.#waiting.shift()!;
    try {
      worker.post(next.job);
    } catch (cause) {
      next.reject(lostError('a job could not be sent to a worker thread', cause as Error));
      this.#next();
      return;
    }
    worker.busy(true);
    jobs.push(next);
  }

  /** A new worker. Where none can be started, jobs wait for those that are there, and fail if there is none. */
  #start(): Thread | undefined {
    try {
      const worker: Thread = this.#startThread!({
        heard: (reply) => this.#heard(worker, reply),
        lost: (cause) => this.#lost(worker, cause),
      });
      this.#workers.set(worker, []);
      worker.post(this.engine.name);
      return worker;
    } catch (cause) {
      const fault = lostError('a worker thread could not be started', cause as Error);
      if (this.#workers.size === 0) for (const { reject } of this.#waiting.splice(0)) reject(fault);
      return undefined;
    }
  }

  /** Takes a reply as that to the worker's first job. */
  #heard(worker: Thread, reply: unknown): void {
    const jobs = this.#workers.get(worker);
    if (jobs === undefined) return; // The result was on its way when the pool was closed.
    if (!isReply(reply) || jobs.length === 0) {
      this.#lost(worker, new Error('it said what is no answer'));
      return;
    }
    const { resolve, reject } = jobs.shift()!;
    if (jobs.length === 0) worker.busy(false);
    if ('error' in reply) reject(revived(reply.error));
    else resolve(reply.result as never);
    this.#next();
  }

  /** When a thread ends by itself or fails, the job that it was doing fails; its next one waits again. */
  #lost(worker: Thread, cause: Error): void {
    const jobs = this.#workers.get(worker);
    if (jobs === undefined) return;
    this.#workers.delete(worker);
    void worker.end(); // A browser's goes on after an error.
    const job = jobs.shift();
    this.#waiting.unshift(...jobs);
    job?.reject(lostError('a worker thread ended', cause));
    for (let room = DEPTH; room > 0; room--) this.#next();
  }
}

const lostError = (what: string, cause: Error): MIStoreError =>
  new MIStoreError('WORKER_LOST', `${what} (${cause.message})`, {}, { cause });

/** What src/vss/worker.ts answers. In a browser another script may run in its place. */
function isReply(reply: unknown): reply is { result: unknown } | { error: WorkerError } {
  if (typeof reply !== 'object' || reply === null) return false;
  if (!('error' in reply)) return 'result' in reply;
  return typeof (reply.error as Partial<WorkerError> | null)?.message === 'string';
}

const TYPES = new Map<string, { name: string; prototype: MIStoreError }>([
  ['INVALID_ARGUMENT', ArgumentError],
  ['INVALID_ENCODING', EncodingError],
]);

/** A worker's error with the type that it had there, found by its code: the worker's minified script has lost the names. */
function revived({ code = 'WORKER_FAILED', message, details }: WorkerError): MIStoreError {
  const error = new MIStoreError(code, message, details);
  const type = TYPES.get(code);
  return type === undefined ? error : Object.setPrototypeOf(Object.assign(error, { name: type.name }), type.prototype);
}
