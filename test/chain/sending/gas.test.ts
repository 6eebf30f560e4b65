// The price of calldata: the formula against the chain itself and against the EIPs' own figures.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountOf } from '../../../src/chain/account.ts';
import { floorGas, gasLimit, intrinsicGas, SCHEDULES } from '../../../src/chain/sending/gas.ts';
import { appendBatchExecution, encodeAppendBatch } from '../../../src/contract/batch-abi.ts';
import { eventOf } from '../../../src/contract/outcome.ts';
import { batchCapacity } from '../../../src/records/batch.ts';
import { keyOf, startChain, type TestChain } from '../../support/chain.ts';
import { drawBytes, noiseRecords, openLedger } from '../../support/ledger.ts';

const today = SCHEDULES['eip-7623'];

describe('the schedule', () => {
  it('gives the figures of the EIPs', () => {
    expect(floorGas(new Uint8Array(0), today)).toBe(21_000n);
    expect(floorGas(Uint8Array.of(0, 1, 0, 2, 3), today)).toBe(21_000n + 2n * 10n + 3n * 40n);
    expect(intrinsicGas(Uint8Array.of(0, 1, 0, 2, 3), today)).toBe(21_000n + 2n * 4n + 3n * 16n);
    expect(intrinsicGas(Uint8Array.of(0, 1), today, true)).toBe(21_000n + 4n + 16n + 32_000n + 2n);
    expect(intrinsicGas(new Uint8Array(33), today, true)).toBe(21_000n + 33n * 4n + 32_000n + 4n);
    expect(floorGas(Uint8Array.of(0, 1, 2), SCHEDULES['eip-7976'])).toBe(21_000n + 3n * 64n);
  });

  it('takes the floor or the execution, whichever is more', () => {
    const data = new Uint8Array(1000).fill(1);
    expect(gasLimit(data, 24_000n, today)).toBe(61_000n);
    expect(gasLimit(data, 24_001n, today)).toBe(61_001n);
    expect(gasLimit(data, 0n, today)).toBe(61_000n);
  });
});

describe('on the chain', () => {
  let chain: TestChain;
  beforeAll(async () => {
    chain = await startChain();
  });
  afterAll(() => chain?.stop());

  it('a transaction that executes nothing costs exactly the floor', async () => {
    const sender = await chain.sender('floor');
    for (const length of [0, 1, 100, 5000, 100_000]) {
      const data = drawBytes(`floor ${length}`, length);
      data.fill(0, 0, length / 3);
      const { gasUsed } = await sender.send({ to: accountOf(keyOf('nobody')), data });
      expect(gasUsed).toBe(floorGas(data, today));
    }
  });

  // A record of threshold 1 is the smallest, so there are most of them; at (19,19) nearly all of it is hashed for the leaf.
  it.each([
    [1, 1],
    [1, 40],
    [3, 5],
    [19, 19],
  ])(
    'appendBatch at (%i,%i) stays under the limit that its size gives, for one record and for a full batch',
    async (threshold, seats) => {
      const name = `gas ${threshold} ${seats}`;
      const { ledgerId, hospital } = await openLedger(chain, name, { threshold, seats });
      let previous = ledgerId;
      for (const count of [1, batchCapacity(threshold)]) {
        const records = noiseRecords(name, threshold, count);
        const call = {
          ledgerId,
          previous,
          epoch: 1,
          nonce: drawBytes('nonce', 16),
          source: drawBytes('source', 32),
          records,
        };
        const outcome = await hospital.appendBatch(call);
        const { gasUsed } = outcome.receipt;
        previous = eventOf(outcome, 'BatchAppended').root;
        const limit = gasLimit(encodeAppendBatch(call), appendBatchExecution(records.length), today);
        expect(gasUsed).toBeLessThanOrEqual(limit);
      }
    },
  );
});
