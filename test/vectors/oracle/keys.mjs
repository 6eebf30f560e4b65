// What a seed gives and what two seeds share, for the vectors: accounts, KEM keys, channels, signatures. Written from
// docs/protocol.md with node:crypto (HKDF, X25519) and noble (ML-KEM, SHAKE, keccak, deterministic ECDSA); none of
// MIStore's code.
import { createECDH, createHmac, createPrivateKey, createPublicKey, diffieHellman, hkdfSync } from 'node:crypto';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { keccak_256, sha3_256, shake256 } from '@noble/hashes/sha3.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';

const SECP256K1_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const NONE = Buffer.alloc(0);

export const hex = (bytes) => `0x${Buffer.from(bytes).toString('hex')}`;
export const concat = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));
export const text = (string) => Buffer.from(string, 'utf8');
/** Big-endian, `size` bytes. */
export const integer = (value, size) =>
  Buffer.from(
    BigInt(value)
      .toString(16)
      .padStart(2 * size, '0'),
    'hex',
  );
export const toInteger = (bytes) => BigInt(hex(bytes));
export const keccak = (...parts) => Buffer.from(keccak_256(concat(...parts)));

export const expand = (secret, label, length, context = [], salt = NONE) =>
  Buffer.from(hkdfSync('sha256', secret, salt, concat(text(`MIStore/v2/${label}`), ...context), length));
export const hmac = (key, label, ...parts) =>
  createHmac('sha256', key)
    .update(concat(text(`MIStore/v2/${label}`), ...parts))
    .digest();

/** Private key and address. */
export function account(seed) {
  const wide = toInteger(expand(seed, 'account', 48));
  const key = integer((wide % (SECP256K1_ORDER - 1n)) + 1n, 32);
  const ecdh = createECDH('secp256k1');
  ecdh.setPrivateKey(key);
  return { key, address: keccak(ecdh.getPublicKey(null, 'uncompressed').subarray(1)).subarray(12) };
}

export const custodialSeed = (seed, patient) => expand(seed, 'patient/', 32, [text(patient)]);

/** X-Wing, section 5.2 of the draft: SHAKE-256 of the seed gives d ‖ z of ML-KEM and the X25519 key. */
export function kemKeys(seed) {
  const expanded = shake256(expand(seed, 'kem', 32), { dkLen: 96 });
  const lattice = ml_kem768.keygen(expanded.slice(0, 64));
  const x25519 = privateKey(expanded.slice(64));
  return { publicKey: concat(lattice.publicKey, publicBytes(x25519)), lattice, x25519 };
}

/** X-Wing, section 5.4, with coins from the sender's seed: ML-KEM takes the first 32 of them, X25519 the others. */
export function encapsulate(seed, publicKey) {
  const coins = expand(seed, 'encapsulate', 64, [keccak(publicKey)]);
  const [lattice, own] = [publicKey.subarray(0, 1184), publicKey.subarray(1184)];
  const { cipherText, sharedSecret } = ml_kem768.encapsulate(lattice, coins.subarray(0, 32));
  const ephemeral = privateKey(coins.subarray(32));
  const agreed = diffieHellman({ privateKey: ephemeral, publicKey: publicKeyOf(own) });
  const carried = publicBytes(ephemeral);
  return { ciphertext: concat(cipherText, carried), shared: combined(sharedSecret, agreed, carried, own) };
}

/** X-Wing, section 5.5: the recipient's side. */
export function decapsulate({ publicKey, lattice, x25519 }, ciphertext) {
  const [first, carried] = [ciphertext.subarray(0, 1088), ciphertext.subarray(1088)];
  const agreed = diffieHellman({ privateKey: x25519, publicKey: publicKeyOf(carried) });
  return combined(ml_kem768.decapsulate(first, lattice.secretKey), agreed, carried, publicKey.subarray(1184));
}

export const channelSecret = (shared, { chainId, contract }, from, to) =>
  expand(shared, 'channel', 32, [integer(chainId, 32), contract, from, to]);

/** r ‖ s ‖ v of a digest. */
export function sign(key, digest) {
  const signature = secp256k1.sign(digest, key, { prehash: false, format: 'recovered' });
  return concat(signature.subarray(1), [27 + signature[0]]);
}

const combined = (lattice, agreed, carried, own) =>
  Buffer.from(sha3_256(concat(lattice, agreed, carried, own, text('\\.//^\\'))));
const privateKey = (bytes) =>
  createPrivateKey({
    key: concat(Buffer.from('302e020100300506032b656e04220420', 'hex'), bytes),
    format: 'der',
    type: 'pkcs8',
  });
const publicKeyOf = (bytes) =>
  createPublicKey({
    key: concat(Buffer.from('302a300506032b656e032100', 'hex'), bytes),
    format: 'der',
    type: 'spki',
  });
const publicBytes = (key) => createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
