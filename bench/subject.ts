// What a subject of the bench is: one job, done by several implementations from the same bytes to the same bytes. Every
// case is run once and compared before anything is timed.
import type { Engine } from '../src/engine/engine.ts';

/** Our own engines under the names that the results use. */
export interface Setting {
  engines: readonly Engine[];
  quick: boolean;
}

export interface Case {
  name: string;
  run: () => unknown;
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
