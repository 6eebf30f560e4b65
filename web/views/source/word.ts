// By whose word something is believed, as a sentence.
import { shown } from '../../format.ts';
import type { Word } from '../../model/types.ts';
import type { Words } from '../../text/words.ts';

export function wordInWords(words: Words, word: Word): string {
  if (word.kind === 'archive') return words.say('word.archive', { file: shown(word.file) });
  return words.say('word.hosts', { hosts: new Intl.ListFormat(words.language).format(word.hosts.map(shown)) });
}
