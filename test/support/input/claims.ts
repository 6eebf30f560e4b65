// Made-up claims, and each written in the forms that the presets read: FHIR resources, RIF, the wide rows of DE-SynPUF,
// Synthea's transactions. Amounts are cents, so that expected sums are integers. The same claims for the same seed.
import { createHash } from 'node:crypto';

export interface ClaimLine {
  sequence: number;
  text: string;
  /** Cents. */
  submitted: bigint;
  benefit: bigint;
  deductible: bigint;
}

export interface Claim {
  id: string;
  patient: string;
  category: 'professional' | 'pharmacy' | 'institutional';
  /** YYYY-MM-DD */
  date: string;
  lines: ClaimLine[];
}

export function* madeClaims(count: number, seed: string, patients = 5): Generator<Claim> {
  let counter = 0;
  const below = (limit: number) => {
    const hash = createHash('sha256').update(`${seed}/${counter++}`).digest();
    return hash.readUInt32BE(0) % limit;
  };
  for (let i = 0; i < count; i++) {
    const lines = Array.from({ length: 1 + below(4) }, (_, k) => {
      const submitted = BigInt(1 + below(500_000));
      const deductible = BigInt(below(2) * below(1000));
      const benefit = submitted > deductible ? (submitted - deductible) / 2n : 0n;
      return { sequence: k + 1, text: `Service "${k}", ä`, submitted, benefit, deductible };
    });
    const category = (['professional', 'pharmacy', 'institutional'] as const)[below(3)]!;
    const date = `20${10 + below(10)}-0${1 + below(9)}-1${below(10)}`;
    yield { id: `${seed}-${i}`, patient: `patient-${below(patients)}`, category, date, lines };
  }
}

export const sumOf = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n);
export const total = (claim: Claim, of: 'submitted' | 'benefit' | 'deductible'): bigint =>
  sumOf(claim.lines.map((line) => line[of]));

/** 1234n → 12.34 */
export const money = (cents: bigint): string => `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`;

const ADJUDICATION = 'http://terminology.hl7.org/CodeSystem/adjudication';
const amount = (code: string, cents: bigint) => {
  const coding = `{"coding":[{"system":"${ADJUDICATION}","code":"${code}"},{"system":"http://example.org","code":"other"}]}`;
  return `{"category":${coding},"amount":{"value":${money(cents)},"currency":"USD"}}`;
};

/** The claim as an explanation of benefits, as one line of JSON. */
export function explanation(claim: Claim): string {
  const { id, patient, category, date, lines } = claim;
  const items = lines.map(({ sequence, text, submitted, benefit, deductible }) => {
    const parts = [amount('submitted', submitted), amount('benefit', benefit), amount('deductible', deductible)];
    return `{"sequence":${sequence},"productOrService":{"text":${JSON.stringify(text)}},"adjudication":[${parts}]}`;
  });
  const members = [
    `"resourceType":"ExplanationOfBenefit","id":"${id}","status":"active","use":"claim","outcome":"complete"`,
    `"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/claim-type","code":"${category}"}]}`,
    `"patient":{"reference":"Patient/${patient}"},"billablePeriod":{"start":"${date}"},"created":"${date}"`,
    `"item":[${items}]`,
    `"total":[${amount('submitted', total(claim, 'submitted'))},${amount('benefit', total(claim, 'benefit'))}]`,
    `"payment":{"amount":{"value":${money(total(claim, 'benefit'))},"currency":"USD"}}`,
  ];
  return `{${members}}`;
}

/** A bundle of the claims, in pieces: on one line, among other resources. */
export function* bundle(claims: Iterable<Claim>): Generator<string> {
  yield '{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p"}}';
  for (const claim of claims) yield `,{"fullUrl":"http://example.org/${claim.id}","resource":${explanation(claim)}}`;
  yield ']}';
}

/** Carrier claims as RIF, one line of a claim a row. */
export function* rif(claims: Iterable<Claim>): Generator<string> {
  yield 'DML_IND|BENE_ID|CLM_ID|CLM_FROM_DT|CLM_THRU_DT|LINE_NUM|LINE_1ST_EXPNS_DT|HCPCS_CD|LINE_SBMTD_CHRG_AMT|LINE_ALOWD_CHRG_AMT|LINE_NCH_PMT_AMT\n';
  for (const { id, patient, lines } of claims) {
    for (const { sequence, submitted, benefit, deductible } of lines) {
      const amounts = [submitted, benefit + deductible, benefit].map(money).join('|');
      yield `INSERT|${patient}|${id}|27-OCT-1999|27-OCT-1999|${sequence}|27-OCT-1999|9"9213|${amounts}\n`;
    }
  }
}

const FAMILIES = ['LINE_NCH_PMT_AMT', 'LINE_BENE_PTB_DDCTBL_AMT', 'LINE_COINSRNC_AMT', 'LINE_ALOWD_CHRG_AMT'];
const SLOTS = Array.from({ length: 13 }, (_, i) => i + 1);

/** Carrier claims in wide rows: slots that a claim does not use are zero, or empty in every other row. */
export function* synpuf(claims: Iterable<Claim>): Generator<string> {
  const columns = FAMILIES.flatMap((family) => SLOTS.map((slot) => `${family}_${slot}`));
  yield `DESYNPUF_ID,CLM_ID,CLM_FROM_DT,CLM_THRU_DT,HCPCS_CD_1,${columns}\n`;
  let row = 0;
  for (const { id, patient, date, lines } of claims) {
    const unused = row++ % 2 === 0 ? '0.00' : '';
    const slots = (of: (line: ClaimLine) => bigint) => SLOTS.map((_, k) => (lines[k] ? money(of(lines[k])) : unused));
    const amounts = [
      ...slots(({ benefit }) => benefit),
      ...slots(({ deductible }) => deductible),
      ...slots(() => 0n),
      ...slots(({ benefit, deductible }) => benefit + deductible),
    ];
    yield `${patient},${id},${date.replaceAll('-', '')},,99213,${amounts}\n`;
  }
}

/** Synthea's transactions: a charge, a payment, an adjustment and two transfers for each line. */
export function* transactions(claims: Iterable<Claim>): Generator<string> {
  yield 'ID,CLAIMID,CHARGEID,PATIENTID,TYPE,AMOUNT,METHOD,FROMDATE,NOTES,UNITAMOUNT,TRANSFERTYPE,PAYMENTS,ADJUSTMENTS,TRANSFERS,OUTSTANDING\n';
  for (const { id, patient, date, lines } of claims) {
    for (const { sequence, submitted, benefit, deductible } of lines) {
      const row = (type: string, charged: string, method: string, paid: bigint, adjusted: bigint, moved: string) =>
        `${id}-${sequence}-${type},${id},${sequence},${patient},${type},${charged},${method},${date}T08:00:00Z,Visit,0.00,,${money(paid)},${money(adjusted)},${moved},0.00\n`;
      yield row('CHARGE', money(submitted), '', 0n, 0n, '');
      yield row('PAYMENT', '', 'ECHECK', benefit, 0n, '');
      yield row('ADJUSTMENT', '', 'SYSTEM', 0n, deductible, '');
      yield row('TRANSFEROUT', '', '', 0n, 0n, '5.00');
      yield row('TRANSFERIN', '5.00', '', 0n, 0n, '5.00');
    }
  }
}
