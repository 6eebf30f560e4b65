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
  JsonRpcSigner,
  toBeHex,
  Wallet,
} from 'ethers';
import { evaluate, hash, noise, word } from './curve.ts';
import * as dealer from './dealer.ts';

const GAS_LIMIT = 16_777_216;
const FUNDS = `0x${(10n ** 21n).toString(16)}`;

interface Artifact {
  abi: InterfaceAbi;
  bytecode: string;
}
const artifact: Artifact = JSON.parse(
  readFileSync(new URL('../../build/contracts/MIStore.json', import.meta.url), 'utf8'),
);

export interface OpenedQuery {
  id: string;
  consent: Record<string, unknown>;
  edges: dealer.Edge[];
  masks: dealer.DealtMasks;
}

const TYPES = {
  Consent: [
    { name: 'insurer', type: 'address' },
    { name: 'ledgerId', type: 'bytes32' },
    { name: 'patient', type: 'address' },
    { name: 'runsHash', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
    { name: 'salt', type: 'bytes32' },
  ],
  Revocation: [{ name: 'queryId', type: 'bytes32' }],
};

export class MeasuredLedger {
  readonly provider: JsonRpcProvider;
  readonly threshold: number;
  readonly seats: number;
  readonly patient = new Wallet(hash('patient'));
  deployment!: ContractTransactionReceipt;
  ledgerId!: string;
  hospital!: JsonRpcSigner;
  insurer!: JsonRpcSigner;
  readonly trees: SimpleMerkleTree[] = [];
  readonly records: dealer.DealtRecord[] = [];
  #servers: JsonRpcSigner[] = [];
  #contract!: BaseContract;
  #nextId = 0;
  #salt = 0;

  constructor(url: string, threshold: number, seats: number) {
    this.provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1, polling: true, pollingInterval: 10 });
    this.threshold = threshold;
    this.seats = seats;
  }

  server(seat: number): JsonRpcSigner {
    return this.#servers[seat - 1]!;
  }

  async deploy(): Promise<void> {
    this.hospital = await this.#account('hospital');
    this.insurer = await this.#account('insurer');
    for (let seat = 1; seat <= this.seats; seat++) this.#servers.push(await this.#account(`server ${seat}`));
    const factory = new ContractFactory(artifact.abi, artifact.bytecode, this.hospital);
    this.#contract = await factory.deploy({ gasLimit: GAS_LIMIT });
    this.deployment = (await this.#contract.deploymentTransaction()!.wait())!;
  }

  /** An account with funds, for which the node signs. */
  async #account(name: string): Promise<JsonRpcSigner> {
    const { address } = new Wallet(hash(name));
    await this.provider.send('anvil_impersonateAccount', [address]);
    await this.provider.send('anvil_setBalance', [address, FUNDS]);
    return new JsonRpcSigner(this.provider, address);
  }

  send = (from: JsonRpcSigner, method: string, ...args: unknown[]): Promise<ContractTransactionReceipt> =>
    this.#pay(from, 0n, method, ...args);

  /** Sends `value` wei along. */
  async #pay(
    from: JsonRpcSigner,
    value: bigint,
    method: string,
    ...args: unknown[]
  ): Promise<ContractTransactionReceipt> {
    const call = this.#contract.connect(from).getFunction(method);
    const response: ContractTransactionResponse = await call.send(...args, { gasLimit: GAS_LIMIT, value });
    return (await response.wait())!;
  }

  async view(method: string, ...args: unknown[]): Promise<unknown> {
    return this.#contract.getFunction(method).staticCall(...args);
  }

  register = (account: JsonRpcSigner) =>
    this.send(account, 'register', noise(1216, 'kem', account.address), noise(65, 'signed key', account.address));
  openChannel = (from: JsonRpcSigner, to: JsonRpcSigner) => {
    const words = [from.address, to.address];
    return this.send(from, 'openChannel', to, noise(1120, 'channel', ...words), noise(65, 'signed channel', ...words));
  };

  async openLedger(): Promise<ContractTransactionReceipt> {
    const terms = {
      threshold: this.threshold,
      servers: this.#servers.map(({ address }) => address),
      lanes: ['TOTAL_CLAIM_COST', 'PAYER_COVERAGE'],
      scale: 2,
      currency: 'USD',
      minRecords: 1,
      categories: ['ambulatory', 'emergency', 'inpatient', 'outpatient', 'urgentcare', 'wellness'],
    };
    const args = [terms, hash('ledger salt'), hash('digest', 1)];
    this.ledgerId = await this.#contract
      .connect(this.hospital)
      .getFunction('openLedger')
      .staticCall(...args);
    return this.send(this.hospital, 'openLedger', ...args);
  }

  join = (seat: number, epoch = 1) => this.send(this.server(seat), 'join', this.ledgerId, epoch, hash('digest', epoch));

  stateMinimumFee = (seat: number, fee: bigint) => this.send(this.server(seat), 'stateMinimumFee', fee);
  resign = (seat: number) => this.send(this.server(seat), 'resign', this.ledgerId);
  /** Gives a seat to a newcomer. */
  async changeSeat(epoch: number, seat: number): Promise<ContractTransactionReceipt> {
    const newcomer = await this.#account('newcomer');
    await this.register(newcomer);
    return this.send(this.hospital, 'changeSeat', this.ledgerId, epoch, seat, newcomer, hash('digest', epoch));
  }

  beginEpoch = (epoch: number) => this.send(this.hospital, 'beginEpoch', this.ledgerId, epoch, hash('digest', epoch));
  /** A seat's keys of the current epoch, `bytes` long. */
  dealKeys = (seat: number, bytes: number) =>
    this.send(this.hospital, 'dealKeys', this.ledgerId, 1, seat, 0, noise(bytes, 'keys', seat));

  /** Appends `count` records, of which those at the places are the patient's. */
  async append(count: number, places: readonly dealer.Place[] = []): Promise<ContractTransactionReceipt> {
    const index = this.trees.length;
    const [nonce, source] = [noise(16, 'nonce', index), hash('source', index)];
    const { threshold, patient } = this;
    const setting = {
      threshold,
      patient: patient.address,
      index,
      epoch: 1,
      firstId: this.#nextId,
      count,
      nonce,
      source,
    };
    const { records, leaves, wire } = dealer.dealBatch(setting, places);
    const previous = this.trees.at(-1)?.root ?? this.ledgerId;
    this.trees.push(SimpleMerkleTree.of(leaves, { sortLeaves: false }));
    this.records.push(...records);
    this.#nextId += count;
    return this.send(this.hospital, 'appendBatch', this.ledgerId, previous, 1, nonce, source, wire);
  }

  /** The run after position `from` up to position `to` of a series. */
  run(series: bigint, from: number, to: number): dealer.Edge[] {
    const at = (position: number) =>
      this.records.find(({ place }) => place.series === series && place.position === position)!;
    return [...(from > 0 ? [{ sign: 0 as const, record: at(from) }] : []), { sign: 1 as const, record: at(to) }];
  }

  async #sign(type: keyof typeof TYPES, message: Record<string, unknown>): Promise<string> {
    const { chainId } = await this.provider.getNetwork();
    const domain = { name: 'MIStore', version: '2', chainId, verifyingContract: await this.#contract.getAddress() };
    return this.patient.signTypedData(domain, { [type]: TYPES[type] }, message);
  }

  async consent(edges: readonly dealer.Edge[]) {
    const consent = {
      insurer: this.insurer.address,
      ledgerId: this.ledgerId,
      patient: this.patient.address,
      runsHash: dealer.runsHash(edges),
      deadline: 2n ** 32n - 1n,
      salt: hash('salt', this.#salt++),
    };
    return { consent, signature: await this.#sign('Consent', consent) };
  }

  #edgesAndProofs(edges: readonly dealer.Edge[]): [string, string] {
    const proofs = edges.map(({ record }) =>
      dealer.proofBytes(record, this.trees[record.batch]!.getProof(record.number)),
    );
    return [concat(edges.map(dealer.edgeBytes)), concat(proofs)];
  }

  /** A query for these edges, in one transaction for each of `steps`. */
  async query(...steps: dealer.Edge[][]): Promise<{ query: OpenedQuery; receipts: ContractTransactionReceipt[] }> {
    const edges = steps.flat();
    const { query, receipt } = await this.openQuery(edges, steps[0]);
    const { consent, masks } = query;
    const receipts = [receipt];
    const done = [...steps[0]!];
    for (const step of steps.slice(1)) {
      const args = [consent, this.#progress(done, masks), ...this.#edgesAndProofs(step)];
      receipts.push(await this.send(this.insurer, 'continueQuery', ...args));
      done.push(...step);
    }
    return { query, receipts };
  }

  /** Opens a query for these edges with the first of them, in the first epoch. `fee`: wei; it can be earned for an hour. */
  async openQuery(
    edges: dealer.Edge[],
    first = edges,
    fee = 0n,
  ): Promise<{ query: OpenedQuery; receipt: ContractTransactionReceipt }> {
    const { consent, signature } = await this.consent(edges);
    const masks = dealer.dealMasks(this.threshold, this.seats, consent.salt);
    const payUntil = fee > 0n ? (await this.provider.getBlock('latest'))!.timestamp + 3600 : 0;
    const args = [consent, signature, masks.bytes, ...this.#edgesAndProofs(first), 1, payUntil];
    const receipt = await this.#pay(this.insurer, fee, 'openQuery', ...args);
    return { query: { id: receipt.logs[0]!.topics[1]!, consent, edges, masks }, receipt };
  }

  cancelQuery = ({ consent }: OpenedQuery) => this.send(this.insurer, 'cancelQuery', consent);
  /** After the hour in which its fee could be earned. */
  async refund({ consent }: OpenedQuery): Promise<ContractTransactionReceipt> {
    await this.provider.send('evm_increaseTime', [3601]);
    return this.send(this.insurer, 'refund', consent);
  }
  withdraw = (account: JsonRpcSigner) => this.send(account, 'withdraw', account.address);

  /** Where a query stands after these edges, by our own account. */
  #progress(edges: readonly dealer.Edge[], masks: dealer.DealtMasks) {
    let [count, last] = [0, { series: -1n, position: 0 }];
    for (const { sign, record } of edges) {
      const { place } = record;
      if (sign === 1) count += place.position - (place.series === last.series ? last.position : 0);
      last = place;
    }
    const open = edges.at(-1)!.sign === 0;
    return { epoch: 1, chain: dealer.runsHash(edges), count, ...last, open, sums: dealer.sums(edges, masks) };
  }

  /** Revokes a consent to these edges; sent by anyone. */
  async revoke(edges: readonly dealer.Edge[]): Promise<ContractTransactionReceipt> {
    const { consent } = await this.consent(edges);
    const masks = dealer.dealMasks(this.threshold, this.seats, consent.salt);
    const signature = await this.#sign('Consent', consent);
    const args = [consent, signature, masks.bytes, ...this.#edgesAndProofs(edges), 1, 0];
    const queryId = await this.#contract
      .connect(this.insurer)
      .getFunction('openQuery')
      .staticCall(...args);
    return this.send(this.hospital, 'revokeConsent', consent, await this.#sign('Revocation', { queryId }));
  }

  complain = (seat: number, { batch, id }: dealer.DealtRecord) =>
    this.send(this.server(seat), 'complain', this.ledgerId, batch, this.trees[batch]!.root, id);
  withdrawComplaint = (seat: number, { id }: dealer.DealtRecord) =>
    this.send(this.server(seat), 'withdrawComplaint', this.ledgerId, id);
  justify(seat: number, record: dealer.DealtRecord): Promise<ContractTransactionReceipt> {
    const [share, blinding] = [record.values, record.blindings].map((coefficients) => evaluate(coefficients, seat));
    const path = concat(this.trees[record.batch]!.getProof(record.number));
    const given = [seat, share, blinding, dealer.uncompressedRecord(record), path];
    return this.send(this.hospital, 'justify', this.ledgerId, record.batch, record.id, ...given);
  }

  #answerTo({ id, edges, masks }: OpenedQuery, seat: number): string {
    const { y, w } = dealer.answer(edges, masks, seat);
    return concat([id, word(y), word(w), toBeHex(1, 4), dealer.sums(edges, masks)]);
  }

  answer = (seat: number, ...queries: OpenedQuery[]) =>
    this.send(this.server(seat), 'answer', this.ledgerId, concat(queries.map((query) => this.#answerTo(query, seat))));
}
