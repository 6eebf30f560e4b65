// For whom a consent is, and until when: an address or a name of the network file, and a day of the reader's.
import { useEffect, useId, useState } from 'preact/hooks';
import type { Hex } from '../../../src/bytes.ts';
import { shown } from '../../format.ts';
import { TextField } from '../../parts/fields.tsx';
import type { HostSettings } from '../../session/host.ts';
import { useSession } from '../../session/session.tsx';
import { type Key, useWords } from '../../text/words.ts';

export interface Terms {
  /** As typed: an address or a name. */
  insurer: string;
  /** YYYY-MM-DD. */
  until: string;
}

/** What is wrong, as keys of sentences. */
export type TermsFaults = { readonly [K in keyof Terms]?: Key };

const MAX_DAYS = 3650;

interface TermsPartProps {
  terms: Terms;
  faults: TermsFaults;
  onTerms(terms: Terms): void;
}

export function TermsPart({ terms, faults, onTerms }: TermsPartProps) {
  const words = useWords();
  const { host } = useSession();
  const names = useId();
  const said = (key: Key | undefined) => (key === undefined ? undefined : words.say(key, { days: MAX_DAYS }));
  const hasNames = Object.keys(host.names).length > 0;
  return (
    <section class="card" aria-labelledby="terms-title">
      <h2 id="terms-title">{words.say('consent.terms')}</h2>
      <div class="columns">
        <TextField
          label={words.say('consent.insurer')}
          hint={words.say(hasNames ? 'consent.insurer.names' : 'consent.insurer.hint')}
          error={said(faults.insurer)}
          value={terms.insurer}
          autocomplete="off"
          spellcheck={false}
          {...(hasNames && { list: names })}
          onValue={(insurer) => onTerms({ ...terms, insurer })}
        />
        {hasNames && (
          <datalist id={names}>
            {Object.keys(host.names).map((name) => (
              <option key={name} value={name}>
                {shown(name)}
              </option>
            ))}
          </datalist>
        )}
        <TextField
          label={words.say('consent.until')}
          hint={words.say('consent.until.hint')}
          error={said(faults.until)}
          type="date"
          value={terms.until}
          onValue={(until) => onTerms({ ...terms, until })}
        />
      </div>
    </section>
  );
}

/** Whether an address with capitals and small letters is as its checksum says: a mistyped one is not. */
export function useChecksum(text: string): boolean {
  const [mistyped, setMistyped] = useState('');
  const given = text.trim();
  useEffect(() => {
    if (!/^0x[0-9a-fA-F]{40}$/.test(given)) return;
    import('../../../src/address.ts').then(({ parseAddress }) => {
      try {
        parseAddress(given);
      } catch {
        setMistyped(given);
      }
    });
  }, [given]);
  return given !== mistyped || given === '';
}

/** The insurer's address; undefined where there is none that has this name or form. */
export function insurerOf(text: string, { names }: HostSettings): Hex | undefined {
  const given = text.trim();
  if (Object.hasOwn(names, given)) return names[given];
  return /^0x[0-9a-fA-F]{40}$/.test(given) ? (given.toLowerCase() as Hex) : undefined;
}

/** The last second of the day, as Unix time; undefined for no day. */
export function deadlineOf(until: string): bigint | undefined {
  const [year, month, day] = until.split('-').map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const time = new Date(year, month - 1, day, 23, 59, 59).getTime();
  return Number.isNaN(time) ? undefined : BigInt(time / 1000);
}

export function termsFaults({ insurer, until }: Terms, host: HostSettings, now = Date.now()): TermsFaults {
  const deadline = deadlineOf(until);
  const days = deadline === undefined ? 0 : (Number(deadline) - now / 1000) / 86_400;
  return {
    ...(insurerOf(insurer, host) === undefined && {
      insurer: insurer.trim() === '' ? 'consent.insurer.missing' : 'consent.insurer.wrong',
    }),
    ...(deadline === undefined && { until: 'consent.until.missing' }),
    ...(deadline !== undefined && days <= 0 && { until: 'consent.until.past' }),
    ...(days > MAX_DAYS && { until: 'consent.until.far' }),
  };
}
