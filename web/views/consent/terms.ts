// What the reader types of a consent's terms, and what can be wrong with it: pure, before anything is signed.
import type { Hex } from '../../../src/bytes.ts';
import type { HostSettings } from '../../session/host.ts';
import type { Key } from '../../text/words.ts';

export interface Terms {
  /** As typed: an address or a name. */
  insurer: string;
  /** YYYY-MM-DD. */
  until: string;
}

/** What is wrong, as keys of sentences. */
export type TermsFaults = { readonly [K in keyof Terms]?: Key };

export const MAX_DAYS = 3650;

/** The insurer's address; undefined where there is none that has this name or form. */
export function insurerOf(text: string, { names }: HostSettings): Hex | undefined {
  const given = text.trim();
  if (Object.hasOwn(names, given)) return names[given];
  return /^0x[0-9a-fA-F]{40}$/.test(given) ? (given.toLowerCase() as Hex) : undefined;
}

/** The last second of the day, as Unix time; undefined for no day. */
export function deadlineOf(until: string): bigint | undefined {
  const [year, month, day] = until.split('-').map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const time = new Date(year, month - 1, day, 23, 59, 59).getTime();
  return Number.isNaN(time) ? undefined : BigInt(time / 1000);
}

export function termsFaults({ insurer, until }: Terms, host: HostSettings, now = Date.now()): TermsFaults {
  const deadline = deadlineOf(until);
  const days = deadline === undefined ? 0 : (Number(deadline) - now / 1000) / 86_400;
  return {
    ...(insurerOf(insurer, host) === undefined && {
      insurer: insurer.trim() === '' ? 'consent.insurer.missing' : 'consent.insurer.wrong',
    }),
    ...(deadline === undefined && { until: 'consent.until.missing' }),
    ...(deadline !== undefined && days <= 0 && { until: 'consent.until.past' }),
    ...(days > MAX_DAYS && { until: 'consent.until.far' }),
  };
}
