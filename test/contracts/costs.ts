// What transactions cost in money, on mainnet and on a rollup of the OP stack: the formulas of docs/gas.md, "Formulas", the
// inputs of its table, and that table. The inputs are examples.
import type { Measured, Measurements } from './measure.ts';

/** Prices in gwei a unit of gas or blob gas; of ether in dollars. */
export interface Prices {
  name: string;
  mainnetGas: number;
  blobGas: number;
  rollupGas: number;
  ether: number;
}

export const PRICES: readonly Prices[] = [
  { name: 'low', mainnetGas: 1, blobGas: 0.01, rollupGas: 0.001, ether: 3000 },
  { name: 'middle', mainnetGas: 10, blobGas: 1, rollupGas: 0.01, ether: 3000 },
  { name: 'high', mainnetGas: 50, blobGas: 10, rollupGas: 0.1, ether: 3000 },
];

/** Scalars that the rollup's operator sets, in millionths (`baseFeeScalar`, `blobBaseFeeScalar` of its GasPriceOracle). */
export const SCALARS = { baseFee: 5_227, blobBaseFee: 1_014_213 };
/** Of the estimate of a transaction's compressed size, in millionths of a byte. */
const SIZE = { least: 100e6, intercept: -42_585_600, slope: 836_500 };
const GWEI = 1e-9;

/** Dollars for one of the `per` in the transaction. */
export const onMainnet = ({ gas, per }: Measured, { mainnetGas, ether }: Prices): number =>
  (gas * mainnetGas * GWEI * ether) / per;

/** Likewise, on a rollup: gas and data. */
export function onRollup(measured: Measured, prices: Prices): number {
  const gas = measured.gas * prices.rollupGas;
  return ((gas + dataFee(measured.bytes, prices)) * GWEI * prices.ether) / measured.per;
}

/** Gwei for the data of a transaction of so many bytes that cannot be compressed: FastLZ adds one byte to each 32. */
export function dataFee(bytes: number, { mainnetGas, blobGas }: Prices): number {
  const compressed = bytes + Math.ceil(bytes / 32);
  const size = Math.max(SIZE.least, SIZE.intercept + SIZE.slope * compressed);
  return (size * (16 * SCALARS.baseFee * mainnetGas + SCALARS.blobBaseFee * blobGas)) / 1e12;
}

/** Inputs and costs as two Markdown tables. */
export function costTables(measured: Measurements): string {
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const input = (what: string, of: (prices: Prices) => number) => row([what, ...PRICES.map(of)]);
  const names = PRICES.map(({ name }) => name);
  const costs = Object.entries(measured).map(([name, one]) => {
    const [gas, bytes] = [one.gas / one.per, one.bytes / one.per].map((total) => Math.ceil(total).toLocaleString('en'));
    const dollars = [onMainnet, onRollup].flatMap((on) => PRICES.map((prices) => inDollars(on(one, prices))));
    return row([`\`${name}\``, gas!, bytes!, ...dollars]);
  });
  return [
    row(['input', ...names]),
    row(['---', '---', '---', '---']),
    input('mainnet: gwei a gas, tip included', ({ mainnetGas }) => mainnetGas),
    input('mainnet: gwei a blob gas', ({ blobGas }) => blobGas),
    input('rollup: gwei a gas, tip included', ({ rollupGas }) => rollupGas),
    input('dollars an ether', ({ ether }) => ether),
    input('rollup: `baseFeeScalar`', () => SCALARS.baseFee),
    input('rollup: `blobBaseFeeScalar`', () => SCALARS.blobBaseFee),
    '',
    row(['operation', 'gas', 'bytes', ...['mainnet', 'rollup'].flatMap((on) => names.map((name) => `${on}, ${name}`))]),
    row(['---', ...Array(8).fill('---:')]),
    ...costs,
  ].join('\n');
}

/** Three significant digits, or whole dollars where there are more. */
function inDollars(amount: number): string {
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(amount)));
  return Number(amount.toFixed(decimals)).toLocaleString('en', { maximumFractionDigits: 20 });
}
