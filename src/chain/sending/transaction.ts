// EIP-1559 transactions as bytes: RLP and signature, written straight into one buffer. ethers, which
// MIStore has for the ABI, takes about 100 ms for a transaction of 128 KiB, mostly for hex and copies. This takes 1 to
// 2 ms, half of it keccak, half the signature.
import { concat, type Hex, toHex, uint64, uint256 } from '../../bytes.ts';
import { keccak256 } from '../../keccak.ts';
import { signDigest } from '../account.ts';

export interface Transaction {
  chainId: bigint;
  nonce: number;
  /** Wei a gas. */
  maxPriorityFeePerGas: bigint;
  maxFeePerGas: bigint;
  gas: bigint;
  /** 20 bytes; null creates a contract. */
  to: Uint8Array | null;
  value: bigint;
  data: Uint8Array;
}

export interface SignedTransaction {
  hash: Hex;
  /** What nodes take: 0x02 ‖ rlp([...]). */
  raw: Uint8Array;
}

const TYPE = 0x02;
const EMPTY_LIST = Uint8Array.of(0xc0);

export function signTransaction(transaction: Transaction, privateKey: Uint8Array): SignedTransaction {
  const fields = encodeFields(transaction);
  const { parity, r, s } = signDigest(privateKey, keccak256(...envelope(fields)));
  const raw = concat(...envelope([...fields, rlpInteger(BigInt(parity)), rlpBytes(trimmed(r)), rlpBytes(trimmed(s))]));
  return { hash: toHex(keccak256(raw)), raw };
}

/** What is hashed to be signed: 0x02 ‖ rlp([...]), without the signature. */
export const encodeUnsigned = (transaction: Transaction): Uint8Array => concat(...envelope(encodeFields(transaction)));

function encodeFields(transaction: Transaction): Uint8Array[] {
  const { chainId, nonce, maxPriorityFeePerGas, maxFeePerGas, gas, to, value, data } = transaction;
  const head = [chainId, BigInt(nonce), maxPriorityFeePerGas, maxFeePerGas, gas].map(rlpInteger);
  head.push(rlpBytes(to ?? new Uint8Array(0)), rlpInteger(value));
  return [...head, ...rlpParts(data), EMPTY_LIST];
}

/** Type byte and list header before the already encoded fields. */
function envelope(fields: readonly Uint8Array[]): Uint8Array[] {
  const length = fields.reduce((sum, field) => sum + field.length, 0);
  return [Uint8Array.of(TYPE), header(0xc0, length), ...fields];
}

/** RLP length prefix: one byte for up to 55 bytes, else the bytes of the length after a byte that counts them. */
function header(offset: number, length: number): Uint8Array {
  if (length <= 55) return Uint8Array.of(offset + length);
  const size = trimmed(uint64(length));
  return Uint8Array.of(offset + 55 + size.length, ...size);
}

/** A byte string, without copying it. */
function rlpParts(bytes: Uint8Array): Uint8Array[] {
  return bytes.length === 1 && bytes[0]! < 0x80 ? [bytes] : [header(0x80, bytes.length), bytes];
}

const rlpBytes = (bytes: Uint8Array): Uint8Array => concat(...rlpParts(bytes));
/** Integers stand without leading zeros; 0 is the empty string. */
const rlpInteger = (value: bigint): Uint8Array => rlpBytes(trimmed(uint256(value)));

function trimmed(bytes: Uint8Array): Uint8Array {
  let zeros = 0;
  while (bytes[zeros] === 0) zeros++;
  return bytes.subarray(zeros);
}
