// Where data costs a fee besides gas: what is set aside, what is counted as spent, what is reported. The endpoint takes the
// fee from the accounts, so that their balances are the oracle.
import { AbiCoder, Transaction } from 'ethers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toHex } from '../../src/bytes.ts';
import { accountOf } from '../../src/chain/account.ts';
import { fund } from '../../src/chain/embedded-node.ts';
import { feeOf } from '../../src/chain/receipts.ts';
import { Rpc } from '../../src/chain/rpc.ts';
import type { SenderOptions } from '../../src/chain/sending/sender.ts';
import { readBalance } from '../../src/chain/state.ts';
import { accountKey } from '../../src/identity/keys.ts';
import { ETHER, keyOf, seedOf, startChain, type TestChain } from '../support/chain.ts';
import { type Cli, cliOn, ingestArguments } from '../support/cli.ts';
import { type Rollup, startRollup } from '../support/endpoint/rollup.ts';
import { drawBytes } from '../support/ledger.ts';
import { openCast } from '../support/parties.ts';
import { sampleRows, writeCsv } from '../support/sample.ts';

const GWEI = 10n ** 9n;
/** Wei a byte, at first: about as much as the gas of a byte costs here. */
const PRICE = 30n * GWEI;

let chain: TestChain;
let rollup: Rollup;
let rpc: Rpc;
beforeAll(async () => {
  chain = await startChain({ network: 'optimism' });
  rollup = await startRollup(chain.node, PRICE);
  rpc = new Rpc(rollup.url);
});
afterAll(async () => {
  await rollup?.stop();
  await chain?.stop();
});

const target = accountOf(keyOf('nobody'));
const data = drawBytes('data', 2000);
const gas = 110_000n;
const request = { to: target, data, gas };
/** A fixed fee for gas, so that what a transaction may take is known. */
const FEES = { maxFeePerGas: 5n * GWEI, tipPerGas: 3n * GWEI };
const open = async (name: string, options: Partial<SenderOptions> = {}) =>
  chain.sender(name, { rpc, pollInterval: 20, ...options });

/** What the oracle's answer makes of the transaction that is signed next, doubled: read from a first, refused one. */
async function mostOf(name: string): Promise<bigint> {
  const sender = await open(name, { ...FEES, maxTotal: 1n });
  const error = await sender.send({ ...request, value: 7n }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'BUDGET', details: { spent: 0n, reserved: 0n } });
  return (error as { details: { needed: bigint } }).details.needed;
}

