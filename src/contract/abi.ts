// The contract's ABI: converts calls, results and events between bytes and the types of types.ts. By ethers, except for the
// call and the event that carry a batch's records (batch-abi.ts), where its hex strings would cost more than the dealing.
import { type EventFragment, Interface, type ParamType, type Result } from 'ethers';
import artifact from '../../build/contracts/MIStore.json' with { type: 'json' };
import { concat, fromHex, fromUtf8, type Hex, toBigInt, toHex, uint64 } from '../bytes.ts';
import type { RawLog } from '../chain/types.ts';
import { EncodingError } from '../errors.ts';
import { decodeBatchAppended } from './batch-abi.ts';
import type { AnswerCall, ContractEvent, EventName, LedgerTerms, QueryProgress } from './types.ts';

export const CONTRACT = new Interface(artifact.abi);
/**
 * The same ABI with bytes in place of strings, which are encoded alike. The contract does not check that a caller's text is
 * UTF-8, and one ledger whose lane names are not must not stop those who read the events of all ledgers.
 */
const STRINGS_AS_BYTES = new Interface(JSON.stringify(artifact.abi).replaceAll('"type":"string', '"type":"bytes'));
export const BYTECODE: Uint8Array = fromHex(artifact.bytecode, 'bytecode of the contract');

/** The events by their first topic. Not CONTRACT.getEvent, which also takes names and throws for a malformed one. */
const EVENTS = new Map<string, EventFragment>();
CONTRACT.forEachEvent((event) => EVENTS.set(event.topicHash, event));

/** First topic of an event. */
export function topicOf(name: EventName): Hex {
  return CONTRACT.getEvent(name)!.topicHash as Hex;
}

/** The indexed arguments of an event with their ABI types, in the order of the topics 1, 2, 3. */
export function indexedArguments(name: EventName): { name: string; type: string }[] {
  const { inputs } = CONTRACT.getEvent(name)!;
  return inputs.filter(({ indexed }) => indexed).map(({ name, type }) => ({ name, type }));
}

/** Calldata of a call. Throws EncodingError for an argument that does not have its ABI type. */
export function encodeCall(method: string, args: readonly unknown[]): Uint8Array {
  try {
    return fromHex(CONTRACT.encodeFunctionData(method, args), method);
  } catch (cause) {
    throw new EncodingError(`arguments of ${method}`, shortMessage(cause));
  }
}

/**
 * The values that a view returns: addresses and bytes as Uint8Array, uint256 and uint128 as bigint, smaller integers as number. Throws
 * EncodingError.
 */
export function decodeResult(method: string, data: string): unknown[] {
  const { outputs } = CONTRACT.getFunction(method)!;
  try {
    return outputs.map((output, i) => fromEthers(output, CONTRACT.decodeFunctionResult(method, data)[i]));
  } catch (cause) {
    throw new EncodingError(`result of ${method}`, `is not what the contract returns: ${shortMessage(cause)}`);
  }
}

/** A log of the contract as a typed event; null for an event that the ABI does not have. Throws EncodingError. */
export function decodeEvent(log: RawLog): ContractEvent | null {
  const event = EVENTS.get(log.topics[0]?.toLowerCase() ?? '');
  if (event === undefined) return null;
  const { blockNumber, blockHash, transactionHash, logIndex } = log;
  const place = { blockNumber, blockHash, transactionHash, logIndex };
  if (event.name === 'BatchAppended') return { event: 'BatchAppended', ...decodeBatchAppended(log), ...place };
  if (log.topics.length !== 1 + indexedArguments(event.name as EventName).length) {
    throw new EncodingError(`event ${event.name}`, `has ${log.topics.length} topics`);
  }
  // ethers would take data whose last word is cut short.
  if (log.data.length % 64 !== 2) throw new EncodingError(`event ${event.name}`, 'has data that is not whole words');
  try {
    const fragment = STRINGS_AS_BYTES.getEvent(event.name)!;
    const values = STRINGS_AS_BYTES.decodeEventLog(fragment, log.data, [fragment.topicHash, ...log.topics.slice(1)]);
    const args = Object.fromEntries(event.inputs.map((input, i) => [input.name, fromEthers(input, values[i])]));
    return { event: event.name, ...args, ...converted(event.name, values), ...place } as ContractEvent;
  } catch (cause) {
    throw new EncodingError(`event ${event.name}`, `does not decode: ${shortMessage(cause)}`);
  }
}

/** Arguments that are converted in a way of their own: scalars, which are uint256 in the ABI, to 32 bytes. */
function converted(event: string, values: Result): object {
  if (event === 'AnswerAccepted') return { y: word(values.y), w: word(values.w) };
  if (event === 'ComplaintJustified') return { share: word(values.share), blinding: word(values.blinding) };
  return {};
}

/** The message of ethers without the values, which may be long. */
const shortMessage = (error: unknown): string =>
  (error as { shortMessage?: string }).shortMessage ?? (error as Error).message;
const word = (value: bigint) => fromHex(`0x${value.toString(16).padStart(64, '0')}`, 'scalar');

/** Converts a value that was decoded with STRINGS_AS_BYTES. No view returns a string. */
function fromEthers(type: ParamType, value: unknown): unknown {
  if (type.isArray()) return (value as Result).toArray().map((element) => fromEthers(type.arrayChildren, element));
  if (type.isTuple()) {
    const values = value as Result;
    return Object.fromEntries(
      type.components.map((component, i) => [component.name, fromEthers(component, values[i])]),
    );
  }
  if (type.type === 'string') return textOrHex(value as Hex);
  if (type.type === 'address' || type.type.startsWith('bytes')) return fromHex(value as string, type.name);
  if (type.type === 'uint256' || type.type === 'uint128') return value;
  if (type.type.startsWith('uint')) return safeNumber(type.name, value as bigint);
  return value;
}

/** The text that the bytes are, or their 0x-hex if they are not UTF-8: no byte is replaced by another. */
function textOrHex(hex: Hex): string {
  const bytes = fromHex(hex);
  try {
    return fromUtf8(bytes);
  } catch {
    return hex;
  }
}

function safeNumber(name: string, value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new EncodingError(name, `${value} is above 2^53 − 1`);
  return Number(value);
}

// Arguments in the order and with the types that ethers expects.
export const termsArgument = ({ threshold, servers, lanes, scale, currency, minRecords, categories }: LedgerTerms) => [
  threshold,
  servers.map(toHex),
  lanes,
  scale,
  currency,
  minRecords,
  categories,
];
export const progressArgument = ({ epoch, chain, count, series, position, open, sums }: QueryProgress) => [
  epoch,
  chain,
  count,
  toBigInt(series),
  position,
  open,
  sums,
];

/** Answers as the contract takes them, 100 + 64 t bytes each: queryId ‖ y ‖ w ‖ uint32 epoch ‖ t uncompressed points S_j. */
export const answersArgument = (answers: readonly AnswerCall[]): Uint8Array =>
  concat(...answers.flatMap(({ queryId, y, w, epoch, sums }) => [queryId, y, w, uint64(epoch).subarray(4), sums]));
