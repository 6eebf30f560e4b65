// The bytes of an archive (docs/archive.md): one line of JSON that names the ledger, then frames, each an event as the chain
// logged it or a checkpoint. Only encoding and decoding: nothing here reads files, asks nodes or checks what events say.
import { equalBytes, fromHex, fromUtf8, type Hex, toBigInt, toHex, uint64, utf8 } from '../bytes.ts';
import type { RawLog } from '../chain/types.ts';
import { EncodingError, MIStoreError } from '../errors.ts';
import type { Sha256 } from '../sha256.ts';

const ARCHIVE_FORMAT = 'mistore-archive/2';
/** Most bytes of the first line, its line feed included. */
export const MAX_HEADER_BYTES = 1024;
/** Bytes before a frame's body: the body's length, uint32. */
export const LENGTH_BYTES = 4;
/** Most bytes of a frame's body: far above any event that fits in a transaction. */
export const MAX_BODY_BYTES = 2 ** 24;
export const DIGEST_BYTES = 32;

const HASH_BYTES = 32;
const EVENT = 1;
const CHECKPOINT = 2;
/** kind ‖ block number ‖ block hash ‖ transaction hash ‖ log index ‖ number of topics. */
const EVENT_HEAD = 1 + 8 + HASH_BYTES + HASH_BYTES + 4 + 1;
/** kind ‖ block number ‖ block hash ‖ number of events ‖ digest. */
const CHECKPOINT_BYTES = 1 + 8 + HASH_BYTES + 8 + DIGEST_BYTES;

/** A file that is not an archive, is damaged or cut short, or is the archive of another ledger. */
export class ArchiveError extends MIStoreError {
  constructor(file: string, message: string, details: Record<string, unknown> = {}, options?: ErrorOptions) {
    super('ARCHIVE', `${file}: ${message}`, { file, ...details }, options);
  }
}

/** What `decode` gives of the event at a byte of a file. Throws ArchiveError, which names both, where it does not decode. */
export function decoded<T>(decode: () => T, file: string, at: number): T {
  try {
    return decode();
  } catch (cause) {
    if (!(cause instanceof EncodingError)) throw cause;
    const message = `has a malformed event at byte ${at}: ${cause.message}`;
    throw new ArchiveError(file, message, { byte: at }, { cause });
  }
}

/** The ledger that an archive is of. */
export interface ArchiveHeader {
  chainId: bigint;
  /** 20 bytes. */
  contract: Uint8Array;
  /** 32 bytes. */
  ledgerId: Uint8Array;
}

/** States that every event of the ledger up to and including this block precedes it in the file. */
export interface Checkpoint {
  block: number;
  blockHash: Hex;
  /** Events in the file so far. */
  events: number;
}

/** A checkpoint as it is in a file. */
export interface SealedCheckpoint extends Checkpoint {
  /** SHA-256 of every byte of the file before it, 32 bytes. */
  digest: Uint8Array;
}

/** An event as it is in an archive. The byte arrays are views of the frame. */
export interface ArchivedLog {
  block: number;
  blockHash: Uint8Array;
  transactionHash: Uint8Array;
  logIndex: number;
  /** 32 bytes each. */
  topics: Uint8Array[];
  data: Uint8Array;
}

export function encodeHeader({ chainId, contract, ledgerId }: ArchiveHeader): Uint8Array {
  const names = { chainId: `${chainId}`, contract: toHex(contract), ledgerId: toHex(ledgerId) };
  return utf8(`${JSON.stringify({ format: ARCHIVE_FORMAT, ...names })}\n`);
}

/** The header, or in words why the line is none that this version reads. */
export function decodeHeader(line: Uint8Array): ArchiveHeader | string {
  const unknown = 'is not an archive of a ledger that this program knows';
  try {
    const { format, chainId, contract, ledgerId } = JSON.parse(fromUtf8(line)) as Record<string, unknown>;
    if (format === 'mistore-archive/1') {
      return 'is an archive of protocol 1, which this version does not read: its contract is another one';
    }
    if (format !== ARCHIVE_FORMAT || typeof chainId !== 'string' || !/^\d{1,78}$/.test(chainId)) return unknown;
    return {
      chainId: BigInt(chainId),
      contract: fromHex(contract as string, 'contract', 20),
      ledgerId: fromHex(ledgerId as string, 'ledger id', 32),
    };
  } catch {
    return unknown;
  }
}

