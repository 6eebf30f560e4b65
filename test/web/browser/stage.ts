// The stage on which the page is tried: a ledger with made-up rows on an embedded chain, one patient, an insurer who has asked before,
// and the files that people hold, right ones and wrong ones, in a folder.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportArchive } from '../../../src/archive/export.ts';
import { fromHex, type Hex } from '../../../src/bytes.ts';
import { accountOf } from '../../../src/chain/account.ts';
import { fund } from '../../../src/chain/embedded-node.ts';
import { accountKey, custodialSeed, dealingKey } from '../../../src/identity/keys.ts';
import { WEAK_SCRYPT } from '../../../src/identity/keystore-format.ts';
import { encryptSeed } from '../../../src/identity/keystore-text.ts';
import { ingestFile } from '../../../src/ingest/file.ts';
import { addMetadata } from '../../../src/ingest/metadata.ts';
import { Insurer } from '../../../src/parties/insurer.ts';
import { Patient } from '../../../src/parties/patient.ts';
import { formatSumProof } from '../../../src/parties/sum-proof.ts';
import { formatSignedConsent, parseSignedConsent } from '../../../src/records/consent-file.ts';
import { presetProfile } from '../../../src/records/profile-presets.ts';
import type { Receipts } from '../../../src/records/receipts/receipt.ts';
import { formatReceipts } from '../../../src/records/receipts/receipt-file.ts';
import { sendAnswers } from '../../support/answers.ts';
import { ETHER, seedOf, startChain, type TestChain } from '../../support/chain.ts';
import { type Cast, openCast } from '../../support/parties.ts';
import { busiestPatient, otherCent, plainTotals, rowsOf, sampleCsv } from '../../support/sample.ts';

const ROWS = 260;
/** Files that are stored one after the other, and seconds between them. */
const PARTS = 4;
const WEEK = 7 * 86_400;
export const PASSWORD = 'a long enough password';

export interface Stage {
  chain: TestChain;
  cast: Cast;
  receipts: Receipts;
  /** The patient's sum by plain arithmetic, in hundredths, one for each lane. */
  sums: bigint[];
  insurer: Insurer;
  /** Private key of the patient's account. */
  patientKey: Uint8Array;
  /** The sum of the proof in proof.json, in hundredths. */
  provenSums: bigint[];
  /** Path of one of the files. */
  file(name: FileName): string;
  folder: string;
  stop(): Promise<void>;
}

export type FileName =
  | 'receipts.json'
  | 'older.json'
  | 'changed.json'
  | 'no-bills.json'
  | 'notes.txt'
  | 'picture.png'
  | 'keystore.json'
  | 'other-keystore.json'
  | 'ledger.archive'
  | 'damaged.archive'
  | 'proof.json'
  | 'wrong-proof.json';

