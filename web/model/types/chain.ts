// Where the page looks, and by whose word: endpoint, archive, progress.
import type { Hex } from '../../../src/bytes.ts';

/** The contract that everything is about. */
export interface ContractPlace {
  chainId: bigint;
  /** 20 bytes. */
  contract: Hex;
}

/** The pinned deployment: what a network file (mistore.json) says. */
export interface Pinned extends ContractPlace {
  /** keccak256 of the contract's code, 32 bytes; not compared if not given. */
  codeHash?: Hex;
}

/** Where to look: an endpoint, an archive file, or both. With an archive alone there is no network. */
export interface ChainSource {
  /** HTTP endpoint of an Ethereum node. */
  endpoint?: string;
  /** `name`: the file's, for messages. */
  archive?: { blob: Blob; name: string };
  /** The contract that must be there. Not needed with an archive, which names its own; compared then. */
  place?: ContractPlace | Pinned;
}

/** By whose word roots and states are believed. */
export type Word = { kind: 'hosts'; hosts: string[] } | { kind: 'archive'; file: string };

/** A share of the work done, for a progress bar; `total` is null where it is not known. */
export interface Progress {
  stage: 'connecting' | 'archive' | 'batches' | 'events' | 'times' | 'gas';
  done: number;
  total: number | null;
}

export type OnProgress = (progress: Progress) => void;

export interface Cancelable {
  onProgress?: OnProgress;
  /** Ends the work with its reason (an AbortError). */
  signal?: AbortSignal;
}

/** Opened connection to an endpoint, an archive, or both; opaque to the page but for this. */
export interface Chain {
  readonly place: ContractPlace;
  readonly word: Word;
  /** Whether there is an endpoint: without one nothing can be sent, and there are no times. */
  readonly hasNetwork: boolean;
  /** Of the archive, if there is one: its ledger, and the block up to which it has everything. */
  readonly archive: { name: string; ledgerId: Hex; block: number } | null;
}
