// Queries that no consent allows: each is refused with its reason, by the insurer before anything is sent or by the
// contract. And a query so large that it takes several transactions, interrupted and continued.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHex, type Hex, toHex } from '../../src/bytes.ts';
import { addressText } from '../../src/chain/account.ts';
import { consentDigest } from '../../src/contract/signing.ts';
import type { AnswerCall } from '../../src/contract/types.ts';
import { custodialSeed } from '../../src/identity/keys.ts';
import { ingest } from '../../src/ingest/ingest.ts';
import { deploymentOf, type Site } from '../../src/ledger/site.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { Patient } from '../../src/parties/patient.ts';
import { recordsHash } from '../../src/query/consent.ts';
import type { SignedConsent } from '../../src/query/signed-consent.ts';
import { sourceName } from '../../src/records/source.ts';
import { deviating } from '../support/adversary.ts';
import { sendAnswers } from '../support/answers.ts';
import { seedOf, startChain, type TestChain } from '../support/chain.ts';
import { type Cast, fault, openCast } from '../support/parties.ts';
import { busiestPatient, plainTotals, rowsOf, sampleCsv } from '../support/sample.ts';

const rows = rowsOf(sampleCsv(1200, 'consents', 3));
const patientId = busiestPatient(rows);
const insurerSeed = seedOf('consents: insurer');
const strangerSeed = seedOf('consents: stranger');

let chain: TestChain;
let cast: Cast;
let patient: Patient;
let ids: number[];
let foreign: number;
let insurer: Insurer;
let insurerSite: Site;

beforeAll(async () => {
  chain = await startChain();
  cast = await openCast(chain, 'consents', 2, 3, { minRecords: 3 });
  await ingest(cast.hospitalSite, await cast.hospital.dealer(cast.ledgerId), rows, {
    source: sourceName('a.csv', new Uint8Array(32)),
    tags: cast.hospital.tags(),
    onConflict: () => {
      throw new Error('no row repeats');
    },
  });
  patient = new Patient(await chain.site(seedOf('consents: postman')), custodialSeed(cast.hospitalSeed, patientId));
  ids = await patient.records(cast.ledgerId);
  foreign = rows.findIndex((row) => row.patient !== patientId);
  insurerSite = await chain.site(insurerSeed);
  insurer = new Insurer(insurerSite, insurerSeed);
});
afterAll(() => chain?.stop());

const signed = async (records: readonly number[] = ids.slice(0, 5), seconds = 3600): Promise<SignedConsent> =>
  patient.consent(insurer.address, cast.ledgerId, records, await chain.deadline(seconds));
const blocks = async () => BigInt(await chain.rpc.call<string>('eth_blockNumber'));
/** The error of a query, which must not have sent anything. */
async function refusedUnsent(given: SignedConsent, by = insurer) {
  const before = await blocks();
  const refusal = await fault(by.query(given));
  expect(await blocks()).toBe(before);
  return refusal;
}

beforeAll(async () => {
  // The channels to the servers are open before the tests count transactions.
  await insurer.query(await signed());
});

