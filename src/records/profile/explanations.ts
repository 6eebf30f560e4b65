// What explanations of benefits (FHIR) must be if their profile does not say it.
import type { ValueRule } from './columns.ts';

/**
 * Claims in force that were adjudicated, and none that replaces another or was replaced: its amounts would be stored twice.
 * (Of the codes for how claims are related, those of HL7's example and of CARIN's guide.)
 */
export const ACCEPTED_EXPLANATIONS: readonly ValueRule[] = [
  { column: 'status', values: ['active'] },
  { column: 'use', values: ['claim'] },
  { column: 'outcome', values: ['complete'] },
  { column: 'related[].relationship.coding[].code', values: ['', 'associated'] },
];