describe('a sender', () => {
  it('counts what accounts pay: gas and data, in receipts and in its statistics', async () => {
    const sender = await open('counts');
    const before = await readBalance(chain.rpc, sender.address);
    let fees = 0n;
    for (let i = 0; i < 3; i++) {
      const receipt = await sender.send(request);
      expect(receipt.dataFee).toBe(rollup.fees.get(receipt.transactionHash));
      expect(receipt.dataFee).toBeGreaterThan(PRICE * 2000n);
      expect(feeOf(receipt)).toBe(receipt.gasUsed * receipt.gasPrice + receipt.dataFee);
      fees += feeOf(receipt);
    }
    expect(sender.stats()).toMatchObject({ settled: 3, fees });
    expect(before - (await readBalance(chain.rpc, sender.address))).toBe(fees);
  });

  it('asks for the code of the oracle and the price of calldata once, and for the fee of each transaction', async () => {
    const sender = await open('asks');
    rollup.calls.length = 0;
    for (let i = 0; i < 3; i++) await sender.send({ ...request, data: data.subarray(i) });
    const count = (method: string) => rollup.calls.filter((call) => call.method === method).length;
    expect(['eth_getCode', 'eth_estimateGas', 'eth_call'].map(count)).toEqual([1, 1, 3]);
  });

  it('sets aside twice the fee, beside gas and value, and signs nothing that does not fit', async () => {
    const most = await mostOf('sets aside');
    const sender = await open('sets aside', { ...FEES, maxTotal: most - 1n });
    await expect(sender.send({ ...request, value: 7n })).rejects.toMatchObject({
      code: 'BUDGET',
      details: { needed: most },
    });
    expect(await rpc.call('eth_getTransactionCount', [toHex(sender.address), 'pending'])).toBe('0x0');
    const enough = await open('sets aside', { ...FEES, maxTotal: most });
    const { transactionHash } = await enough.send({ ...request, value: 7n });
    const { maxFeePerGas } = await rpc.call<{ maxFeePerGas: string }>('eth_getTransactionByHash', [transactionHash]);
    const dataFee = rollup.fees.get(transactionHash)!;
    const reserve = most - gas * BigInt(maxFeePerGas) - 7n;
    // The oracle takes 68 bytes for what the signature adds; it may be a few less.
    expect(reserve).toBeGreaterThanOrEqual(2n * dataFee);
    expect(reserve).toBeLessThanOrEqual(2n * (dataFee + 5n * PRICE));
  });

  it('gives the endpoint nothing that is signed before the budget has room for it', async () => {
    const sender = await open('unsigned', { ...FEES, maxTotal: 1n });
    rollup.calls.length = 0;
    await expect(sender.send(request)).rejects.toMatchObject({ code: 'BUDGET' });
    expect(rollup.calls.map(({ method }) => method)).not.toContain('eth_sendRawTransaction');
    const asked = rollup.calls.filter(({ method }) => method === 'eth_call');
    expect(asked.length).toBe(1);
    const [bytes] = AbiCoder.defaultAbiCoder().decode(['bytes'], `0x${asked[0]!.params[0].data.slice(10)}`);
    const unsigned = Transaction.from(bytes);
    expect(unsigned.isSigned()).toBe(false);
    expect(unsigned).toMatchObject({ gasLimit: gas, data: toHex(data), chainId: sender.chainId });
  });

  it('goes on with what is left, and never takes more than it has', async () => {
    const most = await mostOf('goes on');
    const sender = await open('goes on', { ...FEES, maxTotal: 4n * most });
    const before = await readBalance(chain.rpc, sender.address);
    let sent = 0;
    let end: unknown;
    for (; end === undefined; sent++)
      end = await sender.send({ ...request, value: 7n }).then(
        () => undefined,
        (e) => e,
      );
    expect(end).toMatchObject({ code: 'BUDGET' });
    const { details } = end as { details: { spent: bigint; needed: bigint } };
    expect(details.spent).toBe(before - (await readBalance(chain.rpc, sender.address)));
    expect(details.spent).toBeLessThanOrEqual(4n * most);
    expect(details.spent + details.needed).toBeGreaterThan(4n * most);
    expect(sent).toBeGreaterThan(4);
  });

  it('counts a fee in full that has grown beyond what was set aside, and sends nothing more', async () => {
    const most = await mostOf('grows');
    const sender = await open('grows', { ...FEES, maxTotal: 2n * most });
    await rollup.setPrice(40n * PRICE, { oracleLags: true });
    try {
      const receipt = await sender.send(request);
      expect(receipt.dataFee).toBeGreaterThan(2n * most);
      await expect(sender.send(request)).rejects.toMatchObject({ code: 'BUDGET', details: { spent: feeOf(receipt) } });
    } finally {
      await rollup.setPrice(PRICE);
    }
  });

  it('says what an account must have where it cannot pay the data fee', async () => {
    const most = await mostOf('poor');
    const sender = await open('poor', FEES);
    // Enough for gas and value alone.
    const balance = most - 2n * PRICE * 2000n;
    await fund(chain.node.url, sender.address, balance);
    await expect(sender.send({ ...request, value: 7n })).rejects.toMatchObject({
      code: 'INSUFFICIENT_FUNDS',
      details: { balance, needed: most },
    });
  });
});

describe('the program', () => {
  let cli: Cli;
  beforeAll(async () => {
    const seed = seedOf('operator');
    await fund(chain.node.url, accountOf(accountKey(seed)), ETHER);
    cli = await cliOn(chain, { operator: seed });
  });
  afterAll(() => cli?.close());

  /** Runs a command, which must say what all the transactions cost that it sent. Gives their number. */
  async function told(args: string[]): Promise<number> {
    rollup.fees.clear();
    const { code, json, stderr } = await cli.run([...args, '--rpc', rollup.url, '--json']);
    expect(code, stderr).toBe(0);
    let fees = 0n;
    let gasUsed = 0n;
    for (const [hash, dataFee] of rollup.fees) {
      const receipt = await chain.rpc.call<Record<string, string>>('eth_getTransactionReceipt', [hash]);
      gasUsed += BigInt(receipt.gasUsed!);
      fees += BigInt(receipt.gasUsed!) * BigInt(receipt.effectiveGasPrice!) + dataFee;
    }
    expect(json).toMatchObject({ gas: `${gasUsed}`, fees: `${fees}` });
    return rollup.fees.size;
  }

  it('says of deploy and ingest what they cost, data fees included', { timeout: 30_000 }, async () => {
    expect(await told(['deploy', '--keystore', 'operator.json'])).toBe(1);
    const file = `${cli.folder}/bills.csv`;
    await writeCsv(file, sampleRows(60, 'rollup'));
    const ingest = (await ingestArguments(cli, await openCast(chain, 'ingest', 2, 3))).filter(
      (argument) => argument !== '--json' && argument !== '--rpc' && argument !== chain.node.url,
    );
    expect(await told([...ingest, file])).toBe(1);
    expect(await told([...ingest, file])).toBe(0);
  });
});
