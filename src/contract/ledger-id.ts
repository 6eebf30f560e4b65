// What identifies a ledger and its committees (docs/protocol.md, "Ledger"): hashes that every role computes itself. ABI encoding
// by ethers, as the contract's abi.encode.
import { AbiCoder } from 'ethers';
import { fromHex, toHex } from '../bytes.ts';
import { ArgumentError } from '../errors.ts';
import type { Deployment } from '../identity/channel.ts';
import { keccak256 } from '../keccak.ts';
import type { LedgerTerms } from './types.ts';

const TYPES = [
  'uint256',
  'address',
  'address',
  'uint8',
  'address[]',
  'string[]',
  'uint8',
  'string',
  'uint32',
  'string[]',
  'bytes32',
];

/** What a ledger is opened with, for ever. */
export interface LedgerOpening {
  /** 20 bytes. */
  hospital: Uint8Array;
  terms: LedgerTerms;
  /** 32 bytes. */
  salt: Uint8Array;
}

/**
 * Id of the ledger with this opening, 32 bytes: keccak256(abi.encode(chainId, contract, hospital, t, servers, lanes, scale,
 * currency, minRecords, categories, salt)).
 */
export function ledgerIdOf({ chainId, contract }: Deployment, { hospital, terms, salt }: LedgerOpening): Uint8Array {
  if (salt.length !== 32) throw new ArgumentError('salt', salt, '32 bytes');
  const { threshold, servers, lanes, scale, currency, minRecords, categories } = terms;
  const values = [
    chainId,
    toHex(contract),
    toHex(hospital),
    threshold,
    servers.map(toHex),
    [...lanes],
    scale,
    currency,
    minRecords,
    [...categories],
    salt,
  ];
  return keccak256(fromHex(AbiCoder.defaultAbiCoder().encode(TYPES, values)));
}

/** A change of a committee: seat `seat` is `server`'s (20 bytes) from now on. */
export interface SeatChange {
  seat: number;
  server: Uint8Array;
}

/** New keys for the same servers. */
const NEW_KEYS: SeatChange = { seat: 0, server: new Uint8Array(20) };

/** Committee hash after a change: keccak256(abi.encode(the one before, uint256 seat, account)); seat and account 0 for new keys. */
export function committeeAfter(committeeHash: Uint8Array, { seat, server }: SeatChange = NEW_KEYS): Uint8Array {
  const encoded = AbiCoder.defaultAbiCoder().encode(
    ['bytes32', 'uint256', 'address'],
    [committeeHash, seat, toHex(server)],
  );
  return keccak256(fromHex(encoded));
}
