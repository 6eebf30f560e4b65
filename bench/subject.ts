// What a subject of the bench is: one job, done by several implementations from the same bytes to the same bytes. Every
// case is run once and compared before anything is timed.
import type { Engine } from '../src/engine/engine.ts';
import type { Work } from './work.ts';

/** Our own engines under the names that the results use. */
export interface Setting {
  engines: readonly Engine[];
  quick: boolean;
}

export interface Case {
  /** Libraries by the words of versions.ts, which adds their versions. */
  name: string;
  run: () => unknown;
  /** What bounds it; where the work was counted: what takes the rest of the time. */
  bound: string;
  /** What was counted of one unit; 'own': the time is to be told in products of the case's own library. */
  work?: Work | 'own';
  /** Whether run returns a promise. */
  async?: boolean;
  /** Called once with what run returned; throws where it is wrong. Without it, the result must equal the first case's. */
  check?: (result: unknown) => void | Promise<void>;
}

export interface Subject {
  name: string;
  /** One sentence for the report. */
  title: string;
  /** What one operation is: a time is for each. */
  unit: string;
  /** The case that the others are compared with. */
  baseline: string;
  sizes: (setting: Setting) => readonly number[];
  /** Cases for batches of `size` units. */
  cases: (size: number, setting: Setting) => Promise<readonly Case[]>;
}

/** The engine's name in the results. */
export function engineName(engine: Engine): string {
  return { relaxed: 'ours, relaxed SIMD', scalar: 'ours, scalar', reference: 'BigInt' }[engine.name];
}

/** What bounds everything that computes in BigInt, noble included. */
export const BIGINT_BOUND = 'BigInt: allocation and division';
/** What bounds a peer that is called for each operation. */
export const CALL_BOUND = 'a call from JavaScript each';
/** What bounds shamir-secret-sharing. */
export const BYTEWISE_BOUND = 'byte by byte, a promise each';

/** A case for each of our engines. `bound`, `work`: of the WASM engines. */
export function ours<T>(
  engines: readonly Engine[],
  run: (engine: Engine) => T,
  bound: string,
  work?: Work,
): readonly Case[] {
  return engines.map((engine) => ({
    name: engineName(engine),
    run: () => run(engine),
    ...(engine.name === 'reference' ? { bound: BIGINT_BOUND } : { bound, ...(work && { work }) }),
  }));
}

/** For subjects where BigInt is written better than in our twin, which is a case of its own there. */
export const twin = (each: Case): Case => (each.name === 'BigInt' ? { ...each, name: 'our BigInt twin' } : each);

export interface Result {
  subject: string;
  name: string;
  /** Units in one call. */
  size: number;
  unit: string;
  /** Median time of one unit. */
  nsPerOp: number;
  /** Median absolute deviation from the median, as a part of it. */
  spread: number;
  samples: number;
  /** How many times faster than BigInt written well on the same size; null where there is no BigInt case. */
  ratioToBigInt: number | null;
  /** How many times faster than the subject's baseline on the same size. */
  ratioToBaseline: number | null;
  /** The same time in products of our fastest engine's Fp batch: a measure that carries over to other machines. */
  fieldProducts: number | null;
  /** What bounds it, in a few words. */
  bound: string;
  /** As in the case. */
  work: Work | 'own' | null;
}

/** Throws unless both are the same bytes, or objects of them, or the same plain value. */
export function checkEqual(name: string, actual: unknown, expected: unknown): void {
  if (text(actual) !== text(expected)) throw new Error(`${name} gives another result than the first case`);
}

function text(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([key, part]) => `${key}: ${text(part)}`)
      .join(', ');
  }
  return String(value);
}
