// The pool over Web Workers, with the twin for browsers in Node: workers that cannot be started, that answer nonsense, too often or
// not at all, and that fail. No job may be left waiting. Real ones are in `npm run test:browser`.
import { describe, expect, it, vi } from 'vitest';
import { createReferenceEngine } from '../../src/engine/reference/engine.ts';
import { ArgumentError } from '../../src/errors.ts';
import { type Job, run } from '../../src/vss/jobs.ts';
import { VssPool } from '../../src/vss/pool.ts';
import type { WebWorker } from '../../src/vss/thread.ts';
import { fault } from '../support/parties.ts';

vi.mock('../../src/vss/thread.ts', () => import('../../src/vss/thread-browser.ts'));

const engine = createReferenceEngine();
const job = (number: number): Job => ({
  kind: 'deal',
  committee: { threshold: 1, seats: 1 },
  position: { index: number, nonce: new Uint8Array(16), contents: new Uint8Array(32) },
  keys: new Uint8Array(32),
  messages: new Uint8Array(32),
});

type Listener = Parameters<WebWorker['addEventListener']>[1];
type Behaviour = (job: Job, worker: FakeWorker) => void;

/** A worker that does what the test says with each job; by itself it is a right one. */
class FakeWorker implements WebWorker {
  readonly heard: unknown[] = [];
  terminated = false;
  readonly #listeners = new Map<string, Listener>();
  readonly #behave: Behaviour;

  constructor(behave: Behaviour = (job, worker) => worker.say({ result: run(engine, job) })) {
    this.#behave = behave;
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, listener);
  }

  terminate(): void {
    this.terminated = true;
  }

  postMessage(message: unknown): void {
    this.heard.push(message);
    if (typeof message !== 'string') setTimeout(() => this.#behave(message as Job, this));
  }

  say(data: unknown): void {
    this.#listeners.get('message')!({ data });
  }

  fail(type: 'error' | 'messageerror', message?: string): void {
    this.#listeners.get(type)!({ message });
  }
}

/** Starts these workers in turn, then right ones; the list grows with what is started. */
function starter(...first: FakeWorker[]): { started: FakeWorker[]; start: () => FakeWorker } {
  const started: FakeWorker[] = [];
  const start = () => {
    const worker = first.shift() ?? new FakeWorker();
    started.push(worker);
    return worker;
  };
  return { started, start };
}

const statuses = async (jobs: Promise<unknown>[]) => (await Promise.allSettled(jobs)).map(({ status }) => status);

describe('a pool of Web Workers', () => {
  it('needs a function that starts them, unless it has no threads', async () => {
    for (const start of [undefined, '/worker.js']) {
      expect(() => new VssPool(engine, 1, start as never)).toThrow(ArgumentError);
    }
    expect(() => new VssPool(engine, 1)).toThrow(
      /startWorker is undefined; it must be a function .*@mistore\/core\/worker/,
    );
    expect(await new VssPool(engine).run(job(1))).toHaveProperty('commitments');
  });

  it('starts them when there is work, tells them which engine, gives results, and ends them', async () => {
    const { started, start } = starter();
    const pool = new VssPool(engine, 2, start);
    expect(started).toEqual([]);
    const results = await Promise.all([1, 2, 3, 4, 5].map((number) => pool.run(job(number))));
    expect(results).toEqual([1, 2, 3, 4, 5].map((number) => run(engine, job(number))));
    expect(started.map(({ heard }) => heard[0])).toEqual(['reference', 'reference']);
    await pool.close();
    expect(started.map(({ terminated }) => terminated)).toEqual([true, true]);
    expect(await fault(pool.run(job(1)))).toMatchObject({ code: 'POOL_CLOSED' });
  });
});

