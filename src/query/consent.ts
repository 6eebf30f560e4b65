// A patient's consent: permission for one insurer to learn, once, the sum of exactly these records. Here are the typed data
// (EIP-712) that the patient signs and the hash of the record ids in it; the signing is in contract/signing.ts.
import { type Hex, uint64 } from '../bytes.ts';
import { ArgumentError } from '../errors.ts';
import { keccak256 } from '../keccak.ts';

/** Most records in one query: a sum of more might not decode (see records/lanes.ts). */
export const MAX_QUERY_RECORDS = 2 ** 20;

/** The message that a patient signs; field for field the contract's struct. Addresses are 0x-hex of 20 bytes. */
export interface Consent {
  insurer: Hex;
  ledgerId: bigint;
  /** The tag of all the records. */
  patient: Hex;
  /** recordsHash() of the record ids, 0x-hex of 32 bytes. */
  recordsHash: Hex;
  /** Unix time in seconds; the query can be opened up to and including it. */
  deadline: bigint;
  /** 32 random bytes in hex, which make the consent unique, and with it the query's id and masks. */
  salt: Hex;
}

/** EIP-712 types of the contract, for any wallet. */
export const CONSENT_TYPES = {
  Consent: [
    { name: 'insurer', type: 'address' },
    { name: 'ledgerId', type: 'uint256' },
    { name: 'patient', type: 'address' },
    { name: 'recordsHash', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
    { name: 'salt', type: 'bytes32' },
  ],
};
export const REVOCATION_TYPES = { Revocation: [{ name: 'queryId', type: 'bytes32' }] };
export const DOMAIN = { name: 'MIStore', version: '1' };

/** h_m, with h_0 = 0 and h_{k+1} = keccak256(h_k ‖ uint64 id_k): one transaction can continue what another began. */
export function recordsHash(recordIds: readonly number[]): Uint8Array {
  checkRecordIds(recordIds);
  return recordIds.reduce<Uint8Array>((hash, id) => keccak256(hash, uint64(id)), new Uint8Array(32));
}

export function checkRecordIds(recordIds: readonly number[]): void {
  if (recordIds.length < 1 || recordIds.length > MAX_QUERY_RECORDS) {
    throw new ArgumentError('number of record ids', recordIds.length, `from 1 to ${MAX_QUERY_RECORDS}`);
  }
  recordIds.forEach((id, k) => {
    const above = k === 0 ? -1 : recordIds[k - 1]!;
    if (!Number.isSafeInteger(id) || id <= above) {
      throw new ArgumentError(`record id number ${k}`, id, `an integer above ${above} (ids strictly ascending)`);
    }
  });
}
