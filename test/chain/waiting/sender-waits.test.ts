// What a sender says that it waits for: while no block takes its transactions, while the base fee is above its cap, and while a
// block is not final. A made-up chain on a clock that the test turns.
import { beforeEach, expect, it, vi } from 'vitest';
import { GWEI } from '../../../src/chain/sending/fees.ts';
import type { Wait } from '../../../src/chain/waiting/wait.ts';
import { follow, MadeUpChain, START } from '../sending/made-up-chain.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: START });
  return () => vi.useRealTimers();
});

const kinds = ({ waits }: MadeUpChain) => [...new Set(waits.map(({ kind }) => kind))];

it('a block that is awaited: after a second, with what is offered and until when', async () => {
  const chain = new MadeUpChain(12_000);
  await follow(chain, {}, 3);
  expect(kinds(chain)).toEqual(['mining']);
  const [first] = chain.waits as [Wait & { kind: 'mining' }];
  expect(first).toMatchObject({ transactions: 3, nonce: 0, offered: 2n * GWEI, baseFee: 7n, since: START });
  expect(first.until).toBeGreaterThanOrEqual(START + 900_000);
  expect(chain.waits.length).toBeGreaterThan(3);
  expect(chain.waits.length).toBeLessThanOrEqual(24); // once a second
});

it('a base fee above the cap: at once, with both numbers', async () => {
  const chain = new MadeUpChain(12_000);
  chain.baseFee = 101n * GWEI;
  let toldAt: number | undefined;
  const push = chain.waits.push.bind(chain.waits);
  chain.waits.push = (wait) => {
    toldAt ??= Date.now();
    return push(wait);
  };
  await follow(chain, {});
  expect(chain.waits[0]).toMatchObject({ kind: 'fee-cap', baseFee: 101n * GWEI, cap: 100n * GWEI });
  expect(toldAt).toBeLessThan(START + 1000);
});

it('finality: which block, how many to go, and about how long', async () => {
  const chain = new MadeUpChain(12_000);
  await follow(chain, { confirmations: 'finalized' });
  expect(kinds(chain)).toEqual(['mining', 'settling']);
  const settling = chain.waits.filter((wait): wait is Wait & { kind: 'settling' } => wait.kind === 'settling');
  expect(settling[0]).toEqual({ kind: 'settling', block: 2, missing: 2, final: true, seconds: 24 });
  expect(settling.at(-1)).toMatchObject({ missing: 1, seconds: 12 });
});

it('further blocks, counted down', async () => {
  const chain = new MadeUpChain(12_000);
  await follow(chain, { confirmations: 5 });
  const missing = chain.waits.flatMap((wait) => (wait.kind === 'settling' ? [wait.missing] : []));
  expect([...new Set(missing)]).toEqual([4, 3, 2, 1]);
});

it('nothing is said of what takes less than a second', async () => {
  const chain = new MadeUpChain(300);
  await follow(chain, {});
  expect(chain.waits).toEqual([]);
});
