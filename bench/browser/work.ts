// What is timed in browsers: the main subjects of the bench, ours alone, on the same inputs. The same list in Node and in a page, where
// a work is named by its number.
import { FIELD_PRIME } from '../../src/engine/bn254.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { batchLeaves } from '../../src/records/batch.ts';
import { BatchTree } from '../../src/records/merkle.ts';
import { heldBy, subsetsOf } from '../../src/sharing/committee.ts';
import { VssPool } from '../../src/vss/pool.ts';
import type { WebWorker } from '../../src/vss/thread.ts';
import { bytes, dealing, messages, scalars, storedBatch, streams } from '../inputs.ts';
import { batchIn, type Form } from '../kernel-module.ts';
import { products, read } from '../peers/bigint.ts';

/** Where the work is done. */
export interface Place {
  engine: Engine;
  /** The module of the kernels alone. */
  kernels(form: Form): Promise<Uint8Array<ArrayBuffer>>;
  /** In browsers. */
  startWorker?: () => WebWorker;
}

export interface Prepared {
  /** What is timed: one call. */
  run(): unknown;
  /** What has to be the same everywhere, if it is not what `run` gives. */
  result?(): unknown;
  end?(): Promise<void>;
}

export interface Work {
  name: string;
  /** What one operation is: a time is for each. */
  unit: string;
  /** Operations in one call. */
  size: number;
  prepare(place: Place): Prepared | Promise<Prepared>;
}

const COMMITTEE = { threshold: 3, seats: 5 };
const { threshold: THRESHOLD, seats: SEATS } = COMMITTEE;
const SEAT = 2;
const CHOSEN = [5, 1, 4];
const BATCH = 400;
const WORKERS = 2;

export function works(quick: boolean): readonly Work[] {
  const size = quick ? 100 : 400;
  return [
    field(1024),
    commitment(1),
    commitment(1000),
    msm(quick ? 256 : 1024),
    deal(size),
    reconstruct(size),
    serverCheck(size),
    merkle(size),
    threads(0, (quick ? 2 : 4) * BATCH),
    threads(WORKERS, (quick ? 2 : 4) * BATCH),
  ];
}

const field = (size: number): Work => ({
  name: 'product in Fp',
  unit: 'product',
  size,
  async prepare({ engine, kernels }) {
    const [a, b] = [read(scalars('a', size), 32), read(scalars('b', size), 32)];
    if (engine.name === 'reference') return { run: () => products(a, b, FIELD_PRIME) };
    const batch = await batchIn(await kernels(engine.name), engine.name, a, b);
    const result = () => {
      batch.run();
      return read(batch.read(), 32);
    };
    return { run: batch.run, result };
  },
});

const commitment = (size: number): Work => ({
  name: 'commitment',
  unit: 'commitment',
  size,
  prepare({ engine }) {
    const [v, b] = [scalars('values', size), scalars('blindings', size)];
    return { run: () => engine.commit(v, b) };
  },
});

const msm = (size: number): Work => ({
  name: 'multi-scalar multiplication',
  unit: 'point',
  size,
  prepare({ engine }) {
    const points = engine.decompress(engine.commit(scalars('points', size), new Uint8Array(32 * size)));
    const s = scalars('scalars', size);
    return { run: () => engine.msm(s, points) };
  },
});

const deal = (size: number): Work => ({
  name: 'deal (3, 5)',
  unit: 'record',
  size,
  prepare({ engine }) {
    const [m, keystreams] = [messages(size), streams(subsetsOf(COMMITTEE).length, size)];
    return { run: () => engine.deal(m, keystreams, THRESHOLD, SEATS) };
  },
});

const reconstruct = (size: number): Work => ({
  name: 'reconstruct',
  unit: 'polynomial',
  size,
  prepare({ engine }) {
    const shares = scalars('shares', size * CHOSEN.length);
    return { run: () => engine.interpolate(CHOSEN, shares) };
  },
});

const serverCheck = (size: number): Work => ({
  name: "server's check (3, 5)",
  unit: 'record',
  size,
  prepare({ engine }) {
    const keystreams = streams(subsetsOf(COMMITTEE).length, size);
    const { values, blindings, corrections } = engine.deal(messages(size), keystreams, THRESHOLD, SEATS);
    const commitments = engine.commit(values, blindings);
    const held = heldBy(COMMITTEE, SEAT).map((q) => keystreams[q]!);
    const shares = engine.shares(SEAT, held, corrections, THRESHOLD, SEATS);
    const wrong = shares.with(64 * size - 1, shares.at(-1)! ^ 1);
    const weights = bytes('weights', 16 * size);
    const verdict = (of: Uint8Array) => engine.verifyShares(SEAT, THRESHOLD, of, commitments, weights);
    return { run: () => verdict(shares), result: () => [verdict(shares), verdict(wrong)] };
  },
});

const merkle = (size: number): Work => ({
  name: 'leaves and Merkle root',
  unit: 'record',
  size,
  prepare({ engine }) {
    const batch = storedBatch(THRESHOLD, size);
    return { run: () => new BatchTree(engine, batchLeaves(engine, THRESHOLD, batch)).root };
  },
});

/** Batches dealt and committed to, keystreams included; copies between threads are in the times. */
const threads = (workers: number, size: number): Work => ({
  name: workers === 0 ? 'dealt with keystreams, no worker' : `the same, ${workers} workers`,
  unit: 'record',
  size,
  prepare({ engine, startWorker }) {
    const pool = new VssPool(engine, workers, startWorker);
    const job = dealing(COMMITTEE, BATCH);
    return {
      run: () => Promise.all(Array.from({ length: size / BATCH }, () => pool.run(job))),
      result: () => pool.run(job),
      end: () => pool.close(),
    };
  },
});
