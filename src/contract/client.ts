// The MIStore contract, typed: one method for each of its functions (views: views.ts). Transactions go through a Sender and
// resolve when they are settled. The contract's own errors are thrown as ContractError, all others as the errors of
// chain/errors.ts.
import { addressText, checkAddress } from '../address.ts';
import { equalBytes, fromHex, toBigInt, toHex } from '../bytes.ts';
import { NoContractError, WrongChainError, WrongCodeError } from '../chain/errors.ts';
import { Rpc } from '../chain/rpc.ts';
import { readChainId, readCode } from '../chain/state.ts';
import type { Sender, SenderStats, TransactionReceipt, TransactionRequest } from '../chain/types.ts';
import { ArgumentError, EncodingError } from '../errors.ts';
import { keccak256 } from '../keccak.ts';
import type { Consent } from '../query/consent.ts';
import { answersArgument, BYTECODE, encodeCall, progressArgument, termsArgument } from './abi.ts';
import { appendBatchExecution, encodeAppendBatch } from './batch-abi.ts';
import { asContractError } from './errors.ts';
import { decodeOutcome, readReceipt, type TransactionOutcome } from './outcome.ts';
import type {
  AnswerCall,
  BatchCall,
  ComplaintCall,
  JoinCall,
  JustifyCall,
  KeysCall,
  LedgerTerms,
  QueryCall,
  QueryProgress,
  RefuteCall,
  SeatCall,
} from './types.ts';
import { ContractViews } from './views.ts';

/** Which contract, on which chain, and who sends to it. */
export interface ConnectOptions {
  /** HTTP endpoint, or a connection to one. */
  rpc: string | Rpc;
  /** 20 bytes. */
  address: Uint8Array;
  /** The chain that the endpoint must serve; any if not given. */
  chainId?: bigint;
  /** keccak256 of the code that must stand at the address, 32 bytes; any if not given. */
  codeHash?: Uint8Array;
  /** Sends the transactions; without it, methods that send throw ArgumentError. */
  sender?: Sender;
}

/** How one transaction is sent. */
export interface SendOptions {
  /** Gas limit; estimated if not given. */
  gas?: bigint;
}

/** Deploys the contract. `address`: 20 bytes. */
export async function deploy(sender: Sender): Promise<{ address: Uint8Array; receipt: TransactionReceipt }> {
  const receipt = await sender.send({ to: null, data: BYTECODE });
  const { contractAddress: address, transactionHash } = receipt;
  if (address === null) {
    throw new EncodingError('receipt', 'has no contractAddress, though it created a contract', { transactionHash });
  }
  return { address, receipt };
}

/**
 * The MIStore contract, typed: a method for each of its functions. Bytes are Uint8Array: addresses have 20 bytes, ids, hashes and scalars
 * 32. Those that send resolve when their transaction is settled, and throw a ContractError for what the contract refuses.
 */
export class MIStoreContract extends ContractViews {
  readonly chainId: bigint;
  readonly #sender: Sender | undefined;

  private constructor(rpc: Rpc, chainId: bigint, address: Uint8Array, sender: Sender | undefined) {
    super(rpc, address);
    this.chainId = chainId;
    this.#sender = sender;
  }

  /** Checks the chain and that there is a contract. Throws ConnectionError, WrongChainError, NoContractError, WrongCodeError. */
  static async connect({ rpc, address, chainId, codeHash, sender }: ConnectOptions): Promise<MIStoreContract> {
    const connection = typeof rpc === 'string' ? new Rpc(rpc) : rpc;
    const text = addressText(checkAddress('address', address));
    const actual = await readChainId(connection);
    if (chainId !== undefined && chainId !== actual) throw new WrongChainError(actual, chainId);
    if (sender !== undefined && sender.chainId !== actual) throw new WrongChainError(actual, sender.chainId);
    const code = fromHex(await readCode(connection, address), 'code');
    if (code.length === 0) throw new NoContractError(text, actual);
    if (codeHash !== undefined && !equalBytes(keccak256(code), codeHash)) {
      throw new WrongCodeError(text, toHex(keccak256(code)), toHex(codeHash));
    }
    return new MIStoreContract(connection, actual, address, sender);
  }

  /** The account that sends, 20 bytes. */
  get account(): Uint8Array {
    return this.#requireSender().address;
  }

  /** What the account's sender has done so far. */
  stats(): SenderStats {
    return this.#requireSender().stats();
  }

