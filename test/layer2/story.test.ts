// The whole story where calldata has no floor, on a rollup, and on a rollup that charges a fee for data: exact each time.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type EmbeddedNode, startNode } from '../../src/chain/embedded-node.ts';
import { tellStory } from '../../src/demo/story.ts';
import { createEngine } from '../../src/engine/load.ts';
import { presetProfile } from '../../src/records/profile-presets.ts';
import { type Rollup, startRollup } from '../support/endpoint/rollup.ts';
import { busiestPatient, cents, LANES, plainTotals, rowsOf, sampleCsv } from '../support/sample.ts';

/** More than a batch holds. */
const csv = sampleCsv(1500, 'layer 2', 20);
const rows = rowsOf(csv);
const patient = busiestPatient(rows);
let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mistore-layer2-'));
  file = join(folder, 'encounters.csv');
  await writeFile(file, csv);
});
afterAll(() => rm(folder, { recursive: true }));

async function tell(startChain: () => Promise<EmbeddedNode>) {
  const told = await tellStory({
    engine: await createEngine(),
    csv: file,
    profile: presetProfile('synthea-encounters'),
    rejectedFile: join(folder, 'rejected.csv'),
    threshold: 3,
    servers: 5,
    startChain,
    say: () => undefined,
    progress: () => ({ update: () => undefined, done: () => undefined }),
  });
  const { records, sums } = plainTotals(rows, patient);
  expect(told).toMatchObject({
    rows: 1500,
    stored: 1500,
    rejected: 0,
    batches: 2,
    query: { patient, records, exact: true, answers: 3, refusedAnswers: 1 },
    query2: { exact: true, answers: 3 },
    query3: { records: 20, exact: true, answers: 3 },
    receipts: { checked: records, valid: records },
  });
  expect(LANES.map((lane) => cents(told.query.sums[lane]!))).toEqual(sums);
  return told;
}

it('without a floor: a record takes less gas', { timeout: 60_000 }, async () => {
  const { gas } = await tell(() => startNode({ hardfork: 'cancun' }));
  expect(gas.perRecord).toBeLessThan(6000);
});

it('on a rollup, which has the floor: the gas of mainnet', { timeout: 60_000 }, async () => {
  const { gas } = await tell(() => startNode({ network: 'optimism' }));
  expect(gas.perRecord).toBeGreaterThan(6200);
  expect(gas.perRecord).toBeLessThan(6700);
});

it('on a rollup with a data fee: each transaction is asked for, and pays it', { timeout: 60_000 }, async () => {
  let rollup: Rollup | undefined;
  await tell(async () => {
    const node = await startNode({ network: 'optimism' });
    rollup = await startRollup(node, 10n ** 9n);
    const { url, stop } = rollup;
    return { ...node, url, stop: async () => void (await Promise.all([stop(), node.stop()])) };
  });
  const asked = rollup!.calls.filter(({ method, params }) => method === 'eth_call' && /0f$/i.test(params[0].to));
  expect(rollup!.fees.size).toBeGreaterThan(30);
  expect(asked.length).toBeGreaterThanOrEqual(rollup!.fees.size);
});
