// Archives and audits through the program: export, verify, audit, and a whole query at a node that has pruned its logs,
// with MISTORE_ARCHIVE. What is wrong ends with status 1 and is named.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressText } from '../../src/address.ts';
import { toHex } from '../../src/bytes.ts';
import { accountOf } from '../../src/chain/account.ts';
import { accountKey, custodialSeed } from '../../src/identity/keys.ts';
import { buildArchive, parseArchive } from '../archive/codec.ts';
import { seedOf, startChain, type TestChain } from '../support/chain.ts';
import { type Cli, cliOn } from '../support/cli.ts';
import { type Endpoint, startEndpoint } from '../support/endpoint/proxy.ts';
import { makeBatch, openLedger } from '../support/ledger.ts';
import { type Cast, openCast, storeRows } from '../support/parties.ts';
import { cents, LANES, plainTotals, rowsOf, sampleCsv } from '../support/sample.ts';

const csv = sampleCsv(60, 'archive cli', 1);
const rows = rowsOf(csv);
const { patient } = rows[0]!;
const expected = plainTotals(rows, patient);
const INSURER = seedOf('archive cli: insurer');

let chain: TestChain;
let cast: Cast;
let endpoint: Endpoint;
let folder: string;
let cli: Cli;

beforeAll(async () => {
  chain = await startChain();
  cast = await openCast(chain, 'archive cli', 2, 3);
  await storeRows(cast, rows);
  await chain.site(INSURER); // Funds it.
  endpoint = await startEndpoint((_, forward) => forward(), chain.node.url);
  const servers = cast.serverSeeds.map((seed, s) => [`server${s + 1}`, seed] as const);
  const owner = custodialSeed(cast.hospitalSeed, patient);
  cli = await cliOn(chain, {
    hospital: cast.hospitalSeed,
    insurer: INSURER,
    patient: owner,
    ...Object.fromEntries(servers),
  });
  folder = cli.folder;
}, 60_000);
afterAll(async () => {
  cli?.close();
  await endpoint?.stop();
  await chain?.stop();
});

async function done(args: string[], env: Record<string, string> = {}) {
  const ran = await cli.run([...args, '--json'], { env });
  expect(ran, ran.stderr).toMatchObject({ code: 0 });
  return ran;
}
const ledger = () => toHex(cast.ledgerId);
const exported = (out = 'ledger.archive') => done(['archive', 'export', '--ledger', ledger(), '--out', out]);

describe('archive export', () => {
  it('writes the file, and adds to it', async () => {
    const { json, stderr } = await exported();
    const { size } = { size: (await readFile(join(folder, 'ledger.archive'))).length };
    expect(json).toEqual({
      file: 'ledger.archive',
      ledger: ledger(),
      block: Number(await chain.rpc.call('eth_blockNumber')),
      blockHash: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      batches: 1,
      records: 60,
      events: json.added,
      bytes: size,
      added: parseArchive(await readFile(join(folder, 'ledger.archive'))).parts.length - 1,
      cut: 0,
      seconds: expect.any(Number),
    });
    expect(stderr).toContain(`ledger.archive: ${json.events} events, 60 records in 1 batch, ${size} bytes`);
    expect((await exported()).json).toMatchObject({ added: 0, bytes: size });
  });

  it('refuses what it cannot do, in words', async () => {
    await writeFile(join(folder, 'notes.txt'), 'notes\n');
    for (const [args, message] of [
      [
        ['--ledger', ledger(), '--out', 'notes.txt'],
        'ARCHIVE: notes.txt: is not an archive of a ledger that this program knows',
      ],
      [['--ledger', `0x${'77'.repeat(32)}`, '--out', 'none'], 'UNKNOWN_LEDGER: '],
      [['--ledger', ledger(), '--out', 'no/where'], 'ARCHIVE: no/where.part: there is no such file or folder'],
    ] as const) {
      const { code, json, stderr } = await cli.run(['archive', 'export', ...args, '--json']);
      expect(code).toBe(1);
      expect(`${json.error.code}: ${json.error.message}`).toContain(message);
      expect(stderr).not.toMatch(/unexpected error/);
    }
    expect((await readFile(join(folder, 'notes.txt'))).toString()).toBe('notes\n');
  });
});

