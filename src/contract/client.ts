// The MIStore contract, typed: one method for each of its functions (views: views.ts). Transactions go through a Sender and
// resolve when they are settled. The contract's own errors are thrown as ContractError, all others as the errors of
// chain/errors.ts.
import { toHex } from '../bytes.ts';
import { addressText, checkAddress } from '../chain/account.ts';
import { NoContractError, WrongChainError } from '../chain/errors.ts';
import { Rpc } from '../chain/rpc.ts';
import { readChainId, readCode } from '../chain/state.ts';
import type { Sender, TransactionReceipt, TransactionRequest } from '../chain/types.ts';
import { ArgumentError, EncodingError } from '../errors.ts';
import type { Consent } from '../query/consent.ts';
import { answerArgument, BYTECODE, encodeCall, partArgument, progressArgument, termsArguments } from './abi.ts';
import { appendBatchExecution, encodeAppendBatch } from './batch-abi.ts';
import { asContractError } from './errors.ts';
import { eventOf, readOutcome, type TransactionOutcome } from './outcome.ts';
import type { AnswerCall, BatchCall, LedgerTerms, QueryPart, QueryProgress } from './types.ts';
import { ContractViews } from './views.ts';

export interface ConnectOptions {
  /** HTTP endpoint, or a connection to one. */
  rpc: string | Rpc;
  /** 20 bytes. */
  address: Uint8Array;
  /** The chain that the endpoint must serve; any if not given. */
  chainId?: bigint;
  /** Sends the transactions; without it, methods that send throw ArgumentError. */
  sender?: Sender;
}

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

export class MIStoreContract extends ContractViews {
  readonly chainId: bigint;
  readonly #sender: Sender | undefined;

  private constructor(rpc: Rpc, chainId: bigint, address: Uint8Array, sender: Sender | undefined) {
    super(rpc, address);
    this.chainId = chainId;
    this.#sender = sender;
  }

  /** Checks the chain and that there is a contract. Throws ConnectionError, WrongChainError, NoContractError. */
  static async connect({ rpc, address, chainId, sender }: ConnectOptions): Promise<MIStoreContract> {
    const connection = typeof rpc === 'string' ? new Rpc(rpc) : rpc;
    const text = addressText(checkAddress('address', address));
    const actual = await readChainId(connection);
    if (chainId !== undefined && chainId !== actual) throw new WrongChainError(actual, chainId);
    if (sender !== undefined && sender.chainId !== actual) throw new WrongChainError(actual, sender.chainId);
    if ((await readCode(connection, address)) === '0x') throw new NoContractError(text, actual);
    return new MIStoreContract(connection, actual, address, sender);
  }

  /** The account that sends, 20 bytes. */
  get account(): Uint8Array {
    return this.#requireSender().address;
  }

  /** The same contract with another sender. Throws WrongChainError. */
  as(sender: Sender): MIStoreContract {
    if (sender.chainId !== this.chainId) throw new WrongChainError(sender.chainId, this.chainId);
    return new MIStoreContract(this.rpc, this.chainId, this.address, sender);
  }

  // ------------------------------------------------------------ transactions

  register(kemKey: Uint8Array, options?: SendOptions): Promise<TransactionOutcome> {
    return this.#send(encodeCall('register', [kemKey]), options);
  }

  openChannel(to: Uint8Array, ciphertext: Uint8Array, options?: SendOptions): Promise<TransactionOutcome> {
    return this.#send(encodeCall('openChannel', [toHex(to), ciphertext]), options);
  }

  async openLedger(terms: LedgerTerms, options?: SendOptions): Promise<TransactionOutcome & { ledgerId: bigint }> {
    const outcome = await this.#send(encodeCall('openLedger', termsArguments(terms)), options);
    return { ...outcome, ledgerId: eventOf(outcome, 'LedgerOpened').ledgerId };
  }

  join(ledgerId: bigint, options?: SendOptions): Promise<TransactionOutcome> {
    return this.#send(encodeCall('join', [ledgerId]), options);
  }

  async appendBatch(call: BatchCall, options?: SendOptions): Promise<TransactionOutcome> {
    return (await this.submitBatch(call, options)).settled;
  }

  /**
   * Resolves when a node has taken the batch, `settled` when it is on chain, so several batches can be pending at once. The
   * gas limit comes from the batch's size, not from the node, which does not know the pending batches before this one.
   * Throws NonceTakenError if another transaction of the account takes the nonce.
   */
  async submitBatch(
    call: BatchCall,
    options: SendOptions = {},
  ): Promise<{ nonce: number; settled: Promise<TransactionOutcome> }> {
    const data = encodeAppendBatch(call);
    const execution = appendBatchExecution(call.records.length);
    return this.#submit({ to: this.address, data, inPlace: true, execution, ...options });
  }

  /** `signature`: the patient's, made by signRevocation(). Anyone may send it. */
  revokeConsent(consent: Consent, signature: Uint8Array, options?: SendOptions): Promise<TransactionOutcome> {
    return this.#send(encodeCall('revokeConsent', [consent, signature]), options);
  }

  /** Opens a query, and seals it if these are all its records: then QuerySealed is among the events. */
  async query(
    consent: Consent,
    signature: Uint8Array,
    masks: Uint8Array,
    parts: readonly QueryPart[],
    options?: SendOptions,
  ): Promise<TransactionOutcome & { queryId: Uint8Array }> {
    const outcome = await this.#send(
      encodeCall('query', [consent, signature, masks, parts.map(partArgument)]),
      options,
    );
    return { ...outcome, queryId: eventOf(outcome, 'QueryOpened').queryId };
  }

  continueQuery(
    consent: Consent,
    masks: Uint8Array,
    progress: QueryProgress,
    parts: readonly QueryPart[],
    options?: SendOptions,
  ): Promise<TransactionOutcome> {
    const args = [consent, masks, progressArgument(progress), parts.map(partArgument)];
    return this.#send(encodeCall('continueQuery', args), options);
  }

  answer(answers: readonly AnswerCall[], options?: SendOptions): Promise<TransactionOutcome> {
    return this.#send(encodeCall('answer', [answers.map(answerArgument)]), options);
  }

  // ----------------------------------------------------------------- private

  async #send(data: Uint8Array, options: SendOptions = {}): Promise<TransactionOutcome> {
    const { settled } = await this.#submit({ to: this.address, data, ...options });
    return settled;
  }

  async #submit(request: TransactionRequest): Promise<{ nonce: number; settled: Promise<TransactionOutcome> }> {
    const sender = this.#requireSender();
    try {
      const { nonce, settled } = await sender.submit(request);
      const outcome = readOutcome(this.rpc, sender.address, request, settled);
      outcome.catch(() => undefined); // The caller may await it later.
      return { nonce, settled: outcome };
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
