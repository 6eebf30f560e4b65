// The hospital stores its CSV, gives receipts and keystores to all patients, and looks at what is open.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BAD, GOOD, PATIENTS } from '../bills.ts';
import type { Person, Stage } from '../stage.ts';

const PROFILE = '--preset synthea-encounters';
const PLACE = '--keystore hospital.json --ledger bills';

export async function storeBills(stage: Stage, clinic: Person, csv: string): Promise<void> {
  await writeFile(join(clinic.folder, 'encounters.csv'), csv);
  const ingest = `ingest encounters.csv ${PLACE} ${PROFILE}`;
  await clinic.does(`${ingest} --dry-run`, /gas/, /ether/);
  await clinic.does(
    ingest,
    `${GOOD} stored`,
    `${BAD} rejected`,
    ...['not a number', 'empty patient', 'unknown category'],
    /Sent 1 batch: .* gas, .* ether/,
  );
  const rejected = (await clinic.read('encounters.csv.rejected.csv')).trimEnd().split('\n');
  stage.checks.equal('as many rows are rejected as cannot be stored', rejected.length - 1, BAD);
  const again = await clinic.asks(ingest);
  stage.checks.equal('the same file again stores nothing', [again.stored, again.sent], [GOOD, 0]);
}

/** Receipts and keystores of all patients, and of nobody else. */
export async function serveAll(stage: Stage, clinic: Person): Promise<void> {
  const all = `--all ${PLACE} --csv encounters.csv ${PROFILE}`;
  await clinic.does(`receipts ${all} --out-dir receipts`, `${PATIENTS} patients`, `${GOOD} receipts`);
  await clinic.does(`handover ${all} --out-dir keys`, `${PATIENTS} keystores`);
  const nobody = `--patient nobody ${PLACE} --out no.json`;
  await clinic.isRefused(`receipts ${nobody}`, /no records/);
  await clinic.isRefused(`handover ${nobody} --patient-password-file password`, /no record/);
  const of = {
    receipts: filesIn(await clinic.read('receipts/receipts-index.json')),
    keys: filesIn(await clinic.read('keys/keystores-index.json')),
  };
  stage.checks.equal('the same patients have receipts and keystores', [...of.keys.keys()], [...of.receipts.keys()]);
}

/** A patient gets their receipts, their keystore, and its password. */
export async function handOver(clinic: Person, patient: Person, id: string): Promise<void> {
  const keystore = filesIn(await clinic.read('keys/keystores-index.json')).get(id)!;
  await clinic.gives(patient, `keys/${keystore}`, 'patient.json');
  await clinic.gives(patient, `keys/passwords/${keystore.replace(/json$/, 'password')}`, 'password');
  await clinic.gives(
    patient,
    `receipts/${filesIn(await clinic.read('receipts/receipts-index.json')).get(id)}`,
    'receipts.json',
  );
}

/** Patient → file. */
function filesIn(index: string): Map<string, string> {
  const { files } = JSON.parse(index) as { files: { patient: string; file: string }[] };
  return new Map(files.map(({ patient, file }) => [patient, file]));
}