  /** Ends the sender: transactions that are not settled are left to the chain, and rejected with SENDER_CLOSED. */
  close(): void {
    this.#sender?.close();
  }

  /** The same contract with another sender. Throws WrongChainError. */
  as(sender: Sender): MIStoreContract {
    if (sender.chainId !== this.chainId) throw new WrongChainError(sender.chainId, this.chainId);
    return new MIStoreContract(this.rpc, this.chainId, this.address, sender);
  }

  // ------------------------------------------------------------ transactions

  /** `signature`: the caller's own, made by signKey(). */
  register(kemKey: Uint8Array, signature: Uint8Array, options?: SendOptions): Promise<TransactionOutcome> {
    return this.#send(encodeCall('register', [kemKey, signature]), options);
  }

  /** `signature`: the caller's own, made by signChannel(). */
  openChannel(
    to: Uint8Array,
    ciphertext: Uint8Array,
    signature: Uint8Array,
    options?: SendOptions,
  ): Promise<TransactionOutcome> {
    return this.#send(encodeCall('openChannel', [toHex(to), ciphertext, signature]), options);
  }

  /** `salt`, `digest`: 32 bytes. The ledger's id is ledgerIdOf() of the caller, terms and salt. */
  openLedger(
    terms: LedgerTerms,
    salt: Uint8Array,
    digest: Uint8Array,
    options?: SendOptions,
  ): Promise<TransactionOutcome> {
    return this.#send(encodeCall('openLedger', [termsArgument(terms), salt, digest]), options);
  }

  /** Begins the next epoch of a ledger, for the same servers. */
  beginEpoch({ ledgerId, epoch, digest }: JoinCall, options?: SendOptions): Promise<TransactionOutcome> {
    return this.#send(encodeCall('beginEpoch', [ledgerId, epoch, digest]), options);
  }

  /** Publishes a part of a seat's keys, sealed, or of the list of hashes (seat 0). The hospital's. */
  dealKeys({ ledgerId, epoch, seat, part, ciphertext }: KeysCall, options?: SendOptions): Promise<TransactionOutcome> {
    return this.#send(encodeCall('dealKeys', [ledgerId, epoch, seat, part, ciphertext]), options);
  }

  /** Gives a seat to another server, which begins the next epoch of the ledger. */
  changeSeat({ ledgerId, epoch, seat, server, digest }: SeatCall, options?: SendOptions): Promise<TransactionOutcome> {
    return this.#send(encodeCall('changeSeat', [ledgerId, epoch, seat, toHex(server), digest]), options);
  }

  /** Says that the caller wishes to give up their seat. They keep it until the hospital names another server. */
  resign(ledgerId: Uint8Array, options?: SendOptions): Promise<TransactionOutcome> {
    return this.#send(encodeCall('resign', [ledgerId]), options);
  }

  /** `digest`: of the keys that the caller has opened and compared. */
  join({ ledgerId, epoch, digest }: JoinCall, options?: SendOptions): Promise<TransactionOutcome> {
    return this.#send(encodeCall('join', [ledgerId, epoch, digest]), options);
  }

  /** submitBatch, then settled, with the batch's event decoded. */
  async appendBatch(call: BatchCall, options?: SendOptions): Promise<TransactionOutcome> {
    const { settled } = await this.submitBatch(call, options);
    return decodeOutcome(this.address, await settled);
  }

  /**
   * Resolves when a node has taken the batch, `settled` when it is on chain, so several batches can be pending at once. Its
   * event, which repeats the batch, is not decoded: that would take longer than to encode and sign the batch. The
   * gas limit comes from the batch's size, not from the node, which does not know the pending batches before this one.
   * Throws NonceTakenError if another transaction of the account takes the nonce.
   */
  async submitBatch(
    call: BatchCall,
    options: SendOptions = {},
  ): Promise<{ nonce: number; settled: Promise<TransactionReceipt> }> {
    const data = encodeAppendBatch(call);
    const execution = appendBatchExecution(call.records.length);
    return this.#submit({ to: this.address, data, inPlace: true, execution, ...options });
  }

  /** Complains, as a seat, about a record of the batch with this root. */
  complain({ ledgerId, batch, root, recordId }: ComplaintCall, options?: SendOptions): Promise<TransactionOutcome> {
    return this.#send(encodeCall('complain', [ledgerId, batch, root, recordId]), options);
  }

  /** Takes back this server's complaint about a record. */
  withdrawComplaint(ledgerId: Uint8Array, recordId: number, options?: SendOptions): Promise<TransactionOutcome> {
    return this.#send(encodeCall('withdrawComplaint', [ledgerId, recordId]), options);
  }

