// A patient whose account is a contract wallet: what it takes for its signature (EIP-1271) is a consent that the insurer can
// ask with, and a revocation; without an endpoint nobody can ask the wallet.
import { TypedDataEncoder } from 'ethers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../src/bytes.ts';
import { ingest } from '../../../src/ingest/ingest.ts';
import { Insurer } from '../../../src/parties/insurer.ts';
import { formatReceipts } from '../../../src/records/receipts/receipt-file.ts';
import { sourceName } from '../../../src/records/source.ts';
import { model } from '../../../web/model/index.ts';
import type { Chain, CheckedReceipts, ConsentRequest, Wallet } from '../../../web/model/types.ts';
import { ContractWallet } from '../../parties/contract-wallet/wallet.ts';
import { seedOf, startChain, type TestChain } from '../../support/chain.ts';
import { fault, openCast } from '../../support/parties.ts';
import { rowsOf, sampleCsv } from '../../support/sample.ts';

const rows = rowsOf(sampleCsv(12, 'model: wallets', 1));
/** What this wallet's owner signs with is for the wallet to say: here 99 bytes. */
const SIGNATURE = new Uint8Array(99).fill(7);

let chain: TestChain;
let place: Chain;
let checked: CheckedReceipts;
let insurer: Insurer;
let wallet: Wallet;
let request: ConsentRequest;

beforeAll(async () => {
  chain = await startChain();
  const cast = await openCast(chain, 'model: wallets', 2, 3);
  const owner = await chain.sender('model: wallet owner');
  const contract = await ContractWallet.deploy(owner);
  const refuse = () => {
    throw new Error('a row is refused');
  };
  const patient = rows[0]!.patient;
  await ingest(cast.hospitalSite, await cast.hospital.dealer(cast.ledgerId), rows, {
    source: sourceName('a.csv', new Uint8Array(32)),
    accounts: cast.hospital.accounts([[patient, [toHex(contract.address)]]]),
    onConflict: refuse,
    onOutOfRange: refuse,
  });
  const receipts = await cast.hospital.receipts(cast.ledgerId, patient, contract.address);
  const { chainId, contract: address } = receipts;
  place = await model.connect({ endpoint: chain.node.url, place: { chainId, contract: address } });
  checked = await model.checkBills(model.openReceipts(formatReceipts(receipts)), place);
  insurer = new Insurer(await chain.site(seedOf('model: wallets insurer')), seedOf('model: wallets insurer'));
  const recordIds = receipts.records.map(({ recordId }) => recordId);
  request = { insurer: toHex(insurer.address), recordIds, deadline: await chain.deadline() };
  const answers: Record<string, (params: unknown[]) => unknown> = {
    eth_requestAccounts: () => [toHex(contract.address)],
    eth_chainId: () => `0x${chainId.toString(16)}`,
    eth_signTypedData_v4: async ([, json]) => {
      const { domain, types, message } = JSON.parse(String(json));
      const { EIP712Domain: _, ...own } = types;
      await contract.allow(fromHex(TypedDataEncoder.hash(domain, own, message)), SIGNATURE);
      return toHex(SIGNATURE);
    },
    eth_sendTransaction: async ([transaction]) => {
      const { from, to, data } = transaction as { from: `0x${string}`; to: `0x${string}`; data: `0x${string}` };
      expect(from).toBe(toHex(contract.address));
      return (await owner.send({ to: fromHex(to), data: fromHex(data) })).transactionHash;
    },
  };
  wallet = { request: async ({ method, params = [] }) => answers[method]!(params as unknown[]) };
});
afterAll(() => chain?.stop());

it('signs by what the wallet takes, and the insurer can ask', async () => {
  expect(checked).toMatchObject({ valid: 12, faulty: 0 });
  const consent = await model.signWithWallet(checked, request, wallet, place);
  expect(consent.signed.signature).toBe(toHex(SIGNATURE));
  expect(await model.consentState(consent, place)).toMatchObject({ status: 'signed', isSigned: true });
  expect((await insurer.query(consent.signed)).queryId).toBe(consent.queryId);
});

it('revokes in the same way', async () => {
  const consent = await model.signWithWallet(checked, request, wallet, place);
  await model.revokeWithWallet(consent, place, wallet);
  expect(await model.consentState(consent, place)).toMatchObject({ status: 'revoked' });
  expect(await fault(insurer.query(consent.signed))).toMatchObject({ code: 'CONSENT_IS_REVOKED' });
});

it('signs nothing that the wallet does not take', async () => {
  const other = {
    request: async (call: Parameters<Wallet['request']>[0]) =>
      call.method === 'eth_signTypedData_v4' ? toHex(SIGNATURE) : wallet.request(call),
  };
  expect(await fault(model.signWithWallet(checked, request, other, place))).toMatchObject({
    code: 'INVALID_SIGNATURE',
  });
});
