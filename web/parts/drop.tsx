// Where a file is dropped, or chosen by a button: a real file input under its label, so that keyboards and screen readers have it
// as well.
import { useId, useState } from 'preact/hooks';
import { useWords } from '../text/words.ts';
import { Icon } from './icon.tsx';

interface DropProps {
  /** What the file is: the field's label. */
  label: string;
  hint?: string;
  /** As an input of type file takes it; any file if not given. */
  accept?: string;
  /** Name of the file that is there already. */
  chosen?: string | undefined;
  compact?: boolean;
  onFile(file: File): void;
}

export function Drop({ label, hint, accept, chosen, compact = false, onFile }: DropProps) {
  const words = useWords();
  const id = useId();
  const [isOver, setOver] = useState(false);
  const over = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer?.files[0];
    if (file) onFile(file);
  };
  const picked = (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    const file = input.files?.[0];
    input.value = ''; // the same file can be chosen again, after it was changed
    if (file) onFile(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is the pointer's way; the input inside is everybody's
    <div
      class={`drop${isOver ? ' over' : ''}${compact ? ' compact' : ''}`}
      onDragOver={over}
      onDragLeave={() => setOver(false)}
      onDrop={dropped}
    >
      <input
        class="drop-input"
        id={id}
        type="file"
        accept={accept}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={picked}
      />
      <label class="drop-label" for={id}>
        <Icon name={chosen === undefined ? 'upload' : 'file'} />
        <span class="drop-title">{label}</span>
        <span class="drop-action">{chosen === undefined ? words.say('drop.choose') : words.say('drop.other')}</span>
      </label>
      {chosen !== undefined && (
        <p class="drop-chosen">
          <bdi>{chosen}</bdi>
        </p>
      )}
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
