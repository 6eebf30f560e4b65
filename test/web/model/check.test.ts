// Bills against the chain, an archive, and both: the same states everywhere; what is missing; proofs that can be followed by
// hand; and everything that is of another ledger, chain or contract.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concat, fromHex, type Hex } from '../../../src/bytes.ts';
import { keccak256 } from '../../../src/keccak.ts';
import type { Receipts } from '../../../src/records/receipts/receipt.ts';
import { model } from '../../../web/model/index.ts';
import type { Chain, Progress } from '../../../web/model/types.ts';
import { fault } from '../../support/parties.ts';
import { openStage, type Stage, textOf } from './stage.ts';

let stage: Stage;
let chains: Record<'endpoint' | 'both' | 'alone', Chain>;
/** Of the longest series, by position. */
let ids: number[];

beforeAll(async () => {
  stage = await openStage('model: check');
  const { servers, ledgerId } = stage.cast;
  const longest = stage.receipts.terms.categories.toSorted(
    (a, b) => stage.recordsOf(b).length - stage.recordsOf(a).length,
  )[0]!;
  ids = stage.recordsOf(longest);
  await servers[0]!.complain(ledgerId, 0, [ids[1]!, ids[2]!]);
  await servers[1]!.complain(ledgerId, 0, [ids[2]!]);
  chains = await stage.chains();
});
afterAll(async () => {
  for (const chain of Object.values(chains ?? {})) await model.close(chain);
  await stage?.stop();
});

const open = (receipts: Receipts) => model.openReceipts(textOf(receipts));
const everywhere = async (receipts: Receipts) =>
  Promise.all(Object.values(chains).map((chain) => model.checkBills(open(receipts), chain)));

describe('bills', () => {
  it('have the same states by an endpoint, an archive, and both', async () => {
    const [first, ...others] = await everywhere(stage.dated);
    for (const other of others) expect({ ...other, word: null }).toEqual({ ...first, word: null });
    const states = new Map(first!.bills.map((bill) => [bill.recordId, bill.state]));
    expect(states.get(ids[0]!)).toEqual({ kind: 'valid' });
    expect(states.get(ids[1]!)).toEqual({ kind: 'complained', seats: [1] });
    expect(states.get(ids[2]!)).toEqual({ kind: 'void', isForGood: false, next: ids[3] });
    expect(first).toMatchObject({ valid: 40, faulty: 0, void: 1, complained: 1, missing: [], missingCount: 0 });
  });

  it('are by the word of a host, or of the archive’s maker', async () => {
    const host = new URL(stage.chain.node.url).host;
    const words = (await everywhere(stage.dated)).map(({ word }) => word);
    const hosts = { kind: 'hosts', hosts: [host] };
    expect(words).toEqual([hosts, hosts, { kind: 'archive', file: 'ledger.archive' }]);
    expect(chains.alone).toMatchObject({ hasNetwork: false, place: stage.place });
  });

  it('that were changed have the fault’s key', async () => {
    const changed = structuredClone(stage.dated);
    const at = (recordId: number) => changed.records.find((one) => one.recordId === recordId)!;
    at(ids[0]!).amounts = at(ids[0]!).amounts.map((amount) => amount.replace(/.$/, (d) => `${(+d + 1) % 10}`));
    const last = at(ids.at(-1)!);
    last.key = `0x${'77'.repeat(8)}`;
    last.batch = 9;
    for (const checked of await everywhere(changed)) {
      const states = new Map(checked.bills.map((bill) => [bill.recordId, bill.state]));
      // Each total of the series holds the first amount.
      expect(states.get(ids[0]!)).toEqual({ kind: 'fault', fault: 'wrong-amounts' });
      expect(states.get(ids[1]!)).toEqual({ kind: 'fault', fault: 'wrong-amounts' });
      expect(states.get(last.recordId)).toEqual({ kind: 'fault', fault: 'unknown-batch' });
      expect(checked.faulty).toBe(ids.length);
    }
  });

  it('that are missing are counted by category', async () => {
    const gone = ids.slice(-2);
    const lacking = { ...stage.dated, records: stage.dated.records.filter((one) => !gone.includes(one.recordId)) };
    for (const checked of await everywhere(lacking)) {
      expect(checked.missingCount).toBe(2);
      expect(checked.missing).toMatchObject([{ count: 2, position: ids.length - 1 }]);
      expect(checked.missing[0]!.recordIds.toSorted()).toEqual(gone.toSorted());
      expect(checked.valid).toBe(38);
    }
  });

  it('are checked with progress, and the check can be ended', async () => {
    const told: Progress[] = [];
    await model.checkBills(open(stage.dated), chains.endpoint, { onProgress: (one) => told.push(one) });
    expect(told).toEqual([{ stage: 'batches', done: 1, total: 1 }]);
    const signal = AbortSignal.abort();
    for (const chain of Object.values(chains)) {
      await expect(model.checkBills(open(stage.dated), chain, { signal })).rejects.toThrow(/abort/i);
    }
  });
});

