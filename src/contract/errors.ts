// The contract's own errors, typed and in plain words, decoded from the revert data, which nodes give in several shapes.
import { toBeHex } from 'ethers';
import { RpcError } from '../chain/errors.ts';
import { MIStoreError } from '../errors.ts';
import { CONTRACT } from './abi.ts';

const WORD_START = /(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g;

/** A custom error of the contract. `code` is its name in capitals (ALREADY_ANSWERED), `args` its values by name. */
export class ContractError extends MIStoreError {
  /** Name of the error in Solidity. */
  readonly errorName: string;
  readonly args: Readonly<Record<string, unknown>>;

  constructor(errorName: string, args: Record<string, unknown>, message: string, options?: ErrorOptions) {
    super(errorName.replace(WORD_START, '_').toUpperCase(), message, args, options);
    this.errorName = errorName;
    this.args = args;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the values are those of the ABI, which names and types them
type Values = any;

const MESSAGES: Record<string, (values: Values) => string> = {
  LengthMismatch: (v) => `${v.what} has length ${v.actual}; it must be ${v.expected}`,
  AlreadyRegistered: (v) => `account ${v.account} is registered already`,
  NotRegistered: (v) => `account ${v.account} is not registered`,
  ChannelExists: (v) => `${v.from} has opened its channel to ${v.to} already`,
  ChannelMissing: (v) => `${v.from} has not opened a channel to ${v.to}`,
  InvalidThreshold: (v) =>
    `a threshold of ${v.threshold} with ${v.seats} servers; it must be 1 ≤ threshold ≤ servers ≤ 255`,
  InvalidLanes: (v) => `${v.lanes} lanes; a ledger has 1 to 4, each with a name`,
  NameTooLong: (v) => `the name of a ${v.what} has ${v.length} bytes; at most ${v.maximum} are allowed`,
  InvalidMinRecords: (v) => `a minimum of ${v.minRecords} records for a query; it must be from 1 to 2^20`,
  UnsupportedDealing: (v) => `the contract does not know dealing ${v.dealing}`,
  DuplicateServer: (v) => `server ${v.server} is named twice`,
  UnknownLedger: (v) => `there is no ledger ${v.ledgerId}`,
  NotAMember: (v) => `account ${v.account} has no seat in ledger ${v.ledgerId}`,
  AlreadyJoined: (v) => `server ${v.server} has joined ledger ${v.ledgerId} already`,
  NotTheHospital: (v) => `account ${v.account} is not the hospital of ledger ${v.ledgerId}`,
  LedgerNotActive: (v) => `ledger ${v.ledgerId} is not active: ${v.joined} of ${v.seats} servers have joined`,
  WrongBatchIndex: (v) =>
    `batch ${v.index} cannot be appended to ledger ${v.ledgerId}: the next batch is number ${v.expected}`,
  EmptyBatch: () => 'the batch has no records',
  NonCanonicalPoint: (v) => `commitment ${v.position} of record ${v.recordId} is not a canonical compressed point`,
  NonCanonicalScalar: (v) => `${v.value} is not a canonical scalar (below the group order)`,
  PointNotOnCurve: () => 'a point is not on the curve',
  NotTheInsurer: (v) => `account ${v.account} is not the insurer that the consent names, ${v.insurer}`,
  ConsentExpired: (v) => `the consent expired at ${time(v.deadline)}; it is ${time(v.time)}`,
  ConsentUsed: (v) => `the consent has been used already: query ${v.queryId} exists`,
  ConsentIsRevoked: (v) => `the patient has revoked this consent (query ${v.queryId})`,
  InvalidSignature: (v) => `the signature is not by ${v.signer}, or is of another text`,
  RecordsNotAscending: (v) => `record ${v.recordId} comes after record ${v.previous}; ids must be strictly ascending`,
  TooManyRecords: (v) => `${v.count} records; at most ${v.maximum} are allowed`,
  TooFewRecords: (v) => `${v.count} records; the ledger allows no query over fewer than ${v.minimum}`,
  UnknownBatch: (v) => `ledger ${v.ledgerId} has no batch ${v.index}`,
  InvalidProof: (v) =>
    `the records are not those of this patient in batch ${v.index} of ledger ${v.ledgerId} (the Merkle proof fails)`,
  QueryNotOpen: (v) => `query ${v.queryId} is not open for more records`,
  QueryNotSealed: (v) => `query ${v.queryId} is not sealed, so it cannot be answered`,
  WrongProgress: (v) => `the progress or the masks given are not those of query ${v.queryId}`,
  WrongPreimage: (v) => `the sums and masks given are not those of query ${v.queryId}`,
  AlreadyAnswered: (v) => `seat ${v.seat} has already answered query ${v.queryId}`,
  WrongAnswer: (v) => `the answer of seat ${v.seat} to query ${v.queryId} is wrong`,
  // OpenZeppelin's and Solidity's own.
  MerkleProofInvalidMultiproof: () => 'the Merkle multiproof is malformed',
  Error: (v) => `the contract reverted: ${v[0]}`,
  Panic: (v) => `the contract stopped with panic code ${toBeHex(v[0])}`,
};

/** The errors that have a text here; a test compares them with the ABI. */
export const KNOWN_ERRORS: readonly string[] = Object.keys(MESSAGES);

/** Decodes revert data (0x-hex); null if it is not an error that the ABI names. */
export function decodeRevert(data: string): ContractError | null {
  try {
    const error = CONTRACT.parseError(data);
    if (error === null) return null;
    const { name, fragment, args } = error;
    const areNamed = fragment.inputs.every((input) => input.name !== '');
    const named = areNamed ? args.toObject() : {};
    // By name from an object of their own: \`args.length\` is the number of values.
    const message = MESSAGES[name]?.(areNamed ? named : args);
    return new ContractError(name, named, message ?? `the contract reverted with ${error.signature}`);
  } catch {
    return null; // Other contracts, and nodes, may give anything.
  }
}

/** The contract's error that a node's refusal of a call carries; any other error, or a refusal without one, unchanged. */
export function asContractError(error: unknown): unknown {
  if (!(error instanceof RpcError)) return error;
  const data = revertData(error.data);
  return (data !== null && decodeRevert(data)) || error;
}

/** Levels of nesting at which nodes put revert data. */
const MAX_DEPTH = 8;
/** Characters of a text that is searched for revert data: our longest error takes some 500. */
const MAX_LENGTH = 10_000;

/** Finds revert data in an error's `data`: hex, "Reverted 0x…", or an object that holds one of these. */
function revertData(data: unknown, depth = 0): string | null {
  if (typeof data === 'string') return /0x(?:[0-9a-fA-F]{2}){4,}/.exec(data.slice(0, MAX_LENGTH))?.[0] ?? null;
  if (typeof data !== 'object' || data === null || depth === MAX_DEPTH) return null;
  for (const value of Object.values(data)) {
    const found = revertData(value, depth + 1);
    if (found !== null) return found;
  }
  return null;
}

/** Unix seconds as UTC, or as the number where they are beyond the calendar of Date. */
function time(seconds: bigint): string {
  if (seconds > 8_640_000_000_000n) return `second ${seconds}`;
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');
}
