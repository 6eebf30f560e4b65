// By whose word something is believed, and of which contract: the lines below every verdict.
import { shown } from '../../format.ts';
import type { ContractPlace, Word } from '../../model/types.ts';
import { useSession } from '../../session/session.ts';
import { useWords } from '../../text/words.ts';

export function ByWord({ word, place }: { word: Word; place: ContractPlace }) {
  const words = useWords();
  const { host } = useSession();
  const said =
    word.kind === 'archive'
      ? words.say('word.archive', { file: word.file })
      : words.say('word.hosts', { hosts: new Intl.ListFormat(words.language).format(word.hosts.map(shown)) });
  return (
    <p class="hint">
      {said} {words.say('word.contract', { contract: place.contract, chain: place.chainId.toString() })}{' '}
      {words.say(host.place === undefined ? 'word.named' : 'word.pinned')}
    </p>
  );
}
