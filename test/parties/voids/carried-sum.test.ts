// A void record at the end of a series, as patient and insurer meet it: no sum can end there, until an ingest has carried the
// total on; then the same records give the exact sum, and the receipts say why there is one record more.
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHex } from '../../../src/bytes.ts';
import type { AnswerCall } from '../../../src/contract/types.ts';
import { custodialSeed, dealingKey } from '../../../src/identity/keys.ts';
import { ingest } from '../../../src/ingest/ingest.ts';
import { addMetadata } from '../../../src/ingest/metadata.ts';
import { audit } from '../../../src/parties/audit.ts';
import { Hospital } from '../../../src/parties/hospital.ts';
import { Insurer } from '../../../src/parties/insurer.ts';
import { checkReceipts, Patient } from '../../../src/parties/patient.ts';
import { presetProfile } from '../../../src/records/profile-presets.ts';
import { chooseRecords } from '../../../src/records/receipts/choose.ts';
import type { Receipts } from '../../../src/records/receipts/receipt.ts';
import { formatReceipts, parseReceipts } from '../../../src/records/receipts/receipt-file.ts';
import { deviating } from '../../support/adversary.ts';
import { sendAnswers } from '../../support/answers.ts';
import { seedOf, type TestChain } from '../../support/chain.ts';
import { lyingSite } from '../../support/endpoint/liar.ts';
import { Intake } from '../../support/ingest-rows.ts';
import { type Cast, fault, storeRows } from '../../support/parties.ts';
import { plainTotals, rowsOf, sampleCsv } from '../../support/sample.ts';

const rows = rowsOf(sampleCsv(40, 'carried sum', 3));
const patientId = rows[0]!.patient;
const ofPatient = rows.filter(({ patient }) => patient === patientId);
const sizeOf = (category: string) => ofPatient.filter((row) => row.category === category).length;
/** The patient's category with most records. */
const category = ofPatient.map((row) => row.category).sort((a, b) => sizeOf(b) - sizeOf(a))[0]!;
const own = ofPatient.filter((row) => row.category === category);
const others = rowsOf(sampleCsv(10, 'of others', 2)).map((row) => ({ ...row, patient: `other ${row.patient}` }));

let chain: TestChain;
let cast: Cast;
let patient: Patient;
let insurer: Insurer;
let voided: number;

beforeAll(async () => {
  const intake = await Intake.open('carried sum');
  ({ chain, cast } = intake);
  await storeRows(cast, rows);
  patient = new Patient(await chain.reader(), custodialSeed(cast.hospitalSeed, patientId));
  const seed = seedOf('carried sum: insurer');
  insurer = new Insurer(await chain.site(seed), seed);
  voided = seriesOf(await receipts()).at(-1)!.recordId;
  for (const server of cast.servers.slice(1)) await server.complain(cast.ledgerId, 0, [voided]);
});
afterAll(() => chain?.stop());

const receipts = (): Promise<Receipts> => cast.hospital.receipts(cast.ledgerId, patientId);
const seriesOf = ({ records }: Receipts) =>
  records.filter((one) => one.category === category).sort((a, b) => a.position - b.position);

async function sumOf(file: Receipts, records: readonly number[]) {
  const { queryId } = await insurer.query(patient.consent(insurer.address, file, records, await chain.deadline()));
  for (const server of cast.servers.slice(0, 2)) {
    const answer = (await server.prepare(cast.ledgerId, fromHex(queryId))) as AnswerCall;
    await sendAnswers(server, cast.ledgerId, [answer]);
  }
  return insurer.sum(queryId);
}

describe('before the next ingest', () => {
  it('the sum up to the void record is refused, and the patient is told why', async () => {
    const file = await receipts();
    expect(await fault(sumOf(file, chooseRecords(file, { categories: [category] })))).toMatchObject({
      code: 'RECORD_IS_VOID',
    });
    const { verdicts, complaints } = await checkReceipts(await chain.reader(), file);
    expect(verdicts.every((one) => one.fault === null)).toBe(true);
    expect(complaints).toEqual([
      { recordId: voided, standing: [2, 3], justified: [], isVoid: true, isVoidForGood: false, next: null },
    ]);
  });

  it("an endpoint that withholds the complaints is caught by the contract's flag", async () => {
    const liar = lyingSite(await chain.reader(), { events: { ComplaintFiled: () => [] } });
    expect(await fault(checkReceipts(liar, await receipts()))).toMatchObject({ code: 'INCOMPLETE_LOGS' });
  });
});

