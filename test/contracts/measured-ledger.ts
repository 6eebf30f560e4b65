// A deployed contract on an embedded chain with a ledger in use, for tests: who is who, batches, queries, answers. Each
// step returns its transaction's receipt, whose gas is what a user would pay.
import { readFileSync } from 'node:fs';
import { SimpleMerkleTree } from '@openzeppelin/merkle-tree';
import {
  type BaseContract,
  ContractFactory,
  type ContractTransactionReceipt,
  type ContractTransactionResponse,
  concat,
  type InterfaceAbi,
  JsonRpcProvider,
  type JsonRpcSigner,
  Wallet,
} from 'ethers';
import * as dealer from './dealer.ts';

const GAS_LIMIT = 16_777_216;

interface Artifact {
  abi: InterfaceAbi;
  bytecode: string;
}
const artifact: Artifact = JSON.parse(
  readFileSync(new URL('../../build/contracts/MIStore.json', import.meta.url), 'utf8'),
);

export interface StoredBatch {
  index: number;
  records: dealer.DealtRecord[];
  tree: SimpleMerkleTree;
}

export interface SealedQuery {
  id: string;
  records: dealer.DealtRecord[];
  masks: dealer.DealtMasks;
}

export type Consent = Record<'insurer' | 'patient' | 'recordsHash' | 'salt', string> &
  Record<'ledgerId' | 'deadline', bigint>;

