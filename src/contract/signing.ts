// EIP-712 signatures, bound to one contract on one chain: what a patient signs (consents, revocations), and what makes keys and
// channels authenticate themselves. The digest of a consent is the id of its query.
import { TypedDataEncoder } from 'ethers';
import { checkAddress } from '../address.ts';
import { equalBytes, fromHex, type Hex, toHex } from '../bytes.ts';
import { recoverAccount, signatureBytes, signDigest } from '../chain/account.ts';
import { ArgumentError } from '../errors.ts';
import type { Deployment } from '../identity/channel.ts';
import { keccak256 } from '../keccak.ts';
import { CONSENT_TYPES, type Consent, REVOCATION_TYPES } from '../query/consent.ts';
import type { EventArguments } from './types.ts';

const DOMAIN = { name: 'MIStore', version: '2' };
const KEY_TYPES = { Key: [{ name: 'kemKey', type: 'bytes' }] };
const CHANNEL_TYPES = {
  Channel: [
    { name: 'to', type: 'address' },
    { name: 'ciphertext', type: 'bytes' },
  ],
};
/** Made once: to make an encoder takes longer than to hash a message with it. */
const CONSENT = TypedDataEncoder.from(CONSENT_TYPES);
const REVOCATION = TypedDataEncoder.from(REVOCATION_TYPES);
const KEY = TypedDataEncoder.from(KEY_TYPES);
const CHANNEL = TypedDataEncoder.from(CHANNEL_TYPES);
/** Of the deployments that were asked for, by chain id and contract. */
const domainHashes = new Map<string, Uint8Array>();

/** EIP-712 domain of one contract on one chain. */
export interface SigningDomain {
  name: string;
  version: string;
  chainId: bigint;
  verifyingContract: Hex;
}

/** EIP-712 domain of a deployment, for wallets. */
export function domainOf({ chainId, contract }: Deployment): SigningDomain {
  return { ...DOMAIN, chainId, verifyingContract: toHex(checkAddress('contract', contract)) };
}

/** The consent that a query's event tells. */
export function consentOf(opened: Omit<EventArguments['QueryOpened'], 'queryId'>): Consent {
  const { insurer, ledgerId, patient, runsHash, deadline, salt } = opened;
  return {
    insurer: toHex(insurer),
    ledgerId: toHex(ledgerId),
    patient: toHex(patient),
    runsHash: toHex(runsHash),
    deadline,
    salt: toHex(salt),
  };
}

/** EIP-712 digest of a consent, 32 bytes: what its signature is over, and its query's id. */
export const consentDigest = (deployment: Deployment, consent: Consent): Uint8Array =>
  digest(deployment, CONSENT, consent);

/** The patient's signature of a consent, by the private key of their account. All signatures are r ‖ s ‖ v, 65 bytes. */
export const signConsent = (privateKey: Uint8Array, deployment: Deployment, consent: Consent): Uint8Array =>
  sign(privateKey, consentDigest(deployment, consent));

/** EIP-712 digest of the withdrawal of a consent, 32 bytes. */
export const revocationDigest = (deployment: Deployment, queryId: Uint8Array): Uint8Array => {
  if (queryId.length !== 32) throw new ArgumentError('query id', queryId, '32 bytes');
  return digest(deployment, REVOCATION, { queryId });
};

/** The patient's signature that withdraws a consent; anyone may submit it. */
export const signRevocation = (privateKey: Uint8Array, deployment: Deployment, queryId: Uint8Array): Uint8Array =>
  sign(privateKey, revocationDigest(deployment, queryId));

/** What a wallet is asked to sign by eth_signTypedData_v4 in place of signConsent: to be turned into JSON. */
export const consentTypedData = (deployment: Deployment, consent: Consent): object =>
  TypedDataEncoder.getPayload(domainOf(deployment), CONSENT_TYPES, consent);

/** And in place of signRevocation. */
export const revocationTypedData = (deployment: Deployment, queryId: Uint8Array): object =>
  TypedDataEncoder.getPayload(domainOf(deployment), REVOCATION_TYPES, { queryId: toHex(queryId) });

/** An account's signature of its own X-Wing public key. */
export const signKey = (privateKey: Uint8Array, deployment: Deployment, kemKey: Uint8Array): Uint8Array =>
  sign(privateKey, keyDigest(deployment, kemKey));

/** Whether `account` (20 bytes) has signed this X-Wing public key as its own. */
export const isKeyOf = (
  account: Uint8Array,
  deployment: Deployment,
  kemKey: Uint8Array,
  signature: Uint8Array,
): boolean => isSignedBy(account, keyDigest(deployment, kemKey), signature);

/** The sender's signature of a channel: its recipient and ciphertext. */
export const signChannel = (
  privateKey: Uint8Array,
  deployment: Deployment,
  to: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array => sign(privateKey, channelDigest(deployment, to, ciphertext));

/** Whether `from` (20 bytes) has signed this channel. */
export const isChannelOf = (
  from: Uint8Array,
  deployment: Deployment,
  to: Uint8Array,
  ciphertext: Uint8Array,
  signature: Uint8Array,
): boolean => isSignedBy(from, channelDigest(deployment, to, ciphertext), signature);

/** Whether a plain account (20 bytes) has signed the digest. False for what is no signature. */
export function isSignedBy(account: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  const signer = recoverAccount(digest, signature);
  return signer !== null && equalBytes(signer, account);
}

const keyDigest = (deployment: Deployment, kemKey: Uint8Array) => digest(deployment, KEY, { kemKey: toHex(kemKey) });

const channelDigest = (deployment: Deployment, to: Uint8Array, ciphertext: Uint8Array) =>
  digest(deployment, CHANNEL, { to: toHex(checkAddress('recipient', to)), ciphertext: toHex(ciphertext) });

const sign = (privateKey: Uint8Array, digest: Uint8Array) => signatureBytes(signDigest(privateKey, digest));

/** keccak256(0x1901 ‖ hash of the domain ‖ hash of the message), as EIP-712 has it. */
const digest = (deployment: Deployment, encoder: TypedDataEncoder, message: object): Uint8Array =>
  keccak256(Uint8Array.of(0x19, 0x01), domainHash(deployment), fromHex(encoder.hash(message), 'digest'));

function domainHash(deployment: Deployment): Uint8Array {
  const name = `${deployment.chainId}/${toHex(deployment.contract)}`;
  let hash = domainHashes.get(name);
  if (!hash) {
    hash = fromHex(TypedDataEncoder.hashDomain(domainOf(deployment)), 'domain');
    domainHashes.set(name, hash);
  }
  return hash;
}
