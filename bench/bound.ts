// What bounds a result, in a few words. Where the products in Fp were counted, they do if their number times the measured
// time of one product in a batch is most of the time; else what takes the rest of it, as the case says.
import type { Result } from './subject.ts';
import { significant } from './table.ts';

/** From this part of the time on, products bound the operation. */
const MOST = 0.8;

/** `product`: ns of one product by the same implementation, as the subject `field` measures it. */
export function boundOf({ bound, products, nsPerOp }: Result, product: number | undefined): string {
  if (products === null || product === undefined) return bound;
  if (products === 'own') return `${bound}; ${significant(nsPerOp / product)} own products`;
  const part = (products * product) / nsPerOp;
  const percent = `${Math.round(100 * Math.min(1, part))} %`;
  return part >= MOST ? `throughput of products (${percent})` : `${bound}; products ${percent}`;
}
