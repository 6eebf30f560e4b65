// Each party against one that cheats: a hospital that deals wrongly, an insurer without channels or with foreign masks, a
// receipts file of another contract, and one changed byte in every message that the contract takes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { concat, fromHex, toHex, uint64 } from '../../src/bytes.ts';
import { custodialSeed } from '../../src/identity/keys.ts';
import type { AnswerCall, EventArguments, QueryPart } from '../../src/ledger/types.ts';
import { ingest } from '../../src/parties/ingest.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { LedgerView } from '../../src/parties/ledger-view.ts';
import { checkReceipts, Patient } from '../../src/parties/patient.ts';
import type { Site } from '../../src/parties/site.ts';
import type { SignedConsent } from '../../src/query/signed-consent.ts';
import type { Receipts } from '../../src/records/receipt.ts';
import { sourceName } from '../../src/records/source.ts';
import { encode, Point, r } from '../engine/oracle.ts';
import { type Cast, fault, openCast, openStage, rowsOf, type Stage, sampleCsv, seedOf } from '../support/parties.ts';

const rows = rowsOf(sampleCsv(40, 'adversaries', 1));
const patientId = rows[0]!.patient;
const insurerSeed = seedOf('adversaries: insurer');
const RECORD = 188;
const flip = (bytes: Uint8Array, at: number, bit = 1) => bytes.map((byte, i) => (i === at ? byte ^ bit : byte));

let stage: Stage;
let cast: Cast;
let patient: Patient;
let insurer: Insurer;
let insurerSite: Site;
let receipts: Receipts;

beforeAll(async () => {
  stage = await openStage();
  cast = await openCast(stage, 'adversaries', 2, 3);
  await give(cast);
  patient = new Patient(await stage.reader(), custodialSeed(cast.hospitalSeed, patientId));
  insurerSite = await stage.site(insurerSeed);
  insurer = new Insurer(insurerSite, insurerSeed);
  receipts = await cast.hospital.receipts(cast.ledgerId, patient.address);
});
afterAll(() => stage?.chain.stop());

const give = async ({ hospital, hospitalSite, ledgerId }: Cast) =>
  ingest(hospitalSite, await hospital.dealer(ledgerId), rows, {
    source: sourceName('a.csv', new Uint8Array(32)),
    tags: hospital.tags(),
    onConflict: () => undefined,
  });

/** A second ledger of the same hospital and servers, with one batch of `rows` in which `spoil` has changed the bytes. */
async function spoiled(spoil: (records: Uint8Array) => void): Promise<Cast> {
  const { opening } = (await cast.hospital.dealer(cast.ledgerId)).ledger;
  const ledgerId = await cast.hospital.openLedger(opening);
  for (const server of cast.servers) await server.join(ledgerId);
  const here = { ...cast, ledgerId };
  const contract = new Proxy(cast.hospitalSite.contract, {
    get: (target, name) => {
      if (name !== 'submitBatch') {
        const value = Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      }
      return (call: { records: Uint8Array }) => {
        const records = call.records.slice();
        spoil(records);
        return target.submitBatch({ ...(call as Parameters<typeof target.submitBatch>[0]), records });
      };
    },
  });
  await give({ ...here, hospitalSite: { ...cast.hospitalSite, contract } });
  return here;
}

async function badOf({ servers, ledgerId }: Cast): Promise<number[][]> {
  return Promise.all(
    servers.map(async (server) => {
      const found: number[] = [];
      for await (const { bad } of server.check(ledgerId)) found.push(...bad);
      return found;
    }),
  );
}

const consentTo = async (ids: readonly number[], ledgerId = cast.ledgerId): Promise<SignedConsent> =>
  patient.consent(insurer.address, ledgerId, ids, await stage.deadline());
async function sealedOf(queryId: string): Promise<EventArguments['QuerySealed']> {
  for await (const sealed of insurerSite.events.read('QuerySealed', { queryId: fromHex(queryId) })) return sealed;
  throw new Error('not sealed');
}

