// Values of JSON as they are read: like those of JSON.parse, but for numbers, which keep their text.

/** A number as it is written: digits, with a minus, decimals and an exponent or without. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export interface JsonObject {
  readonly [name: string]: JsonValue;
}
export type JsonValue = null | boolean | string | JsonNumber | readonly JsonValue[] | JsonObject;

export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);
}
