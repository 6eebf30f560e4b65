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

/** Committee hash after new keys for the same seats: keccak256(abi.encode(the one before, seat 0, no account)). */
export function committeeAfter(committeeHash: Uint8Array): Uint8Array {
  const encoded = AbiCoder.defaultAbiCoder().encode(
    ['bytes32', 'uint256', 'address'],
    [committeeHash, 0, toHex(new Uint8Array(20))],
  );
  return keccak256(fromHex(encoded));
}