describe('a hospital that deals wrongly', () => {
  // A record at (2, 3): tag 20, key 8, C_0 32, C_1 32, α_2 32, α_3 32, β_3 32.
  const field = (record: number, name: 'C_0' | 'C_1' | 'α_2' | 'α_3' | 'β_3') =>
    RECORD * record + 28 + 32 * ['C_0', 'C_1', 'α_2', 'α_3', 'β_3'].indexOf(name);
  const lastByte = (records: Uint8Array, at: number) => {
    records[at + 31]! ^= 1;
  };

  it('is found by the servers it wronged, with exactly the records', async () => {
    const here = await spoiled((records) => {
      lastByte(records, field(0, 'α_2'));
      lastByte(records, field(5, 'α_3'));
      lastByte(records, field(6, 'β_3'));
      lastByte(records, field(17, 'α_2'));
      lastByte(records, field(39, 'β_3'));
      // Commitments of one record given to its neighbour: every server is wronged.
      const [a, b] = [
        records.slice(field(20, 'C_0'), field(20, 'α_2')),
        records.slice(field(21, 'C_0'), field(21, 'α_2')),
      ];
      records.set(a, field(21, 'C_0'));
      records.set(b, field(20, 'C_0'));
    });
    expect(await badOf(here)).toEqual([
      [20, 21],
      [0, 17, 20, 21],
      [5, 6, 20, 21, 39],
    ]);
  });

  it('is found where what it dealt is not even a point or a scalar', async () => {
    const noPoint = encode([4n]); // 4³ + 3 is no square mod p
    expect(() => Point.Fp.sqrt(67n)).toThrow();
    const here = await spoiled((records) => {
      records.set(noPoint, field(3, 'C_1'));
      records.set(encode([r]), field(7, 'α_2'));
      records.set(encode([2n ** 256n - 1n]), field(11, 'β_3'));
      lastByte(records, field(12, 'α_2'));
    });
    expect(await badOf(here)).toEqual([[3], [3, 7, 12], [3, 11]]);
  });

  it('does not keep its servers from answering over the records that are right', async () => {
    const here = await spoiled((records) => records.set(encode([r]), field(7, 'α_2')));
    const { queryId } = await insurer.query(await consentTo([0, 1, 2], here.ledgerId));
    const sealed = await sealedOf(queryId);
    for (const server of here.servers.slice(0, 2)) await server.send([(await server.prepare(sealed)) as AnswerCall]);
    const own = rows.slice(0, 3);
    const sums = [0, 1].map((lane) => own.reduce((sum, { amounts }) => sum + amounts[lane]!, 0n));
    expect((await insurer.sum(queryId)).amounts).toEqual(sums);
  });

  it('gets no answer that the contract would refuse: the server says that its shares are wrong', async () => {
    const here = await spoiled((records) => {
      lastByte(records, field(4, 'α_3'));
      records.set(encode([r]), field(9, 'β_3'));
    });
    for (const ids of [[3, 4], [9], [4, 9]]) {
      const { queryId } = await insurer.query(await consentTo(ids, here.ledgerId));
      const sealed = await sealedOf(queryId);
      expect(await here.servers[2]!.prepare(sealed)).toBe('the hospital dealt wrong shares of these records');
      expect(await here.servers[0]!.prepare(sealed)).toHaveProperty('y');
    }
  });

  it('cannot make receipts for what the chain does not say', async () => {
    const here = await spoiled((records) => {
      const [a, b] = [records.slice(field(1, 'C_0'), field(1, 'α_2')), records.slice(field(2, 'C_0'), field(2, 'α_2'))];
      records.set(a, field(2, 'C_0'));
      records.set(b, field(1, 'C_0'));
    });
    expect(await fault(here.hospital.receipts(here.ledgerId, patient.address))).toMatchObject({
      code: 'NOT_OF_THIS_SEED',
      details: { recordId: 1 },
    });
  });

  it('is left alone by servers that it has opened no channel to', async () => {
    const { opening } = (await cast.hospital.dealer(cast.ledgerId)).ledger;
    const site = await stage.site(seedOf('adversaries: careless hospital'));
    const { ledgerId } = await site.contract.openLedger(opening);
    const server = cast.servers[0]!;
    expect(await server.ledgers()).toContain(ledgerId);
    expect(await fault(server.join(ledgerId))).toMatchObject({ code: 'CHANNEL_MISSING' });
    expect(
      await fault(site.contract.openChannel(server.address, new Uint8Array(1120)).then(() => server.join(ledgerId))),
    ).toMatchObject({
      code: 'CHANNEL_MISSING',
    });
  });
});

