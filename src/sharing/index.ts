// The public API of verifiable secret sharing, name by name: `@mistore/engine/sharing`, which runs in browsers and their
// workers too. Every function takes an engine, which `@mistore/engine` creates. Bytes in, bytes out; misuse throws, and the
// check of a share is a verdict.
export { CommitteeSizeError } from '../engine/subsets.ts';
export { ArgumentError, EncodingError, MIStoreError } from '../errors.ts';
export type { Committee } from './committee.ts';
export { type DealtShares, dealShares } from './deal-shares.ts';
export { type Dealt, deal, shares } from './dealing.ts';
export type { RandomSource } from './random.ts';
export { type Reconstruction, reconstruct, type SeatShares } from './reconstruct.ts';
export { verify } from './verify.ts';
