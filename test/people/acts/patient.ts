// A patient checks their receipts, agrees to one sum at a terminal, reads what they agreed to, and takes another consent back.
import { type Bill, grouped, sumsOf } from '../bills.ts';
import type { Person, Stage } from '../stage.ts';

/** The consents that they give. */
export const CONSENTS = { year: 'year.json', all: 'all.json', regretted: 'regretted.json' };

/** Of the patient's bills, those of the consent for a year. */
export const YEAR = '2019';

export async function checkBills(stage: Stage, patient: Person, bills: readonly Bill[]): Promise<void> {
  const sums = sumsOf(bills);
  await patient.does(
    'verify receipts.json --records',
    new RegExp(`VALID and complete: all ${bills.length} receipts`),
    'clinic (',
    ...Object.values(sums).map(grouped),
    ...[...new Set(bills.map(({ category }) => category))],
    ...[...new Set(bills.map(({ day }) => day))],
  );
  const found = await patient.asks('verify receipts.json');
  await patient.does(
    'status --keystore patient.json --receipts receipts.json',
    `Your ${bills.length} receipts are right, and none is missing`,
  );
  stage.checks.equal('verify finds the sums of the CSV', found.total?.sums ?? found.sums, sums);
}

export async function consent(stage: Stage, patient: Person, bills: readonly Bill[]): Promise<void> {
  const sign = 'consent sign --keystore patient.json --receipts receipts.json --insurer acme';
  const ofYear = bills.filter(({ day }) => day.startsWith(YEAR));
  const agreed = /You agree that acme/;
  const year = `${sign} --from ${YEAR}-01-01 --to ${YEAR}-12-31 --out ${CONSENTS.year}`;
  await patient.isRefused(year, /terminal|--yes/);
  await patient.answers(
    year,
    /Sign this consent\?/,
    'y',
    agreed,
    ...Object.values(sumsOf(ofYear)).map(grouped),
    `of ${ofYear.length} records`,
  );
  await patient.does(`${sign} --out ${CONSENTS.all} --yes`, agreed, ...Object.values(sumsOf(bills)).map(grouped));
  await patient.does(`${sign} --category ${bills[0]!.category} --out ${CONSENTS.regretted} --yes`, agreed);
  await patient.isRefused(`${sign} --until 2020-01-01 --out late.json --yes`, /has passed/);
  await patient.does(
    `consent show ${CONSENTS.year} --receipts receipts.json`,
    'acme',
    ...Object.values(sumsOf(ofYear)).map(grouped),
  );
  stage.checks.that(
    'the consent is for the insurer alone: it names no amount',
    !/\d\.\d\d"/.test(await patient.read(CONSENTS.year)),
  );
}

/** Their own account holds nothing: another one of theirs pays. */
export async function revoke(patient: Person, operator: Person): Promise<void> {
  await patient.does('keygen --role patient --out purse.json --name purse', 'calls it purse from now on');
  await operator.does('fund purse --ether 1', 'purse (');
  const revoke = `consent revoke ${CONSENTS.regretted} --keystore patient.json --payer purse.json`;
  await patient.answers(`${revoke} --payer-password-file password`, /Withdraw this consent\?/, 'y', /Withdrawn/);
}
