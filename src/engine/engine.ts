// The interface of the engine: arithmetic of BN254 and keccak-256 over whole batches, bytes in, bytes out. It knows
// nothing of hospitals. Implementations: WASM (wasm/, relaxed SIMD or scalar) and the BigInt twin (reference/), which is
// the specification of the others. All are synchronous, deterministic, and NOT constant-time.

/**
 * relaxed: WebAssembly with relaxed SIMD; scalar: any WebAssembly; reference: BigInt, the specification of the
 * others.
 */
export type EngineName = 'relaxed' | 'scalar' | 'reference';

/** What a dealing gives, for B records. */
export interface Dealing {
  /** B × t scalars: coefficient j of the value polynomial f of record k at k·t + j; f(0) is the message. SECRET. */
  values: Uint8Array;
  /** B × t scalars: coefficient j of the blinding polynomial b. SECRET. */
  blindings: Uint8Array;
  /** B scalars δ. Public. */
  corrections: Uint8Array;
}

/**
 * Arithmetic of BN254 (EIP-196) and keccak-256 over whole batches, bytes in, bytes out. Synchronous, deterministic, NOT
 * constant-time. Wire forms, big-endian:
 *
 * | form | bytes | |
 * |---|---|---|
 * | scalar | 32 | canonical: below the group's order r |
 * | wide scalar | 48 | any value, read mod r (bias below 2^-130) |
 * | point | 64 | x ‖ y, canonical (below p), on the curve; infinity is zeros |
 * | compressed point | 32 | x with bit 255 = y mod 2; infinity is zeros |
 *
 * A batch is the concatenation of its elements, and may be empty. Every method throws an EncodingError with the element's
 * number (`details.element`) for a scalar or coordinate that is not canonical and for a point off the curve, and an
 * ArgumentError for a wrong length. Arguments are left as they are; results are the caller's.
 */
export interface Engine {
  readonly name: EngineName;

  /** Pedersen commitments values_k·G + blindings_k·H. Two batches of n scalars → n compressed points. */
  commit(values: Uint8Array, blindings: Uint8Array): Uint8Array;

  /** n compressed points → n points. */
  decompress(points: Uint8Array): Uint8Array;

  /** n points → n compressed points. */
  compress(points: Uint8Array): Uint8Array;

  /** Column sums: rows × columns points, row by row → `columns` points. No rows give `columns` infinities. */
  sumPoints(points: Uint8Array, columns: number): Uint8Array;

  /** Multi-scalar multiplication Σ scalars_k · points_k. n scalars, n points → one point. */
  msm(scalars: Uint8Array, points: Uint8Array): Uint8Array;

  /**
   * Deals B messages to seats 1..n with threshold t (Cramer, Damgård, Ishai 2005). `messages`: B scalars. `keystreams`: for each
   * subset A of t − 1 seats, in lexicographic order (subsets.ts), B × (48 bytes R_A ‖ 48 bytes R'_A), wide scalars.
   *
   *     f(x) = Σ_A R_A·f_A(x) + δ,  δ = m − Σ_A R_A·f_A(0)      b(x) = Σ_A R'_A·f_A(x)      f_A(x) = Π_{a∈A} (a − x)
   *
   * The keystreams are taken one by one while the sums grow, so with a generator at most 16 are in memory. It must leave
   * those that it has yielded as they are, and must not call this engine. The sums take about 200·t bytes a record, more
   * where weights exceed 16 bits. A CommitteeSizeError names both numbers of a committee that is too large:
   * C(n, t − 1) ≤ 8192, (n + 1)! / (n − t + 2)! < 2^63.
   */
  deal(messages: Uint8Array, keystreams: Iterable<Uint8Array>, threshold: number, seats: number): Dealing;

  /**
   * Shares of one seat: B × (value share s ‖ blinding share b), s = Σ_A R_A·f_A(seat) + δ, b = Σ_A R'_A·f_A(seat).
   * `keystreams`: of the subsets without the seat, in lexicographic order; `corrections`: B scalars δ. Seat 0, which is in
   * no subset, takes all keystreams and gives message ‖ opening.
   */
  shares(
    seat: number,
    keystreams: Iterable<Uint8Array>,
    corrections: Uint8Array,
    threshold: number,
    seats: number,
  ): Uint8Array;

  /**
   * Whether every record k satisfies s_k·G + b_k·H = Σ_j seat^j · C_{k,j}, checked at once with the weights:
   * Σ_k w_k (s_k·G + b_k·H − Σ_j seat^j C_{k,j}) = 0. `shares`: B × (s ‖ b); `commitments`: B × t compressed points;
   * `weights`: B × 16 bytes, unpredictable to the dealer (a false batch passes with probability 2^-128).
   */
  verifyShares(
    seat: number,
    threshold: number,
    shares: Uint8Array,
    commitments: Uint8Array,
    weights: Uint8Array,
  ): boolean;

  /**
   * Values at seats of n polynomials of degree < threshold: the shares of a dealing from its coefficients. `seats`: distinct,
   * 1..255; `coefficients`: n × threshold scalars, polynomial by polynomial, the constant one first → n × seats.length
   * scalars, polynomial by polynomial. (Horner.)
   */
  evaluate(seats: readonly number[], coefficients: Uint8Array, threshold: number): Uint8Array;

  /**
   * Values at 0 of n polynomials of degree < seats.length. `seats`: distinct, 1..255; `values`: n × seats.length
   * scalars, polynomial by polynomial → n scalars. (Lagrange.)
   */
  interpolate(seats: readonly number[], values: Uint8Array): Uint8Array;

  /** keccak-256 of each of n messages of `length` bytes (at least one) → n × 32 bytes. */
  hashEach(messages: Uint8Array, length: number): Uint8Array;

  /**
   * The Merkle tree over n leaves of 32 bytes, n ≥ 1 → its 2n − 1 nodes of 32 bytes, laid out as OpenZeppelin's
   * SimpleMerkleTree: leaf k at 2n − 2 − k, node i keccak-256 of its children 2i + 1 and 2i + 2 in ascending order.
   */
  merkleNodes(leaves: Uint8Array): Uint8Array;
}
