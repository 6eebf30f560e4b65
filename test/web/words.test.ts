// The page's words: both languages have the same keys, plural where the other is, with the same values; numbers, amounts and dates are
// written as the language writes them, exact; errors have words for every code that people can meet.
import { describe, expect, it } from 'vitest';
import { MIStoreError } from '../../src/errors.ts';
import { Formats } from '../../web/format.ts';
import { failureIn } from '../../web/parts/failure.ts';
import { LANGUAGES, type Plural, preferred, TEXTS, Words } from '../../web/text/words.ts';

const forms = (message: string | Plural): string[] =>
  typeof message === 'string' ? [message] : [message.one, message.other];
const valuesIn = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).sort();

describe('the languages', () => {
  it('have the same keys, in the same order', () => {
    for (const language of LANGUAGES) expect(Object.keys(TEXTS[language])).toEqual(Object.keys(TEXTS.en));
  });

  it('have plural forms at the same keys, each with the same values', () => {
    for (const [key, english] of Object.entries(TEXTS.en) as [keyof typeof TEXTS.en, string | Plural][]) {
      const german: string | Plural = TEXTS.de[key];
      expect(typeof german, key).toBe(typeof english);
      const [ours, theirs] = [english, german].map((message) => new Set(forms(message).flatMap(valuesIn)));
      expect(theirs, key).toEqual(ours);
    }
  });

  it('leave no message empty, and no sentence without its end', () => {
    for (const language of LANGUAGES) {
      for (const [key, message] of Object.entries(TEXTS[language])) {
        for (const text of forms(message)) {
          expect(text.trim(), key).toBe(text);
          expect(text.length, key).toBeGreaterThan(0);
          if (/^(error|fault|obstacle)\.[A-Z]|^(fault|obstacle)\./.test(key))
            expect(text, key).toMatch(/[.?]( .*)?$|\}$/);
        }
      }
    }
  });

  it('are chosen by what the browser prefers, English if it has neither', () => {
    expect(preferred(['de-AT', 'en'])).toBe('de');
    expect(preferred(['fr', 'en-GB', 'de'])).toBe('en');
    expect(preferred(['fr'])).toBe('en');
    expect(preferred([])).toBe('en');
  });
});

describe('a message', () => {
  it('has its values, numbers as the language writes them, and the right plural', () => {
    const [en, de] = [new Words('en'), new Words('de')];
    expect(en.say('bills.count', { n: 1 })).toBe('1 bill');
    expect(en.say('bills.count', { n: 0 })).toBe('0 bills');
    expect(en.say('bills.count', { n: 12_345 })).toBe('12,345 bills');
    expect(de.say('bills.count', { n: 1 })).toBe('1 Rechnung');
    expect(de.say('bills.count', { n: 12_345 })).toBe('12.345 Rechnungen');
  });

  it('shows the characters of strangers that hide or turn around others by their codes', () => {
    expect(new Words('en').say('bill.record', { record: 'a\u202eb' })).toBe('Record a\\u202eb');
  });
});

describe('amounts', () => {
  it('are exact, with all their digits, beyond what a float holds', () => {
    const [en, de] = [new Formats('en'), new Formats('de')];
    expect(en.money('2778.29', 'USD')).toBe('2,778.29\u00a0USD');
    expect(de.money('2778.29', 'EUR')).toBe('2.778,29\u00a0EUR');
    expect(en.decimal('90071992547409931.07')).toBe('90,071,992,547,409,931.07');
    expect(en.decimal('-0.10')).toBe('-0.10');
    expect(en.decimal('7')).toBe('7');
  });

  it('of ether come from wei', () => {
    expect(new Formats('en').ether(198_000_000_000_000_000n)).toBe('0.198\u00a0ETH');
    expect(new Formats('en').ether(0n)).toBe('0\u00a0ETH');
    expect(new Formats('en').ether(21_000n * 10n ** 9n)).toBe('0.000021\u00a0ETH');
  });
});

describe('dates', () => {
  it('of the source are days, whatever the time zone; others are left as they are', () => {
    const format = new Formats('en');
    expect(format.day('2025-03-01')).toBe('Mar 1, 2025');
    expect(format.day('2025-03-01T23:59:59Z')).toBe('Mar 1, 2025');
    expect(format.day('in spring')).toBe('in spring');
  });
});

describe('an error', () => {
  const words = new Words('en');

  it('with a known code has words with its values, and the library’s sentence beside them', () => {
    const error = new MIStoreError('TOO_FEW_RECORDS', 'a query covers at least 3 records', { minRecords: 3 });
    const { title, said } = failureIn(words, error);
    expect(title).toContain('at least 3 records');
    expect(said).toBe(error.message);
  });

  it('that nobody expected is said to be one, without a stack', () => {
    const { title, said } = failureIn(words, new TypeError('x is undefined'));
    expect(title).toBe(words.say('error.unknown'));
    expect(said).toBe('x is undefined');
    expect(failureIn(words, undefined)).toEqual({ title: words.say('error.unknown') });
  });
});
