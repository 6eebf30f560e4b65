// The pool of worker threads: the same bytes with any number of threads and in any order of jobs, errors that arrive as
// they were thrown, a close that leaves no job waiting, and threads that die.
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { createEngine } from '../../src/engine/load.ts';
import { ArgumentError, EncodingError, type MIStoreError } from '../../src/errors.ts';
import { type Committee, heldBy, subsetsOf } from '../../src/sharing/committee.ts';
import type { Job, Results } from '../../src/vss/jobs.ts';
import { MAX_THREADS, VssPool } from '../../src/vss/pool.ts';
import { keysOf, SUBSET_KEY_BYTES } from '../../src/vss/subset-keys.ts';
import { randomFrom } from '../support/endpoint/proxy.ts';
import { Program } from '../support/process.ts';

// The worker's script with three more jobs, done in turn like the others: "die" ends the thread, "break" throws where nobody
// catches, "meet" waits until three threads are doing it.
vi.mock('../../build/worker/source.js', async (original) => {
  const { source } = (await original()) as { source: string };
  const sabotage = `
    const { parentPort } = require('node:worker_threads');
    const on = parentPort.on.bind(parentPort);
    let turn = Promise.resolve();
    const act = ({ kind, met }) => {
      if (kind === 'die') process.exit(7);
      if (kind === 'break') return new Promise(() => setImmediate(() => { throw new Error('broken inside'); }));
      Atomics.add(met, 0, 1);
      Atomics.notify(met, 0);
      for (let n = Atomics.load(met, 0); n < 3; n = Atomics.load(met, 0)) Atomics.wait(met, 0, n);
      parentPort.postMessage({ result: [] });
    };
    parentPort.on = (event, work) => on(event, (job) => {
      turn = turn.then(() => (['die', 'break', 'meet'].includes(job.kind) ? act(job) : work(job)));
    });`;
  return { source: `{${sabotage}}${source}` };
});

const engine = await createEngine();
const open: VssPool[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((pool) => pool.close()));
});

function poolOf(threads: number): VssPool {
  const pool = new VssPool(engine, threads);
  open.push(pool);
  return pool;
}

const committee: Committee = { threshold: 3, seats: 5 };

/** Bytes that depend on the seed. */
function drawn(seed: number, length: number): Uint8Array {
  const random = randomFrom(seed);
  return Uint8Array.from({ length }, () => Math.floor(256 * random()));
}

/** Deals `count` records that depend on the seed: messages below 2^248. */
function dealJob(seed: number, count: number, { threshold, seats } = committee): Job & { kind: 'deal' } {
  const messages = drawn(seed, 32 * count);
  for (let k = 0; k < count; k++) messages[32 * k] = 0;
  const keys = drawn(1000 * seed + 1, SUBSET_KEY_BYTES * subsetsOf({ threshold, seats }).length);
  const position = { index: seed, nonce: drawn(1000 * seed + 2, 16), contents: drawn(1000 * seed + 3, 32) };
  return { kind: 'deal', committee: { threshold, seats }, position, keys, messages };
}

const text = ({ commitments, corrections, openings }: Results['deal']) =>
  [commitments, corrections, openings].map(toHex).join();

/** A job that the worker's saboteur takes for itself. */
const sabotage = (kind: 'die' | 'break') => ({ kind }) as unknown as Job;

describe('results', () => {
  const jobs = [
    dealJob(1, 1),
    dealJob(2, 7),
    dealJob(3, 64),
    dealJob(4, 200),
    dealJob(5, 3, { threshold: 1, seats: 1 }),
  ];

  it('are the same bytes with 0, 1, 2 and 3 threads, and whatever the order of the jobs', async () => {
    const expected = await Promise.all(jobs.map((job) => poolOf(0).run(job)));
    expect(new Set(expected.map(text)).size).toBe(jobs.length);
    for (const threads of [1, 2, 3]) {
      const pool = poolOf(threads);
      for (const order of [jobs, jobs.toReversed(), [...jobs, ...jobs]]) {
        const results = await Promise.all(order.map((job) => pool.run(job)));
        expect(results.map(text)).toEqual(order.map((job) => text(expected[jobs.indexOf(job)]!)));
      }
    }
  });

  // Results are moved out of the thread, so they must be whole buffers whichever engine made them.
  it.each(['relaxed', 'scalar', 'reference'] as const)('are the same bytes of the %s engine', async (kind) => {
    const pool = new VssPool(await createEngine({ kind }), 1);
    open.push(pool);
    for (const job of jobs.filter(({ messages }) => messages.length <= 7 * 32)) {
      expect(text(await pool.run(job))).toBe(text(await poolOf(0).run(job)));
      expect(text(await pool.run(job))).toBe(text(await poolOf(0).run(job)));
    }
  });

  it('of a check are the numbers of the wrong records, on every number of threads', async () => {
    const count = 40;
    const job = dealJob(6, count);
    const { commitments, corrections } = await poolOf(0).run(job);
    const wrong = corrections.slice();
    for (const record of [0, 17, 39]) wrong[32 * record + 31]! ^= 1;
    const { position } = job;
    const keys = keysOf(committee, 4, job.keys);
    expect(keys.length).toBe(SUBSET_KEY_BYTES * heldBy(committee, 4).length);
    const check = { kind: 'check', committee, position, keys, seat: 4, commitments } as const;
    for (const threads of [0, 1, 2]) {
      const pool = poolOf(threads);
      const verdicts = [corrections, wrong].map((given) => pool.run({ ...check, corrections: given }));
      expect(await Promise.all(verdicts)).toEqual([[], [0, 17, 39]]);
    }
  });

  it('of opening a batch are its messages and openings, on every number of threads', async () => {
    const job = dealJob(8, 9);
    const { corrections, openings: blindings } = await poolOf(0).run(job);
    for (const threads of [0, 1, 2]) {
      const { openings } = await poolOf(threads).run({ ...job, kind: 'open', corrections });
      for (let k = 0; k < 9; k++) {
        expect(openings.subarray(64 * k, 64 * k + 32)).toEqual(job.messages.subarray(32 * k, 32 * k + 32));
        expect(openings.subarray(64 * k + 32, 64 * k + 64)).toEqual(blindings.subarray(32 * k, 32 * k + 32));
      }
    }
  });

  it("leave the caller's arguments usable", async () => {
    const job = dealJob(7, 5);
    const given = () => [job.messages, job.keys, job.position.nonce, job.position.contents].map(toHex);
    const before = given();
    await poolOf(2).run(job);
    expect(given()).toEqual(before);
  });

  it('come from as many threads at a time as there are', async () => {
    const pool = poolOf(3);
    expect(pool.width).toBe(6);
    // Each job ends only when three of them are under way.
    const met = new Int32Array(new SharedArrayBuffer(4));
    const meet = { kind: 'meet', met } as unknown as Job;
    await Promise.all([pool.run(meet), pool.run(meet), pool.run(meet)]);
    expect(met[0]).toBe(3);
  });
});

