// What a server tells on its machine: its health, which goes bad when no round is done, and its metrics, counted from events.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Listener } from '../../../src/cli/daemon/listener.ts';
import { MIStoreError } from '../../../src/errors.ts';
import type { DaemonEvent } from '../../../src/parties/server/daemon/daemon-events.ts';
import { fault } from '../../support/parties.ts';

const ID = `0x${'1'.repeat(64)}` as const;
const error = (code: string) => new MIStoreError(code, `words of ${code}`);
const round: DaemonEvent = { kind: 'round', head: 12, settled: 10, pending: 3, gasUsed: 7n, fees: 10n ** 18n };

let listener: Listener;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  listener = await Listener.open({ host: '127.0.0.1', port: 0 }, 1000);
});
afterEach(() => {
  listener.close();
  vi.useRealTimers();
});

const get = (path: string, init?: RequestInit) => fetch(`http://${listener.address}${path}`, init);
async function health() {
  const response = await get('/healthz');
  expect(response.headers.get('content-type')).toBe('application/json');
  return { status: response.status, ...((await response.json()) as object) };
}
/** Value of a metric, with its labels as Prometheus writes them. */
async function metric(name: string): Promise<number | undefined> {
  const text = await (await get('/metrics')).text();
  const line = text.split('\n').find((one) => one.startsWith(`mistore_server_${name} `));
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
}

describe('/healthz', () => {
  it('is bad before the first round, and says why', async () => {
    expect(await health()).toEqual({ status: 503, healthy: false, reason: 'no round has been done yet' });
    listener.add({ kind: 'away', error: error('CONNECTION_FAILED') });
    expect(await health()).toEqual({ status: 503, healthy: false, reason: 'words of CONNECTION_FAILED' });
  });

  it('is good for a minute after a round, also through a short outage, then bad until the next', async () => {
    listener.add(round);
    const state = { head: 12, settled: 10, pending: 3 };
    expect(await health()).toEqual({ status: 200, healthy: true, ...state, secondsSinceRound: 0 });
    listener.add({ kind: 'away', error: error('CONNECTION_FAILED') });
    vi.setSystemTime(Date.now() + 60_000);
    expect(await health()).toMatchObject({ status: 200, secondsSinceRound: 60 });
    vi.setSystemTime(Date.now() + 1000);
    expect(await health()).toMatchObject({ status: 503, reason: 'words of CONNECTION_FAILED', ...state });
    listener.add(round);
    expect(await health()).toMatchObject({ status: 200, healthy: true });
    vi.setSystemTime(Date.now() + 61_000);
    expect(await health()).toMatchObject({ status: 503, reason: 'no round was done for 61 s' });
  });

  it('takes three intervals where those are longer', async () => {
    const slow = await Listener.open({ host: '127.0.0.1', port: 0 }, 100_000);
    slow.add(round);
    vi.setSystemTime(Date.now() + 299_000);
    expect((await fetch(`http://${slow.address}/healthz`)).status).toBe(200);
    vi.setSystemTime(Date.now() + 2000);
    expect((await fetch(`http://${slow.address}/healthz`)).status).toBe(503);
    slow.close();
  });
});

const terms = { hospital: ID, threshold: 2, seats: 3, lanes: ['a'], currency: 'EUR', minRecords: 1 };

describe('/metrics', () => {
  it('count what is reported', async () => {
    const events: DaemonEvent[] = [
      round,
      round,
      { kind: 'checked', ledgerId: ID, batch: 0, records: 100, bad: [], isOld: false },
      { kind: 'checked', ledgerId: ID, batch: 1, records: 50, bad: [101, 103], isOld: true },
      { kind: 'joined', ledgerId: ID, terms, epoch: 1, gasUsed: 1n },
      { kind: 'answered', ledgerId: ID, queryIds: [ID, ID, ID], insurers: [null, ID, ID], gasUsed: 1n },
      { kind: 'refused', ledgerId: ID, queryId: ID, insurer: null, reason: 'the mask is not that of the channel' },
      { kind: 'complained', ledgerId: ID, batch: 1, recordId: 101, gasUsed: 1n },
      { kind: 'left-out', ledgerId: ID, task: 'answer', error: error('ALREADY_ANSWERED') },
      { kind: 'left-out', ledgerId: ID, task: 'check', error: error('INCOMPLETE_LOGS') },
      { kind: 'away', error: error('CONNECTION_FAILED') },
      { kind: 'reorganised', lost: { number: 3, hash: ID }, to: 2 },
      { kind: 'heads', error: null },
    ];
    for (const event of events) listener.add(event);
    const expected: Record<string, number> = {
      rounds_total: 2,
      head_block: 12,
      settled_block: 10,
      lag_blocks: 2,
      pending_queries: 3,
      gas_used: 7,
      wei_spent: 1e18,
      batches_checked_total: 2,
      records_checked_total: 150,
      bad_records_total: 2,
      complaints_total: 1,
      epochs_joined_total: 1,
      answers_accepted_total: 3,
      answer_transactions_total: 1,
      'answers_failed_total{code="ALREADY_ANSWERED"}': 1,
      'queries_refused_total{reason="the mask is not that of the channel"}': 1,
      'endpoint_errors_total{code="CONNECTION_FAILED"}': 1,
      'endpoint_errors_total{code="INCOMPLETE_LOGS"}': 1,
      'endpoint_errors_total{code="ALREADY_ANSWERED"}': undefined as never,
      reorganisations_total: 1,
      'build_info{version="0.1.0"}': 1,
    };
    for (const [name, value] of Object.entries(expected)) expect(await metric(name), name).toBe(value);
    expect((await get('/metrics')).headers.get('content-type')).toContain('text/plain');
  });
});

describe('a listener', () => {
  it('knows no other path and no other method', async () => {
    expect((await get('/')).status).toBe(404);
    expect((await get('/metrics/../secret')).status).toBe(404);
    expect((await get('/healthz', { method: 'POST', body: 'x' })).status).toBe(405);
  });

  it('says that its port is taken', async () => {
    const port = Number(listener.address.split(':')[1]);
    expect(await fault(Listener.open({ host: '127.0.0.1', port }, 1000))).toMatchObject({
      code: 'LISTEN',
      message: `cannot listen on 127.0.0.1:${port}: the port is in use`,
    });
  });
});
