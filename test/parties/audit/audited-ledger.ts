// A ledger at (2, 4) for tests of the audit, whose batches are changed before they are appended; and where its records' fields
// lie.
import { encodeSource } from '../../../src/records/source.ts';
import type { TestChain } from '../../support/chain.ts';
import { makeBatch, openLedger, type TestLedger } from '../../support/ledger.ts';

/** Bytes of a record at (2, 4): tag 20, key 8, 2 commitments, 1 correction. */
export const SIZE = 28 + 32 * 2 + 32;
/** Where commitment j of record k begins. */
export const COMMITMENT = (k: number, j: number) => SIZE * k + 28 + 32 * j;
/** Where the correction of record k begins. */
export const CORRECTION = (k: number) => SIZE * k + 92;

/** A ledger of batches with so many records each. `change` alters the records of batch `index` in place. */
export async function fillLedger(
  chain: TestChain,
  name: string,
  counts: readonly number[],
  change: (records: Uint8Array, index: number) => void = () => undefined,
  source: (index: number) => Uint8Array = (index) => encodeSource(new Uint8Array(24), 100 * (index + 1)),
): Promise<TestLedger> {
  const ledger = await openLedger(chain, name, { threshold: 2, seats: 4 });
  let first = 0;
  let previous = ledger.ledgerId;
  for (const [index, count] of counts.entries()) {
    const { call } = makeBatch(
      ledger,
      index,
      first,
      Array.from({ length: count }, (_, k) => `patient ${k % 3}`),
    );
    change(call.records, index);
    const sent = { ...call, previous, source: source(index) };
    await ledger.hospital.appendBatch(sent);
    previous = (await ledger.hospital.getBatch(ledger.ledgerId, index)).root;
    first += count;
  }
  return ledger;
}
