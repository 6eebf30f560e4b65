// The page's words in the reader's language: one message for each key, with values in {braces} and plural forms by the rules
// of the language. Numbers among the values are written as the language writes them.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { Formats, shown } from '../format.ts';
import de from './de.json' with { type: 'json' };
import en from './en.json' with { type: 'json' };

/** A message whose words depend on the value {n}. */
export type Plural = Readonly<Record<'one' | 'other', string>>;
export type Key = keyof typeof en;
/** What a language file holds: the same keys as English, plural where English is. */
export type Texts = { readonly [K in Key]: (typeof en)[K] extends string ? string : Plural };

export const TEXTS = { en, de } satisfies Record<string, Texts>;
export type Language = keyof typeof TEXTS;
export const LANGUAGES = Object.keys(TEXTS) as Language[];

export type Values = Readonly<Record<string, string | number>>;

export class Words {
  readonly language: Language;
  readonly format: Formats;
  readonly #plural: Intl.PluralRules;

  constructor(language: Language) {
    this.language = language;
    this.format = new Formats(language);
    this.#plural = new Intl.PluralRules(language);
  }

  /** The message, with its values. A plural one needs the number `n`. */
  say(key: Key, values: Values = {}): string {
    const message: string | Plural = TEXTS[this.language][key];
    if (typeof message === 'string') return this.#fill(message, values);
    const form = this.#plural.select(Number(values.n)) === 'one' ? 'one' : 'other';
    return this.#fill(message[form], values);
  }

  /** Whether there is such a message: keys that are made from codes of errors. */
  has(key: string): key is Key {
    return Object.hasOwn(en, key);
  }

  #fill(message: string, values: Values): string {
    return message.replace(/\{(\w+)\}/g, (whole, name: string) => {
      const value = values[name];
      if (value === undefined) return whole;
      return typeof value === 'number' ? this.format.integer(value) : shown(value);
    });
  }
}

/** The browser's first language that the page has, else English. */
export function preferred(languages: readonly string[]): Language {
  const found = languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => Object.hasOwn(TEXTS, tag));
  return (found as Language | undefined) ?? 'en';
}

export const WordsContext = createContext(new Words('en'));
export const useWords = (): Words => useContext(WordsContext);
