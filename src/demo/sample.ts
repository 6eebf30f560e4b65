// Made-up encounters in the columns of Synthea's encounters.csv: the same text for the same seed, on any machine. A few
// patients have most of the rows, one row in a hundred is a refund, and some descriptions need quotes. Not for statistics,
// and its random numbers must not be used for anything secret.
import { createHash } from 'node:crypto';
import { checkInteger } from '../errors.ts';
import { formatAmount } from '../records/amounts.ts';
import { csvField } from '../records/input/row-file.ts';

export interface SampleOptions {
  readonly rows: number;
  readonly patients: number;
  readonly seed: string;
  /** Id of patient `number`, from 0, who has the more rows the smaller the number is; a UUID if not given. */
  readonly patientId?: (number: number) => string;
}

export const SAMPLE_HEADER =
  'Id,START,STOP,PATIENT,ORGANIZATION,PROVIDER,PAYER,ENCOUNTERCLASS,CODE,DESCRIPTION,BASE_ENCOUNTER_COST,' +
  'TOTAL_CLAIM_COST,PAYER_COVERAGE,REASONCODE,REASONDESCRIPTION\n';

/** Least cost and spread, in cents; high costs are rare. */
const CLASSES = [
  { name: 'wellness', description: 'Well child visit (procedure)', code: '410620009', least: 13_655, spread: 90_000 },
  {
    name: 'ambulatory',
    description: 'Encounter for "check up", routine',
    code: '185349003',
    least: 8_555,
    spread: 250_000,
  },
  {
    name: 'outpatient',
    description: 'Encounter for problem, follow-up',
    code: '185347001',
    least: 12_900,
    spread: 400_000,
  },
  {
    name: 'urgentcare',
    description: 'Urgent care clinic (environment)',
    code: '702927004',
    least: 14_267,
    spread: 60_000,
  },
  { name: 'emergency', description: 'Emergency room admission', code: '50849002', least: 14_667, spread: 1_500_000 },
  {
    name: 'inpatient',
    description: 'Admission to "ward 3", surgical',
    code: '305428000',
    least: 98_000,
    spread: 18_000_000,
  },
] as const;

const CHUNK = 2 ** 16;
const FIRST_DAY = Date.UTC(2015, 0, 1);
/** Ten years. */
const SECONDS = 3653 * 86_400;

/** The CSV in pieces of some 64 KB. Record ids are distinct. */
export function* sampleEncounters(options: SampleOptions): Generator<string> {
  const { rows, patients, seed } = options;
  checkInteger('sample rows', rows, 0, 1e8);
  checkInteger('sample patients', patients, 1, 1e8);
  const random = new RandomNumbers(seed);
  let text = SAMPLE_HEADER;
  for (let row = 0; row < rows; row++) {
    text += encounter(options, random);
    if (text.length < CHUNK) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

function encounter({ patients, patientId }: SampleOptions, random: RandomNumbers): string {
  // The square gives a few patients most of the rows: the first of n has a share near 1/sqrt(n).
  const patient = Math.floor(patients * random.squared());
  const kind = CLASSES[Math.floor(CLASSES.length * random.squared())]!;
  const start = FIRST_DAY + 1000 * Math.floor(SECONDS * random.fraction());
  const stop = start + 900_000 * (1 + Math.floor(8 * random.fraction()));
  const cost = kind.least + Math.floor(kind.spread * random.squared() * random.squared());
  const covered = Math.floor((cost * [0, 0, 50, 80, 80, 100][Math.floor(6 * random.fraction())]!) / 100);
  const sign = random.fraction() < 0.01 ? -1 : 1;
  const money = (cents: number) => formatAmount(BigInt(sign * cents), 2);
  const fields = [
    uuid(random.word(), random.word(), random.word(), random.word()),
    time(start),
    time(stop),
    patientId?.(patient) ?? random.name(0, patient),
    random.name(1, Math.floor(10 * random.fraction())),
    random.name(2, Math.floor(30 * random.fraction())),
    random.name(3, Math.floor(6 * random.fraction())),
    kind.name,
    kind.code,
    csvField(kind.description),
    money(kind.least),
    money(cost),
    money(covered),
    '',
    '',
  ];
  return `${fields.join(',')}\n`;
}

/** ISO 8601 to the second. */
const time = (milliseconds: number) => `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;

function uuid(...words: number[]): string {
  const hex = words.map((word) => word.toString(16).padStart(8, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/**
 * A counter put through a mixing function: 32-bit words, in integer arithmetic only. The mix is a bijection, so no word
 * repeats within 2^32.
 */
class RandomNumbers {
  readonly #key: Uint32Array;
  #counter = 0;

  constructor(seed: string) {
    const digest = createHash('sha256').update(`MIStore/sample/${seed}`).digest();
    this.#key = Uint32Array.from({ length: 4 }, (_, i) => digest.readUInt32BE(4 * i));
  }

  word(): number {
    this.#counter = (this.#counter + 0x9e3779b9) >>> 0;
    return mix(mix(this.#counter) ^ this.#key[0]!);
  }

  /** 0 ≤ x < 1 */
  fraction(): number {
    return this.word() / 2 ** 32;
  }

  squared(): number {
    const x = this.fraction();
    return x * x;
  }

  /** The UUID of thing `number` of a kind: distinct for each number of the kind. */
  name(kind: number, number: number): string {
    return uuid(mix(number ^ this.#key[kind]!), mix(number ^ this.#key[1]! ^ kind), this.#key[2]!, this.#key[3]!);
  }
}

/** The finalizer of MurmurHash3 (Appleby), a bijection of 32-bit words. */
function mix(word: number): number {
  let x = word ^ (word >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
