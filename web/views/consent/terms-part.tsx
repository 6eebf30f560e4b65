// For whom a consent is, and until when: an address or a name of the network file, and a day of the reader's.
import { useEffect, useId, useState } from 'preact/hooks';
import { shown } from '../../format.ts';
import { TextField } from '../../parts/fields.tsx';
import { useSession } from '../../session/session.ts';
import { type Key, useWords } from '../../text/words.ts';
import { MAX_DAYS, type Terms, type TermsFaults } from './terms.ts';

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
