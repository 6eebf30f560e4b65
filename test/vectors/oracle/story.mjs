// What happens in test/vectors/run.json: who there is, the ledger's terms, the rows of each batch, and the runs that the
// patient consents to. Chosen so that each rule has its case: amounts below zero and of zero, rows without an id, a patient's own account
// and a custodial one, runs from a beginning and from a position, over three batches and two epochs, seats above the threshold.
export const CHAIN_ID = 271828n;
export const SERVERS = 5;
export const TERMS = {
  threshold: 3,
  lanes: ['TOTAL', 'Zuzahlung €'],
  scale: 2,
  currency: 'EUR',
  minRecords: 2,
  categories: ['', 'ambulatory', 'wellness'],
};

/** Patients by id. Those with an account of their own have a seed. */
export const PATIENTS = { 'Zoë 7': 'own', 'B-2': 'custodial', 'C-3': 'custodial' };
/** Who consents. */
export const ASKED = 'Zoë 7';

const row = (number, patient, category, ...amounts) => ({ row: number, patient, category, amounts });
const named = (prefix, rows) => rows.map((one) => ({ ...one, id: `${prefix}/${one.row}` }));

/** Rows in the order of their files, each file a batch. */
export const FILES = [
  {
    name: 'encounters.csv',
    epoch: 1,
    rows: named('2026', [
      row(1, 'Zoë 7', 'ambulatory', 12_50n, 2_00n),
      row(2, 'Zoë 7', 'wellness', 80_00n, 0n),
      row(4, 'B-2', 'ambulatory', 12_50n, 2_00n),
      row(5, 'Zoë 7', 'ambulatory', -3_00n, -50n),
      row(6, 'C-3', '', 2n ** 41n - 1n, 1n - 2n ** 41n),
      row(8, 'Zoë 7', 'ambulatory', 0n, 0n),
      row(9, 'B-2', 'wellness', 99n, 1n),
    ]),
  },
  {
    name: 'encounters 2.csv',
    epoch: 1,
    rows: named('Visite Nº', [
      row(1, 'B-2', 'wellness', -99n, -1n),
      row(2, 'Zoë 7', 'ambulatory', 7_25n, 1_75n),
      row(3, 'Zoë 7', 'wellness', 45_00n, 5_00n),
      row(4, 'Zoë 7', 'ambulatory', 1n, -1n),
    ]),
  },
  {
    name: 'without ids.csv',
    epoch: 2,
    rows: [
      row(1, 'C-3', '', 1n, 1n),
      row(2, 'Zoë 7', 'wellness', 120_00n, 20_00n),
      row(3, 'B-2', '', 5n, 0n),
      row(4, 'Zoë 7', 'ambulatory', 2_00n, 0n),
      row(2 ** 32, 'Zoë 7', '', -1_000_000_00n, 3n),
    ],
  },
];

/** Positions after `from` up to `to`, by category. */
export const RUNS = [
  { category: 'ambulatory', from: 1, to: 3 },
  { category: 'ambulatory', from: 4, to: 6 },
  { category: 'wellness', from: 0, to: 3 },
];
/** Edges of the first of two transactions, where the query takes two: a run is open then. */
export const FIRST_EDGES = 3;
export const DEADLINE = 4_102_444_800n;
