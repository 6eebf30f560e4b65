// Labelled controls of a form, each with its hint and its error where a screen reader finds them.
import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';

interface FieldProps {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
}

interface InputProps extends FieldProps {
  value: string;
  onValue(value: string): void;
  type?: 'text' | 'url' | 'date' | 'password';
  inputMode?: 'url' | 'numeric';
  autocomplete?: 'off';
  spellcheck?: boolean;
  placeholder?: string;
  readOnly?: boolean;
  /** Id of a datalist. */
  list?: string;
}

export function TextField({ label, hint, error, onValue, ...input }: InputProps) {
  const id = useId();
  // the types of JSX allow each attribute only beside certain literal types of input
  const attributes: object = input;
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      <input
        {...attributes}
        id={id}
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={describedBy(id, hint, error)}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
    </Field>
  );
}

interface ChoiceProps extends FieldProps {
  value: string;
  options: readonly { value: string; label: string }[];
  onValue(value: string): void;
}

export function Choice({ label, hint, error, value, options, onValue }: ChoiceProps) {
  const id = useId();
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      <select
        id={id}
        value={value}
        aria-describedby={describedBy(id, hint, error)}
        onChange={(event) => onValue(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value} selected={option.value === value}>
            {option.label}
          </option>
        ))}
      </select>
    </Field>
  );
}

interface TickProps {
  label: ComponentChildren;
  checked: boolean;
  onTick(checked: boolean): void;
}

export function Tick({ label, checked, onTick }: TickProps) {
  return (
    <label class="tick">
      <input type="checkbox" checked={checked} onChange={(event) => onTick(event.currentTarget.checked)} />
      <span>{label}</span>
    </label>
  );
}

function Field({ id, label, hint, error, children }: FieldProps & { id: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p class="field-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

function describedBy(id: string, hint: string | undefined, error: string | undefined): string | undefined {
  const ids = [hint !== undefined && `${id}-hint`, error !== undefined && `${id}-error`].filter(Boolean);
  return ids.length === 0 ? undefined : ids.join(' ');
}