describe('archive verify', () => {
  it('says that a right one is right, how much it is and how long it took', async () => {
    const { json, stderr } = await done(['archive', 'verify', 'ledger.archive']);
    expect(json).toMatchObject({
      file: 'ledger.archive',
      ledger: ledger(),
      valid: true,
      fault: null,
      records: 60,
      batches: 1,
      whole: true,
      behind: 0,
    });
    expect(json.recordsPerSecond).toBeGreaterThan(0);
    expect(stderr).toMatch(
      /Right: ledger 0x\w{64} to block \d+, 60 records in 1 batch, 0 queries\.\n\d+ bytes, [\d.]+ s, \d+ records\/s\./,
    );
  });

  it('names the first thing that is wrong, with status 1', async () => {
    const { header, parts } = parseArchive(await readFile(join(folder, 'ledger.archive')));
    const batch = parts.findIndex((part) => part.kind === 'event' && part.data.length > 7000);
    const lied = parts.map((part) => (part.kind === 'event' ? { ...part, data: Buffer.from(part.data) } : part));
    const { data } = lied[batch] as { data: Buffer };
    data[data.length - 100]! ^= 1; // In the last record's commitments.
    await writeFile(join(folder, 'lied.archive'), buildArchive({ header, parts: lied }));
    const ran = await cli.run(['archive', 'verify', 'lied.archive', '--json']);
    expect(ran.code).toBe(1);
    expect(ran.json).toMatchObject({
      valid: false,
      records: 0,
      fault: { about: 'batch 0', what: expect.stringMatching(/^the root of its records is/) },
    });
    expect(ran.stderr).toMatch(
      /WRONG: batch 0: the root of its records is 0x\w+; the contract stores 0x\w+\. Right before it: 0 records in 0 batches\./,
    );

    const cut = (await readFile(join(folder, 'ledger.archive'))).subarray(0, -1);
    await writeFile(join(folder, 'cut.archive'), cut);
    const short = await cli.run(['archive', 'verify', 'cut.archive', '--json']);
    expect(short).toMatchObject({ code: 1, json: { error: { code: 'ARCHIVE' } } });
    expect(short.stderr).toMatch(/error: cut\.archive: is cut short/);
    expect((await cli.run(['archive', 'verify', 'nothing', '--json'])).stderr).toContain(
      'nothing: there is no such file',
    );
  });
});

describe('audit', () => {
  it('finds a right ledger right, from chain and from archive', async () => {
    const counts = { ledger: ledger(), batches: 1, records: 60, bytes: 60 * 124, sources: 1, faults: [], valid: true };
    const { json, stderr } = await done(['audit', ledger()]);
    expect(json).toMatchObject(counts);
    expect(stderr).toMatch(
      /60 records of 1 input in 1 batch, 7440 bytes, in [\d.]+ s: \d+ records\/s\.\nAll of it is right\./,
    );
    expect((await done(['audit', ledger(), '--archive', 'ledger.archive'])).json).toMatchObject(counts);
    expect((await done(['audit', ledger()], { MISTORE_ARCHIVE: 'ledger.archive' })).json).toMatchObject(counts);
  });

  it('lists faults by batch and record, with status 1', async () => {
    const wrong = await openLedger(chain, 'wrong', { threshold: 1, seats: 1 });
    const { call } = makeBatch(wrong, 0, 0, ['Ann', 'Bob']);
    call.records.fill(0, 92 + 28, 92 + 60); // The only commitment of record 1, after tag and key; a record has 92 bytes.
    call.records[92 + 59] = 4; // 4³ + 3 is no square mod p.
    await wrong.hospital.appendBatch(call);
    const { code, json, stderr } = await cli.run(['audit', toHex(wrong.ledgerId), '--json']);
    expect(code).toBe(1);
    expect(json).toMatchObject({
      valid: false,
      faults: [{ batch: 0, recordId: 1, what: 'commitment 0 is not a point of the curve' }],
    });
    expect(stderr).toMatch(/│ 0 +│ 1 +│ commitment 0 is not a point of the curve/);
    const other = await cli.run(['audit', toHex(wrong.ledgerId), '--archive', 'ledger.archive', '--json']);
    expect(other.code).toBe(1);
    expect(other.json.error.message).toBe(
      `ledger.archive: is of ledger ${ledger()}, not of ledger ${toHex(wrong.ledgerId)}`,
    );
    expect((await cli.run(['audit', 'x'])).stderr).toContain("A ledger's id is 0x and 64 hex digits");
  });
});

