// What a server's daemon reports, as it happens and in sum. Nothing here is secret.
import type { Hex } from '../../../bytes.ts';
import type { MIStoreError } from '../../../errors.ts';
import type { AnswerRefusal } from '../answer-parts.ts';
import type { BlockPoint } from '../state/chain-cursor.ts';

/** Why a server does not join a ledger that names it. */
export type JoinRefusal =
  | 'its hospital is not one of those that this server accepts'
  | 'its terms are not those that its id is the hash of'
  | 'with threshold 1 each server alone can read every amount'
  | `its threshold is ${number}; this server joins from ${number} on`
  | `it has ${number} servers; this server joins up to ${number}`
  | `it answers queries over ${string} or more; this server joins from ${number} on`;

/** Of a ledger that a server joins or does not join, for people. */
export interface TermsInShort {
  hospital: Hex;
  threshold: number;
  seats: number;
  lanes: readonly string[];
  currency: string;
  /** Least number of records of a query. */
  minRecords: number;
}

/** What is tried again, and can go wrong by itself. */
export type Task = 'join' | 'check' | 'complain' | 'answer';

/** A fault is reported once, until the same thing works again; its message may have other numbers each time. */
export type DaemonEvent =
  /** A round is over. Gas and wei: of all transactions that are settled so far. */
  | { kind: 'round'; head: number; settled: number; pending: number; gasUsed: bigint; fees: bigint }
  /** A batch was checked; `bad`: ids of the records whose shares are wrong. `isOld`: before 'serving'. */
  | { kind: 'checked'; ledgerId: Hex; batch: number; records: number; bad: number[]; isOld: boolean }
  /**
   * A ledger that was joined is served from now on, all its batches being checked: said once. `batches`: all of it; `records`:
   * checked by this process, and `bad` of them wrong.
   */
  | {
      kind: 'serving';
      ledgerId: Hex;
      terms: TermsInShort;
      seat: number;
      epoch: number;
      batches: number;
      records: number;
      bad: number;
    }
  /** A ledger names this server, which does not join it by itself. `terms`: null where they are not to be believed. */
  | { kind: 'invited'; ledgerId: Hex; hospital: Hex; terms: TermsInShort | null; why: JoinRefusal }
  | { kind: 'joined'; ledgerId: Hex; terms: TermsInShort; epoch: number; gasUsed: bigint }
  /** The hospital has given this server's seat to another, from this epoch on. */
  | { kind: 'replaced'; ledgerId: Hex; seat: number; epoch: number }
  /** The minimum fee stands on chain, wei for an answer. */
  | { kind: 'fee-stated'; fee: bigint; gasUsed: bigint }
  /** … or does not yet; it is tried again. */
  | { kind: 'fee-not-stated'; error: MIStoreError }
  /** A query is sealed, and others answer it first: this server only if answers are missing then. `insurer`: see 'answered'. */
  | { kind: 'later'; ledgerId: Hex; queryId: Hex; insurer: Hex | null; turn: number; seconds: number }
  /** One transaction of answers was accepted. `insurers`: of each query; null where it was opened before a restart. */
  | { kind: 'answered'; ledgerId: Hex; queryIds: Hex[]; insurers: (Hex | null)[]; gasUsed: bigint }
  | { kind: 'refused'; ledgerId: Hex; queryId: Hex; insurer: Hex | null; reason: AnswerRefusal }
  | { kind: 'complained'; ledgerId: Hex; batch: number; recordId: number; gasUsed: bigint }
  /** So many wrong records that complaining about the others, `left`, is left to a person. */
  | { kind: 'complaints-limited'; ledgerId: Hex; left: number }
  /** The hospital made this seat's share of a record public. */
  | { kind: 'justified'; ledgerId: Hex; recordId: number }
  /** A ledger, or a query of it, could not be served, or not completely; the others were. */
  | { kind: 'left-out'; ledgerId: Hex; queryId?: Hex; task: Task; error: MIStoreError }
  /** Blocks that had been read are no longer in the chain. `to`: last one that is; null if none of those remembered is. */
  | { kind: 'reorganised'; lost: BlockPoint; to: number | null }
  /** The chain cannot be read; it is tried again after growing pauses. */
  | { kind: 'away'; error: MIStoreError }
  /** … and can be read again. */
  | { kind: 'back' }
  /** The subscription to new heads works (null), or does not. */
  | { kind: 'heads'; error: MIStoreError | null }
  /** The cache could not be read, and was set aside as `movedTo`; all is read from the chain. */
  | { kind: 'cache-damaged'; file: string; movedTo: string; why: string }
  | { kind: 'cache-not-written'; error: MIStoreError };

/** What has been done since the daemon began. */
export interface DaemonSummary {
  /** Records checked, and the ids of those with wrong shares, of all ledgers. */
  records: number;
  badRecords: number[];
  /** Complaints filed. */
  complaints: number;
  /** Queries answered, and queries refused so far. */
  answered: number;
  refused: number;
  /** Ledgers that name this server, which has not joined them. */
  notJoined: Hex[];
  /** Ledgers that could not be served, or not completely, when they were last tried. */
  leftOut: { ledgerId: Hex; error: MIStoreError }[];
  /** Why the chain could not be read in the last round; null if it could. */
  away: MIStoreError | null;
}
