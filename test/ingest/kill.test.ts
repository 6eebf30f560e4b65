// One ingest, killed outright (SIGKILL) twenty times and started again with the same command: every row is on chain
// once, in order, and the bytes are those of an ingest that nothing interrupted. The chain takes one batch a second, so
// kills fall before the first transaction, with several pending, and between batches.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { pause, quantity } from '../../src/chain/rpc.ts';
import { readNonce } from '../../src/chain/state.ts';
import { ContractViews } from '../../src/contract/views.ts';
import { startChain, type TestChain } from '../support/chain.ts';
import { type Cli, cliOn, ingestArguments } from '../support/cli.ts';
import { type Endpoint, randomFrom, startEndpoint } from '../support/endpoint/proxy.ts';
import { CAPACITY, expectStored, ingestAnew, openIngestLedger, storedBatches } from '../support/ingest-files.ts';
import type { Cast } from '../support/parties.ts';
import type { Running } from '../support/process.ts';
import { sampleRows, writeCsv } from '../support/sample.ts';

const SEED = Number(process.env.MISTORE_TEST_SEED ?? 20_240_501);
const BATCHES = 18;
const KILLS = 20;
const ROWS = (BATCHES - 1) * CAPACITY + 77;
const WINDOW = 3;
/** Gas of a block: room for one batch, which takes 5.3 million, and not for two. */
const BLOCK_GAS = 8_000_000;

let chain: TestChain;
let ledger: Cast;
let cli: Cli;
let contract: ContractViews;
let slow: Endpoint;
let file: string;

beforeAll(async () => {
  chain = await startChain();
  ledger = await openIngestLedger(chain);
  contract = new ContractViews(chain.rpc, chain.address);
  cli = await cliOn(chain);
  file = join(cli.folder, 'encounters.csv');
  await writeCsv(file, sampleRows(ROWS, 'killed'));
  const random = randomFrom(SEED + 1);
  // Replies take up to 20 ms each way, as over a network, so that kills also fall into the middle of a call.
  slow = await startEndpoint(async (_, forward) => {
    await pause(20 * random());
    const answer = await forward();
    await pause(20 * random());
    return answer;
  }, chain.node.url);
});
afterAll(async () => {
  await slow?.stop();
  await chain?.stop();
  cli?.close();
});

interface Kill {
  /** Number of batches on chain before the kill. */
  after: number;
  /** Milliseconds from then to the kill. */
  delay: number;
}

/** Four kills while the first run starts, the others spread over the ingest up to four blocks before it can end. */
function drawKills(): Kill[] {
  const random = randomFrom(SEED);
  const early = Array.from({ length: 4 }, () => ({ after: 0, delay: 600 * random() }));
  const places = Array.from({ length: KILLS - early.length }, () => Math.floor((BATCHES - 4) * random()));
  return [...early, ...places.sort((a, b) => a - b).map((after) => ({ after, delay: 900 * random() }))];
}

/** Numbers of batches on chain, of the hospital's mined transactions, and of those that wait for a block. */
async function standing() {
  const { nextBatch } = await contract.getLedger(ledger.ledgerId);
  const mined = await readNonce(chain.rpc, ledger.hospital.address);
  return {
    batches: nextBatch,
    mined,
    waiting: (await readNonce(chain.rpc, ledger.hospital.address, 'pending')) - mined,
  };
}

async function strike({ child, ended }: Running, { after, delay }: Kill) {
  while ((await standing()).batches < after) await pause(10);
  await pause(delay);
  const at = await standing();
  child.kill('SIGKILL');
  const { code, signal, stderr, json } = await ended;
  if (signal !== 'SIGKILL') throw new Error(`the run ended by itself (${code}): ${stderr} ${JSON.stringify(json)}`);
  return at;
}

it('stores every row once, in order, with the bytes of an ingest that nothing interrupted', async () => {
  const snapshot = await chain.rpc.call('evm_snapshot');
  const sentBefore = await readNonce(chain.rpc, ledger.hospital.address);
  await chain.rpc.call('evm_setBlockGasLimit', [quantity(BLOCK_GAS)]);
  await chain.rpc.call('evm_setAutomine', [false]);
  await chain.rpc.call('evm_setIntervalMining', [1]);
  const again = [...(await ingestArguments(cli, ledger, slow.url)), '--window', `${WINDOW}`, file];

  const kills = drawKills();
  const story: Awaited<ReturnType<typeof strike>>[] = [];
  try {
    for (const kill of kills) story.push(await strike(cli.spawn(again), kill));
  } catch (error) {
    throw new Error(`seed ${SEED}, after ${JSON.stringify(story)} of ${JSON.stringify(kills)}`, { cause: error });
  }
  expect(story.some(({ mined }) => mined === sentBefore)).toBe(true);
  expect(story.some(({ waiting }) => waiting > 1)).toBe(true);
  expect(story.some(({ batches, waiting }) => batches > 0 && waiting === 0)).toBe(true);

  await chain.rpc.call('evm_setBlockGasLimit', [quantity(60_000_000)]);
  const last = await cli.run(again);
  expect(last, JSON.stringify(story)).toMatchObject({
    code: 0,
    json: { rows: ROWS, stored: ROWS, rejected: 0, skipped: 0, rejections: {}, unsent: { records: 0 } },
  });
  expect(last.json.sent).toBeGreaterThan(0);
  expect(last.json.sent).toBeLessThan(ROWS);

  await expectStored(ledger, file);
  // One transaction for each batch: none was sent twice, and none failed.
  expect(await standing()).toEqual({ batches: BATCHES, mined: sentBefore + BATCHES, waiting: 0 });

  const interrupted = await storedBatches(ledger);
  await chain.rpc.call('evm_setIntervalMining', [0]);
  await chain.rpc.call('evm_revert', [snapshot]);
  await chain.rpc.call('evm_setAutomine', [true]);
  expect(await storedBatches(ledger)).toEqual([]);
  expect((await ingestAnew(ledger, file)).batches).toBe(BATCHES);
  expect(await storedBatches(ledger)).toEqual(interrupted);
}, 180_000);
