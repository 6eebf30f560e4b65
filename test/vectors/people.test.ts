// The transcript is what its script makes from the protocol's text; and what seeds give and share in src/ is what stands in
// it: accounts, KEM keys, channels, signatures, ledger id, committee hashes, keys of subsets and their packets.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { concat, toHex } from '../../src/bytes.ts';
import { accountOf } from '../../src/chain/account.ts';
import { committeeAfter, ledgerIdOf } from '../../src/contract/ledger-id.ts';
import { isChannelOf, isKeyOf, signChannel, signKey } from '../../src/contract/signing.ts';
import { PatientAccounts } from '../../src/identity/accounts.ts';
import { receivingChannel, sendingChannel } from '../../src/identity/channel.ts';
import { kemKeys } from '../../src/identity/kem.ts';
import { accountKey, custodialSeed, dealingKey } from '../../src/identity/keys.ts';
import { seriesId, viewingKey } from '../../src/records/series.ts';
import { checkKeys, digestOfKeys, keyList, keysOf, openKeys, sealKeys, subsetKeys } from '../../src/vss/subset-keys.ts';
import { reference } from '../engine/engines.ts';
import {
  bytes,
  committee,
  deployment,
  joined,
  ledgerId,
  type Person,
  TRANSCRIPT_FILE,
  terms,
  transcript,
} from './transcript.ts';

const { hospital, insurer, servers, channels, epochs, patients } = transcript;

describe('the transcript', () => {
  it('is what its script makes', () => {
    const script = new URL('run.mjs', import.meta.url).pathname;
    const printed = execFileSync(process.execPath, [script], { encoding: 'utf8' });
    expect(printed === readFileSync(TRANSCRIPT_FILE, 'utf8')).toBe(true);
  });

  it('has the two generators of src/', () => {
    const one = concat(new Uint8Array(31), Uint8Array.of(1));
    const generator = (value: Uint8Array, blinding: Uint8Array) =>
      toHex(reference.decompress(reference.commit(value, blinding)));
    const zero = new Uint8Array(32);
    expect({ G: generator(one, zero), H: generator(zero, one) }).toEqual(transcript.generators);
  });
});

describe('identities', () => {
  it.each<[string, Person]>([
    ['hospital', hospital],
    ['insurer', insurer],
    ...servers.map((server, s) => [`server ${s + 1}`, server] as [string, Person]),
  ])('of the %s', (_, { seed, accountKey: key, account }) => {
    expect(toHex(accountKey(bytes(seed)))).toBe(key);
    expect(toHex(accountOf(bytes(key)))).toBe(account);
  });

  it.each(servers.map((server, s) => [s + 1, server] as const))('KEM key of server %i, signed', (_, server) => {
    const { publicKey } = kemKeys(bytes(server.seed));
    expect(toHex(publicKey)).toBe(server.kemKey);
    expect(toHex(signKey(bytes(server.accountKey), deployment, publicKey))).toBe(server.signature);
    expect(isKeyOf(bytes(server.account), deployment, publicKey, bytes(server.signature))).toBe(true);
  });

  it.each(
    (['hospital', 'insurer'] as const).flatMap((from) =>
      channels[from].map((channel, s) => [from, s, channel] as const),
    ),
  )('channel of the %s to server %i: both sides', (from, s, { ciphertext, secret, signature }) => {
    const [sender, server] = [transcript[from], servers[s]!];
    const ends = { ...deployment, from: bytes(sender.account), to: bytes(server.account) };
    const sent = sendingChannel(bytes(sender.seed), bytes(server.kemKey), ends);
    expect({ ciphertext: toHex(sent.ciphertext), secret: toHex(sent.secret) }).toEqual({ ciphertext, secret });
    const received = receivingChannel(kemKeys(bytes(server.seed)).secretKey, bytes(ciphertext), ends);
    expect(toHex(received)).toBe(secret);
    expect(toHex(signChannel(bytes(sender.accountKey), deployment, ends.to, sent.ciphertext))).toBe(signature);
    expect(isChannelOf(ends.from, deployment, ends.to, sent.ciphertext, bytes(signature))).toBe(true);
  });

  it('patients: accounts, viewing keys, series', () => {
    const own = patients.filter(({ kind }) => kind === 'own').map(({ id, account }) => [id, [account]] as const);
    const accounts = new PatientAccounts(bytes(hospital.seed), own);
    expect(toHex(dealingKey(bytes(hospital.seed)))).toBe(hospital.dealingKey);
    for (const { id, kind, seed, account, viewingKey: expected, series } of patients) {
      if (kind === 'custodial') expect(toHex(custodialSeed(bytes(hospital.seed), id))).toBe(seed);
      expect(toHex(accounts.accounts(id)[0]!)).toBe(account);
      const key = viewingKey(bytes(hospital.dealingKey), id);
      expect(toHex(key)).toBe(expected);
      const place = { ledgerId, account: bytes(account) };
      const ids = terms.categories.map((category) => ({ category, id: toHex(seriesId(key, { ...place, category })) }));
      expect(ids).toEqual(series);
    }
  });
});

describe('the ledger', () => {
  it('id and committee hashes', () => {
    const opening = { hospital: bytes(hospital.account), terms, salt: bytes(transcript.ledger.salt) };
    expect(toHex(ledgerIdOf(deployment, opening))).toBe(transcript.ledger.id);
    expect(epochs[0]!.committeeHash).toBe(transcript.ledger.id);
    expect(toHex(committeeAfter(ledgerId))).toBe(epochs[1]!.committeeHash);
  });

  it.each(epochs.map((epoch) => [epoch.epoch, epoch] as const))(
    'keys of epoch %i, list, digest, packets',
    (_, epoch) => {
      const place = { ...deployment, committeeHash: bytes(epoch.committeeHash) };
      const keys = subsetKeys(bytes(hospital.dealingKey), place, committee);
      expect(toHex(keys)).toBe(toHex(joined(epoch.keys)));
      expect(toHex(keyList(keys))).toBe(epoch.list);
      expect(toHex(digestOfKeys(keyList(keys)))).toBe(epoch.digest);
      for (const [s, packet] of epoch.packets.entries()) {
        const channel = bytes(channels.hospital[s]!.secret);
        const own = keysOf(committee, s + 1, keys);
        expect(sealKeys(channel, place, s + 1, own).map(toHex)).toEqual([packet]);
        expect(openKeys(channel, place, committee, s + 1, [bytes(packet)])).toEqual(own);
        checkKeys(committee, s + 1, own, bytes(epoch.list), bytes(epoch.digest));
      }
    },
  );
});
