// Prints test/vectors/identity.json: what one seed must give in every version of MIStore, since chain data is addressed
// to it. It uses none of MIStore's code. Run: node test/vectors/identity.mjs > test/vectors/identity.json
import { createHash } from 'node:crypto';
import { account, custodialSeed, expand, hex, kemKeys } from './oracle/keys.mjs';

const SEEDS = { sequence: Buffer.from(Array.from({ length: 32 }, (_, i) => i)), ones: Buffer.alloc(32, 0xff) };

const vectors = Object.entries(SEEDS).map(([name, seed]) => {
  const { key, address } = account(seed);
  const custodial = custodialSeed(seed, 'Zoë 7');
  return {
    name,
    seed: hex(seed),
    accountKey: hex(key),
    address: hex(address),
    kemPublicKeySha256: hex(createHash('sha256').update(kemKeys(seed).publicKey).digest()),
    dealingKey: hex(expand(seed, 'dealing', 32)),
    patient: 'Zoë 7',
    custodialSeed: hex(custodial),
    account: hex(account(custodial).address),
  };
});
process.stdout.write(`${JSON.stringify(vectors, null, 2)}\n`);
