// Prints test/vectors/identity.json: what one seed must give in every version of MIStore, since chain data is addressed
// to it. Written from docs/protocol.md with node:crypto alone (HKDF, secp256k1, X25519) and with the ML-KEM, SHAKE and
// keccak of noble; it uses none of MIStore's code. Run: node test/vectors/identity.mjs > test/vectors/identity.json
import { createECDH, createHash, createPrivateKey, createPublicKey, hkdfSync } from 'node:crypto';
import { keccak_256, shake256 } from '@noble/hashes/sha3.js';
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js';

const SECP256K1_ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const SEEDS = { sequence: Buffer.from(Array.from({ length: 32 }, (_, i) => i)), ones: Buffer.alloc(32, 0xff) };

const expand = (secret, label, length, ...context) =>
  Buffer.from(
    hkdfSync(
      'sha256',
      secret,
      Buffer.alloc(0),
      Buffer.concat([Buffer.from(`MIStore/v2/${label}`), ...context]),
      length,
    ),
  );

function account(seed) {
  const wide = BigInt(`0x${expand(seed, 'account', 48).toString('hex')}`);
  const key = Buffer.from(((wide % (SECP256K1_ORDER - 1n)) + 1n).toString(16).padStart(64, '0'), 'hex');
  const ecdh = createECDH('secp256k1');
  ecdh.setPrivateKey(key);
  const address = Buffer.from(keccak_256(ecdh.getPublicKey(null, 'uncompressed').subarray(1))).subarray(12);
  return { key, address };
}

/** X-Wing, section 5.2 of the draft: SHAKE-256 of the seed gives d ‖ z of ML-KEM and the X25519 key. */
function kemPublicKey(seed) {
  const expanded = shake256(expand(seed, 'kem', 32), { dkLen: 96 });
  const { publicKey } = ml_kem768.keygen(expanded.slice(0, 64));
  const pkcs8 = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), expanded.slice(64)]);
  const key = createPublicKey(createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }));
  return Buffer.concat([publicKey, key.export({ format: 'der', type: 'spki' }).subarray(-32)]);
}

const hex = (bytes) => `0x${Buffer.from(bytes).toString('hex')}`;
const vectors = Object.entries(SEEDS).map(([name, seed]) => {
  const { key, address } = account(seed);
  const custodial = expand(seed, 'patient/', 32, Buffer.from('Zoë 7'));
  return {
    name,
    seed: hex(seed),
    accountKey: hex(key),
    address: hex(address),
    kemPublicKeySha256: hex(createHash('sha256').update(kemPublicKey(seed)).digest()),
    dealingKey: hex(expand(seed, 'dealing', 32)),
    patient: 'Zoë 7',
    custodialSeed: hex(custodial),
    account: hex(account(custodial).address),
  };
});
process.stdout.write(`${JSON.stringify(vectors, null, 2)}\n`);
