// A few sentences that stand out: what was found, what failed, what to do. The tone is said by an icon and by the words, never by
// colour alone.
import type { ComponentChildren } from 'preact';
import { useWords } from '../text/words.ts';
import { failureIn } from './failure.ts';
import { Icon } from './icon.tsx';

export type Tone = 'good' | 'warn' | 'bad' | 'note';

interface NoticeProps {
  tone: Tone;
  title?: string;
  children?: ComponentChildren;
}

export function Notice({ tone, title, children }: NoticeProps) {
  return (
    <div class={`notice ${tone}`}>
      <Icon name={tone} />
      <div class="notice-text">
        {title !== undefined && <p class="notice-title">{title}</p>}
        {children}
      </div>
    </div>
  );
}

/** An error in the reader's words. It is announced: it follows from what the reader has just done. */
export function Failure({ error }: { error: unknown }) {
  const words = useWords();
  const { title, said } = failureIn(words, error);
  return (
    <div role="alert">
      <Notice tone="bad" title={title}>
        {said !== undefined && (
          <details>
            <summary>{words.say('error.details')}</summary>
            <p class="said" lang="en">
              {said}
            </p>
          </details>
        )}
      </Notice>
    </div>
  );
}