describe('at a node that has pruned its logs', () => {
  beforeAll(async () => {
    await exported();
    await chain.mine(); // There is something later to ask for.
    endpoint.answer = (call, forward) =>
      call.method === 'eth_getLogs' ? { error: { code: 4444, message: 'pruned history unavailable' } } : forward();
  });
  const pruned = (role?: string) => ({
    MISTORE_RPC: endpoint.url,
    MISTORE_ARCHIVE: 'ledger.archive',
    ...(role && { MISTORE_KEYSTORE: `${role}.json` }),
  });

  it('receipts, verify, ledger, ingest, consent, query, server run and sum go on with an archive', async () => {
    const receipts = [
      'receipts',
      '--ledger',
      ledger(),
      '--patient',
      patient,
      '--out',
      'receipts.json',
      '--preset',
      'synthea-encounters',
    ];
    const bare = await cli.run([...receipts, '--json'], { env: { ...pruned('hospital'), MISTORE_ARCHIVE: '' } });
    expect(bare).toMatchObject({ code: 1, json: { error: { code: 'INCOMPLETE_LOGS' } } });
    expect((await done(receipts, pruned('hospital'))).json).toMatchObject({ receipts: expected.records });
    expect((await done(['verify', 'receipts.json'], pruned())).json).toMatchObject({ checked: 60, valid: 60 });

    expect((await done(['ledger', 'show', ledger()], pruned())).json).toMatchObject({
      records: 60,
      batches: 1,
      lanes: LANES,
    });
    expect((await done(['ledger', 'join', ledger()], pruned('server2'))).json).toMatchObject({ joined: 3, seats: 3 });

    // Every row is there by its record id, stored by another run under another source name.
    await writeFile(join(folder, 'encounters.csv'), csv);
    const again = [
      'ingest',
      'encounters.csv',
      '--ledger',
      ledger(),
      '--preset',
      'synthea-encounters',
      '--allow-repeats',
    ];
    expect((await done(again, pruned('hospital'))).json).toMatchObject({ rows: 60, skipped: 60, sent: 0, rejected: 0 });

    const insurer = addressText(accountOf(accountKey(INSURER)));
    const files = ['--out', 'consent.json', '--receipts', 'receipts.json'];
    const sign = ['consent', 'sign', '--yes', '--insurer', insurer, ...files];
    expect((await done(sign, pruned('patient'))).json).toMatchObject({ records: expected.records });
    const asked = await done(['query', 'ask', 'consent.json'], pruned('insurer'));
    expect(asked.json).toMatchObject({ records: expected.records });
    expect(asked.stderr.match(/Events end with the archive: the node has pruned the logs of blocks/g)?.length).toBe(1);

    await exported();
    for (const role of ['server1', 'server3']) {
      const run = await done(['server', 'run', '--once'], pruned(role));
      expect(run.json).toMatchObject({ records: 60, badRecords: [], answered: 1 });
    }
    await exported();
    const { json } = await done(['sum', 'open', asked.json.query], pruned('insurer'));
    expect(LANES.map((lane) => cents(json.sums[lane]))).toEqual(expected.sums);
    expect(json.seats).toEqual([1, 3]);
    expect((await done(['archive', 'verify', 'ledger.archive'])).json).toMatchObject({ valid: true, queries: 1 });
  }, 120_000);
});
