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
  /** Most gas of one transaction. */
  readonly maxGas: bigint;
  /** Most bytes of one signed transaction that nodes pass on. */
  readonly maxBytes: number;
}

const PRAGUE = {
  source: 'EIP-2028, EIP-3860, EIP-7623, EIP-7825; nodes pass on at most 128 KiB',
  base: 21_000n,
  create: 32_000n,
  initcodeWord: 2n,
  zeroByte: 4n,
  nonZeroByte: 16n,
  floorZeroByte: 10n,
  floorNonZeroByte: 40n,
  maxGas: 16_777_216n,
  maxBytes: 131_072,
} as const;

export const SCHEDULES = {
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

function countBytes(data: Uint8Array): { zeros: bigint; nonZeros: bigint } {
  let zeros = 0;
  for (let i = 0; i < data.length; i++) if (data[i] === 0) zeros++;
  return { zeros: BigInt(zeros), nonZeros: BigInt(data.length - zeros) };
}
