// Signing a consent: with the seed of a keystore file, or by a wallet. Only bills that were checked, and only what can be used.
import { fromHex, type Hex, toHex } from '../../src/bytes.ts';
import { accountOf } from '../../src/chain/account.ts';
import { consentDigest, consentTypedData, signConsent } from '../../src/contract/signing.ts';
import { ArgumentError, MIStoreError } from '../../src/errors.ts';
import type { Deployment } from '../../src/identity/channel.ts';
import { accountKey } from '../../src/identity/keys.ts';
import { decryptSeed } from '../../src/identity/keystore-text.ts';
import { checkInsurer } from '../../src/parties/consent-plan.ts';
import { draftConsent } from '../../src/parties/patient.ts';
import { opened } from './chain.ts';
import { isSigned, presented, previewConsent } from './consent.ts';
import type {
  Chain,
  CheckedReceipts,
  ConsentObstacle,
  ConsentRequest,
  ContractPlace,
  KeystoreSecret,
  OpenedConsent,
  Wallet,
} from './types.ts';
import { prepareWallet, walletSignature } from './wallet.ts';

/** As Model.signWithKeystore. */
export async function signWithKeystore(
  checked: CheckedReceipts,
  request: ConsentRequest,
  secret: KeystoreSecret,
): Promise<OpenedConsent> {
  const draft = draftOf(checked, request);
  const key = await patientKey(secret, checked.patient);
  const signature = toHex(signConsent(key, deploymentOf(checked.place), draft.consent));
  key.fill(0);
  return presented({ ...checked.place, ...draft, signature });
}

/** As Model.signWithWallet. */
export async function signWithWallet(
  checked: CheckedReceipts,
  request: ConsentRequest,
  wallet: Wallet,
  chain: Chain,
): Promise<OpenedConsent> {
  const draft = draftOf(checked, request);
  const deployment = deploymentOf(checked.place);
  await prepareWallet(wallet, checked.patient, checked.place.chainId);
  const signature = await walletSignature(wallet, checked.patient, consentTypedData(deployment, draft.consent));
  const queryId = toHex(consentDigest(deployment, draft.consent));
  await checkSigned(chain, checked.patient, queryId, signature);
  return presented({ ...checked.place, ...draft, signature });
}

/** Throws INVALID_SIGNATURE where the wallet has signed something else, or is a contract wallet that cannot be asked. */
export async function checkSigned(chain: Chain, account: Hex, digest: Hex, signature: Hex): Promise<void> {
  const signed = await isSigned(opened(chain), account, digest, signature);
  if (signed) return;
  const why =
    signed === null
      ? 'it is not by a plain account, and without an endpoint a contract wallet cannot be asked'
      : `it is not of this text by account ${account}`;
  throw new MIStoreError('INVALID_SIGNATURE', `the signature of the wallet cannot be used: ${why}`, { account });
}

/**
 * Private key of the account of a keystore file, which must be the patient's. SECRET. Throws KeystoreError, and
 * NOT_YOUR_RECEIPTS for another account.
 */
export async function patientKey({ name, text, password }: KeystoreSecret, patient: Hex): Promise<Uint8Array> {
  const { seed } = await decryptSeed(name, text, password);
  const key = accountKey(seed);
  seed.fill(0);
  const account = toHex(accountOf(key));
  if (account === patient.toLowerCase()) return key;
  const message = `the keystore is of account ${account}; the receipts or consent are of ${patient}`;
  throw new MIStoreError('NOT_YOUR_RECEIPTS', message, { account, patient });
}

export const deploymentOf = ({ chainId, contract }: ContractPlace): Deployment => ({
  chainId,
  contract: fromHex(contract, 'contract', 20),
});

/** What is to be signed. Throws for what could never be used. */
function draftOf(checked: CheckedReceipts, { insurer, recordIds, deadline }: ConsentRequest) {
  const [obstacle] = previewConsent(checked, recordIds).obstacles;
  if (obstacle) throw refusal(obstacle);
  if (checked.bills.some(({ state }) => state.kind === 'unchecked')) {
    throw new ArgumentError('receipts', 'not checked', 'what checkBills() gave');
  }
  const now = Math.floor(Date.now() / 1000);
  if (deadline < BigInt(now)) {
    throw new MIStoreError('DEADLINE_PASSED', `the deadline ${deadline} has passed: it is ${now} (Unix seconds)`, {
      deadline,
      now,
    });
  }
  const account = fromHex(insurer.toLowerCase(), 'insurer', 20);
  checkInsurer(checked.receipts, account);
  return draftConsent(account, checked.receipts, recordIds, deadline);
}

function refusal(obstacle: ConsentObstacle): MIStoreError {
  switch (obstacle.kind) {
    case 'no-records':
      return new MIStoreError('NO_RECORDS', 'no record is chosen');
    case 'too-few-records': {
      const { records, minRecords } = obstacle;
      const message = `a query of this ledger covers at least ${minRecords} records; these are ${records}`;
      return new MIStoreError('TOO_FEW_RECORDS', message, { records, minRecords });
    }
    case 'invalid-receipt': {
      const { recordId } = obstacle;
      return new MIStoreError('INVALID_RECEIPT', `the receipt of record ${recordId} is not valid`, { recordId });
    }
    case 'void-edge': {
      const { recordId, next } = obstacle;
      return new MIStoreError('VOID_EDGE', `record ${recordId} is void: no sum can begin or end there`, {
        recordId,
        next,
      });
    }
    case 'no-receipt-before': {
      const { recordId } = obstacle;
      const message = `the record before record ${recordId} in its category has no receipt in this file`;
      return new MIStoreError('NOT_YOUR_RECORD', message, { recordId });
    }
  }
}
