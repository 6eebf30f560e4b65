// An endpoint that rewrites every reply at will (the rules marked ✱ of the protocol): it gets no share, no key and no false
// "valid" out of any role. It tells events and the contract's views as it likes; here each lie is alone, in an otherwise true
// story, where a role that believed it would go furthest.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concat, fromHex, toHex, uint256 } from '../../src/bytes.ts';
import { committeeAfter } from '../../src/contract/ledger-id.ts';
import { consentDigest, signChannel, signConsent } from '../../src/contract/signing.ts';
import type { ContractEvent } from '../../src/contract/types.ts';
import { accountKey } from '../../src/identity/keys.ts';
import { deploymentOf } from '../../src/ledger/site.ts';
import { Server, type ServerOptions } from '../../src/parties/server/server.ts';
import type { SignedConsent } from '../../src/records/consent-file.ts';
import { decodeEdges, encodeEdges } from '../../src/records/query-bytes.ts';
import { seedOf } from '../support/chain.ts';
import { type Lies, lyingSite } from '../support/endpoint/liar.ts';
import { fault } from '../support/parties.ts';
import { openScene, type Scene } from '../support/scene.ts';

let scene: Scene;
let ledgerId: Uint8Array;
/** A query over two runs, and its true edges. */
let queryId: Uint8Array;
let signed: SignedConsent;
const stranger = seedOf('hostile endpoint: stranger');
beforeAll(async () => {
  scene = await openScene('hostile endpoint');
  ({ ledgerId } = scene.cast);
  signed = await scene.consentTo([
    ...scene.recordsOf('ambulatory').slice(1, 3),
    ...scene.recordsOf('wellness').slice(0, 2),
  ]);
  queryId = fromHex((await scene.insurer.query(signed)).queryId);
});
afterAll(() => scene?.chain.stop());

const flip = (bytes: Uint8Array, at: number) => bytes.map((byte, i) => (i === at ? byte ^ 1 : byte));
const blocks = () => scene.chain.rpc.call<string>('eth_blockNumber');
/** Server of seat 1 behind the liar, as a process that has just started. Its site must send nothing. */
const server = (lies: Lies, options: ServerOptions = {}, seat = 1) =>
  new Server(lyingSite(scene.cast.serverSites[seat - 1]!, lies), scene.cast.serverSeeds[seat - 1]!, options);
const answered = (lies: Lies, options?: ServerOptions) => server(lies, options).prepare(ledgerId, queryId);
const opened = (change: (event: ContractEvent<'QueryOpened'>) => object): Lies => ({ events: { QueryOpened: change } });
const batch = (change: (event: ContractEvent<'BatchAppended'>) => object): Lies => ({
  events: { BatchAppended: change },
});
const changedAt = (records: Uint8Array, at: number) => {
  const out = records.slice();
  for (const { recordId } of signed.edges) out[124 * recordId + at]! ^= 1;
  return out;
};

