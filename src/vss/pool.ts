// Batches on several cores: a pool of worker threads, each with an engine of its own. Without threads the caller's does the
// work, with the same results. Jobs hold secrets, which are copied between threads and not wiped there.
import { Worker } from 'node:worker_threads';
import { source } from '../../build/worker/source.js';
import type { Engine } from '../engine/engine.ts';
import { ArgumentError, checkInteger, EncodingError, MIStoreError } from '../errors.ts';
import { type Job, type Results, run } from './jobs.ts';

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

/** Does the work on batches: on worker threads, or on the caller's if there are none. */
export class VssPool {
  readonly engine: Engine;
  readonly threads: number;
  /** Each worker's jobs, in the order in which it does them. */
  readonly #workers = new Map<Worker, PendingJob[]>();
  readonly #waiting: PendingJob[] = [];
  #closed = false;

  /** `threads`: workers besides the caller's thread, started when there is work for them; 0 for none. */
  constructor(engine: Engine, threads = 0) {
    checkInteger('threads', threads, 0, MAX_THREADS);
    this.engine = engine;
    this.threads = threads;
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
    await Promise.all(workers.map((worker) => worker.terminate()));
  }

  /** Gives the first waiting job to an idle worker, else to a new one, else to one that has room. */
  #next(): void {
    if (this.#waiting.length === 0) return;
    const [least] = [...this.#workers].sort(([, a], [, b]) => a.length - b.length);
    const worker = least?.[1].length === 0 || this.#workers.size === this.threads ? least![0] : this.#start();
    const jobs = this.#workers.get(worker)!;
    if (jobs.length === DEPTH) return;
    const next = this.#waiting.shift()!;
    jobs.push(next);
    worker.ref();
    worker.postMessage(next.job);
  }

  #start(): Worker {
    const worker = new Worker(source, { eval: true, workerData: this.engine.name });
    this.#workers.set(worker, []);
    worker.on('message', ({ result, error }: { result: unknown; error?: WorkerError }) => {
      const jobs = this.#workers.get(worker);
      if (jobs === undefined) return; // The result was on its way when the pool was closed.
      const { resolve, reject } = jobs.shift()!;
      if (jobs.length === 0) worker.unref();
      if (error) reject(revived(error));
      else resolve(result as never);
      this.#next();
    });
    worker.on('error', (error) => this.#lost(worker, error));
    worker.on('exit', (code) => this.#lost(worker, new Error(`exit code ${code}`)));
    return worker;
  }

  /** When a thread ends by itself, the job that it was doing fails; its next one waits again. */
  #lost(worker: Worker, cause: Error): void {
    const jobs = this.#workers.get(worker);
    if (jobs === undefined) return;
    this.#workers.delete(worker);
    const job = jobs.shift();
    this.#waiting.unshift(...jobs);
    job?.reject(new MIStoreError('WORKER_LOST', `a worker thread ended (${cause.message})`, {}, { cause }));
    for (let room = DEPTH; room > 0; room--) this.#next();
  }
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
