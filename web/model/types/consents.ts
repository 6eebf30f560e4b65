// Consents: asked for, previewed, signed, revoked; and proofs of sums.
import type { Hex } from '../../../src/bytes.ts';
import type { ConsentEdge, SignedConsent } from '../../../src/records/consent-file.ts';
import type { ChosenCorrections } from '../../../src/records/receipts/choose.ts';
import type { Amounts } from './bills.ts';
import type { ContractPlace, Word } from './chain.ts';

export interface ConsentRequest {
  /** Who may ask, 20 bytes. */
  insurer: Hex;
  recordIds: readonly number[];
  /** The query can be opened up to and including this time. */
  deadline: bigint;
}

/** What a consent for these records would say and show. */
export interface ConsentPreview {
  records: number;
  /** The sum that the insurer learns. */
  sum: Amounts;
  /** Which corrections of bills are among them, alone, or left out. */
  corrections: ChosenCorrections;
  edges: Pick<ConsentEdge, 'sign' | 'recordId' | 'batch' | 'position'>[];
  /** Ids of the records that the query shows to belong to this account, ascending. */
  visibleRecords: number[];
  /** Approximate gas of the query, which the insurer pays. */
  gas: number;
  /** Why such a consent cannot be used; empty if it can. */
  obstacles: ConsentObstacle[];
}

export type ConsentObstacle =
  | { kind: 'no-records' }
  | { kind: 'too-few-records'; records: number; minRecords: number }
  | { kind: 'invalid-receipt'; recordId: number }
  /** A run cannot begin or end there. */
  | { kind: 'void-edge'; recordId: number; next: number | null }
  /** The record before the first chosen one has no receipt in this file. */
  | { kind: 'no-receipt-before'; recordId: number };

/** A signed consent: in hand, or read from its file. */
export interface OpenedConsent {
  signed: SignedConsent;
  place: ContractPlace;
  queryId: Hex;
  insurer: Hex;
  patient: Hex;
  ledgerId: Hex;
  deadline: bigint;
  records: number;
  /** The file's content, and a name for it. */
  text: string;
  fileName: string;
}

/** signed: not used yet. open: in use, edges are missing. used: the query is sealed. */
export type ConsentStatus = 'signed' | 'expired' | 'open' | 'used' | 'revoked' | 'cancelled';

export interface ConsentState {
  status: ConsentStatus;
  /** Whether the patient's account or contract wallet has signed it; null where that cannot be asked (an archive alone). */
  isSigned: boolean | null;
  answeredSeats: number[];
  canBeRevoked: boolean;
  word: Word;
}

export interface RevocationCost {
  gas: bigint;
  /** Wei a gas, most and now. */
  maxFeePerGas: bigint;
  baseFee: bigint;
  /** Wei: what it takes about, and at most. */
  about: bigint;
  most: bigint;
  /** Wei that the sending account has. */
  balance: bigint;
}

export interface Revocation {
  queryId: Hex;
  transaction: Hex;
  block: number;
  /** Wei. */
  fee: bigint;
}

/** A keystore file's text and its password. */
export interface KeystoreSecret {
  text: string;
  /** For messages. */
  name: string;
  password: string;
}

/** An injected wallet, EIP-1193. */
export interface Wallet {
  request(call: { method: string; params?: readonly unknown[] | object }): Promise<unknown>;
}

export type SumCheck =
  | {
      isRight: true;
      queryId: Hex;
      ledgerId: Hex;
      hospital: Hex;
      insurer: Hex;
      patient: Hex;
      lanes: string[];
      currency: string;
      scale: number;
      sums: Amounts;
      /** By the hospital's positions. */
      records: number;
      word: Word;
    }
  /** `why`: the library's English sentence. */
  | { isRight: false; why: string; word: Word };
