// A small ledger set up by the contract's calls alone, for tests of what lies below the parties (others: parties.ts). It is
// dealt by the BigInt twin, from subset keys that no channel carries. It knows every secret, so it can make right answers
// and, with one step overridden, wrong ones (queries: query.ts). One series a patient, of the category ''.
import { createCipheriv } from 'node:crypto';
import { concat, fromBigInt, toBigInt, toHex, uint64, utf8 } from '../../src/bytes.ts';
import { accountOf } from '../../src/chain/account.ts';
import type { MIStoreContract } from '../../src/contract/client.ts';
import { ledgerIdOf } from '../../src/contract/ledger-id.ts';
import { signChannel, signKey } from '../../src/contract/signing.ts';
import type { BatchCall, LedgerTerms } from '../../src/contract/types.ts';
import { GROUP_ORDER } from '../../src/engine/bn254.ts';
import { createReferenceEngine } from '../../src/engine/reference/engine.ts';
import type { Deployment } from '../../src/identity/channel.ts';
import { keccak256 } from '../../src/keccak.ts';
import { batchLeaves, contentsHash } from '../../src/records/batch.ts';
import { BatchTree } from '../../src/records/merkle.ts';
import { encodeRecords, inOrder, orderByTag, recordBytes } from '../../src/records/record.ts';
import { saltOf, seriesId, tagOf } from '../../src/records/series.ts';
import type { Committee } from '../../src/sharing/committee.ts';
import { deal, shares } from '../../src/vss/dealing.ts';
import { digestOfKeys, keyList, keysOf, subsetKeys } from '../../src/vss/subset-keys.ts';
import { keyOf, type TestChain } from './chain.ts';

export const engine = createReferenceEngine();

/** `length` bytes that depend on `label` only. */
export function drawBytes(label: string, length: number): Uint8Array {
  const stream = createCipheriv('aes-256-ctr', keccak256(utf8(label)), new Uint8Array(16));
  return Uint8Array.from(stream.update(new Uint8Array(length)));
}

/**
 * Records of a batch that the contract takes and that cost the most gas: points at infinity and corrections below 2^253 are
 * canonical, tags that count upwards ascend; the rest is noise, so that hardly any byte is cheap.
 */
export function noiseRecords(label: string, threshold: number, count: number): Uint8Array {
  const size = recordBytes(threshold);
  const records = drawBytes(label, size * count);
  for (let k = 0; k < count; k++) {
    records.set(uint64(k + 1), size * k);
    records.fill(0, size * k + 28, size * k + 28 + 32 * threshold);
    records[size * (k + 1) - 32]! &= 0x1f;
  }
  return records;
}

export function drawScalar(label: string): Uint8Array {
  return fromBigInt(toBigInt(drawBytes(label, 48)) % GROUP_ORDER, 32);
}

/** What the accounts of this contract sign for. */
export const deploymentOf = ({ chainId, address }: MIStoreContract): Deployment => ({ chainId, contract: address });
/** The same in every ledger. */
export const viewingKeyOf = (patient: string) => drawBytes(`viewing key ${patient}`, 32);

export interface TestLedger {
  ledgerId: Uint8Array;
  committee: Committee;
  terms: LedgerTerms;
  /** Of all subsets, in order. */
  keys: Uint8Array;
  /** Of the keys. */
  digest: Uint8Array;
  hospital: MIStoreContract;
  /** By seat − 1. */
  servers: MIStoreContract[];
  /** Batches that have been made, by number: the next ones continue their series. */
  made: TestBatch[];
}

/** Registers an account of this name with a KEM key that nobody can open anything with. */
export async function registerNoKey(contract: MIStoreContract, name: string): Promise<void> {
  const kemKey = drawBytes(`kem ${toHex(contract.account)}`, 1216);
  await contract.register(kemKey, signKey(keyOf(name), deploymentOf(contract), kemKey));
}

/** Opens a channel that carries nothing from the account of this name to each of these. */
export async function openNoChannels(
  contract: MIStoreContract,
  name: string,
  to: readonly MIStoreContract[],
): Promise<void> {
  for (const { account } of to) {
    const ciphertext = drawBytes(`ciphertext ${name} ${toHex(account)}`, 1120);
    const signature = signChannel(keyOf(name), deploymentOf(contract), account, ciphertext);
    await contract.openChannel(account, ciphertext, signature);
  }
}

