// The story that the four roles play together, act by act.
import { handOver, serveAll, storeBills } from './acts/hospital.ts';
import { ask, askWithRevoked } from './acts/insurer.ts';
import { byClicks } from './acts/page.ts';
import { CONSENTS, checkBills, consent, revoke } from './acts/patient.ts';
import { meet, openLedger, startChain } from './acts/setting-up.ts';
import { billsIn, makeCsv } from './bills.ts';
import type { Stage } from './stage.ts';

/** The patient whom the story follows: the one with the most bills. */
const PATIENT = 'P-1';

export async function tellStory(stage: Stage, chromium: string, say: (line: string) => void): Promise<void> {
  say('a chain, keystores and names');
  const operator = await startChain(stage);
  const people = await meet(stage, operator);
  const { clinic, acme } = people;
  say('a ledger, and servers that run');
  await openLedger(stage, people);

  say('the hospital stores bills and gives receipts');
  const csv = makeCsv();
  const bills = billsIn(csv).get(PATIENT)!;
  await storeBills(stage, clinic, csv);
  await serveAll(stage, clinic);

  say('a patient checks and consents');
  const patient = await stage.person('patient');
  await handOver(clinic, patient, PATIENT);
  await checkBills(stage, patient, bills);
  await consent(stage, patient, bills);
  for (const file of Object.values(CONSENTS)) await patient.gives(acme, file);
  await revoke(patient, operator);

  say('the insurer asks');
  const auditor = await stage.person('auditor');
  await ask(stage, acme, auditor, bills);
  await askWithRevoked(acme);

  say('the patient again, by clicks');
  await byClicks(stage, { patient, acme, chromium }, bills);
}