describe('a query is refused', () => {
  it('over a record of another patient, by its number', async () => {
    const records = [
      ...ids.filter((id) => id < foreign).slice(-2),
      foreign,
      ...ids.filter((id) => id > foreign).slice(0, 3),
    ];
    const refusal = await refusedUnsent(await signed(records));
    expect(refusal).toMatchObject({ code: 'FOREIGN_RECORD', details: { recordId: foreign } });
    expect(refusal.message).toContain(toHex(patient.address));
  });

  it('but not because addresses are written with a checksum', async () => {
    const given = await signed();
    const written = (hex: Hex) => addressText(fromHex(hex)) as Hex;
    const { insurer: by, patient: of } = given.consent;
    expect([written(by), written(of)]).not.toEqual([by, of]);
    const consent = { ...given.consent, insurer: written(by), patient: written(of) };
    expect((await insurer.query({ ...given, consent })).records).toBe(5);
  });

  it('over a record that does not exist', async () => {
    expect(await refusedUnsent(await signed([...ids.slice(0, 3), rows.length]))).toMatchObject({
      code: 'UNKNOWN_RECORD',
      message: `the consent names record ${rows.length}; ledger ${cast.ledgerId} holds the records 0 to ${rows.length - 1}`,
    });
  });

  it('over fewer records than the ledger allows', async () => {
    expect(await refusedUnsent(await signed(ids.slice(0, 2)))).toMatchObject({ code: 'TOO_FEW_RECORDS' });
    expect((await insurer.query(await signed(ids.slice(0, 3)))).records).toBe(3);
  });

  it('over other records than those of the consent', async () => {
    const given = await signed();
    for (const recordIds of [ids.slice(0, 4), ids.slice(0, 6), ids.slice(1, 6)]) {
      expect(await refusedUnsent({ ...given, recordIds })).toMatchObject({ code: 'INVALID_CONSENT' });
    }
  });

  it('in a ledger that does not exist, or of another contract', async () => {
    const given = await signed();
    expect(await refusedUnsent({ ...given, consent: { ...given.consent, ledgerId: 77n } })).toMatchObject({
      code: 'UNKNOWN_LEDGER',
    });
    const elsewhere = deviating(await chain.reader(), { chainId: () => 1n });
    const other = new Patient(elsewhere, custodialSeed(cast.hospitalSeed, patientId));
    const forOther = other.consent(insurer.address, cast.ledgerId, ids.slice(0, 5), await chain.deadline());
    expect(await refusedUnsent(forOther)).toMatchObject({ code: 'INVALID_SIGNATURE' });
  });

  it('after the deadline, and not in its last second', async () => {
    const { code, message } = await refusedUnsent(await signed(ids.slice(0, 5), -1));
    expect(code).toBe('CONSENT_EXPIRED');
    expect(message).toMatch(/^the consent expired at \d{4}-\d\d-\d\dT/);
    const last = await signed(ids.slice(0, 5), 1);
    await chain.rpc.call('evm_setNextBlockTimestamp', [Number(last.consent.deadline)]);
    const { transactions } = await insurer.query(last);
    expect(transactions.length).toBe(1);
  });

  it('with any part of the consent or its signature changed', async () => {
    const given = await signed();
    const flip = (hex: Hex, at = hex.length - 1) =>
      `${hex.slice(0, at)}${(Number.parseInt(hex[at]!, 16) ^ 1).toString(16)}${hex.slice(at + 1)}` as Hex;
    const { consent, signature } = given;
    const tampered: SignedConsent[] = [
      { ...given, consent: { ...consent, salt: flip(consent.salt) } },
      { ...given, consent: { ...consent, deadline: consent.deadline + 1n } },
      ...[2, 65, 66, 129, 130, 131].map((at) => ({ ...given, signature: flip(signature, at) })),
      { ...given, signature: '0x' },
      { ...given, signature: signature.slice(0, -2) as Hex },
      { ...given, signature: `${signature}00` },
      { ...given, signature: `0x${'00'.repeat(65)}` },
      {
        ...given,
        consent: { ...consent, recordsHash: toHex(recordsHash(ids.slice(0, 6))) },
        recordIds: ids.slice(0, 6),
      },
    ];
    for (const [number, one] of tampered.entries()) {
      expect(await refusedUnsent(one), `tampering ${number}`).toMatchObject({ code: 'INVALID_SIGNATURE' });
    }
  });

  it("with another patient's signature, also over records of that patient", async () => {
    const other = new Patient(await chain.reader(), custodialSeed(cast.hospitalSeed, 'someone else'));
    const theirs = other.consent(insurer.address, cast.ledgerId, ids.slice(0, 5), await chain.deadline());
    expect(await refusedUnsent(theirs)).toMatchObject({ code: 'FOREIGN_RECORD' });
    const given = await signed();
    expect(await refusedUnsent({ ...given, signature: theirs.signature })).toMatchObject({ code: 'INVALID_SIGNATURE' });
  });

  it('by another insurer than the one named, also of a query that exists', async () => {
    const stranger = new Insurer(await chain.site(strangerSeed), strangerSeed);
    const given = await signed();
    expect(await refusedUnsent(given, stranger)).toMatchObject({ code: 'NOT_THE_INSURER' });
    await insurer.query(given);
    expect(await refusedUnsent(given, stranger)).toMatchObject({ code: 'NOT_THE_INSURER' });
  });

  it('after the patient has revoked the consent, which only they can do, and only before it is used', async () => {
    const given = await signed();
    const other = new Patient(await chain.site(strangerSeed), seedOf('consents: another patient'));
    expect(await fault(other.revoke(given.consent))).toMatchObject({ code: 'INVALID_SIGNATURE' });
    await patient.revoke(given.consent);
    expect(await refusedUnsent(given)).toMatchObject({ code: 'CONSENT_IS_REVOKED' });
    expect(await fault(patient.revoke(given.consent))).toMatchObject({ code: 'CONSENT_IS_REVOKED' });
    const queryId = toHex(consentDigest(deploymentOf(insurerSite), given.consent));
    expect(await fault(insurer.sum(queryId))).toMatchObject({
      code: 'QUERY_NOT_SEALED',
      message: `query ${queryId} can never be opened: the patient has revoked the consent`,
    });
    const used = await signed();
    await insurer.query(used);
    expect(await fault(patient.revoke(used.consent))).toMatchObject({ code: 'CONSENT_USED' });
  });

  it('the second time by the contract; the insurer gets the first query again', async () => {
    const given = await signed();
    const first = await insurer.query(given);
    const before = await blocks();
    expect(await insurer.query(given)).toEqual({ ...first, transactions: [] });
    expect(await blocks()).toBe(before);
    const { contract } = insurerSite;
    const again = contract.query(given.consent, fromHex(given.signature), new Uint8Array(64 * 3), []);
    expect(await fault(again)).toMatchObject({ code: 'CONSENT_USED' });
  });
});

