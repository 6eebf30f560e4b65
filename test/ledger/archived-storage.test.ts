// What an archive alone says the contract stores, against what the contract stores: ledger, batches, complaints, queries,
// fees. And archives that contradict themselves.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportArchive } from '../../src/archive/export.ts';
import { fromHex, toHex } from '../../src/bytes.ts';
import type { MIStoreContract } from '../../src/contract/client.ts';
import { openArchiveSite } from '../../src/ledger/archive-site.ts';
import type { ArchivedStorage } from '../../src/ledger/archived-storage.ts';
import { LedgerComplaints } from '../../src/ledger/complaints.ts';
import { LedgerView } from '../../src/ledger/view.ts';
import { queryReports } from '../../src/parties/query-report.ts';
import { type FeeStory, tellFees } from '../archive/forgeries/fee-story.ts';
import {
  type Change,
  drop,
  type Forger,
  find,
  flipped,
  set,
  startForger,
  startForgerOf,
} from '../archive/forgeries/forger.ts';
import { engine, openLedger } from '../support/ledger.ts';
import { fault } from '../support/parties.ts';

let forger: Forger;
beforeAll(async () => {
  forger = await startForger();
});
afterAll(() => forger?.stop());

/** Everything that both say of a ledger, its records and these queries. */
async function said(storage: MIStoreContract | ArchivedStorage, ledgerId: Uint8Array, queries: readonly string[]) {
  const ledger = await storage.getLedger(ledgerId);
  const batches = Array.from({ length: ledger.nextBatch }, (_, index) => storage.getBatch(ledgerId, index));
  const records = Array.from({ length: ledger.nextRecordId }, (_, id) => storage.complaintsOf(ledgerId, id));
  return {
    chainId: storage.chainId,
    address: toHex(storage.address),
    isOpen: await storage.isOpen(ledgerId),
    ledger,
    batches: await Promise.all(batches),
    complaints: await Promise.all(records),
    queries: await Promise.all(queries.map((id) => storage.queryState(fromHex(id)))),
    fees: await Promise.all(queries.map((id) => storage.feeOf(fromHex(id)))),
  };
}

describe('an archive alone', () => {
  it('says what the contract stores: batches, epochs, complaints, queries', async () => {
    const { story, file } = forger;
    const { contract, events } = await openArchiveSite(file, engine);
    const { ledgerId } = story.ledger;
    const queries = [story.sealed, story.open, story.stopped, story.revoked, story.foreign, `0x${'12'.repeat(32)}`];
    const expected = await said(story.insurer, ledgerId, queries);
    const states = expected.queries.map(({ status }) => status);
    expect(states).toEqual(['sealed', 'open', 'revoked', 'revoked', 'sealed', 'none']);
    // The query of the other ledger is not in this one's archive.
    expected.queries[4] = { status: 'none', answeredSeats: [] };
    expect(await said(contract, ledgerId, queries)).toEqual(expected);
    expect(expected.ledger).toMatchObject({ epoch: 2, joined: 3, hasVoids: true, nextBatch: 4, nextRecordId: 11 });
    expect(expected.complaints[story.complaints.isVoid]!.isVoid).toBe(true);
    await events.close();
  });

  it('from a Blob is the same, and is read with progress that can be ended', async () => {
    const { story, file } = forger;
    const blob = new Blob([await readFile(file)]);
    const told: number[] = [];
    const site = await openArchiveSite(blob, engine, {
      onProgress: ({ batches, total }) => told.push(batches / total),
    });
    expect(told).toEqual([0.25, 0.5, 0.75, 1]);
    const view = await LedgerView.load(site, story.ledger.ledgerId);
    expect(view.epochs.length).toBe(2);
    expect((await LedgerComplaints.read(site, view)).voids).toEqual([story.complaints.isVoid]);
    const live = { engine, contract: story.insurer, events: site.events };
    expect(await queryReports(site, {})).toEqual(await queryReports(live, {}));
    const stop = AbortSignal.abort(new Error('enough'));
    await expect(openArchiveSite(blob, engine, { signal: stop })).rejects.toThrow('enough');
  });

  it('of a young ledger says that nothing is there yet', async () => {
    const young = await openLedger(forger.chain, 'young', { threshold: 1, seats: 2 }, { joining: 1 });
    const file = join(forger.folder, 'young');
    await exportArchive({ contract: forger.story.insurer, ledgerId: young.ledgerId, file });
    const { contract } = await openArchiveSite(file, engine);
    expect(await said(contract, young.ledgerId, [])).toEqual(await said(forger.story.insurer, young.ledgerId, []));
  });

  it('knows no other ledger and no batch that it does not have', async () => {
    const { contract } = await openArchiveSite(forger.file, engine);
    const { ledgerId } = forger.story.ledger;
    const other = forger.story.other.ledgerId;
    expect(await fault(contract.isOpen(other))).toMatchObject({ code: 'ARCHIVE' });
    expect(await fault(contract.getLedger(other))).toMatchObject({ code: 'ARCHIVE' });
    expect(await fault(contract.getBatch(other, 0))).toMatchObject({ code: 'ARCHIVE' });
    expect(await fault(contract.complaintsOf(other, 0))).toMatchObject({ code: 'ARCHIVE' });
    expect(await fault(contract.getBatch(ledgerId, 4))).toMatchObject({ code: 'UNKNOWN_BATCH', details: { index: 4 } });
  });
});