/** Registers everybody, opens the channels, opens the ledger, and lets `joining` servers (all, if not given) join. */
export async function openLedger(
  chain: TestChain,
  name: string,
  committee: Committee,
  { minRecords = 1, joining = committee.seats } = {},
): Promise<TestLedger> {
  const hospital = await chain.contract(`${name} hospital`);
  await registerNoKey(hospital, `${name} hospital`);
  const servers: MIStoreContract[] = [];
  for (let seat = 1; seat <= committee.seats; seat++) {
    const server = await chain.contract(`${name} server ${seat}`);
    await registerNoKey(server, `${name} server ${seat}`);
    servers.push(server);
  }
  await openNoChannels(hospital, `${name} hospital`, servers);
  const terms: LedgerTerms = {
    threshold: committee.threshold,
    servers: servers.map(({ account }) => account),
    lanes: ['TOTAL', 'Zuzahlung €'],
    scale: 2,
    currency: 'EUR',
    minRecords,
    categories: [''],
  };
  const salt = drawBytes(`salt ${name}`, 32);
  const deployment = deploymentOf(hospital);
  const ledgerId = ledgerIdOf(deployment, { hospital: hospital.account, terms, salt });
  const keys = subsetKeys(drawBytes(`dealing ${name}`, 32), { ...deployment, committeeHash: ledgerId }, committee);
  const digest = digestOfKeys(keyList(keys));
  await hospital.openLedger(terms, salt, digest);
  for (const server of servers.slice(0, joining)) await server.join({ ledgerId, epoch: 1, digest });
  return { ledgerId, committee, terms, keys, digest, hospital, servers, made: [] };
}

export interface TestRecord {
  patient: string;
  seriesId: Uint8Array;
  position: number;
  salt: Uint8Array;
  tag: Uint8Array;
  total: bigint;
}

export interface TestBatch {
  call: BatchCall;
  index: number;
  firstRecordId: number;
  /** In the batch's order, that of their tags. */
  records: TestRecord[];
  keys: Uint8Array;
  /** B × t compressed points. */
  commitments: Uint8Array;
  /** By seat − 1: B × (s ‖ b). */
  shares: Uint8Array[];
  tree: BatchTree;
}

/**
 * Batch `index` with a record of each of these patients, in the order of their tags; the k-th of them has the amount
 * 100·firstRecordId + k + 1. Follows batch index − 1 as it was made last.
 */
export function makeBatch(
  ledger: TestLedger,
  index: number,
  firstRecordId: number,
  patients: readonly string[],
): TestBatch {
  const { committee, ledgerId } = ledger;
  const { threshold } = committee;
  const before = ledger.made.slice(0, index);
  if (before.length < index) throw new Error(`batch ${index} follows batch ${index - 1}, which has not been made`);
  const count = patients.length;
  const name = `${toHex(ledgerId)}/${index}`;
  const unordered = continued(ledgerId, before, firstRecordId, patients);
  const order = orderByTag(concat(...unordered.map(({ tag }) => tag)));
  const records = [...order].map((k) => unordered[k]!);
  const tags = concat(...records.map(({ tag }) => tag));
  const keys = inOrder(drawBytes(`keys ${name}`, 8 * count), 8, order);
  const nonce = drawBytes(`nonce ${name}`, 16);
  const source = drawBytes(`source ${name}`, 32);
  const position = { index, nonce, contents: contentsHash(tags, keys) };
  const messages = concat(...records.map(({ total }) => fromBigInt(total, 32)));
  const { commitments, corrections } = deal(engine, committee, messages, ledger.keys, position);
  const bytes = encodeRecords(threshold, { count, tags, keys, commitments, corrections });
  const event = { index, epoch: 1, firstRecordId, nonce, source, records: bytes };
  const previous = before.at(-1)?.tree.root ?? ledgerId;
  const seats = ledger.servers.map((_, i) => i + 1);
  const batch: TestBatch = {
    call: { ledgerId, previous, epoch: 1, nonce, source, records: bytes },
    index,
    firstRecordId,
    records,
    keys,
    commitments,
    shares: seats.map((seat) =>
      shares(engine, committee, seat, keysOf(committee, seat, ledger.keys), position, corrections),
    ),
    tree: new BatchTree(engine, batchLeaves(engine, threshold, event)),
  };
  ledger.made[index] = batch;
  return batch;
}

/** The next records of the patients' series. */
function continued(
  ledgerId: Uint8Array,
  before: readonly TestBatch[],
  firstRecordId: number,
  patients: readonly string[],
): TestRecord[] {
  const all = before.flatMap(({ records }) => records);
  return patients.map((patient, k) => {
    const own = all.filter((record) => record.patient === patient);
    const last = own.toSorted((a, b) => a.position - b.position).at(-1);
    const position = (last?.position ?? 0) + 1;
    const account = accountOf(keyOf(patient));
    const series = seriesId(viewingKeyOf(patient), { ledgerId, account, category: '' });
    const salt = saltOf(viewingKeyOf(patient), ledgerId, series, position);
    const tag = tagOf(account, series, position, salt);
    const total = (last?.total ?? 0n) + BigInt(100 * firstRecordId + k + 1);
    const record: TestRecord = { patient, seriesId: series, position, salt, tag, total };
    all.push(record);
    return record;
  });
}
