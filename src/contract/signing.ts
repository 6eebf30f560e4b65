// What a patient signs: the EIP-712 typed data of a consent and of its revocation, bound to one contract on one chain. The
// digest of a consent is the id of its query; everyone computes it here, and nobody asks a node for it.
import { type TypedDataDomain, TypedDataEncoder } from 'ethers';
import { fromHex, toHex } from '../bytes.ts';
import { checkAddress, signatureBytes, signDigest } from '../chain/account.ts';
import { ArgumentError } from '../errors.ts';
import type { Deployment } from '../identity/channel.ts';
import { CONSENT_TYPES, type Consent, DOMAIN, REVOCATION_TYPES } from '../query/consent.ts';

/** EIP-712 digest of a consent, 32 bytes: what the patient signs, and the query's id. */
export function consentDigest(deployment: Deployment, consent: Consent): Uint8Array {
  return digest(deployment, CONSENT_TYPES, consent);
}

/** The patient's signature of a consent, 65 bytes r ‖ s ‖ v. `privateKey`: that of their tag. */
export function signConsent(privateKey: Uint8Array, deployment: Deployment, consent: Consent): Uint8Array {
  return signatureBytes(signDigest(privateKey, consentDigest(deployment, consent)));
}

function revocationDigest(deployment: Deployment, queryId: Uint8Array): Uint8Array {
  if (queryId.length !== 32) throw new ArgumentError('query id', queryId, '32 bytes');
  return digest(deployment, REVOCATION_TYPES, { queryId });
}

/** The patient's signature that withdraws a consent, 65 bytes r ‖ s ‖ v; anyone may send it. */
export function signRevocation(privateKey: Uint8Array, deployment: Deployment, queryId: Uint8Array): Uint8Array {
  return signatureBytes(signDigest(privateKey, revocationDigest(deployment, queryId)));
}

/** EIP-712 domain of a deployment, as wallets take it. */
function domainOf({ chainId, contract }: Deployment): TypedDataDomain {
  return { ...DOMAIN, chainId, verifyingContract: toHex(checkAddress('contract', contract)) };
}

function digest(
  deployment: Deployment,
  types: typeof CONSENT_TYPES | typeof REVOCATION_TYPES,
  message: object,
): Uint8Array {
  return fromHex(TypedDataEncoder.hash(domainOf(deployment), types, message), 'digest');
}
