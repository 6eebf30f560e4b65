// What bounds a result, in a few words. Where the work was counted, it says which parts of the time it takes: the number
// of products and inversions times the measured time of one, by the same implementation.
import type { Result } from './subject.ts';
import { significant } from './table.ts';

/** ns of one product in a batch, and of one inversion, as the subjects `field` and `inversion` measure them. */
export interface Units {
  product: number;
  inversion: number | undefined;
}

/** By the name of a case: of the implementation that it begins with. */
export type UnitsOf = (name: string) => Units | undefined;

export function unitsFrom(products: readonly Result[], inversions: readonly Result[]): UnitsOf {
  const of = (results: readonly Result[], name: string) => results.find((unit) => name.startsWith(unit.name))?.nsPerOp;
  return (name) => {
    const product = of(products, name);
    return product === undefined ? undefined : { product, inversion: of(inversions, name) };
  };
}

/** A part below this does not matter. */
const LEAST = 0.05;

export function boundOf({ bound, work, nsPerOp }: Result, units: Units | undefined): string {
  if (work === null || units === undefined) return bound;
  if (work === 'own') return `${bound}; ${significant(nsPerOp / units.product)} own products`;
  const parts = [
    { what: 'products', part: (work.products * units.product) / nsPerOp },
    { what: 'one point alone', part: (2 * work.lone * units.product) / nsPerOp },
    { what: 'unused lanes', part: ((work.unused ?? 0) * units.product) / nsPerOp },
    { what: 'inversions', part: (work.inversions * (units.inversion ?? 0)) / nsPerOp },
  ];
  const counted = parts.reduce((sum, { part }) => sum + part, 0);
  const rest = { what: bound, part: 1 - counted };
  return [...parts, rest]
    .filter(({ part }) => part >= LEAST)
    .sort((a, b) => b.part - a.part)
    .slice(0, 2)
    .map(({ what, part }) => `${what} ${Math.round((100 * part) / Math.max(1, counted))} %`)
    .join(', ');
}
