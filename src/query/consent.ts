// A patient's consent: leave for one insurer to learn, once, the sum of exactly these runs, named by their contents. The
// typed data (EIP-712) that is signed; signing itself is in contract/signing.ts. docs/protocol.md, "Consent and query".
import type { Hex } from '../bytes.ts';

/** The message that a patient signs; field for field the contract's struct. */
export interface Consent {
  /** 20 bytes. */
  insurer: Hex;
  /** 32 bytes. */
  ledgerId: Hex;
  /** The account of all the runs' series, 20 bytes. */
  patient: Hex;
  /** runsHash() of the edges, 32 bytes. */
  runsHash: Hex;
  /** Unix time in seconds; the query can be opened up to and including it. */
  deadline: bigint;
  /** 32 random bytes: makes each consent, and so each query's id and masks, unique. */
  salt: Hex;
}

/** EIP-712 types of the contract, for any wallet. */
export const CONSENT_TYPES = {
  Consent: [
    { name: 'insurer', type: 'address' },
    { name: 'ledgerId', type: 'bytes32' },
    { name: 'patient', type: 'address' },
    { name: 'runsHash', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
    { name: 'salt', type: 'bytes32' },
  ],
};
export const REVOCATION_TYPES = { Revocation: [{ name: 'queryId', type: 'bytes32' }] };
