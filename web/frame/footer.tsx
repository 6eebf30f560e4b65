// The page's foot: whom the page talks to, and what this browser may keep.
import { Tick } from '../parts/fields.tsx';
import { useSession } from '../session/session.ts';
import { useWords } from '../text/words.ts';

interface FooterProps {
  isKeeping: boolean;
  onKeeping(isKeeping: boolean): void;
}

export function Footer({ isKeeping, onKeeping }: FooterProps) {
  const words = useWords();
  const { source } = useSession();
  const talk = source.kind === 'archive' ? 'foot.archive' : 'foot.endpoint';
  return (
    <footer class="foot">
      <div class="foot-in">
        <p>{words.say(talk)}</p>
        <Tick label={words.say('foot.keep')} checked={isKeeping} onTick={onKeeping} />
      </div>
    </footer>
  );
}
