// What the check has found, in a few sentences: how many bills are as on the chain, which are not, what is missing, by whose word.

import { shown } from '../../format.ts';
import type { CheckedReceipts, MissingRecords } from '../../model/types.ts';
import { Notice, type Tone } from '../../parts/notice.tsx';
import type { OpenFile } from '../../session/session.ts';
import { useWords, type Words } from '../../text/words.ts';
import { ByWord } from '../source/word.tsx';

export function Summary({ file: { checked } }: { file: OpenFile }) {
  const words = useWords();
  return (
    <div role="status">
      {checked === null ? <p class="hint">{words.say('bills.unchecked')}</p> : <Found checked={checked} />}
    </div>
  );
}

function Found({ checked }: { checked: CheckedReceipts }) {
  const words = useWords();
  const { bills, faulty, missing, word } = checked;
  if (bills.length === 0) return null;
  return (
    <Notice tone={toneOf(checked)} title={titleOf(words, checked)}>
      {missing.map((one) => (
        <p key={one.category}>{missingInWords(words, one)}</p>
      ))}
      {checked.void > 0 && <p>{words.say('bills.void', { n: checked.void })}</p>}
      {checked.complained > 0 && <p>{words.say('bills.complained', { n: checked.complained })}</p>}
      {faulty > 0 && <p>{words.say('bills.faulty.advice')}</p>}
      {faulty === 0 && checked.missingCount > 0 && <p>{words.say('bills.missing.advice')}</p>}
      <ByWord word={word} place={checked.place} />
    </Notice>
  );
}

function toneOf({ faulty, missingCount, complained, void: voids }: CheckedReceipts): Tone {
  if (faulty > 0) return 'bad';
  return missingCount > 0 || complained > 0 || voids > 0 ? 'warn' : 'good';
}

/** "209 bills, all as on the chain; 2 records of yours are not in this file." */
function titleOf(words: Words, { bills, valid, faulty, missingCount, word }: CheckedReceipts): string {
  const place = words.say(word.kind === 'archive' ? 'place.the.archive' : 'place.the.chain');
  const count = words.say('bills.count', { n: bills.length });
  const found =
    faulty === 0
      ? words.say('bills.all', { n: bills.length, count, place })
      : words.say('bills.some', { n: faulty, valid, count, place });
  const rest = missingCount === 0 ? words.say('bills.complete') : words.say('bills.missing', { n: missingCount });
  return `${found} ${rest}`;
}

function missingInWords(words: Words, { category, count, position, recordIds }: MissingRecords): string {
  const records = new Intl.ListFormat(words.language).format(recordIds.map(String));
  const values = { n: count, records, position, category: shown(category) };
  return words.say(category === '' ? 'bills.missing.from' : 'bills.missing.category', values);
}
