// What a transaction's bytes cost, as a table: a change of prices is a new entry here, not new code. The gas of
// execution comes from the caller or from the node's estimate.

export interface PriceSchedule {
  /** The source of the figures. */
  readonly source: string;
  readonly base: bigint;
  readonly create: bigint;
  /** For each 32-byte word of the code that creates a contract (EIP-3860). */
  readonly initcodeWord: bigint;
  /** Calldata beside execution. */
  readonly zeroByte: bigint;
  readonly nonZeroByte: bigint;
  /** The least that a transaction pays for its calldata, execution included (EIP-7623). */
  readonly floorZeroByte: bigint;
  readonly floorNonZeroByte: bigint;
}

/**
 * Most gas and most bytes of one signed transaction: EIP-7825, and what Ethereum's nodes pass on. Kept on every chain, so that
 * what fits one of them fits mainnet too. A chain with lower limits refuses a transaction in its own words.
 */
export const MAX_TRANSACTION_GAS = 16_777_216n;
export const MAX_TRANSACTION_BYTES = 131_072;

const PRAGUE = {
  source: 'EIP-2028, EIP-3860, EIP-7623',
  base: 21_000n,
  create: 32_000n,
  initcodeWord: 2n,
  zeroByte: 4n,
  nonZeroByte: 16n,
  floorZeroByte: 10n,
  floorNonZeroByte: 40n,
} as const;

/** In the order of their prices. */
export const SCHEDULES = {
  /** No floor: calldata costs no more than its price beside execution. */
  'eip-2028': { ...PRAGUE, source: 'EIP-2028, EIP-3860', floorZeroByte: 4n, floorNonZeroByte: 16n },
  'eip-7623': PRAGUE,
  'eip-7976': { ...PRAGUE, source: `${PRAGUE.source}; EIP-7976`, floorZeroByte: 64n, floorNonZeroByte: 64n },
} as const satisfies Record<string, PriceSchedule>;

export type ScheduleName = keyof typeof SCHEDULES;

/** Price schedule of mainnet today. */
export const CURRENT_SCHEDULE: ScheduleName = 'eip-7623';

/** Gas of a call's base price and calldata, before any execution. */
export function intrinsicGas(data: Uint8Array, prices: PriceSchedule, creates = false): bigint {
  const { zeros, nonZeros } = countBytes(data);
  const creation = creates ? prices.create + prices.initcodeWord * ((zeros + nonZeros + 31n) / 32n) : 0n;
  return prices.base + zeros * prices.zeroByte + nonZeros * prices.nonZeroByte + creation;
}

/** The least gas that a transaction with this calldata uses; with a lower gas limit it is never mined. */
export function floorGas(data: Uint8Array, prices: PriceSchedule): bigint {
  const { zeros, nonZeros } = countBytes(data);
  return prices.base + zeros * prices.floorZeroByte + nonZeros * prices.floorNonZeroByte;
}

/** Gas limit of a call whose execution takes at most `execution` gas. */
export function gasLimit(data: Uint8Array, execution: bigint, prices: PriceSchedule): bigint {
  const floor = floorGas(data, prices);
  const executed = intrinsicGas(data, prices) + execution;
  if (executed < floor) return floor;
  return executed;
}

/** A limit with an eighth to spare, for gas that is estimated and not computed. Unused gas costs nothing. */
export const generous = (gas: bigint): bigint => gas + gas / 8n;

function countBytes(data: Uint8Array): { zeros: bigint; nonZeros: bigint } {
  let zeros = 0;
  for (let i = 0; i < data.length; i++) if (data[i] === 0) zeros++;
  return { zeros: BigInt(zeros), nonZeros: BigInt(data.length - zeros) };
}
