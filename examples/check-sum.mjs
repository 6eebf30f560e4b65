// Checks the proof of a sum that an insurer shows: that the sum is exactly that of the records to which the patient consented.
// Needs no secret. Reads the files that spending.mjs leaves. Needs @mistore/core. Run: node check-sum.mjs
import { readFile } from 'node:fs/promises';
import {
  createEngine,
  formatAmount,
  openSite,
  parseAddress,
  parseSumProof,
  startNode,
  verifySumProof,
} from '@mistore/core';

const { contract } = JSON.parse(await readFile('network.json', 'utf8'));
const node = await startNode({ state: 'chain.json' });
try {
  const site = await openSite({ rpc: node.url, contract: parseAddress(contract), engine: await createEngine() });
  const proof = parseSumProof(await readFile('sum.json', 'utf8'));
  const { records, amounts, ledger } = await verifySumProof(site, proof); // throws INVALID_SUM_PROOF, with the reason
  const { lanes, scale, currency } = ledger.terms;
  const texts = amounts.map((amount, lane) => `${lanes[lane]} ${formatAmount(amount, scale)} ${currency}`);
  console.log(`Proven: the sum of ${records} records is ${texts.join(', ')}.`);
} finally {
  await node.stop();
}