export async function setStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'mistore-page-'));
  const csv = sampleCsv(ROWS, 'page', 6);
  const rows = rowsOf(csv);
  const patientId = busiestPatient(rows);
  const chain = await startChain();
  const cast = await openCast(chain, 'page', 2, 3, { minRecords: 3 });
  const { hospital, hospitalSite, hospitalSeed, ledgerId } = cast;
  const profile = presetProfile('synthea-encounters');
  const accounts = hospital.accounts();
  const files = await writeParts(folder, csv);
  for (const file of files) {
    await later(chain, WEEK);
    const dealer = await hospital.dealer(ledgerId);
    await ingestFile(hospitalSite, dealer, { file, profile, rejectedFile: `${file}.rejected.csv`, accounts });
  }
  const receipts = await hospital.receipts(ledgerId, patientId);
  for (const file of files) await addMetadata(receipts, dealingKey(hospitalSeed), { file, profile });
  const patientSeed = custodialSeed(hospitalSeed, patientId);
  const insurerSeed = seedOf('page: insurer');
  const insurer = new Insurer(await chain.site(insurerSeed), insurerSeed);
  const patient = new Patient(await chain.reader(), patientSeed);
  const all = receipts.records.map(({ recordId }) => recordId);
  const asked = await ask(cast, insurer, patient, receipts, all, [1, 2]);
  for (const seats of [
    [2, 3],
    [3, 1],
  ])
    await ask(cast, insurer, patient, receipts, all, seats);
  const patientKey = accountKey(patientSeed);
  await fund(chain.node.url, accountOf(patientKey), ETHER);

  const archive = join(folder, 'ledger.archive');
  await exportArchive({ contract: hospitalSite.contract, ledgerId, file: archive });
  const contents: Record<Exclude<FileName, 'ledger.archive'>, string | Uint8Array> = {
    'receipts.json': formatReceipts(receipts),
    'older.json': formatReceipts({ ...receipts, records: withoutLast(receipts, 2) }),
    'changed.json': formatReceipts(withOneCentMore(receipts)),
    'no-bills.json': formatReceipts({ ...receipts, records: [] }),
    'notes.txt': 'Dear diary,\n',
    'picture.png': Uint8Array.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0xff, 0xfe, 0x00]),
    'keystore.json': await encryptSeed(patientSeed, 'patient', PASSWORD, WEAK_SCRYPT),
    'other-keystore.json': await encryptSeed(seedOf('page: other'), 'patient', PASSWORD, WEAK_SCRYPT),
    'damaged.archive': 'mistore-archive/2, but no more than that\n',
    'proof.json': formatSumProof(asked.proof),
    'wrong-proof.json': formatSumProof({ ...asked.proof, sum: otherScalar(asked.proof.sum) }),
  };
  for (const [name, content] of Object.entries(contents)) await writeFile(join(folder, name), content);
  return {
    chain,
    cast,
    receipts,
    sums: plainTotals(rows, patientId).sums,
    insurer,
    patientKey,
    provenSums: asked.amounts,
    file: (name) => join(folder, name),
    folder,
    async stop() {
      await chain.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** The CSV in PARTS files, each with the head. */
async function writeParts(folder: string, csv: string): Promise<string[]> {
  const [head, ...lines] = csv.trimEnd().split('\n');
  const size = Math.ceil(lines.length / PARTS);
  return Promise.all(
    Array.from({ length: PARTS }, async (_, part) => {
      const file = join(folder, `encounters-${part + 1}.csv`);
      await writeFile(file, `${[head, ...lines.slice(part * size, (part + 1) * size)].join('\n')}\n`);
      return file;
    }),
  );
}

/** Lets so many seconds pass on the chain. */
async function later({ rpc, mine }: TestChain, seconds: number): Promise<void> {
  await rpc.call('evm_increaseTime', [seconds]);
  await mine();
}

/** A query about these records, answered by the servers of these seats one after the other, and its sum. */
async function ask(
  { servers, ledgerId, chain }: Cast,
  insurer: Insurer,
  patient: Patient,
  receipts: Receipts,
  ids: readonly number[],
  seats: readonly number[],
) {
  await later(chain, 3600);
  const consent = patient.consent(insurer.address, receipts, ids, await chain.deadline(86_400));
  const { queryId } = await insurer.query(parseSignedConsent(formatSignedConsent(consent)));
  for (const seat of seats) {
    const server = servers[seat - 1]!;
    await later(chain, 2 + seat);
    const answer = await server.prepare(ledgerId, fromHex(queryId));
    if (typeof answer === 'string') throw new Error(`a server refuses the query of the stage: ${answer}`);
    await sendAnswers(server, ledgerId, [answer]);
  }
  return insurer.sum(queryId);
}

/** Without the last `count` records of the category that has most: an older file of the same patient. */
function withoutLast({ records }: Receipts, count: number): Receipts['records'] {
  const sizes = new Map<string, number>();
  for (const { category } of records) sizes.set(category, (sizes.get(category) ?? 0) + 1);
  const [largest, size] = [...sizes].sort((a, b) => b[1] - a[1])[0]!;
  return records.filter(({ category, position }) => category !== largest || position <= size - count);
}

function withOneCentMore(receipts: Receipts): Receipts {
  const [first, ...rest] = structuredClone(receipts.records);
  first!.amounts[0] = otherCent(first!.amounts[0]!);
  return { ...receipts, records: [first!, ...rest] };
}

const otherScalar = (sum: Hex): Hex => `${sum.slice(0, -1)}${sum.endsWith('0') ? '1' : '0'}` as Hex;
