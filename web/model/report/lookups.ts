// Times of blocks and costs of transactions, asked of the endpoint for many at once, a few at a time. With an archive alone
// there are neither.
import type { Hex } from '../../../src/bytes.ts';
import { feeOf, readMined } from '../../../src/chain/receipts.ts';
import type { OpenedChain } from '../chain.ts';
import { timeOf } from '../check.ts';
import type { Cancelable, Cost, Progress } from '../types.ts';

/** Requests that wait at the same time. */
const AT_ONCE = 8;
/** Most receipts that are read: that of a batch repeats the whole batch, so more of them would take minutes. */
const MAX_RECEIPTS = 100;

/** Unix seconds, by block. */
export async function timesOf(chain: OpenedChain, blocks: Iterable<number>, cancelable: Cancelable) {
  const times = new Map<number, number | null>();
  await each('times', [...new Set(blocks)], cancelable, async (block) => {
    times.set(block, await timeOf(chain, block));
  });
  return times;
}

/** By transaction; of many, those at even distances. */
export async function costsOf({ connected }: OpenedChain, hashes: readonly Hex[], cancelable: Cancelable) {
  const costs = new Map<Hex, Cost>();
  if (connected === null) return costs;
  await each('gas', [...new Set(sample(hashes))], cancelable, async (hash) => {
    const mined = await readMined(connected.contract.rpc, hash);
    if (mined === null) return;
    const { gasUsed: gas, gasPrice: price } = mined.receipt;
    costs.set(hash, { gas, price, fee: feeOf(mined.receipt) });
  });
  return costs;
}

function sample<T>(all: readonly T[]): T[] {
  if (all.length <= MAX_RECEIPTS) return [...all];
  return Array.from({ length: MAX_RECEIPTS }, (_, k) => all[Math.floor((k * all.length) / MAX_RECEIPTS)]!);
}

async function each<T>(
  stage: Progress['stage'],
  items: readonly T[],
  { onProgress, signal }: Cancelable,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let done = 0;
  const left = items.values();
  const worker = async () => {
    for (const item of left) {
      signal?.throwIfAborted();
      await work(item);
      onProgress?.({ stage, done: ++done, total: items.length });
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
}
