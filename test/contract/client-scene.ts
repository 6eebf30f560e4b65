// What the tests of the client share: a ledger with two batches and an insurer on an embedded chain, and the refusals of the
// contract.
import { expect } from 'vitest';
import type { MIStoreContract } from '../../src/contract/client.ts';
import { ContractError } from '../../src/contract/errors.ts';
import type { ContractEvent, EventName } from '../../src/contract/types.ts';
import { startChain, type TestChain } from '../support/chain.ts';
import {
  makeBatch,
  openLedger,
  openNoChannels,
  registerNoKey,
  type TestBatch,
  type TestLedger,
} from '../support/ledger.ts';

export interface ClientScene {
  chain: TestChain;
  /** (2, 3), with a minimum of 2 records for a query. */
  ledger: TestLedger;
  /** Five records of Ann (positions 1 to 3, then 4 and 5), and three of Bob (two, then one). */
  batches: TestBatch[];
  insurer: MIStoreContract;
}

export async function openClientScene(): Promise<ClientScene> {
  const chain = await startChain();
  const ledger = await openLedger(chain, 'story', { threshold: 2, seats: 3 }, { minRecords: 2 });
  const batches = [
    makeBatch(ledger, 0, 0, ['Ann', 'Bob', 'Ann', 'Ann', 'Bob']),
    makeBatch(ledger, 1, 5, ['Bob', 'Ann', 'Ann']),
  ];
  for (const { call } of batches) await ledger.hospital.appendBatch(call);
  const insurer = await chain.contract('insurer');
  await registerNoKey(insurer, 'insurer');
  await openNoChannels(insurer, 'insurer', ledger.servers);
  return { chain, ledger, batches, insurer };
}

export const find = <N extends EventName>(events: readonly ContractEvent[], name: N) =>
  events.find(({ event }) => event === name) as unknown as ContractEvent<N>;

/** The ContractError that a call must end with. */
export async function refusal(call: Promise<unknown>, errorName: string): Promise<ContractError> {
  const error = await call.then(
    () => new Error('the contract did not refuse'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ContractError);
  expect((error as ContractError).errorName).toBe(errorName);
  return error as ContractError;
}
