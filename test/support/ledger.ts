// A small ledger set up by the contract's calls alone, for tests of what lies below the parties (others: parties.ts). It is
// dealt by the BigInt twin, with pads drawn from a counter instead of channels. It knows every secret, so it can make right
// answers and, with one step overridden, wrong ones.
import { createCipheriv } from 'node:crypto';
import { concat, fromBigInt, toBigInt, toHex, uint64, utf8 } from '../../src/bytes.ts';
import { accountOf } from '../../src/chain/account.ts';
import type { MIStoreContract } from '../../src/contract/client.ts';
import { signConsent } from '../../src/contract/signing.ts';
import type { AnswerCall, BatchCall, ContractEvent, QueryPart } from '../../src/contract/types.ts';
import { GROUP_ORDER } from '../../src/engine/bn254.ts';
import { createReferenceEngine } from '../../src/engine/reference/engine.ts';
import { keccak256 } from '../../src/keccak.ts';
import { answer } from '../../src/query/answer.ts';
import { type Consent, recordsHash } from '../../src/query/consent.ts';
import { maskCommitment } from '../../src/query/masks.ts';
import { BatchTree } from '../../src/records/merkle.ts';
import { encodeRecords, leaves } from '../../src/records/record.ts';
import { type Committee, DEALING, deal, shares } from '../../src/vss/dealing.ts';
import { keyOf, type TestChain } from './chain.ts';

export const engine = createReferenceEngine();

/** `length` bytes that depend on `label` only. */
export function drawBytes(label: string, length: number): Uint8Array {
  const stream = createCipheriv('aes-256-ctr', keccak256(utf8(label)), new Uint8Array(16));
  return Uint8Array.from(stream.update(new Uint8Array(length)));
}

function drawScalar(label: string): Uint8Array {
  return fromBigInt(toBigInt(drawBytes(label, 48)) % GROUP_ORDER, 32);
}

export interface TestLedger {
  ledgerId: bigint;
  committee: Committee;
  hospital: MIStoreContract;
  /** By seat − 1. */
  servers: MIStoreContract[];
}

/** Registers everybody, opens the channels, opens the ledger, and lets `joining` servers (all, if not given) join. */
export async function openLedger(
  chain: TestChain,
  name: string,
  committee: Committee,
  { minRecords = 1, joining = committee.seats } = {},
): Promise<TestLedger> {
  const hospital = await chain.contract(`${name} hospital`);
  const servers: MIStoreContract[] = [];
  for (let seat = 1; seat <= committee.seats; seat++) servers.push(await chain.contract(`${name} server ${seat}`));
  for (const party of [hospital, ...servers]) await party.register(drawBytes(`kem ${toHex(party.account)}`, 1216));
  for (const { account } of servers)
    await hospital.openChannel(account, drawBytes(`ciphertext ${toHex(account)}`, 1120));
  const { ledgerId } = await hospital.openLedger({
    threshold: committee.threshold,
    servers: servers.map(({ account }) => account),
    dealing: DEALING,
    lanes: ['TOTAL', 'Zuzahlung €'],
    scale: 2,
    currency: 'EUR',
    minRecords,
  });
  for (const server of servers.slice(0, joining)) await server.join(ledgerId);
  return { ledgerId, committee, hospital, servers };
}

export interface TestBatch {
  call: BatchCall;
  firstRecordId: number;
  tags: Uint8Array[];
  messages: Uint8Array[];
  keys: Uint8Array;
  /** B × t compressed points. */
  commitments: Uint8Array;
  /** By seat − 1: B × (s ‖ b). */
  shares: Uint8Array[];
  tree: BatchTree;
}

/** Batch `index` with record k of the patient patients[k] and the amount 100·firstRecordId + k + 1. */
export function makeBatch(
  ledger: TestLedger,
  index: number,
  firstRecordId: number,
  patients: readonly string[],
): TestBatch {
  const { committee, ledgerId } = ledger;
  const count = patients.length;
  const name = `${ledgerId}/${index}`;
  const messages = patients.map((_, k) => fromBigInt(BigInt(100 * firstRecordId + k + 1), 32));
  const seats = Array.from({ length: committee.seats }, (_, i) => i + 1);
  const pads = seats.map((seat) => drawBytes(`pads ${name} ${seat}`, 96 * count));
  const { commitments, corrections } = deal(engine, committee, concat(...messages), pads);
  const tags = patients.map((patient) => accountOf(keyOf(patient)));
  const keys = drawBytes(`keys ${name}`, 8 * count);
  const records = encodeRecords(committee, { count, tags: concat(...tags), keys, commitments, corrections });
  return {
    call: { ledgerId, index, nonce: drawBytes(`nonce ${name}`, 16), source: drawBytes(`source ${name}`, 32), records },
    firstRecordId,
    tags,
    messages,
    keys,
    commitments,
    shares: seats.map((seat, i) => shares(engine, committee, seat, pads[i]!, corrections)),
    tree: new BatchTree(engine, leaves(engine, committee, records, firstRecordId)),
  };
}

/** What query() takes of the records with these numbers of one batch. */
export function partOf({ committee }: TestLedger, batch: TestBatch, numbers: readonly number[]): QueryPart {
  const records = numbers.map((k) => {
    const points = batch.commitments.subarray(32 * committee.threshold * k, 32 * committee.threshold * (k + 1));
    return concat(uint64(batch.firstRecordId + k), batch.keys.subarray(8 * k, 8 * k + 8), engine.decompress(points));
  });
  return { batch: batch.call.index, records: concat(...records), ...batch.tree.multiProof(numbers) };
}

export interface TestQuery {
  consent: Consent;
  signature: Uint8Array;
  masks: Uint8Array;
  /** The answer of a seat to the sealed query. */
  answerOf(seat: number, sealed: ContractEvent<'QuerySealed'>): AnswerCall;
}

/** A consent of `patient` to the records with these numbers of the batches, with masks for every seat. */
export function makeQuery(
  ledger: TestLedger,
  insurer: MIStoreContract,
  patient: string,
  chosen: readonly { batch: TestBatch; numbers: readonly number[] }[],
  change: Partial<Consent> = {},
): TestQuery {
  const ids = chosen.flatMap(({ batch, numbers }) => numbers.map((k) => batch.firstRecordId + k));
  const consent: Consent = {
    insurer: toHex(insurer.account),
    ledgerId: ledger.ledgerId,
    patient: toHex(accountOf(keyOf(patient))),
    recordsHash: toHex(recordsHash(ids)),
    deadline: BigInt(Math.floor(Date.now() / 1000) + 1_000_000),
    salt: toHex(drawBytes(`salt ${patient} ${ids}`, 32)),
    ...change,
  };
  const masks = ledger.servers.map((_, i) => {
    const name = `${consent.salt} ${i + 1}`;
    return { value: drawScalar(`z ${name}`), blinding: drawScalar(`z' ${name}`) };
  });
  const deployment = { chainId: insurer.chainId, contract: insurer.address };
  return {
    consent,
    signature: signConsent(keyOf(patient), deployment, consent),
    masks: concat(...masks.map((mask) => maskCommitment(engine, mask))),
    answerOf(seat, { queryId, ledgerId, sums, masks: points }) {
      const own = chosen.flatMap(({ batch, numbers }) =>
        numbers.map((k) => batch.shares[seat - 1]!.subarray(64 * k, 64 * (k + 1))),
      );
      return { queryId, ledgerId, sums, masks: points, ...answer(concat(...own), masks[seat - 1]!) };
    },
  };
}