describe('a job that fails', () => {
  const short = { ...dealJob(12, 4), keys: new Uint8Array(0) };
  const overlarge = dealJob(13, 2);
  overlarge.messages.set(new Uint8Array(32).fill(0xff), 32);

  it.each([
    ['of a wrong argument', short, ArgumentError],
    ['of bytes that do not decode', overlarge, EncodingError],
  ])('because %s comes back as it was thrown, on every number of threads', async (_, job, type) => {
    const faults: unknown[] = [];
    for (const threads of [0, 1, 3]) {
      const fault = await poolOf(threads)
        .run(job)
        .catch((error: unknown) => error);
      expect(fault).toBeInstanceOf(type);
      const { name, message, code, details } = fault as MIStoreError;
      faults.push({ name, message, code, details });
    }
    expect(faults[0]).toMatchObject({ name: type.name });
    expect(faults).toEqual([faults[0], faults[0], faults[0]]);
  });

  it('takes nothing with it: jobs before and after it are done', async () => {
    const pool = poolOf(2);
    const results = await Promise.allSettled(
      [dealJob(14, 3), short, dealJob(15, 3), overlarge, dealJob(16, 3)].map((job) => pool.run(job)),
    );
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
  });
});

describe('close', () => {
  it('rejects what is under way and what waits, and every later job', async () => {
    const pool = poolOf(2);
    const jobs = [17, 18, 19, 20, 21].map((seed) => pool.run(dealJob(seed, 500)));
    const ends = Promise.allSettled(jobs);
    await pool.close();
    for (const end of await ends) expect(end).toMatchObject({ status: 'rejected', reason: { code: 'POOL_CLOSED' } });
    await expect(pool.run(dealJob(22, 1))).rejects.toMatchObject({ code: 'POOL_CLOSED' });
    await pool.close();
  });

  it('is not upset by a result that comes while the threads end', async () => {
    const pool = poolOf(1);
    await pool.run(dealJob(23, 1));
    const job = pool.run(dealJob(24, 1));
    // The thread answers while this one is asleep; its answer has not been read when the pool is closed.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
    const ended = expect(job).rejects.toMatchObject({ code: 'POOL_CLOSED' });
    await pool.close();
    await ended;
  });

  it('without threads has nothing to end', async () => {
    const pool = poolOf(0);
    await pool.close();
    expect((await pool.run(dealJob(25, 1))).openings.length).toBe(32);
  });
});

describe('a thread that dies', () => {
  it.each([
    ['die', 'a worker thread ended (exit code 7)'],
    ['break', 'a worker thread ended (broken inside)'],
  ] as const)('by "%s" is reported to its job, and the pool goes on with another', async (kind, message) => {
    const pool = poolOf(2);
    const before = pool.run(dealJob(26, 20));
    const lost = pool.run(sabotage(kind));
    const after = [27, 28, 29, 30].map((seed) => pool.run(dealJob(seed, 20)));
    await expect(lost).rejects.toMatchObject({ code: 'WORKER_LOST', message });
    const expected = await Promise.all([26, 27, 28, 29, 30].map((seed) => poolOf(0).run(dealJob(seed, 20))));
    expect((await Promise.all([before, ...after])).map(text)).toEqual(expected.map(text));
  });

  it('again and again costs one job each time', async () => {
    const pool = poolOf(1);
    const jobs = Array.from({ length: 6 }, (_, i) => pool.run(i % 2 === 0 ? sabotage('die') : dealJob(31, 2)));
    const ends = await Promise.allSettled(jobs);
    expect(ends.map(({ status }) => status)).toEqual([
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
  });
});

describe('threads', () => {
  it.each([-1, 1.5, Number.NaN, MAX_THREADS + 1])('%f are refused', (threads) => {
    expect(() => new VssPool(engine, threads)).toThrow(ArgumentError);
  });

  it('do not keep a finished program running', async () => {
    const program = await Program.bundle('test/ingest/pool-user.ts');
    onTestFinished(() => program.end());
    expect(await program.start().ended).toMatchObject({ code: 0, stdout: 'done\n' });
  });
});