describe('an insurer that cheats', () => {
  /** Seals a query with masks of the cheat's own making. */
  async function sealedWith(site: Site, seed: Uint8Array, masks: (honest: Uint8Array) => Uint8Array, prepared = true) {
    const cheat = new Insurer(site, seed);
    const contract = new Proxy(site.contract, {
      get: (target, name) => {
        if (name === 'openChannel' && !prepared) return async () => undefined;
        const value = Reflect.get(target, name, target);
        if (name === 'query')
          return (...[consent, signature, given, parts]: Parameters<typeof target.query>) =>
            target.query(consent, signature, masks(given), parts);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    const consent = patient.consent(cheat.address, cast.ledgerId, [0, 1], await stage.deadline());
    const { queryId } = await new Insurer({ ...site, contract }, seed).query(consent);
    return sealedOf(queryId);
  }

  it('with masks of other channels is refused by each server concerned', async () => {
    const sealed = await sealedWith(insurerSite, insurerSeed, (masks) =>
      concat(masks.subarray(64, 128), masks.subarray(0, 64), masks.subarray(128)),
    );
    const refusal = 'the mask commitment is not that of the channel';
    expect(await cast.servers[0]!.prepare(sealed)).toBe(refusal);
    expect(await cast.servers[1]!.prepare(sealed)).toBe(refusal);
    expect(await cast.servers[2]!.prepare(sealed)).toHaveProperty('y');
  });

  it('without masks (infinity) is refused: the answers would show the shares', async () => {
    const sealed = await sealedWith(insurerSite, insurerSeed, (masks) => new Uint8Array(masks.length));
    for (const server of cast.servers)
      expect(await server.prepare(sealed)).toBe('the mask commitment is not that of the channel');
  });

  it('without a channel is refused, and not a failure of the server', async () => {
    const seed = seedOf('adversaries: insurer without channels');
    const sealed = await sealedWith(await stage.site(seed), seed, (masks) => masks, false);
    expect(await cast.servers[0]!.prepare(sealed)).toBe('the insurer has opened no channel to this server');
  });

  it('with a channel that nobody can open is refused likewise', async () => {
    const seed = seedOf('adversaries: insurer with broken channels');
    const site = await stage.site(seed);
    for (const server of cast.servers) await site.contract.openChannel(server.address, new Uint8Array(1120));
    const sealed = await sealedWith(site, seed, (masks) => masks);
    expect(await cast.servers[0]!.prepare(sealed)).toBe('the insurer has opened no channel to this server');
  });
});

describe('one changed byte', () => {
  it('in any part of a query is refused by the contract', async () => {
    const { contract } = insurerSite;
    const { consent, signature } = await consentTo([3, 8, 21]);
    const [batch] = await batches();
    const points = stage.engine.decompress(concat(...[3, 8, 21].map((k) => batch!.commitments(k))));
    const records = concat(
      ...[3, 8, 21].map((k, i) => concat(uint64(k), batch!.key(k), points.subarray(128 * i, 128 * i + 128))),
    );
    const part: QueryPart = { batch: 0, records, ...batch!.tree.multiProof([3, 8, 21]) };
    const masks = stage.engine.decompress(stage.engine.commit(encode([1n, 2n, 3n]), encode([4n, 5n, 6n])));
    const refused: Record<string, number> = {};
    const attempt = async (changed: Partial<QueryPart>, what: string) => {
      const { code } = await fault(contract.query(consent, fromHex(signature), masks, [{ ...part, ...changed }]));
      expect(code, what).toMatch(
        /^(INVALID_PROOF|POINT_NOT_ON_CURVE|RECORDS_NOT_ASCENDING|UNKNOWN_BATCH|LENGTH_MISMATCH|MERKLE_PROOF_INVALID_MULTIPROOF|PANIC)$/,
      );
      refused[code] = (refused[code] ?? 0) + 1;
    };
    for (let at = 0; at < records.length; at += 3)
      await attempt({ records: flip(records, at, 1 << (at & 7)) }, `records, byte ${at}`);
    for (const [i, node] of part.proof.entries()) {
      const proof = part.proof.map((other, k) => (k === i ? flip(node, (7 * i) % 32) : other));
      await attempt({ proof }, `proof, node ${i}`);
    }
    for (let bit = 0; bit < 8 * part.flags.length; bit++) {
      const changed = { flags: flip(part.flags, bit >> 3, 1 << (bit & 7)) };
      if (bit < part.proof.length + 2) await attempt(changed, `flags, bit ${bit}`);
    }
    await attempt({ batch: 1 }, 'batch');
    await attempt({ records: records.subarray(144) }, 'a record left out');
    await attempt(
      { records: concat(records.subarray(144, 288), records.subarray(0, 144), records.subarray(288)) },
      'records swapped',
    );
    expect(Object.keys(refused)).toEqual(expect.arrayContaining(['INVALID_PROOF']));
    // And unchanged it is taken.
    expect(
      (await contract.query(consent, fromHex(signature), masks, [part])).events.map(({ event }) => event),
    ).toContain('QuerySealed');
  });

  it('in any part of an answer is refused by the contract, and the honest one is taken after all', async () => {
    const { queryId } = await insurer.query(await consentTo([1, 2, 30]));
    const server = cast.servers[1]!;
    const honest = (await server.prepare(await sealedOf(queryId))) as AnswerCall;
    const attempt = async (changed: Partial<AnswerCall>) =>
      (await fault(server.send([{ ...honest, ...changed }]))).code;
    for (let at = 0; at < 32; at++) {
      expect(await attempt({ y: flip(honest.y, at) }), `y, byte ${at}`).toMatch(
        /^(WRONG_ANSWER|NON_CANONICAL_SCALAR)$/,
      );
      expect(await attempt({ w: flip(honest.w, at) }), `w, byte ${at}`).toMatch(
        /^(WRONG_ANSWER|NON_CANONICAL_SCALAR)$/,
      );
      expect(await attempt({ queryId: flip(honest.queryId, at) }), `query id, byte ${at}`).toBe('QUERY_NOT_SEALED');
      expect(await attempt({ sums: flip(honest.sums, 4 * at) }), `sums, byte ${4 * at}`).toBe('WRONG_PREIMAGE');
      expect(await attempt({ masks: flip(honest.masks, 6 * at) }), `masks, byte ${6 * at}`).toBe('WRONG_PREIMAGE');
    }
    expect(await attempt({ ledgerId: 99n })).toBe('NOT_A_MEMBER');
    // Two servers cannot exchange their answers.
    const other = (await cast.servers[0]!.prepare(await sealedOf(queryId))) as AnswerCall;
    expect((await fault(server.send([other]))).code).toBe('WRONG_ANSWER');
    // A wrong answer among right ones takes the whole transaction with it.
    expect((await fault(server.send([honest, { ...honest, y: flip(honest.y, 31) }]))).code).toMatch(
      /ALREADY_ANSWERED|WRONG_ANSWER/,
    );
    expect((await server.send([honest])).logs.length).toBe(1);
    expect(await attempt({})).toBe('ALREADY_ANSWERED');
  });

  it('in the head of a receipts file is noticed', async () => {
    const site = await stage.reader();
    expect((await checkReceipts(site, receipts)).every(({ fault }) => fault === null)).toBe(true);
    const head = async (changed: Partial<Receipts>) =>
      (await fault(checkReceipts(site, { ...receipts, ...changed }))).code;
    expect(await head({ chainId: '1' })).toBe('WRONG_DEPLOYMENT');
    expect(await head({ contract: toHex(flip(fromHex(receipts.contract), 19)) })).toBe('WRONG_DEPLOYMENT');
    expect(await head({ ledgerId: '9999' })).toBe('UNKNOWN_LEDGER');
    expect(await head({ lanes: receipts.lanes.toReversed() })).toBe('WRONG_TERMS');
    expect(await head({ scale: 3 })).toBe('WRONG_TERMS');
    expect(await head({ currency: 'EUR' })).toBe('WRONG_TERMS');
    const patientOther = await checkReceipts(site, { ...receipts, patient: toHex(flip(patient.address, 0)) });
    expect(patientOther.every(({ fault }) => fault === 'not under the root')).toBe(true);
    const elsewhere = await checkReceipts(site, {
      ...receipts,
      records: receipts.records.map((one) => ({ ...one, batch: 7 })),
    });
    expect(elsewhere.every(({ fault }) => fault === 'unknown batch')).toBe(true);
  });
});

async function batches() {
  const view = await LedgerView.load(insurerSite, cast.ledgerId);
  const all = [];
  for await (const batch of view.batches()) all.push(batch);
  return all;
}
