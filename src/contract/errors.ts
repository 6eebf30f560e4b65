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
  // Ledgers and epochs.
  InvalidThreshold: (v) =>
    `a threshold of ${v.threshold} with ${v.seats} servers; it must be 1 ≤ threshold ≤ servers ≤ 255`,
  CommitteeTooLarge: (v) =>
    `threshold ${v.threshold} of ${v.seats} servers has ${v.subsets} subsets and weights up to ${v.weight}; at most 8192 subsets and weights below 2^63 are allowed`,
  InvalidLanes: (v) => `${v.lanes} lanes; a ledger has 1 to 4, each with a name`,
  InvalidCategories: (v) => `${v.categories} categories; a ledger has 1 to 255`,
  InvalidMinRecords: (v) => `a minimum of ${v.minRecords} records for a query; it must be from 1 to 2^20`,
  // Not v.length: that is the number of the values.
  NameTooLong: (v) => `the name of a ${v.what} has ${v[1]} bytes; at most ${v.maximum} are allowed`,
  DuplicateServer: (v) => `server ${v.server} is named twice, or has or had a seat in the ledger`,
  LedgerExists: (v) => `ledger ${v.ledgerId} exists already`,
  UnknownLedger: (v) => `the contract has no ledger ${v.ledgerId}`,
  NotAMember: (v) => `account ${v.account} has no seat in ledger ${v.ledgerId}`,
  NotTheHolder: (v) => `account ${v.account} does not hold its seat in ledger ${v.ledgerId} in epoch ${v.epoch}`,
  TooManyEpochs: (v) => `ledger ${v.ledgerId} has had ${v.maximum} epochs; there can be no more`,
  InvalidSeat: (v) => `ledger ${v.ledgerId} has no seat ${v.seat}`,
  WrongEpoch: (v) => `epoch ${v.epoch} of ledger ${v.ledgerId}; it must be ${v.expected}`,
  WrongDigest: (v) => `the digest ${v.digest} is not that of the epoch's keys in ledger ${v.ledgerId}, ${v.expected}`,
  AlreadyJoined: (v) => `server ${v.server} has joined this epoch of ledger ${v.ledgerId} already`,
  NotTheHospital: (v) => `account ${v.account} is not the hospital of ledger ${v.ledgerId}`,
  EpochNotJoined: (v) =>
    `ledger ${v.ledgerId} is not active: ${v.joined} of ${v.seats} servers have joined its current epoch`,
  // Batches.
  WrongHistory: (v) =>
    `the batch follows ${v.previous}; the last root of ledger ${v.ledgerId} is ${v.expected}: it has another history`,
  EmptyBatch: () => 'the batch has no records',
  NonCanonicalPoint: (v) => `commitment ${v.position} of record ${v.recordId} is not a canonical compressed point`,
  NonCanonicalCorrection: (v) => `the correction of record ${v.recordId} is not a canonical scalar`,
  NonCanonicalScalar: (v) => `${v.value} is not a canonical scalar (below the group order)`,
  TagsNotAscending: (v) =>
    `tag ${v.tag} of record ${v.recordId} is not above that of the record before it, ${v.previous}`,
  PointNotOnCurve: () => 'a point is not on the curve',
  UnknownBatch: (v) => `ledger ${v.ledgerId} has no batch ${v.index}`,
  // Complaints.
  RecordNotInBatch: (v) => `batch ${v.index} of ledger ${v.ledgerId} does not hold record ${v.recordId}`,
  WrongRoot: (v) => `the root of batch ${v.index} of ledger ${v.ledgerId} is ${v.expected}, not ${v.root}`,
  AlreadyComplained: (v) =>
    `the complaint of seat ${v.seat} about record ${v.recordId} of ledger ${v.ledgerId} stands already`,
  NoComplaint: (v) => `no complaint of seat ${v.seat} about record ${v.recordId} of ledger ${v.ledgerId} stands`,
  AlreadyJustified: (v) =>
    `the share of seat ${v.seat} of record ${v.recordId} of ledger ${v.ledgerId} has been made public already`,
  TooManyJustified: (v) =>
    `${v.maximum} shares of record ${v.recordId} of ledger ${v.ledgerId} are public; one more would make its total computable`,
  WrongShare: (v) => `this is not the share of seat ${v.seat} of record ${v.recordId} of ledger ${v.ledgerId}`,
  PointNotRefuted: (v) =>
    `commitment ${v.position} of record ${v.recordId} of ledger ${v.ledgerId} is a point of the curve`,
  RecordIsVoid: (v) => `record ${v.recordId} of ledger ${v.ledgerId} is void: no run can begin or end there`,
  // Queries and answers.
  NotTheInsurer: (v) => `account ${v.account} is not the insurer that the consent names, ${v.insurer}`,
  ConsentExpired: (v) => `the consent expired at ${time(v.deadline)}; it is ${time(v.time)}`,
  ConsentUsed: (v) => `the consent has been used already: query ${v.queryId} exists`,
  ConsentIsRevoked: (v) => `the patient has revoked this consent (query ${v.queryId})`,
  InvalidSignature: (v) => `the signature is not by ${v.signer}, or is of another text`,
  NoEdges: () => 'the query has no edges',
  InvalidSign: (v) => `the edge at record ${v.recordId} has the sign ${v.sign}; it must be 0 or 1`,
  InvalidProof: (v) =>
    `record ${v.recordId} is not this patient's at this place of this series in ledger ${v.ledgerId} (the Merkle proof fails)`,
  SeriesNotAscending: (v) => `series ${v.series} comes after series ${v.previous}; series must ascend`,
  PositionNotAscending: (v) =>
    `position ${v.position} of series ${v.series} comes after ${v.previous}; positions of a series must ascend`,
  RunNotOpen: (v) =>
    `the run of series ${v.series} that ends at position ${v.position} has no beginning: runs of one series do not touch`,
  RunNotClosed: (v) => `the run of series ${v.series} that begins at position ${v.position} has no end`,
  TooManyRecords: (v) => `${v.count} records; at most ${v.maximum} are allowed`,
  TooFewRecords: (v) => `${v.count} records; the ledger allows no query over fewer than ${v.minimum}`,
  QueryNotOpen: (v) => `query ${v.queryId} is not open for more edges`,
  QueryNotSealed: (v) => `query ${v.queryId} is not sealed, so it cannot be answered`,
  WrongProgress: (v) => `the progress given is not that of query ${v.queryId}`,
  WrongPreimage: (v) => `the ledger, epoch or sums given are not those of query ${v.queryId}`,
  AlreadyAnswered: (v) => `seat ${v.seat} has already answered query ${v.queryId}`,
  WrongAnswers: (v) =>
    v.count === 1n
      ? `the answer of seat ${v.seat} in ledger ${v.ledgerId} is wrong`
      : `one of ${v.count} answers of seat ${v.seat} in ledger ${v.ledgerId} is wrong, or several`,
  // Fees.
  UnevenFee: (v) => `a fee of ${v.value} wei; it must be a multiple of the threshold, ${v.threshold}`,
  FeeTooLarge: (v) => `a fee of ${v.value} wei; it must be at most ${v.maximum} wei`,
  InvalidPayUntil: (v) =>
    `the fee can be earned until ${time(v.payUntil)}; with a fee this must be from now, ${time(v.timestamp)}, up to 365 days later, without one 0`,
  NothingToRefund: (v) => `nothing is left of a fee of query ${v.queryId}`,
  RefundTooEarly: (v) =>
    `the fee of query ${v.queryId} can be earned until ${time(v.payUntil)}; it is ${time(v.timestamp)}`,
  NothingOwed: (v) => `nothing is owed to account ${v.account}`,
  WithdrawalFailed: (v) => `account ${v.to} does not take what is owed`,
  // Solidity's own.
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
    const named = fragment.inputs.every((input) => input.name !== '') ? args.toObject() : {};
    return new ContractError(name, named, MESSAGES[name]?.(args) ?? `the contract reverted with ${error.signature}`);
  } catch {
    return null; // Other contracts, and nodes, may give anything.
  }
}

/** The contract's error that a node's refusal of a call carries; any other error, or a refusal without one, unchanged. */
export function asContractError(error: unknown): unknown {
  if (!(error instanceof RpcError)) return error;
  const data = error.revertData;
  return (data !== null && decodeRevert(data)) || error;
}

/** Unix seconds as UTC, or as the number where they are beyond the calendar of Date. */
function time(seconds: bigint): string {
  if (seconds > 8_640_000_000_000n) return `second ${seconds}`;
  return new Date(Number(seconds) * 1000).toISOString().replace('.000Z', 'Z');
}