/** Throws ArchiveError unless the archive is of this ledger of this contract on this chain. */
export function checkHeader(file: string, header: ArchiveHeader, wanted: ArchiveHeader): void {
  const same =
    header.chainId === wanted.chainId &&
    equalBytes(header.contract, wanted.contract) &&
    equalBytes(header.ledgerId, wanted.ledgerId);
  if (same) return;
  throw new ArchiveError(file, `is of ${ledgerText(header)}, not of ${ledgerText(wanted)}`);
}

const ledgerText = ({ chainId, contract, ledgerId }: ArchiveHeader): string =>
  `ledger ${toHex(ledgerId)} of contract ${toHex(contract)} on chain ${chainId}`;

/** Frame of an event: length ‖ kind ‖ place ‖ topics ‖ data. Throws EncodingError for a log with malformed hex. */
export function encodeEvent(log: RawLog): Uint8Array {
  const topics = log.topics.map((topic) => fromHex(topic, 'topic', HASH_BYTES));
  const data = fromHex(log.data, 'data of a log');
  const frame = newFrame(EVENT, EVENT_HEAD + HASH_BYTES * topics.length + data.length);
  frame.set(uint64(log.blockNumber), 5);
  frame.set(fromHex(log.blockHash, 'block hash', HASH_BYTES), 13);
  frame.set(fromHex(log.transactionHash, 'transaction hash', HASH_BYTES), 45);
  new DataView(frame.buffer).setUint32(77, log.logIndex);
  frame[81] = topics.length;
  topics.forEach((topic, i) => {
    frame.set(topic, 82 + HASH_BYTES * i);
  });
  frame.set(data, 82 + HASH_BYTES * topics.length);
  return frame;
}

/** Frame of a checkpoint. `hash`: SHA-256 that has taken every byte of the file before this frame; it takes the frame too. */
export function encodeCheckpoint({ block, blockHash, events }: Checkpoint, hash: Sha256): Uint8Array {
  const frame = newFrame(CHECKPOINT, CHECKPOINT_BYTES);
  frame.set(uint64(block), 5);
  frame.set(fromHex(blockHash, 'block hash', HASH_BYTES), 13);
  frame.set(uint64(events), 45);
  hash.update(frame.subarray(0, -DIGEST_BYTES));
  frame.set(hash.copy().digest(), frame.length - DIGEST_BYTES);
  hash.update(frame.subarray(-DIGEST_BYTES));
  return frame;
}

/** A frame's body; null if it is neither an event nor a checkpoint. */
export function decodeBody(body: Uint8Array): ArchivedLog | SealedCheckpoint | null {
  if (body[0] === CHECKPOINT && body.length === CHECKPOINT_BYTES) {
    return {
      block: uint64At(body, 1),
      blockHash: toHex(body.subarray(9, 41)),
      events: uint64At(body, 41),
      digest: body.subarray(49),
    };
  }
  const topicsEnd = EVENT_HEAD + HASH_BYTES * (body[77] ?? 0);
  if (body[0] !== EVENT || body.length < topicsEnd || body[77]! > 4) return null;
  return {
    block: uint64At(body, 1),
    blockHash: body.subarray(9, 41),
    transactionHash: body.subarray(41, 73),
    logIndex: new DataView(body.buffer, body.byteOffset).getUint32(73),
    topics: Array.from({ length: body[77]! }, (_, i) => body.subarray(78 + 32 * i, 110 + 32 * i)),
    data: body.subarray(topicsEnd),
  };
}

/** The event as JSON-RPC gives it. */
export function rawLog(contract: Uint8Array, log: ArchivedLog): RawLog {
  return {
    address: toHex(contract),
    topics: log.topics.map(toHex),
    data: toHex(log.data),
    blockNumber: log.block,
    blockHash: toHex(log.blockHash),
    transactionHash: toHex(log.transactionHash),
    logIndex: log.logIndex,
  };
}

function newFrame(kind: number, bodyLength: number): Uint8Array {
  const frame = new Uint8Array(LENGTH_BYTES + bodyLength);
  new DataView(frame.buffer).setUint32(0, bodyLength);
  frame[LENGTH_BYTES] = kind;
  return frame;
}

/** A uint64 as a number. Above 2^53 − 1 it is not exact; the scan refuses such blocks and counts. */
const uint64At = (body: Uint8Array, at: number): number => Number(toBigInt(body.subarray(at, at + 8)));
