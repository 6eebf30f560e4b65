// What people and hosts give the page, before anything is connected or signed: settings of a host, endpoints, the terms of a consent, filters.
import { describe, expect, it } from 'vitest';
import { NO_SETTINGS, parseHostSettings } from '../../web/session/host.ts';
import { filtered, NO_FILTER } from '../../web/views/bills/filter.ts';
import { deadlineOf, insurerOf, MAX_DAYS, termsFaults } from '../../web/views/consent/terms.ts';
import { endpointFault } from '../../web/views/source/endpoint.ts';

const ADDRESS = `0x${'12'.repeat(20)}` as const;

describe('the settings of a host', () => {
  it('may all be left out', () => {
    expect(parseHostSettings('{}')).toEqual(NO_SETTINGS);
  });

  it('are read as `mistore web` writes them', () => {
    const contract = { chainId: '31337', contract: ADDRESS, codeHash: `0x${'34'.repeat(32)}` };
    const file = {
      ...contract,
      endpoint: 'http://127.0.0.1:8545',
      fixed: true,
      offline: false,
      names: { acme: ADDRESS },
    };
    expect(parseHostSettings(JSON.stringify(file))).toEqual({
      place: { ...contract, chainId: 31337n },
      endpoint: 'http://127.0.0.1:8545',
      isFixed: true,
      isOffline: false,
      names: { acme: ADDRESS },
    });
  });

  it.each([
    ['not JSON', '<html>', 'the file'],
    ['a list', '[]', 'the file'],
    ['a chain without a contract', '{"chainId":"1"}', 'contract'],
    ['a chain as a number', `{"chainId":1,"contract":"${ADDRESS}"}`, 'chainId'],
    ['a short contract', '{"chainId":"1","contract":"0x12"}', 'contract'],
    ['an endpoint that is no text', '{"endpoint":7}', 'endpoint'],
    ['a name without an address', '{"names":{"acme":"0x"}}', 'names'],
  ])('are refused with the field: %s', (_, text, field) => {
    expect(() => parseHostSettings(text)).toThrow(
      expect.objectContaining({ code: 'HOST_SETTINGS', details: { field } }),
    );
  });
});

describe('an endpoint', () => {
  it.each([
    ['https://node.example/v3/KEY', null],
    [' http://127.0.0.1:8545 ', null],
    ['http://localhost:8545', null],
    ['', 'source.url.missing'],
    ['node.example', 'source.url.wrong'],
    ['ws://127.0.0.1:8545', 'source.url.wrong'],
    ['javascript:alert(1)', 'source.url.wrong'],
    ['http://node.example', 'source.url.plain'],
    ['https://user:secret@node.example', 'source.url.user'],
  ])('%j: %j', (text, fault) => {
    expect(endpointFault(text)).toBe(fault);
  });
});

describe('the terms of a consent', () => {
  const host = { ...NO_SETTINGS, names: { acme: ADDRESS } };
  const now = new Date(2026, 10, 26, 12).getTime();

  it('take an address, or a name exactly', () => {
    expect(insurerOf(' acme ', host)).toBe(ADDRESS);
    expect(insurerOf(ADDRESS.toUpperCase().replace('0X', '0x'), host)).toBe(ADDRESS);
    for (const text of ['ACME', 'toString', '__proto__', `${ADDRESS}0`, '0x'])
      expect(insurerOf(text, host)).toBeUndefined();
  });

  it('end with the last second of the day, where the reader is', () => {
    expect(deadlineOf('2027-05-03')).toBe(BigInt(new Date(2027, 4, 3, 23, 59, 59).getTime() / 1000));
    for (const text of ['', 'tomorrow', '2027-05']) expect(deadlineOf(text)).toBeUndefined();
  });

  it('are faulty without an insurer, and for days that are over or too far', () => {
    const faults = (insurer: string, until: string) => termsFaults({ insurer, until }, host, now);
    expect(faults('acme', '2026-11-26')).toEqual({});
    expect(faults('', '')).toEqual({ insurer: 'consent.insurer.missing', until: 'consent.until.missing' });
    expect(faults('nobody', '2026-11-25')).toEqual({ insurer: 'consent.insurer.wrong', until: 'consent.until.past' });
    expect(faults('acme', '2036-11-30')).toEqual({ until: 'consent.until.far' });
    expect(MAX_DAYS).toBe(3650);
  });
});

describe('a filter', () => {
  const bill = (recordId: number, category: string, date: string | null) =>
    ({ recordId, category, date }) as Parameters<typeof filtered>[0][number];
  const bills = [
    bill(1, 'a', '2025-03-01'),
    bill(2, 'b', '2025-03-02T23:00'),
    bill(3, 'a', null),
    bill(4, 'a', '2025-04-01'),
  ];
  const ids = (filter: Partial<typeof NO_FILTER>) =>
    filtered(bills, { ...NO_FILTER, ...filter }).map(({ recordId }) => recordId);

  it('lets all through, those of a category, or those of a period with both its days', () => {
    expect(ids({})).toEqual([1, 2, 3, 4]);
    expect(ids({ category: 'a' })).toEqual([1, 3, 4]);
    expect(ids({ from: '2025-03-02', to: '2025-04-01' })).toEqual([2, 4]);
    expect(ids({ to: '2025-03-01' })).toEqual([1]);
    expect(ids({ category: 'b', from: '2025-03-03' })).toEqual([]);
  });
});
