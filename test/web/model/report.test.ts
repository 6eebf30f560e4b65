// The report of ledgers against what the contract's views and the story's own counts say: batches, seats, queries, answers,
// complaints, fees, servers; by an endpoint, an archive, and both.
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../../src/bytes.ts';
import { feeOf, readMined } from '../../../src/chain/receipts.ts';
import { readBlock } from '../../../src/chain/state.ts';
import type { MIStoreContract } from '../../../src/contract/client.ts';
import { EventReader } from '../../../src/contract/events.ts';
import { queryReports } from '../../../src/parties/query-report.ts';
import { model } from '../../../web/model/index.ts';
import type { Chain, LedgerReport, Progress } from '../../../web/model/types.ts';
import { type FeeStory, SHARE, tellFees } from '../../archive/forgeries/fee-story.ts';
import { type Forger, startForger, startForgerOf } from '../../archive/forgeries/forger.ts';
import { engine } from '../../support/ledger.ts';

const placeOf = ({ chainId, address }: MIStoreContract) => ({ chainId, contract: toHex(address) });

async function open(
  forger: Forger<never> | Forger | Forger<FeeStory>,
): Promise<Record<'endpoint' | 'both' | 'alone', Chain>> {
  const archive = { blob: new Blob([await readFile(forger.file)]), name: 'ledger' };
  const endpoint = forger.chain.node.url;
  return {
    endpoint: await model.connect({ endpoint, place: placeOf(forger.story.insurer) }),
    both: await model.connect({ endpoint, archive }),
    alone: await model.connect({ archive }),
  };
}

describe('a report', () => {
  let forger: Forger;
  let chains: Record<'endpoint' | 'both' | 'alone', Chain>;
  let report: LedgerReport;
  const progress: Progress[] = [];
  beforeAll(async () => {
    forger = await startForger();
    chains = await open(forger);
    report = await model.ledgerReport(chains.endpoint, { onProgress: (one) => progress.push(one) });
  });
  afterAll(() => forger?.stop());

  it('has all ledgers of the contract, with terms and state', async () => {
    const { insurer, ledger, other } = forger.story;
    expect(report.ledgers.map(({ ledgerId }) => ledgerId)).toEqual([ledger, other].map((one) => toHex(one.ledgerId)));
    for (const [k, one] of [ledger, other].entries()) {
      const state = await insurer.getLedger(one.ledgerId);
      expect(report.ledgers[k]).toMatchObject({
        hospital: toHex(state.hospital),
        threshold: state.threshold,
        minRecords: state.minRecords,
        epoch: state.epoch,
        records: state.nextRecordId,
        isActive: true,
        seats: (await insurer.getServers(one.ledgerId)).map((server, s) => ({
          seat: s + 1,
          server: toHex(server),
          hasJoined: true,
          hasResigned: false,
        })),
      });
      expect(report.ledgers[k]!.batches.length).toBe(state.nextBatch);
    }
    expect(report.totals).toMatchObject({ batches: 8, records: 15, queries: 4, answers: 3, costedBatches: 8 });
  });

  it('has the batches with times and costs', async () => {
    const [{ batches }] = report.ledgers as [LedgerReport['ledgers'][0]];
    expect(batches.map(({ index, firstRecordId, records }) => [index, firstRecordId, records])).toEqual([
      [0, 0, 3],
      [1, 3, 2],
      [2, 5, 1],
      [3, 6, 5],
    ]);
    let total = 0n;
    for (const { batches } of report.ledgers) {
      for (const { transaction, block, time, cost } of batches) {
        const { receipt } = (await readMined(forger.chain.rpc, transaction))!;
        expect([block, time]).toEqual([receipt.blockNumber, (await readBlock(forger.chain.rpc, block))!.timestamp]);
        expect(cost).toEqual({ gas: receipt.gasUsed, price: receipt.gasPrice, fee: feeOf(receipt) });
        total += feeOf(receipt);
      }
    }
    expect(report.totals.fee).toBe(total);
  });

  it('has the queries as their insurer sees them', async () => {
    const { story } = forger;
    const events = new EventReader({ rpc: forger.chain.rpc, address: story.insurer.address });
    const expected = await queryReports(
      { engine, contract: story.insurer, events },
      { insurer: story.insurer.account },
    );
    const found = report.ledgers.flatMap(({ queries }) => queries);
    expect(found.length).toBe(4);
    for (const { queryId, phase, edges, answeredSeats, deadline } of expected) {
      const query = found.find((one) => one.queryId === queryId)!;
      expect(query).toMatchObject({ phase, edges, deadline });
      expect(query.answers.map(({ seat }) => seat).sort()).toEqual(answeredSeats);
    }
    const sealed = found.find(({ queryId }) => queryId === story.sealed)!;
    expect(sealed).toMatchObject({ records: 5, phase: 'complete' });
    expect(sealed.sealed!.block).toBeGreaterThan(sealed.opened.block);
    for (const { seconds, time } of sealed.answers) expect(seconds).toBe(time! - sealed.sealed!.time!);
    expect(found.find(({ queryId }) => queryId === story.open)).toMatchObject({ records: null, sealed: null });
  });

  it('has voids, complaints, and what each server has done', () => {
    const { complaints, ledger } = forger.story;
    const [summary] = report.ledgers as [LedgerReport['ledgers'][0]];
    expect(summary.voids).toEqual([complaints.isVoid]);
    expect(summary.complaints.map(({ recordId }) => recordId)).toEqual(
      [complaints.standing, complaints.justified, complaints.isVoid].sort((a, b) => a - b),
    );
    const byServer = ledger.servers.map(({ account }) => report.servers.find((one) => one.server === toHex(account))!);
    expect(byServer.map(({ asked, answered }) => [asked, answered])).toEqual([
      [1, 1],
      [1, 0],
      [1, 1],
    ]);
    const counts = byServer.map((one) => [one.complaintsFiled, one.complaintsStanding, one.complaintsJustified]);
    expect(counts).toEqual([
      [2, 2, 0],
      [2, 1, 0],
      [1, 0, 1],
    ]);
    expect(byServer[1]).toMatchObject({ medianSeconds: null, minimumFee: 0n, earned: 0n });
    expect(byServer[0]!.medianSeconds).toBeGreaterThanOrEqual(0);
    expect(byServer[0]!.seats).toEqual([{ ledgerId: summary.ledgerId, seat: 1 }]);
  });

  it('tells its progress up to the end, and can be ended', async () => {
    const stages = new Set(progress.map(({ stage }) => stage));
    expect([...stages]).toEqual(['events', 'times', 'gas']);
    for (const stage of ['times', 'gas']) {
      const last = progress.findLast((one) => one.stage === stage)!;
      expect(last.done).toBe(last.total);
    }
    const signal = AbortSignal.abort();
    await expect(model.ledgerReport(chains.endpoint, { signal })).rejects.toThrow(/abort/i);
  });

  it('of an archive is of its ledger, and alone has neither times nor costs', async () => {
    const [summary] = report.ledgers as [LedgerReport['ledgers'][0]];
    const both = await model.ledgerReport(chains.both);
    expect(both.ledgers).toEqual([summary]);
    const alone = await model.ledgerReport(chains.alone);
    const timeless = (value: unknown): unknown =>
      JSON.parse(
        JSON.stringify(value, (name, one) =>
          ['time', 'cost', 'seconds'].includes(name) ? null : typeof one === 'bigint' ? `${one}` : one,
        ),
      );
    expect(alone.ledgers).toEqual([expect.anything()]);
    expect(timeless(alone.ledgers)).toEqual(timeless([summary]));
    expect(alone.ledgers[0]!.batches.every(({ time, cost }) => time === null && cost === null)).toBe(true);
    expect(alone).toMatchObject({ word: { kind: 'archive', file: 'ledger' }, readTo: { time: null } });
    expect(alone.servers.map(({ asked, minimumFee }) => [asked, minimumFee])).toEqual([
      [1, null],
      [1, null],
      [1, null],
    ]);
  });
});