describe('workers that cannot be started', () => {
  it('make every waiting job fail', async () => {
    const pool = new VssPool(engine, 1, () => {
      throw new Error('refused by the policy');
    });
    for (const ended of await Promise.allSettled([1, 2, 3, 4, 5, 6].map((number) => pool.run(job(number))))) {
      const message = 'a worker thread could not be started (refused by the policy)';
      expect(ended).toMatchObject({ status: 'rejected', reason: { code: 'WORKER_LOST', message } });
    }
  });

  it('make every waiting job fail also after the only one was lost', async () => {
    const first = new FakeWorker((_, worker) => worker.fail('error', 'broken'));
    let starts = 0;
    const pool = new VssPool(engine, 1, () => {
      if (starts++ > 0) throw new Error('no more');
      return first;
    });
    expect(new Set(await statuses([1, 2, 3, 4, 5, 6].map((number) => pool.run(job(number)))))).toEqual(
      new Set(['rejected']),
    );
  });

  it('leave the jobs to those that run', async () => {
    const { started, start } = starter();
    const pool = new VssPool(engine, 3, () => {
      if (started.length > 0) throw new Error('only one');
      return start();
    });
    const ended = await statuses([1, 2, 3, 4, 5, 6].map((number) => pool.run(job(number))));
    expect(new Set(ended)).toEqual(new Set(['fulfilled']));
  });
});

describe('a worker that fails', () => {
  const nonsense = ['hello', null, 7, {}, { error: null }, { error: 'no' }, { error: { code: 'X' } }, undefined];
  it.each(nonsense.map((said) => [said]))('by saying %j costs one job, and is ended', async (said) => {
    const { started, start } = starter(new FakeWorker((_, worker) => worker.say(said)));
    const pool = new VssPool(engine, 1, start);
    const ends = [1, 2, 3].map((number) => pool.run(job(number)));
    expect(await fault(ends[0]!)).toMatchObject({ code: 'WORKER_LOST', message: expect.stringContaining('no answer') });
    expect(await statuses(ends)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(started.map(({ terminated }) => terminated)).toEqual([true, false]);
  });

  it('by an answer too many, when it has no job, is ended, and the next job goes to another', async () => {
    const twice = new FakeWorker((job, worker) => {
      for (let time = 0; time < 2; time++) worker.say({ result: run(engine, job) });
    });
    const { started, start } = starter(twice);
    const pool = new VssPool(engine, 1, start);
    expect(await pool.run(job(1))).toEqual(run(engine, job(1)));
    expect(await pool.run(job(2))).toEqual(run(engine, job(2)));
    expect(started.length).toBe(2);
    expect(twice.terminated).toBe(true);
  });

  it.each([
    ['error', 'broken inside', 'broken inside'],
    ['error', undefined, 'its script does not load'],
    ['messageerror', undefined, 'it sent what cannot be read'],
  ] as const)('by the event %s (%s) costs one job, and is ended', async (type, message, said) => {
    const { started, start } = starter(new FakeWorker((_, worker) => worker.fail(type, message)));
    const pool = new VssPool(engine, 1, start);
    const ends = [1, 2, 3].map((number) => pool.run(job(number)));
    expect(await fault(ends[0]!)).toMatchObject({ code: 'WORKER_LOST', message: `a worker thread ended (${said})` });
    expect(await statuses(ends)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    expect(started.map(({ terminated }) => terminated)).toEqual([true, false]);
  });

  it('rejects a job that cannot be posted, though it waited for others, and does the rest', async () => {
    const worker = new FakeWorker();
    const { start } = starter(worker);
    const pool = new VssPool(engine, 1, start);
    const post = worker.postMessage.bind(worker);
    worker.postMessage = (message) => {
      if (typeof message !== 'string' && (message as { position: { index: number } }).position.index === 3) {
        throw new Error('it could not be cloned');
      }
      post(message);
    };
    const jobs = [0, 1, 2, 3, 4, 5].map((number) => pool.run(job(number)));
    expect(await fault(jobs[3]!)).toMatchObject({
      code: 'WORKER_LOST',
      message: 'a job could not be sent to a worker thread (it could not be cloned)',
    });
    expect(await statuses(jobs)).toEqual([0, 1, 2, 3, 4, 5].map((number) => (number === 3 ? 'rejected' : 'fulfilled')));
  });
});
