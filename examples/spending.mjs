// From a CSV to an insurer's exact sum, on an embedded Ethereum node: a hospital, three servers, a patient and an insurer, each
// with a seed of its own. Leaves receipts.json, sum.json, network.json and chain.json, which verify-receipts.mjs and
// check-sum.mjs read. Needs @mistore/core. Run: node spending.mjs
import { writeFile } from 'node:fs/promises';
import {
  accountKey,
  accountOf,
  checkReceipts,
  chooseRecords,
  createEngine,
  createSender,
  custodialSeed,
  deploy,
  formatAmount,
  formatReceipts,
  formatSumProof,
  fromHex,
  fund,
  Hospital,
  Insurer,
  ingestFile,
  openSite,
  Patient,
  parseProfile,
  Server,
  startNode,
  toHex,
} from '@mistore/core';

const CSV = `Id,PATIENT,CLASS,COST
e1,anna,ambulatory,85.55
e2,anna,wellness,120.00
e3,ben,ambulatory,40.10
e4,anna,ambulatory,310.45
`;
const profile = parseProfile({
  name: 'example',
  columns: { patient: 'PATIENT', id: 'Id', category: 'CLASS', lanes: [{ name: 'COST', column: 'COST' }] },
  amounts: { scale: 2, currency: 'USD' },
  categories: ['ambulatory', 'wellness'],
});
await writeFile('spending.csv', CSV);

const engine = await createEngine();
const node = await startNode({ state: 'chain.json' });
const newSeed = () => crypto.getRandomValues(new Uint8Array(32));
const ETHER = 10n ** 18n;

// Anyone deploys the contract. Every account gets ether, which only an embedded node hands out.
const deployer = newSeed();
await fund(node.url, accountOf(accountKey(deployer)), ETHER);
const { address: contract } = await deploy(await createSender({ rpc: node.url, privateKey: accountKey(deployer) }));
/** @param {Uint8Array} seed */
async function siteOf(seed) {
  await fund(node.url, accountOf(accountKey(seed)), ETHER);
  return openSite({ rpc: node.url, contract, account: accountKey(seed), engine });
}

// Servers register their keys. The hospital names them in a ledger, and each joins it.
const servers = await Promise.all(
  [1, 2, 3].map(async () => {
    const seed = newSeed();
    const server = new Server(await siteOf(seed), seed);
    await server.register();
    return server;
  }),
);
const hospitalSeed = newSeed();
const hospitalSite = await siteOf(hospitalSeed);
const hospital = new Hospital(hospitalSite, hospitalSeed);
const ledgerId = await hospital.openLedger({
  threshold: 2,
  servers: servers.map((server) => server.address),
  lanes: ['COST'],
  scale: 2,
  currency: 'USD',
  minRecords: 2,
  categories: ['ambulatory', 'wellness'],
});
for (const server of servers) await server.join(ledgerId);

// The hospital stores the CSV's rows, and gives anna the receipts, and the account that it kept for them.
const stored = await ingestFile(hospitalSite, await hospital.dealer(ledgerId), {
  file: 'spending.csv',
  profile,
  rejectedFile: 'spending.rejected.csv',
  accounts: hospital.accounts(),
});
console.log(`Stored ${stored.stored} of ${stored.rows} rows.`);
const receipts = await hospital.receipts(ledgerId, 'anna');
await writeFile('receipts.json', formatReceipts(receipts));
const annaSeed = custodialSeed(hospitalSeed, 'anna');

// anna checks the receipts against the chain, and consents to the sum of their ambulatory records for one insurer, for an hour.
const annaSite = await siteOf(annaSeed);
const { verdicts, missing } = await checkReceipts(annaSite, receipts);
const valid = verdicts.filter(({ fault }) => fault === null).length;
console.log(`Receipts: ${verdicts.length}, valid: ${valid}, missing: ${missing.length}.`);
const insurerSeed = newSeed();
const insurer = new Insurer(await siteOf(insurerSeed), insurerSeed);
const chosen = chooseRecords(receipts, { categories: ['ambulatory'] });
const deadline = BigInt(Math.floor(Date.now() / 1000) + 3600);
const consent = new Patient(annaSite, annaSeed).consent(insurer.address, receipts, chosen, deadline);

// The insurer asks. Any two servers answer, and the contract checks their answers.
const { queryId } = await insurer.query(consent);
for (const server of servers.slice(0, 2)) {
  const answer = await server.prepare(ledgerId, fromHex(queryId));
  if (typeof answer === 'string') throw new Error(`a server refuses: ${answer}`);
  for await (const sent of server.send(ledgerId, [answer])) if ('error' in sent) throw sent.error;
}
const sum = await insurer.sum(queryId);
console.log(
  `Sum of ${sum.records} records: ${sum.amounts.map((amount) => formatAmount(amount, sum.scale))} ${sum.currency}.`,
);
await writeFile('sum.json', formatSumProof(sum.proof));
await writeFile('network.json', JSON.stringify({ contract: toHex(contract), chainId: `${node.chainId}` }));
await node.stop(); // writes chain.json
