// Presets for claims: what insurers export in FHIR (profiles fhir-eob), CMS's carrier claims in two forms, and the
// transactions that Synthea simulates. docs/inputs.md says of each where its amounts come from.
import type { Profile } from '../profile.ts';
import { ACCEPTED_EXPLANATIONS } from './explanations.ts';

/** What a preset says; the rest are defaults. */
export type Preset = Pick<Profile, 'name' | 'columns' | 'categories' | 'accept' | 'leaveOut'> &
  Partial<Pick<Profile, 'dates'>> & { readonly empty?: 'zero'; readonly file?: Partial<Profile['file']> };

const ADJUDICATION = 'http://terminology.hl7.org/CodeSystem/adjudication';
const CLAIM_TYPE = 'http://terminology.hl7.org/CodeSystem/claim-type';
const ofCategory = (code: string) => `[category.coding[system=${ADJUDICATION}].code=${code}].amount`;

const EXPLANATIONS = {
  categories: ['institutional', 'oral', 'pharmacy', 'professional', 'vision'],
  accept: ACCEPTED_EXPLANATIONS,
} as const;
const OF_CLAIM = {
  patient: 'patient.reference',
  date: 'billablePeriod.start',
  category: `type.coding[system=${CLAIM_TYPE}].code`,
} as const;

const itemLane = (code: string) => ({ name: code, column: `item[].adjudication${ofCategory(code)}` });

export const CLAIMS_PRESETS: readonly Preset[] = [
  {
    name: 'fhir-eob',
    columns: {
      ...OF_CLAIM,
      lanes: [
        { name: 'submitted', column: `total${ofCategory('submitted')}` },
        // A claim of which nothing is paid has no payment.
        { name: 'paid', column: 'payment.amount', empty: 'zero' },
      ],
      id: 'id',
      metadata: ['item[].productOrService.text', 'provider.display', 'insurer.display'],
    },
    ...EXPLANATIONS,
    file: { format: 'fhir-eob' },
  },
  {
    name: 'fhir-eob-items',
    columns: {
      ...OF_CLAIM,
      lanes: [
        itemLane('submitted'),
        ...['benefit', 'deductible', 'copay'].map((code) => ({ ...itemLane(code), empty: 'zero' as const })),
      ],
      id: ['id', 'item[].sequence'],
      metadata: ['item[].productOrService.text', 'item[].servicedDate', 'provider.display', 'insurer.display'],
    },
    ...EXPLANATIONS,
    file: { format: 'fhir-eob', records: 'item[]' },
  },
  {
    name: 'cms-carrier-synpuf',
    columns: {
      patient: 'DESYNPUF_ID',
      lanes: [
        { name: 'allowed', columns: ['LINE_ALOWD_CHRG_AMT_{1..13}'] },
        { name: 'paid', columns: ['LINE_NCH_PMT_AMT_{1..13}'] },
        { name: 'deductible', columns: ['LINE_BENE_PTB_DDCTBL_AMT_{1..13}'] },
        { name: 'coinsurance', columns: ['LINE_COINSRNC_AMT_{1..13}'] },
      ],
      id: 'CLM_ID',
      date: 'CLM_FROM_DT',
      metadata: ['CLM_THRU_DT', 'HCPCS_CD_1'],
    },
    dates: 'YYYYMMDD',
  },
  {
    name: 'cms-carrier-rif',
    columns: {
      patient: 'BENE_ID',
      lanes: [
        { name: 'submitted', column: 'LINE_SBMTD_CHRG_AMT' },
        { name: 'allowed', column: 'LINE_ALOWD_CHRG_AMT' },
        { name: 'paid', column: 'LINE_NCH_PMT_AMT' },
      ],
      id: ['CLM_ID', 'LINE_NUM'],
      date: 'LINE_1ST_EXPNS_DT',
      metadata: ['HCPCS_CD', 'CLM_FROM_DT', 'CLM_THRU_DT'],
    },
    dates: 'DD-MMM-YYYY',
    // Rows that change or delete earlier ones are not read as new ones.
    accept: [{ column: 'DML_IND', values: ['INSERT'] }],
    file: { delimiter: '|', quote: '' },
  },
  {
    name: 'synthea-claims-transactions',
    columns: {
      patient: 'PATIENTID',
      lanes: [
        { name: 'charged', column: 'AMOUNT' },
        { name: 'paid', column: 'PAYMENTS' },
        { name: 'adjusted', column: 'ADJUSTMENTS' },
      ],
      id: 'ID',
      date: 'FROMDATE',
      metadata: ['TYPE', 'METHOD', 'NOTES'],
    },
    empty: 'zero',
    accept: [{ column: 'TYPE', values: ['CHARGE', 'PAYMENT', 'ADJUSTMENT'] }],
    // They move what is owed from the insurer to the patient, and repeat its amount.
    leaveOut: [{ column: 'TYPE', values: ['TRANSFERIN', 'TRANSFEROUT'] }],
  },
];