describe('after it', () => {
  let file: Receipts;
  beforeAll(async () => {
    const { hospital, hospitalSite, ledgerId } = cast;
    const refuse = () => {
      throw new Error('a row is refused');
    };
    const { voids } = await ingest(hospitalSite, await hospital.dealer(ledgerId), others, {
      source: new Uint8Array(24).fill(1),
      accounts: hospital.accounts(),
      patients: [patientId],
      onConflict: refuse,
      onOutOfRange: refuse,
    });
    expect(voids.carried).toEqual([voided]);
    file = await receipts();
  });

  it('the receipts have a carry record of amount 0, survive their file, and are valid', async () => {
    const again = parseReceipts(formatReceipts(file));
    expect(again).toEqual(file);
    const carry = seriesOf(file).at(-1)!;
    expect(carry).toMatchObject({ carries: voided, amounts: ['0.00', '0.00'], batch: 1 });
    const { verdicts, missing, complaints } = await checkReceipts(await chain.reader(), again);
    expect([verdicts.every((one) => one.fault === null), missing]).toEqual([true, []]);
    expect(complaints).toMatchObject([{ recordId: voided, isVoid: true, next: carry.recordId }]);
  });

  it('the same records give the exact sum, through the carry record', async () => {
    const chosen = chooseRecords(file, { categories: [category] });
    const sum = await sumOf(file, chosen);
    expect(sum.amounts).toEqual(plainTotals(own).sums);
    expect(sum.records).toBe(own.length + 1);
    // … by the ids of the rows' records too.
    const ids = seriesOf(file).filter(({ carries }) => carries === undefined);
    expect(chooseRecords(file, { records: ids.map(({ recordId }) => recordId) })).toEqual(chosen);
    expect((await sumOf(file, chosen)).amounts).toEqual(plainTotals(own).sums);
    // The void record itself is still no end of a run.
    expect(
      await fault(
        sumOf(
          file,
          ids.map(({ recordId }) => recordId),
        ),
      ),
    ).toMatchObject({ code: 'RECORD_IS_VOID' });
  });

  it('a file without the carry record is incomplete', async () => {
    const carry = seriesOf(file).at(-1)!;
    const without = { ...file, records: file.records.filter(({ recordId }) => recordId !== carry.recordId) };
    const { missing } = await checkReceipts(await chain.reader(), without);
    expect(missing).toMatchObject([{ category, position: carry.position, recordId: carry.recordId }]);
  });

  it('an audit finds no fault, and one more record without a row is one', async () => {
    const site = await chain.reader();
    expect((await audit(site, cast.ledgerId)).faults).toEqual([]);
    const short = lyingSite(site, {
      events: {
        BatchAppended: ({ index, source }) =>
          index === 1 ? { source: source.map((b, i) => (i === 31 ? b - 1 : b)) } : {},
      },
    });
    const { faults } = await audit(short, cast.ledgerId);
    expect(faults.map(({ what }) => what)).toContain(
      `its ${others.length + 1} records end at row ${others.length - 1} of a source whose previous batch ended at row 0`,
    );
  });

  it('the texts of rows are added to the others', async () => {
    const csv = join(tmpdir(), `mistore-carried-${process.pid}.csv`);
    await writeFile(csv, sampleCsv(40, 'carried sum', 3));
    try {
      const named = structuredClone(file);
      const profile = presetProfile('synthea-encounters');
      const found = await addMetadata(named, dealingKey(cast.hospitalSeed), { file: csv, profile });
      expect(found).toBe(file.records.length - 1);
      // A period takes the carry record along with the record that it carries on.
      const dated = chooseRecords(named, { categories: [category], from: '1900-01-01' });
      expect(dated).toEqual(chooseRecords(named, { categories: [category] }));
      const last = seriesOf(named).at(-2)!.metadata!.date!.slice(0, 10);
      const before = chooseRecords(named, { categories: [category], to: previousDay(last) });
      expect(before).not.toContain(seriesOf(named).at(-1)!.recordId);
    } finally {
      await rm(csv);
    }
  });

  it('a justification publishes the share of the record that was named, whatever ids an endpoint shows', async () => {
    const { hospital, hospitalSite, hospitalSeed, ledgerId } = cast;
    const shift = {
      events: {
        BatchAppended: ({ firstRecordId }: { firstRecordId: number }) => ({ firstRecordId: firstRecordId + 1 }),
      },
    };
    const shown: { recordId: number; share: Uint8Array }[] = [];
    const watching = deviating(lyingSite(hospitalSite, shift), {
      justify: () => async (call) => {
        shown.push(call);
        throw new Error('seen');
      },
    });
    await fault(new Hospital(watching, hospitalSeed).justify(ledgerId, voided, 2));
    await hospital.justify(ledgerId, voided, 2);
    for await (const event of hospitalSite.events.read('ComplaintJustified', { ledgerId })) {
      expect(shown).toMatchObject([{ recordId: voided, share: event.share }]);
    }
    expect(shown).toHaveLength(1);
  });
});

function previousDay(day: string): string {
  return new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10);
}