describe('a query that was opened without records', () => {
  it('is continued from the first record on, number 0 too', async () => {
    const owner = rows[0]!.patient;
    const own = rows.flatMap((row, id) => (row.patient === owner ? [id] : [])).slice(0, 4);
    expect(own[0]).toBe(0);
    const first = new Patient(await chain.reader(), custodialSeed(cast.hospitalSeed, owner));
    const given = first.consent(insurer.address, cast.ledgerId, own, await chain.deadline());
    const bare = deviating(insurerSite, {
      query: (honest) => (consent, signature, masks) => honest.query(consent, signature, masks, []),
    });
    await new Insurer(bare, insurerSeed).query(given);
    const { queryId } = await insurer.query(given);
    expect(await insurerSite.contract.queryState(fromHex(queryId))).toMatchObject({ status: 'sealed' });
  });
});

describe('a large query', () => {
  it('takes several transactions, survives an interruption after each, and gives the exact sum', async () => {
    const given = await signed(ids);
    const steps: number[] = [];
    /** A site whose contract takes one transaction and then fails, as if the machine went down. */
    const interrupted = async (): Promise<Site> => {
      let sent = false;
      const once = () => {
        if (sent) throw new Error('the machine is down');
        sent = true;
      };
      return deviating(await chain.site(insurerSeed), {
        query:
          (honest) =>
          async (...call) => {
            once();
            return honest.query(...call);
          },
        continueQuery:
          (honest) =>
          async (...call) => {
            once();
            return honest.continueQuery(...call);
          },
      });
    };
    const queryId = toHex(consentDigest(deploymentOf(insurerSite), given.consent));
    let attempts = 0;
    for (; attempts < 20; attempts++) {
      const again = new Insurer(await interrupted(), insurerSeed);
      const result = await again.query(given, (count) => steps.push(count)).catch((error: Error) => error.message);
      if (result !== 'the machine is down') {
        expect(result).toMatchObject({ queryId, records: ids.length });
        break;
      }
      expect(await fault(insurer.sum(queryId))).toMatchObject({
        code: 'QUERY_NOT_SEALED',
        details: { status: 'open' },
      });
      expect((await cast.servers[0]!.pending(cast.ledgerId)).map((one) => toHex(one.queryId))).not.toContain(queryId);
    }
    expect(attempts).toBeGreaterThanOrEqual(2);
    expect(steps.at(-1)).toBe(ids.length);
    expect(steps).toEqual([...new Set(steps)].sort((a, b) => a - b));

    for (const server of cast.servers.slice(1)) {
      const sealed = (await server.pending(cast.ledgerId)).find((one) => toHex(one.queryId) === queryId);
      await sendAnswers(server, [(await server.prepare(sealed!)) as AnswerCall]);
    }
    const again = new Insurer(await chain.site(insurerSeed), insurerSeed);
    expect(await again.sum(queryId)).toMatchObject({
      amounts: plainTotals(rows, patientId).sums,
      records: ids.length,
      seats: [2, 3],
    });
  });

  it('is answered together with all others, in one transaction of a server', async () => {
    const server = cast.servers[0]!;
    const pending = await server.pending(cast.ledgerId);
    expect(pending.length).toBeGreaterThan(4);
    const answers = (await Promise.all(pending.map((sealed) => server.prepare(sealed)))) as AnswerCall[];
    const sent = await sendAnswers(server, answers);
    expect(sent.map(({ logs }) => logs.length)).toEqual([pending.length]);
    expect(await server.pending(cast.ledgerId)).toEqual([]);
  });
});
