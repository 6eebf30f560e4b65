// Checks a patient's receipts against the chain: each amount, and that no record is missing. Needs no secret. Reads the files
// that spending.mjs leaves; with an endpoint of your own, give that in place of the embedded node.
// Needs @mistore/core. Run: node verify-receipts.mjs
import { readFile } from 'node:fs/promises';
import { checkReceipts, createEngine, openSite, parseAddress, parseReceipts, startNode } from '@mistore/core';

const { contract } = JSON.parse(await readFile('network.json', 'utf8'));
const node = await startNode({ state: 'chain.json' });
try {
  const site = await openSite({ rpc: node.url, contract: parseAddress(contract), engine: await createEngine() });
  const receipts = parseReceipts(await readFile('receipts.json', 'utf8'));
  const { verdicts, missing } = await checkReceipts(site, receipts);
  receipts.records.forEach(({ recordId, category, amounts }, k) => {
    console.log(`record ${recordId}, ${category}: ${amounts.join(', ')}: ${verdicts[k]?.fault ?? 'valid'}`);
  });
  console.log(`Missing records: ${missing.length}.`);
  if (missing.length > 0 || verdicts.some(({ fault }) => fault !== null)) process.exitCode = 1;
} finally {
  await node.stop();
}