describe('an archive that contradicts itself is refused', () => {
  const hexAt = (name: string, field: string, at: number): Change =>
    set(name, ({ args }) => ({ [field]: flipped(args[field], at) }), 1);
  const lies: [string, RegExp, Change][] = [
    ['a tag', /batch 1: the root of its records is/, hexAt('BatchAppended', 'records', 3)],
    ['a correction', /batch 1: the root of its records is/, hexAt('BatchAppended', 'records', -1)],
    ['a nonce', /batch 1: the root of its records is/, hexAt('BatchAppended', 'nonce', 0)],
    ['a root', /batch 1: .*the event says/, hexAt('BatchAppended', 'root', 0)],
    ['a count', /batch 1: holds \d+ bytes/, set('BatchAppended', ({ args }) => ({ count: args.count + 1n }), 1)],
    ['first record ids', /batch 1: begins with record 4/, set('BatchAppended', () => ({ firstRecordId: 4n }), 1)],
    ['a batch left out', /batch 1: batch 2 is in the place of batch 1/, drop('BatchAppended', 1)],
    ['no opening', /it has no LedgerOpened, or too late/, drop('LedgerOpened')],
  ];
  it.each(lies)('%s', async (_, message, change) => {
    await forger.forged((events) => change(events) ?? undefined);
    const forged = join(forger.folder, 'forged');
    const refusal = await fault(openArchiveSite(forged, engine));
    expect(refusal).toMatchObject({ code: 'ARCHIVE', message: expect.stringMatching(message) });
    expect(refusal.message).toContain(forged);
  });

  it('but what its maker made up consistently is believed: the terms are all that the id gives away', async () => {
    const { ledgerId } = forger.story.ledger;
    await forger.forged((events) => {
      find(events, 'AnswerAccepted').args.seat = 2n;
      return undefined;
    });
    const { contract } = await openArchiveSite(join(forger.folder, 'forged'), engine);
    expect((await contract.queryState(fromHex(forger.story.sealed))).answeredSeats).toEqual([2, 3]);
    await forger.forged(set('LedgerOpened', ({ args }) => ({ terms: { ...args.terms, minRecords: 1n } })));
    const site = await openArchiveSite(join(forger.folder, 'forged'), engine);
    expect(await fault(LedgerView.load(site, ledgerId))).toMatchObject({ code: 'FORGED_TERMS' });
  });
});

describe('fees', () => {
  let paid: Forger<FeeStory>;
  beforeAll(async () => {
    paid = await startForgerOf(tellFees);
  });
  afterAll(() => paid?.stop());

  it('are what the contract stores: offered, earned in part, taken back', async () => {
    const { story, file } = paid;
    const queries = Object.values(story).filter(
      (id) => typeof id === 'string' && /^0x[0-9a-f]{64}$/.test(id),
    ) as string[];
    expect(queries.length).toBeGreaterThan(1);
    const { contract } = await openArchiveSite(file, engine);
    expect(await said(contract, story.ledger.ledgerId, queries)).toEqual(
      await said(story.insurer, story.ledger.ledgerId, queries),
    );
  });
});
