// The insurer asks with the consents that it was given, waits for the servers, opens the sums, and shows the proof.
import { type Bill, grouped, sumsOf } from '../bills.ts';
import type { Person, Stage } from '../stage.ts';
import { CONSENTS, YEAR } from './patient.ts';

export async function ask(stage: Stage, acme: Person, auditor: Person, bills: readonly Bill[]): Promise<void> {
  const wanted = { [CONSENTS.year]: bills.filter(({ day }) => day.startsWith(YEAR)), [CONSENTS.all]: bills };
  for (const [consent, covered] of Object.entries(wanted)) {
    await acme.does(`query ask ${consent} --keystore insurer.json`, /gas/, /ether/);
    const proof = `sum-of-${consent}`;
    const sums = sumsOf(covered);
    await acme.does(
      `sum open ${consent} --keystore insurer.json --wait --out ${proof}`,
      ...Object.values(sums).map(grouped),
    );
    const opened = await acme.asks(`sum open ${consent} --keystore insurer.json`);
    stage.checks.equal(
      `the sum by ${consent} is that of the CSV, to the cent`,
      [opened.sums, opened.records],
      [sums, covered.length],
    );
    await acme.gives(auditor, proof);
    await auditor.does(`sum verify ${proof}`, ...Object.values(sums).map(grouped));
  }
  await acme.does('query list', 'acme');
  await acme.does('status --keystore insurer.json', '2 queries: 2 complete', 'can be opened: mistore sum open');
  await acme.does(`query ask ${CONSENTS.year} --keystore insurer.json`, 'had been asked before; nothing was sent');
}

export async function askWithRevoked(acme: Person): Promise<void> {
  await acme.isRefused(`query ask ${CONSENTS.regretted} --keystore insurer.json`, /revoked/);
}
