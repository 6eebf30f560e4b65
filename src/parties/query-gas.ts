// About how much gas a query takes, and what withdraws its consent, for people who decide whether to sign or to ask. From what the contract's tests measure
// (contracts/gas-budget.json), so that it changes with the contract.
import measured from '../../contracts/gas-budget.json' with { type: 'json' };
import { ArgumentError, checkInteger } from '../errors.ts';

/** Of a query of one edge, by the ledger's threshold. */
const FIRST: readonly (readonly [threshold: number, gas: number])[] = [
  [1, measured['query.1edge.1-1']],
  [2, measured['query.1edge.2-3']],
  [3, measured['query.1edge']],
  [5, measured['query.1edge.5-9']],
  [7, measured['query.1edge.7-13']],
];
/** Of each further edge at threshold 3, in full batches, where the proofs are longest. */
const EDGE = (measured['query.40edges, full batches'] - measured['query.1edge']) / 39;
/** Of a fee, beside the fee. */
const FEE = measured['query.1edge, paid'] - measured['query.1edge'];

/** Gas of withdrawing a consent by a signature of the patient's account. */
export const REVOCATION_GAS = measured.revokeConsent;

/** Gas of all transactions of a query of so many edges, without channels to servers, which are opened once. */
export function queryGas(threshold: number, edges: number, isPaid = false): number {
  checkInteger('threshold', threshold, 1, 255);
  if (!Number.isSafeInteger(edges) || edges < 1) throw new ArgumentError('number of edges', edges, 'an integer from 1');
  const first = firstEdge(threshold);
  // An edge has as many points as a query has masks, so it grows with the threshold by no more than the whole does.
  const further = EDGE + first - firstEdge(3);
  return Math.round(first + further * (edges - 1) + (isPaid ? FEE : 0));
}

/** On the line between the two thresholds that were measured, or beyond the last. */
function firstEdge(threshold: number): number {
  const above = FIRST.findIndex(([at]) => at >= threshold);
  if (above === 0) return FIRST[0]![1];
  const [[low, less], [high, more]] = FIRST.slice(above < 0 ? -2 : above - 1) as [[number, number], [number, number]];
  return less + ((more - less) * (threshold - low)) / (high - low);
}
