// The MIStore contract, typed: one method for each of its functions (views: views.ts). Writes go through a Sender and
// resolve when the transaction is settled. The contract's own errors come as ContractError, all else as the faults of
// errors.ts.
import { toHex } from '../bytes.ts';
import { addressText, checkAddress } from '../chain/account.ts';
import { NoContractError, WrongChainError } from '../chain/errors.ts';
import { Rpc } from '../chain/rpc.ts';
import type { Sender, TransactionReceipt, TransactionRequest } from '../chain/types.ts';
import { ArgumentError } from '../errors.ts';
import type { Consent } from '../query/consent.ts';
import { answerArgument, BYTECODE, encodeCall, partArgument, progressArgument, termsArguments } from './abi.ts';
import { appendBatchExecution, encodeAppendBatch } from './batch-abi.ts';
import { contractFault } from './errors.ts';
import { eventOf, readWritten, type Written } from './outcome.ts';
import type { AnswerCall, BatchCall, LedgerTerms, QueryPart, QueryProgress } from './types.ts';
import { ContractViews } from './views.ts';

export type { Written };

export interface ConnectOptions {
  /** HTTP endpoint, or a connection to one. */
  rpc: string | Rpc;
  /** 20 bytes. */
  address: Uint8Array;
  /** Refused if the endpoint serves another chain. */
  chainId?: bigint;
  /** Whose transactions the writes are; without it they throw. */
  sender?: Sender;
}

export interface WriteOptions {
  /** Gas limit; estimated if not given. */
  gas?: bigint;
}

/** Deploys the contract; its address is in the receipt. */
export async function deploy(sender: Sender): Promise<{ address: Uint8Array; receipt: TransactionReceipt }> {
  const receipt = await sender.send({ to: null, data: BYTECODE });
  return { address: receipt.contractAddress!, receipt };
}

export class MIStoreContract extends ContractViews {
  readonly chainId: bigint;
  readonly #sender: Sender | undefined;

  private constructor(rpc: Rpc, chainId: bigint, address: Uint8Array, sender: Sender | undefined) {
    super(rpc, address);
    this.chainId = chainId;
    this.#sender = sender;
  }

  /** Checks the chain, and that a contract is there. Throws ConnectionError, WrongChainError, NoContractError. */
  static async connect({ rpc, address, chainId, sender }: ConnectOptions): Promise<MIStoreContract> {
    const connection = typeof rpc === 'string' ? new Rpc(rpc) : rpc;
    const text = addressText(checkAddress('address', address));
    const actual = BigInt(await connection.call<string>('eth_chainId'));
    if (chainId !== undefined && chainId !== actual) throw new WrongChainError(actual, chainId);
    if (sender !== undefined && sender.chainId !== actual) throw new WrongChainError(actual, sender.chainId);
    if ((await connection.call<string>('eth_getCode', [text, 'latest'])) === '0x')
      throw new NoContractError(text, actual);
    return new MIStoreContract(connection, actual, address, sender);
  }

  /** Account of the writes, 20 bytes. */
  get account(): Uint8Array {
    return this.#writer().address;
  }

  /** The same contract, written to by another account. */
  as(sender: Sender): MIStoreContract {
    if (sender.chainId !== this.chainId) throw new WrongChainError(sender.chainId, this.chainId);
    return new MIStoreContract(this.rpc, this.chainId, this.address, sender);
  }

  // ------------------------------------------------------------------ writes

  register(kemKey: Uint8Array, options?: WriteOptions): Promise<Written> {
    return this.#write(encodeCall('register', [kemKey]), options);
  }

  openChannel(to: Uint8Array, ciphertext: Uint8Array, options?: WriteOptions): Promise<Written> {
    return this.#write(encodeCall('openChannel', [toHex(to), ciphertext]), options);
  }

  async openLedger(terms: LedgerTerms, options?: WriteOptions): Promise<Written & { ledgerId: bigint }> {
    const written = await this.#write(encodeCall('openLedger', termsArguments(terms)), options);
    return { ...written, ledgerId: eventOf(written, 'LedgerOpened').ledgerId };
  }

  join(ledgerId: bigint, options?: WriteOptions): Promise<Written> {
    return this.#write(encodeCall('join', [ledgerId]), options);
  }

  async appendBatch(call: BatchCall, options?: WriteOptions): Promise<Written> {
    return (await this.submitBatch(call, options)).settled;
  }

  /**
   * Resolves when the batch is on its way, `settled` when it is on chain: so several can be in flight. Its gas limit
   * comes from its size, not from the node, which does not know yet of the batches before it. Throws NonceTakenError
   * where another transaction of the account comes between.
   */
  async submitBatch(
    call: BatchCall,
    options: WriteOptions = {},
  ): Promise<{ nonce: number; settled: Promise<Written> }> {
    const data = encodeAppendBatch(call);
    const execution = appendBatchExecution(call.records.length);
    return this.#submit({ to: this.address, data, inPlace: true, execution, ...options });
  }

  /** `signature`: the patient's, by signRevocation(); anyone may submit it. */
  revokeConsent(consent: Consent, signature: Uint8Array, options?: WriteOptions): Promise<Written> {
    return this.#write(encodeCall('revokeConsent', [consent, signature]), options);
  }

  /** Opens a query; see its events for whether it was sealed too. */
  async query(
    consent: Consent,
    signature: Uint8Array,
    masks: Uint8Array,
    parts: readonly QueryPart[],
    options?: WriteOptions,
  ): Promise<Written & { queryId: Uint8Array }> {
    const written = await this.#write(
      encodeCall('query', [consent, signature, masks, parts.map(partArgument)]),
      options,
    );
    return { ...written, queryId: eventOf(written, 'QueryOpened').queryId };
  }

  continueQuery(
    consent: Consent,
    masks: Uint8Array,
    progress: QueryProgress,
    parts: readonly QueryPart[],
    options?: WriteOptions,
  ): Promise<Written> {
    const args = [consent, masks, progressArgument(progress), parts.map(partArgument)];
    return this.#write(encodeCall('continueQuery', args), options);
  }

  answer(answers: readonly AnswerCall[], options?: WriteOptions): Promise<Written> {
    return this.#write(encodeCall('answer', [answers.map(answerArgument)]), options);
  }

  // ----------------------------------------------------------------- private

  async #write(data: Uint8Array, options: WriteOptions = {}): Promise<Written> {
    const { settled } = await this.#submit({ to: this.address, data, ...options });
    return settled;
  }

  async #submit(request: TransactionRequest): Promise<{ nonce: number; settled: Promise<Written> }> {
    const sender = this.#writer();
    try {
      const { nonce, settled } = await sender.submit(request);
      const written = readWritten(this.rpc, sender.address, request, settled);
      written.catch(() => undefined); // The caller may look at it later.
      return { nonce, settled: written };
    } catch (error) {
      throw contractFault(error);
    }
  }

  #writer(): Sender {
    if (this.#sender === undefined) throw new ArgumentError('sender', undefined, 'given to connect() to write');
    return this.#sender;
  }
}