describe('the proof of a bill', () => {
  it('can be followed by hand from leaf to root', async () => {
    const file = open(stage.dated);
    const number = ids[2]!;
    const receipt = stage.dated.records.find(({ recordId }) => recordId === number)!;
    const place = stage.dated.records
      .map(({ recordId }) => recordId)
      .sort((a, b) => a - b)
      .indexOf(number);
    const proofs = await Promise.all(Object.values(chains).map((chain) => model.billProof(file, chain, number)));
    for (const [k, proof] of proofs.entries()) {
      expect(proof).toMatchObject({ batch: 0, recordId: number, place, batchRecords: 40 });
      const id = new Uint8Array(8);
      new DataView(id.buffer).setBigUint64(0, BigInt(number));
      const bytes = (hex: Hex) => fromHex(hex);
      const leaf = keccak256(id, bytes(proof.tag), bytes(proof.key), ...proof.commitments.map(bytes));
      expect(bytes(proof.leaf)).toEqual(leaf);
      const root = proof.path.reduce((node, sibling) => {
        const [a, b] = [node, bytes(sibling)].sort(Buffer.compare);
        return keccak256(concat(a!, b!));
      }, leaf);
      expect(bytes(proof.root)).toEqual(root);
      expect(proof.time === null).toBe(k === 2);
      expect(proof.transaction).toBe(proofs[0]!.transaction);
    }
    expect(proofs[0]!.blinding).toBe(receipt.blinding);
    expect(await fault(model.billProof(file, chains.alone, 4000))).toMatchObject({ code: 'NOT_YOUR_RECORD' });
  });
});

describe('what does not belong together is refused', () => {
  it('receipts of another contract, chain or terms', async () => {
    const wrong: [Partial<Receipts>, string][] = [
      [{ chainId: 5n }, 'WRONG_DEPLOYMENT'],
      [{ contract: `0x${'12'.repeat(20)}` }, 'WRONG_DEPLOYMENT'],
      [{ terms: { ...stage.dated.terms, minRecords: 2 } }, 'WRONG_TERMS'],
    ];
    for (const [change, code] of wrong) {
      for (const chain of Object.values(chains)) {
        expect(await fault(model.checkBills(open({ ...stage.dated, ...change }), chain))).toMatchObject({ code });
      }
    }
  });

  it('a source that is none, an endpoint that does not answer, and one without a contract', async () => {
    const endpoint = stage.chain.node.url;
    const place = { ...stage.place, contract: `0x${'12'.repeat(20)}` as Hex };
    const pinned = { ...stage.place, codeHash: `0x${'34'.repeat(32)}` as Hex };
    const archive = await stage.archive();
    const wrong = [
      [{}, 'NO_SOURCE'],
      [{ endpoint }, 'NO_CONTRACT_NAMED'],
      [{ endpoint: 'ftp://nowhere' }, 'NO_CONTRACT_NAMED'],
      [{ endpoint: 'ftp://nowhere', place: stage.place }, 'CONNECTION_FAILED'],
      [{ endpoint, place }, 'NO_CONTRACT'],
      [{ endpoint, place: { ...stage.place, chainId: 1n } }, 'WRONG_CHAIN'],
      [{ endpoint, place: pinned }, 'WRONG_CODE'],
      [{ archive, place: { ...stage.place, chainId: 1n } }, 'ARCHIVE'],
      [{ endpoint, place, archive }, 'NO_CONTRACT'],
      [{ archive: { blob: new Blob(['hello']), name: 'hello.txt' } }, 'ARCHIVE'],
      [{ archive: { ...archive, blob: archive.blob.slice(0, 5000) } }, 'ARCHIVE'],
    ] as const;
    for (const [source, code] of wrong) expect(await fault(model.connect(source)), code).toMatchObject({ code });
  });

  it('an archive that is damaged, named by its file', async () => {
    const { blob } = await stage.archive();
    const bytes = new Uint8Array(await blob.arrayBuffer());
    bytes[bytes.length >> 1]! ^= 1;
    const refusal = await fault(model.connect({ archive: { blob: new Blob([bytes]), name: 'mine.archive' } }));
    expect(refusal).toMatchObject({ code: 'ARCHIVE', message: expect.stringMatching(/^mine\.archive: is damaged/) });
  });
});