describe('a report with fees and a seat that changed hands', () => {
  let forger: Forger<FeeStory>;
  let chains: Record<'endpoint' | 'both' | 'alone', Chain>;
  beforeAll(async () => {
    forger = await startForgerOf(tellFees);
    chains = await open(forger);
  });
  afterAll(() => forger?.stop());

  it('has fees offered, earned and left, and asks each server only in its time', async () => {
    const { story } = forger;
    for (const chain of Object.values(chains)) {
      const report = await model.ledgerReport(chain);
      const [{ queries, seats }] = report.ledgers as [LedgerReport['ledgers'][0]];
      const feeOf = (id: string) => queries.find(({ queryId }) => queryId === id)!.fee;
      expect(feeOf(story.earned)).toMatchObject({ offered: 2n * SHARE, earned: 2n * SHARE, left: 0n });
      expect(feeOf(story.refunded)).toMatchObject({ offered: 2n * SHARE, earned: SHARE, left: 0n });
      expect(feeOf(story.revoked)).toMatchObject({ earned: 0n, left: 2n * SHARE });
      expect(feeOf(story.free)).toBeNull();
      expect(queries.find(({ queryId }) => queryId === story.dropped)!.phase).toBe('cancelled');
      expect(seats[1]!.server).toBe(toHex(story.newcomer.account));
      const of = (contract: MIStoreContract) =>
        report.servers.find(({ server }) => server === toHex(contract.account))!;
      expect(of(story.former).seats).toEqual([]);
      expect(of(story.newcomer).seats.length).toBe(1);
      const sealed = queries.filter(({ sealed }) => sealed !== null);
      expect(of(story.former).asked + of(story.newcomer).asked).toBe(sealed.length);
      expect(of(story.newcomer)).toMatchObject({ asked: 1, answered: 1, earned: SHARE });
      const earned = report.servers.reduce((sum, one) => sum + one.earned, 0n);
      expect(earned).toBe(queries.reduce((sum, { fee }) => sum + (fee?.earned ?? 0n), 0n));
    }
  });
});