const CONSENT_TYPES = {
  Consent: [
    { name: 'insurer', type: 'address' },
    { name: 'ledgerId', type: 'uint256' },
    { name: 'patient', type: 'address' },
    { name: 'recordsHash', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
    { name: 'salt', type: 'bytes32' },
  ],
};

/** Runs on any account of the node that is unlocked: account 0 is the hospital, 1 the insurer, 2.. the servers. */
export class MeasuredLedger {
  readonly provider: JsonRpcProvider;
  readonly threshold: number;
  readonly seats: number;
  readonly patient = new Wallet(dealer.hash('patient'));
  readonly batches: StoredBatch[] = [];
  deployment!: ContractTransactionReceipt;
  ledgerId!: bigint;
  #accounts: JsonRpcSigner[] = [];
  #contract!: BaseContract;
  #salt = 0;

  constructor(url: string, threshold: number, seats: number) {
    this.provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, polling: true, pollingInterval: 10 });
    this.threshold = threshold;
    this.seats = seats;
  }

  get hospital(): JsonRpcSigner {
    return this.#accounts[0]!;
  }
  get insurer(): JsonRpcSigner {
    return this.#accounts[1]!;
  }
  server(seat: number): JsonRpcSigner {
    return this.#accounts[seat + 1]!;
  }

  async deploy(): Promise<void> {
    this.#accounts = await this.provider.listAccounts();
    const factory = new ContractFactory(artifact.abi, artifact.bytecode, this.hospital);
    this.#contract = await factory.deploy({ gasLimit: GAS_LIMIT });
    this.deployment = (await this.#contract.deploymentTransaction()!.wait())!;
  }

  async send(from: JsonRpcSigner, method: string, ...args: unknown[]): Promise<ContractTransactionReceipt> {
    const call = this.#contract.connect(from).getFunction(method);
    const response: ContractTransactionResponse = await call.send(...args, { gasLimit: GAS_LIMIT });
    return (await response.wait())!;
  }

  async view(method: string, ...args: unknown[]): Promise<unknown> {
    return this.#contract.getFunction(method).staticCall(...args);
  }

  register = (account: JsonRpcSigner) => this.send(account, 'register', dealer.noise(1216, 'kem', account.address));
  openChannel = (from: JsonRpcSigner, to: JsonRpcSigner) =>
    this.send(from, 'openChannel', to, dealer.noise(1120, 'channel', from.address, to.address));

  async openLedger(): Promise<ContractTransactionReceipt> {
    const servers = Array.from({ length: this.seats }, (_, i) => this.server(i + 1));
    const lanes = ['TOTAL_CLAIM_COST', 'PAYER_COVERAGE'];
    const receipt = await this.send(this.hospital, 'openLedger', this.threshold, servers, 1, lanes, 2, 'USD', 1);
    this.ledgerId = (await this.view('ledgerCount')) as bigint;
    return receipt;
  }

  join = (seat: number) => this.send(this.server(seat), 'join', this.ledgerId);

  /** Appends records of the patient; `strangers` of them, the last, of somebody else. */
  async append(count: number, strangers = 0): Promise<ContractTransactionReceipt> {
    const index = this.batches.length;
    const first = this.batches.reduce((sum, { records }) => sum + records.length, 0);
    const stranger = new Wallet(dealer.hash('stranger')).address;
    const records = Array.from({ length: count }, (_, k) =>
      dealer.dealRecord(this.threshold, this.seats, first + k, k < count - strangers ? this.patient.address : stranger),
    );
    const leaves = records.map(({ leaf }) => leaf);
    this.batches.push({ index, records, tree: SimpleMerkleTree.of(leaves, { sortLeaves: false }) });
    const [nonce, source] = [dealer.noise(16, 'nonce', index), dealer.hash('source', index)];
    const wire = concat(records.map((record) => record.wire));
    return this.send(this.hospital, 'appendBatch', this.ledgerId, index, nonce, source, wire);
  }

  /** The part of a query that asks for these records (numbers within the batch). */
  part(index: number, numbers: readonly number[]) {
    const { records, tree } = this.batches[index]!;
    const { proof, proofFlags } = tree.getMultiProof([...numbers]);
    const flags = new Uint8Array(Math.ceil(proofFlags.length / 8));
    for (const [i, flag] of proofFlags.entries()) if (flag) flags[i >> 3]! |= 1 << (i & 7);
    return { batch: index, records: concat(numbers.map((k) => records[k]!.queried)), proof, flags };
  }

  async #domain() {
    const { chainId } = await this.provider.getNetwork();
    return { name: 'MIStore', version: '1', chainId, verifyingContract: await this.#contract.getAddress() };
  }

  async consent(records: readonly dealer.DealtRecord[]): Promise<{ consent: Consent; id: string; signature: string }> {
    const consent: Consent = {
      insurer: this.insurer.address,
      ledgerId: this.ledgerId,
      patient: this.patient.address,
      recordsHash: dealer.recordsHash(records.map(({ id }) => id)),
      deadline: 2n ** 32n - 1n,
      salt: dealer.hash('salt', this.#salt++),
    };
    const id = (await this.view('queryIdOf', consent)) as string;
    return { consent, id, signature: await this.patient.signTypedData(await this.#domain(), CONSENT_TYPES, consent) };
  }

  /** Revokes a consent for the first record, by anyone. */
  async revoke(): Promise<ContractTransactionReceipt> {
    const { consent, id } = await this.consent(this.batches[0]!.records.slice(0, 1));
    const types = { Revocation: [{ name: 'queryId', type: 'bytes32' }] };
    const signature = await this.patient.signTypedData(await this.#domain(), types, { queryId: id });
    return this.send(this.hospital, 'revokeConsent', consent, signature);
  }

  /** A sealed query for records of batches: [batch, numbers within it] for each. One transaction for each of `steps`. */
  async query(...steps: [number, readonly number[]][][]): Promise<[SealedQuery, ContractTransactionReceipt[]]> {
    const chosen = steps.flat().flatMap(([index, numbers]) => numbers.map((k) => this.batches[index]!.records[k]!));
    const { consent, id, signature } = await this.consent(chosen);
    const masks = dealer.dealMasks(this.seats, id);
    const receipts: ContractTransactionReceipt[] = [];
    let progress: unknown;
    for (const step of steps) {
      const parts = step.map(([index, numbers]) => this.part(index, numbers));
      receipts.push(
        progress === undefined
          ? await this.send(this.insurer, 'query', consent, signature, masks.bytes, parts)
          : await this.send(this.insurer, 'continueQuery', consent, masks.bytes, progress, parts),
      );
      progress = this.progress(receipts.at(-1)!);
    }
    return [{ id, records: chosen, masks }, receipts];
  }

  progress(receipt: ContractTransactionReceipt): unknown {
    for (const log of receipt.logs) {
      const event = this.#contract.interface.parseLog(log);
      if (event?.name === 'QueryExtended') return event.args.progress.toObject();
    }
    throw new Error('the receipt has no QueryExtended');
  }

  answerTo(query: SealedQuery, seat: number) {
    return {
      queryId: query.id,
      ledgerId: this.ledgerId,
      ...dealer.answer(query.records, query.masks, seat),
      sums: dealer.sums(query.records),
      masks: query.masks.bytes,
    };
  }

  answer = (seat: number, ...queries: SealedQuery[]) =>
    this.send(
      this.server(seat),
      'answer',
      queries.map((query) => this.answerTo(query, seat)),
    );
}