describe('a server behind a liar', () => {
  it('answers where nothing is a lie', async () => {
    expect(await answered({})).toMatchObject({ queryId });
  });

  it.each<[string, (event: ContractEvent<'QueryOpened'>) => object, RegExp]>([
    ['another insurer', () => ({ insurer: new Uint8Array(20).fill(7) }), /not the digest/],
    ['another patient', () => ({ patient: new Uint8Array(20).fill(7) }), /not the digest/],
    ['another runs hash', ({ runsHash }) => ({ runsHash: flip(runsHash, 0) }), /not the digest/],
    ['another deadline', ({ deadline }) => ({ deadline: deadline + 1n }), /not the digest/],
    ['another salt', ({ salt }) => ({ salt: flip(salt, 31) }), /not the digest/],
    ['another signature', ({ signature }) => ({ signature: flip(signature, 5) }), /not signed by the patient/],
    ['no signature', () => ({ signature: new Uint8Array(0) }), /not signed by the patient/],
    ['edges of another salt', ({ edges: told }) => ({ edges: flip(told, 30) }), /not the patient's/],
    ['edges of another position', ({ edges: told }) => ({ edges: flip(told, 41 + 22) }), /not the patient's/],
    ['edges at position 0', ({ edges: told }) => ({ edges: flip(told, 24) }), /position of edge 0 is 0/],
    ['edges of another series', ({ edges: told }) => ({ edges: flip(told, 13) }), /of another series/],
    ['edges with another sign', ({ edges: told }) => ({ edges: flip(told, 0) }), /the beginning of one/],
    ['a part of the edges', ({ edges: told }) => ({ edges: told.subarray(41) }), /not those that the patient signed/],
    ['half an edge', ({ edges: told }) => ({ edges: told.subarray(1) }), /must be a multiple of 41/],
    ['no edges', () => ({ edges: new Uint8Array(0) }), /./],
  ])('that tells of the query %s gets no share', async (_, change, message) => {
    const refused = await fault(answered(opened(change)));
    expect(refused).toMatchObject({ code: 'INVALID_QUERY', message: expect.stringMatching(message) });
  });

  it('gives it no share for a consent that somebody else signed over the same records', async () => {
    const forged = { ...signed.consent, patient: toHex(scene.insurer.address) };
    const id = consentDigest(deploymentOf(scene.insurerSite), forged);
    const signature = signConsent(accountKey(scene.insurerSeed), deploymentOf(scene.insurerSite), forged);
    const lies = opened(() => ({ queryId: id, patient: scene.insurer.address, signature }));
    const refused = await fault(server({ ...lies, where: { queryId } }).prepare(ledgerId, id));
    expect(refused).toMatchObject({ code: 'INVALID_QUERY', message: expect.stringMatching(/not the patient's/) });
  });

  it('gives it no share of an account that the liar says to be a contract which has signed', async () => {
    const site = lyingSite(
      scene.cast.serverSites[0]!,
      opened(() => ({ signature: new Uint8Array(3) })),
    );
    const asked: unknown[] = [];
    const contractSignature = async (account: Uint8Array) => {
      asked.push(toHex(account));
      return false;
    };
    const deceived = new Server(site, scene.cast.serverSeeds[0]!, { contractSignature });
    expect(await fault(deceived.prepare(ledgerId, queryId))).toMatchObject({ code: 'INVALID_QUERY' });
    expect(asked).toEqual([toHex(scene.patient.address)]);
  });

  it('answers no consent that ran out, whatever time the liar tells', async () => {
    const { deadline } = signed.consent;
    const late = Number(deadline) + 8 * 24 * 3600;
    expect(await answered({}, { now: () => late })).toMatch(/ran out/);
  });

  it.each<[string, Lies, RegExp]>([
    ['another epoch', opened(() => ({ epoch: 2 })), /UNKNOWN_EPOCH/],
    ['masks of its own', opened(({ masks }) => ({ masks: new Uint8Array(masks.length) })), /the mask is not/],
    [
      'one other mask point',
      opened(({ masks }) => ({ masks: concat(masks.subarray(64, 128), masks.subarray(64)) })),
      /the mask is not/,
    ],
  ])('that shows %s gets no share: %s', async (_, lies, outcome) => {
    const said = await answered(lies).then(
      (value) => (typeof value === 'string' ? value : 'an answer'),
      (error) => error.code,
    );
    expect(said).toMatch(outcome);
  });

  it('that shows an invented epoch gets no share under its committee', async () => {
    const second = { epoch: 2, committee: committeeAfter(ledgerId) };
    const lies = { EpochBegun: () => [{}, second], QueryOpened: () => ({ epoch: 2 }) };
    expect(await answered({ events: lies })).toBe('the mask is not that of the channel');
  });

  it.each<[string, (event: ContractEvent<'BatchAppended'>) => object]>([
    ['tags', ({ records }) => ({ records: flip(records, 124 * 5 + 19) })],
    ['a key', ({ records }) => ({ records: flip(records, 124 * 5 + 27) })],
    ['a correction', ({ records }) => ({ records: changedAt(records, 92 + 31) })],
    ['a nonce', ({ nonce }) => ({ nonce: flip(nonce, 3) })],
    ['an index', ({ index }) => ({ index: index + 1 })],
  ])('gets no answer, and no word against the hospital, by showing a batch with other %s', async (_, change) => {
    expect((await fault(answered(batch(change)))).code).toMatch(/^(INCONSISTENT_BATCH|INVALID_QUERY|UNKNOWN_BATCH)$/);
  });

  it('gets no answer for records whose tags it exchanged: the pads are others', async () => {
    // The tags of two records exchanged, and edges that open to them: the leaves are not those that were signed.
    const lies = batch(({ records }) => {
      const [a, b] = [signed.edges[0]!, signed.edges[1]!].map(({ recordId }) => 124 * recordId) as [number, number];
      const out = records.slice();
      out.set(records.subarray(a, a + 20), b);
      out.set(records.subarray(b, b + 20), a);
      return { records: out };
    });
    const told = (event: ContractEvent<'QueryOpened'>) => {
      const list = decodeEdges(event.edges);
      const [first, second, ...rest] = list;
      return {
        edges: encodeEdges([
          { ...first!, recordId: second!.recordId },
          { ...second!, recordId: first!.recordId },
          ...rest,
        ]),
      };
    };
    const refused = await fault(answered({ events: { ...lies.events, QueryOpened: told } }));
    expect(refused).toMatchObject({
      code: 'INVALID_QUERY',
      message: expect.stringMatching(/not those that the patient/),
    });
  });

  it.each<[string, (event: ContractEvent<'LedgerOpened'>) => object]>([
    ['threshold', ({ terms }) => ({ terms: { ...terms, threshold: 1 } })],
    ['servers', ({ terms }) => ({ terms: { ...terms, servers: terms.servers.toReversed() } })],
    ['minimum', ({ terms }) => ({ terms: { ...terms, minRecords: 0 } })],
    ['hospital', () => ({ hospital: new Uint8Array(20).fill(7) })],
    ['salt', ({ salt }) => ({ salt: flip(salt, 0) })],
  ])('that shows the ledger with another %s is found out by the hash', async (_, change) => {
    expect(await fault(answered({ events: { LedgerOpened: change } }))).toMatchObject({ code: 'FORGED_TERMS' });
  });

  it('takes no key of a channel that the liar made', async () => {
    const forgery = (event: ContractEvent<'ChannelOpened'>) => ({
      ciphertext: flip(event.ciphertext, 9),
    });
    expect(await fault(answered({ events: { ChannelOpened: forgery } }))).toMatchObject({ code: 'CHANNEL_MISSING' });
    const own = (event: ContractEvent<'ChannelOpened'>) => ({
      signature: signChannel(accountKey(stranger), deploymentOf(scene.insurerSite), event.to, event.ciphertext),
    });
    expect(await fault(answered({ events: { ChannelOpened: own } }))).toMatchObject({ code: 'CHANNEL_MISSING' });
  });

  it('joins no epoch whose packet, list or digest the liar has changed, and sends nothing', async () => {
    const before = await blocks();
    const keys = (seat: number): Lies => ({
      events: { KeysDealt: (event) => (event.seat === seat ? { ciphertext: flip(event.ciphertext, 3) } : {}) },
    });
    for (const lies of [keys(0), keys(1), { events: { EpochBegun: () => ({ digest: uint256(5) }) } } satisfies Lies]) {
      expect(await fault(server(lies).join(ledgerId))).toMatchObject({ code: 'INVALID_ENCODING' });
    }
    const committee = { events: { EpochBegun: () => ({ committee: uint256(5) }) } } satisfies Lies;
    expect(await fault(server(committee).join(ledgerId))).toMatchObject({ code: 'FORGED_TERMS' });
    expect(await blocks()).toBe(before);
  });
});