  /** Makes a seat's share of a record public, which ends its complaint for good. */
  justify(call: JustifyCall, options?: SendOptions): Promise<TransactionOutcome> {
    const { ledgerId, batch, recordId, seat, share, blinding, record, path } = call;
    const args = [ledgerId, batch, recordId, seat, toBigInt(share), toBigInt(blinding), record, path];
    return this.#send(encodeCall('justify', args), options);
  }

  /** Makes a record void for good: one of its commitments is no point. Anyone may send it. */
  refutePoint(call: RefuteCall, options?: SendOptions): Promise<TransactionOutcome> {
    const { ledgerId, batch, recordId, position, witness, record, path } = call;
    const args = [ledgerId, batch, recordId, position, toBigInt(witness), record, path];
    return this.#send(encodeCall('refutePoint', args), options);
  }

  /** `signature`: the patient's, made by signRevocation(). Anyone may send it. */
  revokeConsent(consent: Consent, signature: Uint8Array, options?: SendOptions): Promise<TransactionOutcome> {
    return this.#send(encodeCall('revokeConsent', [consent, signature]), options);
  }

  /** Opens a query, and seals it if these are all its edges. Sends the fee along, if there is one. */
  openQuery(
    { consent, signature, masks, edges, proofs, epoch, offer }: QueryCall,
    options?: SendOptions,
  ): Promise<TransactionOutcome> {
    const { fee, payUntil } = offer ?? { fee: 0n, payUntil: 0 };
    const data = encodeCall('openQuery', [consent, signature, masks, edges, proofs, epoch, payUntil]);
    return this.#send(data, options, fee);
  }

  /** Adds further edges to a query that is open, from the progress that its last transaction left. */
  continueQuery(
    { consent, progress, edges, proofs }: Pick<QueryCall, 'consent' | 'edges' | 'proofs'> & { progress: QueryProgress },
    options?: SendOptions,
  ): Promise<TransactionOutcome> {
    return this.#send(encodeCall('continueQuery', [consent, progressArgument(progress), edges, proofs]), options);
  }

  /** Ends a query of the caller's that is not sealed, and owes its fee to the caller again. */
  cancelQuery(consent: Consent, options?: SendOptions): Promise<TransactionOutcome> {
    return this.#send(encodeCall('cancelQuery', [consent]), options);
  }

  /** Owes what is left of a query's fee to its insurer again, after `payUntil` or a revocation. Anyone may send it. */
  refund(consent: Consent, options?: SendOptions): Promise<TransactionOutcome> {
    return this.#send(encodeCall('refund', [consent]), options);
  }

  /** Sends all that the contract owes the caller to an account, 20 bytes. */
  withdraw(to: Uint8Array, options?: SendOptions): Promise<TransactionOutcome> {
    return this.#send(encodeCall('withdraw', [toHex(to)]), options);
  }

  /** States the least share, in wei, for which the caller answers a query. */
  stateMinimumFee(fee: bigint, options?: SendOptions): Promise<TransactionOutcome> {
    return this.#send(encodeCall('stateMinimumFee', [fee]), options);
  }

  /** Answers of the caller's seat to queries of one ledger: the contract takes all of them or none. */
  answer(ledgerId: Uint8Array, answers: readonly AnswerCall[], options?: SendOptions): Promise<TransactionOutcome> {
    return this.#send(encodeCall('answer', [ledgerId, answersArgument(answers)]), options);
  }

  // ----------------------------------------------------------------- private

  /** `value`: wei that go with the call. */
  async #send(data: Uint8Array, options: SendOptions = {}, value = 0n): Promise<TransactionOutcome> {
    const { settled } = await this.#submit({ to: this.address, data, value, ...options });
    return decodeOutcome(this.address, await settled);
  }

  async #submit(request: TransactionRequest): Promise<{ nonce: number; settled: Promise<TransactionReceipt> }> {
    const sender = this.#requireSender();
    try {
      const { nonce, settled } = await sender.submit(request);
      const receipt = readReceipt(this.rpc, sender.address, request, settled);
      receipt.catch(() => undefined); // The caller may await it later.
      return { nonce, settled: receipt };
    } catch (error) {
      throw asContractError(error);
    }
  }

  #requireSender(): Sender {
    if (this.#sender === undefined)
      throw new ArgumentError('sender', undefined, 'given to connect() to send transactions');
    return this.#sender;
  }
}
