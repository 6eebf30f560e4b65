// What is special about FHIR R4 (hl7.org/fhir/R4/explanationofbenefit.html): which resources are records, what changes their
// meaning, amounts of the type Money with their currency, and references to patients. Other versions of FHIR have other
// names for amounts, so that none are found.
import type { LaneValue, LeftOut, RecordFault } from '../input/row.ts';
import { isObject, JsonNumber, type JsonObject, type JsonValue } from './value.ts';

/** The one type of resources that is read. */
export const EXPLANATION = 'ExplanationOfBenefit';

/**
 * The resource to be read, or why it is not: one of another type is left out. `raw`: the value's text; `isEntry`: whether the
 * value is an entry of a bundle, which holds the resource.
 */
export function resourceOf(
  value: JsonValue,
  raw: string,
  isEntry: boolean,
): { readonly resource: JsonObject } | Pick<LeftOut, 'what'> | RecordFault {
  if (!isObject(value)) return { reason: 'not-an-object', message: 'is not an object' };
  const resource = isEntry ? value.resource : value;
  if (!isObject(resource)) return { reason: 'no-resource', message: 'has no resource' };
  const { resourceType: type } = resource;
  if (typeof type !== 'string' || !/^[A-Za-z]{1,64}$/.test(type)) {
    return { reason: 'no-resource', message: 'has no resourceType' };
  }
  if (type === 'Bundle' && resource.entry !== undefined) {
    return { reason: 'nested-bundle', message: 'is a bundle within the input; give each bundle in a file of its own' };
  }
  if (type !== EXPLANATION) return { what: type };
  // Whoever does not know such an extension must not use the resource. It may stand anywhere within.
  const modifier = ['modifierExtension', 'implicitRules'].find((name) => raw.includes(`"${name}"`));
  if (modifier === undefined) return { resource };
  return { reason: 'modifier-extension', message: `has ${modifier}, which can change what its amounts mean` };
}

/** A Money's value, '' where there is none. `currency`: the one that it must be in. */
export function moneyOf(value: JsonValue, currency: string): LaneValue['value'] | Omit<RecordFault, 'column'> {
  if (!isObject(value)) return { reason: 'wrong-type', message: 'is not Money: an object with value and currency' };
  const { value: amount = null, currency: given = null } = value;
  if (amount === null) return '';
  if (!(amount instanceof JsonNumber)) return { reason: 'wrong-type', message: 'has a value that is not a number' };
  if (given === currency) return amount;
  const message = given === null ? 'does not say its currency' : `is not in ${currency}`;
  return { reason: 'wrong-currency', message };
}

const RELATIVE = /^Patient\/([A-Za-z0-9.-]{1,64})$/;
const UUID = /^urn:uuid:([0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$/;
const ABSOLUTE = /^https?:\/\/\S+\/Patient\/[A-Za-z0-9.-]{1,64}$/;

/** The patient's id in a reference: what follows Patient/ or urn:uuid:, or the whole address of a patient elsewhere. */
export function referredPatient(reference: string): string | Omit<RecordFault, 'column'> {
  const id = (RELATIVE.exec(reference) ?? UUID.exec(reference))?.[1];
  if (id !== undefined || reference === '' || ABSOLUTE.test(reference)) return id ?? reference;
  const message = 'is not a reference of the form Patient/ID, urn:uuid:UUID or https://…/Patient/ID';
  return { reason: 'unreadable-reference', message };
}
