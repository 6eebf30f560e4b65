// ServerRounds as a library user runs them: what each round reports, what stops them, and what does not.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Hex, toHex } from '../../src/bytes.ts';
import { ConnectionError } from '../../src/chain/errors.ts';
import type { EventSource } from '../../src/contract/events.ts';
import { ledgerIdOf } from '../../src/contract/ledger-id.ts';
import type { TransactionOutcome } from '../../src/contract/outcome.ts';
import type { LedgerTerms } from '../../src/contract/types.ts';
import { deploymentOf } from '../../src/ledger/site.ts';
import { Insurer } from '../../src/parties/insurer.ts';
import { Server } from '../../src/parties/server.ts';
import { type RoundEvent, ServerRounds, type ServerRoundsOptions } from '../../src/parties/server-rounds.ts';
import { sourceName } from '../../src/records/source.ts';
import { deviating } from '../support/adversary.ts';
import { seedOf } from '../support/chain.ts';
import { fault, storeRows } from '../support/parties.ts';
import { rowsOf, sampleCsv } from '../support/sample.ts';
import { openScene, rows, type Scene } from '../support/scene.ts';

vi.setConfig({ testTimeout: 180_000 });
let scene: Scene;
/** Whether the node answers who asks for all ledgers. */
let away = false;

beforeAll(async () => {
  scene = await openScene('server rounds');
});
afterAll(() => scene?.chain.stop());
beforeEach(() => {
  away = false;
});

/** Rounds of the server of a seat, and what they have reported. */
function roundsOf(seat: number, options: ServerRoundsOptions = {}) {
  const { serverSites, serverSeeds } = scene.cast;
  const site = serverSites[seat - 1]!;
  const events: EventSource = {
    readBatches: (...given) => site.events.readBatches(...given),
    readBatch: (...given) => site.events.readBatch(...given),
    read: (names, where) => {
      if (away && Object.keys(where ?? {}).length === 0) throw new ConnectionError('http://node', 'gone');
      return site.events.read(names, where);
    },
  };
  const reported: RoundEvent[] = [];
  const rounds = new ServerRounds(new Server({ ...site, events }, serverSeeds[seat - 1]!), {
    ...options,
    onEvent: (event) => {
      reported.push(event);
      options.onEvent?.(event);
    },
  });
  return { rounds, reported, kinds: () => reported.map(({ kind }) => kind) };
}

/** Id of a new query over the patient's records with these ids. */
async function ask(records: number[], insurer = scene.insurer): Promise<Hex> {
  return (await insurer.query(await scene.consentTo(records, insurer.address))).queryId;
}

