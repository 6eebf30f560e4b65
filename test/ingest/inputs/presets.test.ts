// Each preset for claims, from its file to the chain and back: the account adds up, a patient's records on chain are the
// cents that the claims were made of, receipts get their text, and the same file and a grown one are continued.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dealingKey } from '../../../src/identity/keys.ts';
import { type FileIngest, ingestFile } from '../../../src/ingest/file.ts';
import { addMetadata } from '../../../src/ingest/metadata.ts';
import { checkReceipts } from '../../../src/parties/patient.ts';
import { formatAmount } from '../../../src/records/amounts.ts';
import { presetProfile } from '../../../src/records/profile-presets.ts';
import { profileCategories, profileTerms } from '../../../src/records/terms.ts';
import { startChain, type TestChain } from '../../support/chain.ts';
import {
  bundle,
  type Claim,
  explanation,
  madeClaims,
  rif,
  sumOf,
  synpuf,
  total,
  transactions,
} from '../../support/input/claims.ts';
import { type Cast, hospitalOf, openCast, storedRows } from '../../support/parties.ts';

const claims = [...madeClaims(60, 'presets')];
const more = [...madeClaims(20, 'more')];
const lines = (all: readonly Claim[]) => all.flatMap((claim) => claim.lines.map((line) => ({ ...line, claim })));
const zero = () => 0n;

interface Case {
  preset: string;
  /** File name, and its content for some claims. */
  file: string;
  content: (all: readonly Claim[]) => string | Uint8Array;
  /** What must be on chain: a record each, with the cents of each lane. */
  records: (all: readonly Claim[]) => { patient: string; category: string; amounts: bigint[] }[];
  leftOut?: (all: readonly Claim[]) => Record<string, number>;
  metadata: (claim: Claim) => Record<string, string>;
}

const ofClaim = (all: readonly Claim[], ...of: ((claim: Claim) => bigint)[]) =>
  all.map((claim) => ({ patient: claim.patient, category: '', amounts: of.map((lane) => lane(claim)) }));
const inCategory = (all: readonly Claim[], ...of: ((claim: Claim) => bigint)[]) =>
  ofClaim(all, ...of).map((record, i) => ({ ...record, category: all[i]!.category }));
const ofLine = (all: readonly Claim[], ...of: ((line: Claim['lines'][number]) => bigint)[]) =>
  lines(all).map((line) => ({ patient: line.claim.patient, category: '', amounts: of.map((lane) => lane(line)) }));
const submitted = (claim: Claim) => total(claim, 'submitted');
const benefit = (claim: Claim) => total(claim, 'benefit');
const texts = (claim: Claim) => claim.lines.map(({ text }) => text).join('; ');
const nobody = { 'provider.display': '', 'insurer.display': '' };

const cases: Case[] = [
  {
    preset: 'fhir-eob',
    file: 'ExplanationOfBenefit.ndjson',
    content: (all) => `${all.map((claim) => explanation(claim)).join('\n')}\n`,
    records: (all) => inCategory(all, submitted, benefit),
    metadata: (claim) => ({ date: claim.date, 'item[].productOrService.text': texts(claim), ...nobody }),
  },
  {
    preset: 'fhir-eob',
    file: 'bundle.json.gz',
    content: (all) => gzipSync([...bundle(all)].join('')),
    records: (all) => inCategory(all, submitted, benefit),
    leftOut: () => ({ Patient: 1 }),
    metadata: (claim) => ({ date: claim.date, 'item[].productOrService.text': texts(claim), ...nobody }),
  },
  {
    preset: 'fhir-eob-items',
    file: 'items.json',
    content: (all) => [...bundle(all)].join(''),
    records: (all) =>
      ofLine(
        all,
        (line) => line.submitted,
        (line) => line.benefit,
        (line) => line.deductible,
        zero,
      ).map((record, i) => {
        return { ...record, category: lines(all)[i]!.claim.category };
      }),
    leftOut: () => ({ Patient: 1 }),
    metadata: (claim) => {
      return {
        date: claim.date,
        'item[].productOrService.text': claim.lines[0]!.text,
        'item[].servicedDate': '',
        ...nobody,
      };
    },
  },
  {
    preset: 'cms-carrier-synpuf',
    file: 'DE1_0_Carrier_Claims.csv',
    content: (all) => [...synpuf(all)].join(''),
    records: (all) =>
      ofClaim(
        all,
        (claim) => benefit(claim) + total(claim, 'deductible'),
        benefit,
        (claim) => total(claim, 'deductible'),
        zero,
      ),
    metadata: (claim) => ({ date: claim.date, CLM_THRU_DT: '', HCPCS_CD_1: '99213' }),
  },
  {
    preset: 'cms-carrier-rif',
    file: 'bcarrier.txt',
    content: (all) => [...rif(all)].join(''),
    records: (all) =>
      ofLine(
        all,
        (line) => line.submitted,
        (line) => line.benefit + line.deductible,
        (line) => line.benefit,
      ),
    metadata: () => ({
      date: '1999-10-27',
      HCPCS_CD: '9"9213',
      CLM_FROM_DT: '27-OCT-1999',
      CLM_THRU_DT: '27-OCT-1999',
    }),
  },
  {
    preset: 'synthea-claims-transactions',
    file: 'claims_transactions.csv',
    content: (all) => [...transactions(all)].join(''),
    records: (all) =>
      lines(all).flatMap(({ claim: { patient }, submitted: charged, benefit: paid, deductible: adjusted }) =>
        [
          [charged, 0n, 0n],
          [0n, paid, 0n],
          [0n, 0n, adjusted],
        ].map((amounts) => ({ patient, category: '', amounts })),
      ),
    leftOut: (all) => ({ TRANSFEROUT: lines(all).length, TRANSFERIN: lines(all).length }),
    metadata: (claim) => ({ date: `${claim.date}T08:00:00Z`, TYPE: 'CHARGE', METHOD: '', NOTES: 'Visit' }),
  },
];

