// Revoking a consent: what it costs, and sending it, by the key of a keystore or by a wallet. Needs an endpoint.
import budget from '../../contracts/gas-budget.json' with { type: 'json' };
import { fromHex, type Hex, toHex } from '../../src/bytes.ts';
import { feeOf, readMined } from '../../src/chain/receipts.ts';
import { pause, type Rpc } from '../../src/chain/rpc.ts';
import { Charges } from '../../src/chain/sending/charges.ts';
import { DEFAULT_MAX_FEE, DEFAULT_MAX_TIP, FeePolicy } from '../../src/chain/sending/fees.ts';
import { createSender } from '../../src/chain/sending/sender.ts';
import { readBalance } from '../../src/chain/state.ts';
import type { TransactionReceipt } from '../../src/chain/types.ts';
import { encodeCall } from '../../src/contract/abi.ts';
import { revocationDigest, revocationTypedData, signRevocation } from '../../src/contract/signing.ts';
import { MIStoreError } from '../../src/errors.ts';
import type { ConnectedSite } from '../../src/ledger/site.ts';
import { opened } from './chain.ts';
import { checkPlace } from './consent.ts';
import { checkSigned, deploymentOf, patientKey } from './signing.ts';
import type { Chain, KeystoreSecret, OpenedConsent, Revocation, RevocationCost, Wallet } from './types.ts';
import { prepareWallet, walletSend, walletSignature } from './wallet.ts';

/** Gas of a revocation of a plain account's consent, as measured; a contract wallet's check comes on top. */
const GAS = BigInt(budget.revokeConsent);
/** A revocation looks like this to whoever charges by bytes. */
const SIGNATURE_BYTES = 65;
/** Milliseconds between looks at a transaction that a wallet has sent, and after which it is given up. */
const LOOK = 1000;
const PATIENCE = 15 * 60_000;

/** As Model.revocationCost. */
export async function revocationCost(
  consent: OpenedConsent,
  chain: Chain,
  account: Hex = consent.patient,
): Promise<RevocationCost> {
  const { rpc } = networkOf(consent, chain).contract;
  const policy = new FeePolicy(rpc, { fee: DEFAULT_MAX_FEE, tip: DEFAULT_MAX_TIP });
  const { maxFeePerGas, maxPriorityFeePerGas } = await policy.suggest();
  const { baseFee } = policy;
  const bytes = encodeCall('revokeConsent', [consent.signed.consent, new Uint8Array(SIGNATURE_BYTES).fill(1)]);
  const dataFee = await new Charges(rpc).dataFee(async () => bytes);
  return {
    gas: GAS,
    maxFeePerGas,
    baseFee,
    about: GAS * (baseFee + maxPriorityFeePerGas) + dataFee / 2n,
    most: GAS * maxFeePerGas + dataFee,
    balance: await readBalance(rpc, fromHex(account, 'account', 20)),
  };
}

/** As Model.revokeWithKeystore. The keystore's account pays. */
export async function revokeWithKeystore(
  consent: OpenedConsent,
  chain: Chain,
  secret: KeystoreSecret,
): Promise<Revocation> {
  const { contract } = networkOf(consent, chain);
  const key = await patientKey(secret, consent.patient);
  const sender = await createSender({ rpc: contract.rpc, privateKey: key });
  try {
    const signature = signRevocation(key, deploymentOf(consent.place), fromHex(consent.queryId));
    const { receipt } = await contract.as(sender).revokeConsent(consent.signed.consent, signature);
    return revocation(consent, receipt);
  } finally {
    sender.close();
    key.fill(0);
  }
}

/** As Model.revokeWithWallet. */
export async function revokeWithWallet(consent: OpenedConsent, chain: Chain, wallet: Wallet): Promise<Revocation> {
  const { contract } = networkOf(consent, chain);
  const { patient, place } = consent;
  const deployment = deploymentOf(place);
  const queryId = fromHex(consent.queryId);
  await prepareWallet(wallet, patient, place.chainId);
  const signature = await walletSignature(wallet, patient, revocationTypedData(deployment, queryId));
  await checkSigned(chain, patient, toHex(revocationDigest(deployment, queryId)), signature);
  const data = toHex(encodeCall('revokeConsent', [consent.signed.consent, fromHex(signature)]));
  const hash = await walletSend(wallet, { from: patient, to: place.contract, data });
  return revocation(consent, await minedOf(contract.rpc, hash));
}

/** The endpoint, which must serve the consent's contract. Throws NO_NETWORK, WRONG_DEPLOYMENT. */
function networkOf(consent: OpenedConsent, chain: Chain): ConnectedSite {
  checkPlace(consent, chain);
  return opened(chain).network;
}

async function minedOf(rpc: Rpc, hash: Hex): Promise<TransactionReceipt> {
  for (const until = Date.now() + PATIENCE; ; await pause(LOOK)) {
    const mined = await readMined(rpc, hash);
    if (mined?.succeeded) return mined.receipt;
    if (mined) throw new MIStoreError('REVOCATION_FAILED', `transaction ${hash} has failed`, { transaction: hash });
    if (Date.now() > until) {
      const message = `no block has taken transaction ${hash} yet; the wallet shows what becomes of it`;
      throw new MIStoreError('REVOCATION_PENDING', message, { transaction: hash });
    }
  }
}

const revocation = ({ queryId }: OpenedConsent, receipt: TransactionReceipt): Revocation => ({
  queryId,
  transaction: receipt.transactionHash,
  block: receipt.blockNumber,
  fee: feeOf(receipt),
});
