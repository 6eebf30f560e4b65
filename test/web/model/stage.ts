// What the tests of the page's model share: a scene of one patient's forty records with dates and texts, their keystore, an
// archive of the ledger, and a wallet (EIP-1193) that holds a key and signs by ethers, which is not what the model signs with.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JsonRpcProvider, Wallet as KeyWallet } from 'ethers';
import { exportArchive } from '../../../src/archive/export.ts';
import { toHex } from '../../../src/bytes.ts';
import { fund } from '../../../src/chain/embedded-node.ts';
import { accountKey, custodialSeed } from '../../../src/identity/keys.ts';
import { WEAK_SCRYPT } from '../../../src/identity/keystore-format.ts';
import { encryptSeed } from '../../../src/identity/keystore-text.ts';
import type { Receipts } from '../../../src/records/receipts/receipt.ts';
import { formatReceipts } from '../../../src/records/receipts/receipt-file.ts';
import { model } from '../../../web/model/index.ts';
import type { Chain, ContractPlace, KeystoreSecret, Wallet } from '../../../web/model/types.ts';
import { ETHER } from '../../support/chain.ts';
import { openScene, rows, type Scene } from '../../support/scene.ts';

export const PASSWORD = 'correct horse';

export interface Stage extends Scene {
  patientSeed: Uint8Array;
  place: ContractPlace;
  /** With dates and texts, in the order of the chain. */
  dated: Receipts;
  keystore: KeystoreSecret;
  /** The ledger's archive as of now. */
  archive(): Promise<{ blob: Blob; name: string }>;
  /** The three ways to look: endpoint, archive with endpoint, archive alone. */
  chains(): Promise<Record<'endpoint' | 'both' | 'alone', Chain>>;
  stop(): Promise<void>;
}

export async function openStage(name: string): Promise<Stage> {
  const scene = await openScene(name);
  const folder = await mkdtemp(join(tmpdir(), 'mistore-model-'));
  const patientSeed = custodialSeed(scene.cast.hospitalSeed, rows[0]!.patient);
  const { chainId, contract } = scene.receipts;
  const place = { chainId, contract };
  const dated = withDates(scene.receipts);
  const archive = async () => {
    const file = join(folder, 'ledger');
    await exportArchive({ contract: scene.cast.hospitalSite.contract, ledgerId: scene.cast.ledgerId, file });
    return { blob: new Blob([await readFile(file)]), name: 'ledger.archive' };
  };
  return {
    ...scene,
    patientSeed,
    place,
    dated,
    keystore: {
      text: await encryptSeed(patientSeed, 'patient', PASSWORD, WEAK_SCRYPT),
      name: 'patient.json',
      password: PASSWORD,
    },
    archive,
    chains: async () => {
      const endpoint = scene.chain.node.url;
      const given = await archive();
      return {
        endpoint: await model.connect({ endpoint, place }),
        both: await model.connect({ endpoint, archive: given }),
        alone: await model.connect({ archive: given }),
      };
    },
    stop: async () => {
      await scene.chain.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Every third record of one day, in another order than the chain's; the last record has none. */
function withDates(receipts: Receipts): Receipts {
  const records = receipts.records.map((receipt, k) => {
    if (k === receipts.records.length - 1) return receipt;
    const day = 1 + ((k * 7) % 28);
    const metadata = {
      date: `2025-03-${String(day).padStart(2, '0')}T08:30:00Z`,
      DESCRIPTION: `Visit ${k}`,
      ROOM: 'B',
    };
    return { ...receipt, metadata };
  });
  return { ...receipts, records };
}

export const textOf = (receipts: Receipts) => formatReceipts(receipts);

export interface TestWallet extends Wallet {
  /** Methods that it was asked, in order. */
  asked: string[];
}

/** A wallet with the account of this seed. `answers`: what it does instead, by method. */
export async function walletOf(
  { chain }: Pick<Scene, 'chain'>,
  seed: Uint8Array,
  answers: Record<string, (params: unknown[]) => unknown> = {},
): Promise<TestWallet> {
  const provider = new JsonRpcProvider(chain.node.url);
  const key = new KeyWallet(toHex(accountKey(seed)), provider);
  await fund(chain.node.url, Buffer.from(key.address.slice(2), 'hex'), 10n * ETHER);
  const { chainId } = await provider.getNetwork();
  const asked: string[] = [];
  const own: Record<string, (params: unknown[]) => unknown> = {
    eth_requestAccounts: () => [key.address],
    eth_chainId: () => `0x${chainId.toString(16)}`,
    eth_signTypedData_v4: ([account, json]) => {
      if (String(account).toLowerCase() !== key.address.toLowerCase()) throw new Error('unknown account');
      const { domain, types, message } = JSON.parse(String(json));
      const { EIP712Domain: _, ...own } = types;
      return key.signTypedData(domain, own, message);
    },
    eth_sendTransaction: async ([transaction]) => {
      const { to, data } = transaction as { to: string; data: string };
      return (await key.sendTransaction({ to, data })).hash;
    },
    ...answers,
  };
  return {
    asked,
    request: async ({ method, params = [] }) => {
      asked.push(method);
      const answer = own[method];
      if (answer === undefined) throw Object.assign(new Error(`${method} is not supported`), { code: 4200 });
      return answer(params as unknown[]);
    },
  };
}
