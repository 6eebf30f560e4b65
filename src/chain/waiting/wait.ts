// What a party waits for, as whoever started it is told: what it is, why, and for how long. Reports come from wherever
// something is waited for; the connection to the endpoint carries the listener (RpcOptions), so it is passed down once.

/** Times in milliseconds since 1970, fees in wei a gas. Endpoints are named by their hosts. */
export type Wait =
  /** The endpoint gives no usable answer, and is asked again. `reason`: what was wrong last. */
  | { kind: 'endpoint'; host: string; reason: string; since: number }
  /** An answer takes long. */
  | { kind: 'answer'; host: string; method: string; since: number }
  /** The endpoint wants to be left alone until then: it is asked too often. */
  | { kind: 'quiet'; host: string; until: number }
  /** The endpoint or witness lags: its newest block is `head`, and it does not have `block` yet. */
  | { kind: 'block'; host: string; head: number; block: number }
  /** Endpoint and witnesses have different blocks of this number: a reorganisation, which passes. */
  | { kind: 'fork'; host: string; block: number }
  /** The account's earlier transactions are not mined yet; no longer than until then. */
  | { kind: 'account'; account: string; transactions: number; until: number }
  /** The base fee is above what a transaction may offer. It is given up at `until`. */
  | { kind: 'fee-cap'; baseFee: bigint; cap: bigint; until: number }
  /** The node does not take a transaction for now. `said`: its words. */
  | { kind: 'refused'; said: string; since: number }
  /** No block has taken the account's transactions yet; the first of them offers so much. It is given up at `until`. */
  | {
      kind: 'mining';
      transactions: number;
      nonce: number;
      offered: bigint;
      baseFee: bigint;
      since: number;
      until: number;
    }
  /**
   * `block` has a transaction, and it is settled when `missing` more blocks have come, or have become final. `seconds`:
   * about how long that takes; undefined where the time between blocks is not known yet.
   */
  | { kind: 'settling'; block: number; missing: number; final: boolean; seconds: number | undefined }
  /** A nonce is used, and the node does not show yet whether by the transaction that was sent. */
  | { kind: 'receipt'; nonce: number; since: number }
  /** The embedded chain has been started and does not answer yet. */
  | { kind: 'node'; since: number };

/**
 * Called when a wait has lasted a second, or at once where it is known to be longer or needs somebody to act, and again every
 * second or so while it lasts. It must not throw.
 */
export type OnWait = (wait: Wait) => void;

/** Milliseconds that are waited in silence. */
export const SILENT = 1000;
/** Milliseconds between two reports of one wait. */
const AGAIN = 1000;

/** What `work` gives, while `describe` tells what is waited for from `after` milliseconds on; null: nothing worth telling. */
export async function telling<T>(
  onWait: OnWait | undefined,
  describe: () => Wait | null,
  work: Promise<T>,
  after = SILENT,
): Promise<T> {
  if (onWait === undefined) return work;
  const tell = () => {
    const wait = describe();
    if (wait !== null) onWait(wait);
    timer = setTimeout(tell, AGAIN);
  };
  let timer: NodeJS.Timeout | undefined;
  if (after > 0) timer = setTimeout(tell, after);
  else tell();
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}