/** An insurer that opens no channels. */
async function careless(): Promise<Insurer> {
  const seed = seedOf('server rounds: careless');
  const skip = () => () => Promise.resolve({} as TransactionOutcome);
  return new Insurer(deviating(await scene.chain.site(seed), { openChannel: skip }), seed);
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('a round', () => {
  it('checks, answers and refuses, and reports each once', async () => {
    const ledgerId = toHex(scene.cast.ledgerId);
    const { rounds, reported } = roundsOf(1);
    const [answered, refused] = [await ask([0, 1]), await ask([2], await careless())];
    await rounds.round();
    expect(reported).toEqual([
      { kind: 'checked', ledgerId, batch: 0, records: rows.length, bad: [] },
      { kind: 'refused', ledgerId, queryId: refused, reason: 'the insurer has opened no channel to this server' },
      { kind: 'answered', ledgerId, queryIds: [answered], gasUsed: expect.any(BigInt) },
    ]);
    const summary = { records: rows.length, badRecords: [], answered: 1, refused: 1, notJoined: [], leftOut: [] };
    expect(rounds.summary).toEqual({ ...summary, away: null });
    await rounds.round();
    expect(reported.length).toBe(3);
    expect(rounds.summary).toEqual({ ...summary, away: null });
  });

  it('serves its ledgers beside one that it has not joined and one that does not name it', async () => {
    const stranger = await scene.chain.site(seedOf('server rounds: stranger'));
    const { terms } = (await scene.cast.hospital.dealer(scene.cast.ledgerId)).ledger;
    const open = async (changed: Partial<LedgerTerms>) => {
      const opening = {
        hospital: stranger.contract.account,
        terms: { ...terms, ...changed },
        salt: new Uint8Array(32),
      };
      await stranger.contract.openLedger(opening.terms, opening.salt, new Uint8Array(32).fill(1));
      return ledgerIdOf(deploymentOf(stranger), opening);
    };
    const ledgerId = toHex(await open({}));
    const { rounds, reported } = roundsOf(2);
    await rounds.round();
    await rounds.round();
    expect(reported.filter(({ kind }) => kind === 'invited')).toEqual([{ kind: 'invited', ledgerId }]);
    expect(rounds.summary).toMatchObject({ records: rows.length, notJoined: [ledgerId], leftOut: [] });

    const other = await open({ threshold: 1, servers: [terms.servers[0]!] });
    const told = roundsOf(2, { ledgerId: other });
    await told.rounds.round();
    await told.rounds.round();
    expect(told.reported).toMatchObject([
      { kind: 'left-out', ledgerId: toHex(other), error: { code: 'NOT_A_MEMBER' } },
    ]);
    expect(told.rounds.summary.leftOut.map((left) => left.ledgerId)).toEqual([toHex(other)]);
  });

  it('throws where the ledgers cannot be read', async () => {
    away = true;
    const { rounds, reported } = roundsOf(1);
    expect(await fault(rounds.round())).toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(reported).toEqual([]);
  });
});

describe('rounds', () => {
  it('go on until the signal is aborted, through an endpoint that is away, and check nothing twice', async () => {
    const ledgerId = toHex(scene.cast.ledgerId);
    const listeners = process.listenerCount('SIGINT');
    const stop = new AbortController();
    const { rounds, reported, kinds } = roundsOf(3, { signal: stop.signal });
    const first = await ask([0]);
    const running = rounds.run(20);
    await until(() => kinds().includes('answered'));
    // The query of the first test has its two answers, and is left alone.
    expect(reported.filter((event) => event.kind === 'answered').flatMap(({ queryIds }) => queryIds)).toEqual([first]);
    away = true;
    await until(() => kinds().includes('away'));
    expect(rounds.summary.away).toMatchObject({ code: 'CONNECTION_FAILED' });
    away = false;
    await until(() => kinds().includes('back'));
    const queryId = await ask([3]);
    await until(() => reported.some((event) => event.kind === 'answered' && event.queryIds.includes(queryId)));
    expect(process.listenerCount('SIGINT')).toBe(listeners);
    stop.abort();
    await running;
    expect(reported.filter(({ kind }) => ['checked', 'away', 'back'].includes(kind))).toMatchObject([
      { kind: 'checked', ledgerId, batch: 0 },
      { kind: 'away' },
      { kind: 'back' },
    ]);
    expect(rounds.summary).toMatchObject({ records: rows.length, away: null });
  });

  it('end without waiting for the next round', async () => {
    const stop = new AbortController();
    const { rounds, kinds } = roundsOf(1, { signal: stop.signal });
    const running = rounds.run(2 ** 31 - 1);
    await until(() => kinds().includes('answered'));
    stop.abort();
    await running;
  });

  it('end after the batch at hand, before the next batch and the answers', async () => {
    const { ledgerId } = scene.cast;
    await ask([4]);
    await storeRows(scene.cast, rowsOf(sampleCsv(3, 'second batch', 1)), sourceName('b.csv', new Uint8Array(32)));
    const stop = new AbortController();
    const { rounds, kinds } = roundsOf(1, {
      ledgerId,
      signal: stop.signal,
      onEvent: ({ kind }) => kind === 'checked' && stop.abort(),
    });
    await rounds.run(20);
    expect(kinds()).toEqual(['checked']);
    expect(rounds.summary.answered).toBe(0);
  });

  it.each([0, 0.5, Number.NaN, 2 ** 31])('refuse an interval of %d', async (interval) => {
    expect((await fault(roundsOf(1).rounds.run(interval))).code).toBe('INVALID_ARGUMENT');
  });
});
