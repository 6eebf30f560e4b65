// A rollup of the OP stack, as far as its data fee goes: an endpoint in front of an embedded node. The fee oracle answers
// calls, accounts pay the fee as their transactions are mined, receipts have `l1Fee`, and who cannot pay it is refused.
// The node must mine each transaction at once.
import { Transaction } from 'ethers';
import { parseAddress } from '../../../src/address.ts';
import { type Hex, toHex, uint64 } from '../../../src/bytes.ts';
import { type EmbeddedNode, fund } from '../../../src/chain/embedded-node.ts';
import { pause, quantity, Rpc } from '../../../src/chain/rpc.ts';
import { readBalance } from '../../../src/chain/state.ts';
import { type Answer, type Call, type Endpoint, startEndpoint } from './proxy.ts';

const ORACLE = '0x420000000000000000000000000000000000000F';

export interface Rollup extends Endpoint {
  /** Hashes of the transactions that it passed on, and the fee that each took, in wei. */
  fees: Map<Hex, bigint>;
  /** What transactions pay from now on for a byte, in wei; the oracle says it too, unless it lags. */
  setPrice(weiPerByte: bigint, options?: { oracleLags?: boolean }): Promise<void>;
}

export async function startRollup({ url }: EmbeddedNode, weiPerByte: bigint): Promise<Rollup> {
  const rpc = new Rpc(url);
  const fees = new Map<Hex, bigint>();
  let price = 0n;
  const answer = async ({ method, params }: Call, forward: () => Promise<Answer>): Promise<Answer> => {
    if (method === 'eth_sendRawTransaction') return charge(rpc, params[0], price, fees, forward);
    const answered = await forward();
    const receipt = method === 'eth_getTransactionReceipt' ? (answered as { result?: object | null }).result : null;
    const fee = fees.get(params[0]);
    return receipt && fee !== undefined
      ? { ...Object(answered), result: { ...receipt, l1Fee: quantity(fee) } }
      : answered;
  };
  const setPrice: Rollup['setPrice'] = async (wei, { oracleLags = false } = {}) => {
    price = wei;
    if (!oracleLags) await rpc.call('anvil_setCode', [ORACLE, oracleCode(wei)]);
  };
  await setPrice(weiPerByte);
  return Object.assign(await startEndpoint(answer, url), { fees, setPrice });
}

/** Passes the transaction on and takes its data fee from the account that signed it. */
async function charge(
  rpc: Rpc,
  raw: Hex,
  price: bigint,
  fees: Map<Hex, bigint>,
  forward: () => Promise<Answer>,
): Promise<Answer> {
  const { from, hash, gasLimit, maxFeePerGas, value } = Transaction.from(raw);
  const account = parseAddress(from!, 'sender');
  const fee = price * BigInt((raw.length - 2) / 2);
  if ((await readBalance(rpc, account)) < gasLimit * maxFeePerGas! + value + fee) {
    return { error: { code: -32000, message: 'insufficient funds for gas * price + value' } };
  }
  const answered = await forward();
  if ('result' in Object(answered)) {
    // The node mines it after it has answered; a balance set before that would be of no use.
    while ((await rpc.call('eth_getTransactionReceipt', [hash])) === null) await pause(2);
    fees.set(hash as Hex, fee);
    await fund(rpc.url, account, (await readBalance(rpc, account)) - fee);
  }
  return answered;
}

/** getL1Fee(bytes), whatever is called: the length of the bytes, at 0x24 of the calldata, plus 68 for a signature, times the price. */
const oracleCode = (weiPerByte: bigint): string =>
  `0x602435604401${`67${toHex(uint64(weiPerByte)).slice(2)}`}025f5260205ff3`;