let chain: TestChain;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-presets-'));
  chain = await startChain();
});
afterAll(async () => {
  await chain?.stop();
  await rm(folder, { recursive: true });
});

async function give(cast: Cast, file: string, preset: string): Promise<FileIngest> {
  const { site, hospital } = await hospitalOf(cast);
  return ingestFile(site, await hospital.dealer(cast.ledgerId), {
    file,
    profile: presetProfile(preset),
    rejectedFile: `${file}.rejected`,
    accounts: hospital.accounts(),
  });
}

describe.each(cases)('$preset, $file', ({ preset, file: name, content, records, leftOut, metadata }) => {
  const profile = presetProfile(preset);
  const file = () => join(folder, `${preset}-${name}`);
  let cast: Cast;

  beforeAll(async () => {
    const terms = { ...profileTerms(profile), categories: profileCategories(profile) };
    cast = await openCast(chain, `${preset} ${name}`, 2, 3, terms);
    await writeFile(file(), content(claims));
  });

  it('is stored, and reads back as the cents that it was made of', async () => {
    const expected = records(claims);
    const { sums, ...stored } = await give(cast, file(), preset);
    const counts = { rows: expected.length, stored: expected.length, sent: expected.length, rejected: 0, skipped: 0 };
    expect(stored).toMatchObject({ ...counts, leftOut: leftOut?.(claims) ?? {} });
    const byLane = profile.columns.lanes.map((lane, l) => [
      lane.name,
      formatAmount(sumOf(expected.map(({ amounts }) => amounts[l]!)), 2),
    ]);
    expect(sums).toEqual(Object.fromEntries(byLane));
    expect(await readFile(`${file()}.rejected`, 'utf8')).toMatch(/^([\w,]+\n)?$/);

    const line = ({ patient, category, amounts }: (typeof expected)[number]) =>
      [patient, category, ...amounts].join(' ');
    expect((await storedRows(cast, expected)).map(line).sort()).toEqual(expected.map(line).sort());
  });

  it('gives a patient receipts with their text', async () => {
    const [first] = claims;
    const { site, hospital } = await hospitalOf(cast);
    const receipts = await hospital.receipts(cast.ledgerId, first!.patient);
    const own = records(claims).filter(({ patient }) => patient === first!.patient);
    expect(await addMetadata(receipts, dealingKey(cast.hospitalSeed), { file: file(), profile })).toBe(own.length);
    const { verdicts } = await checkReceipts(site, receipts);
    expect(verdicts.map(({ fault }) => fault)).toEqual(own.map(() => null));
    expect(receipts.records.map(({ metadata }) => metadata)).toContainEqual(metadata(first!));
    const paid = receipts.records.map(({ amounts }) => BigInt(amounts[0]!.replace('.', '')));
    expect(sumOf(paid)).toBe(sumOf(own.map(({ amounts }) => amounts[0]!)));
  });

  it('is continued when it is given again, and when it has grown', async () => {
    const before = records(claims).length;
    expect(await give(cast, file(), preset)).toMatchObject({ stored: before, sent: 0, skipped: 0 });
    const all = [...claims, ...more];
    await writeFile(file(), content(all));
    const grown = records(all).length;
    expect(await give(cast, file(), preset)).toMatchObject({
      rows: grown,
      stored: grown,
      sent: grown - before,
      skipped: 0,
    });
  });
});
