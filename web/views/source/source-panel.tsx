// Where to check: on the chain, through an endpoint that the reader names, or in an archive file, then without any network.
import { useId } from 'preact/hooks';
import { Drop } from '../../parts/drop.tsx';
import { TextField } from '../../parts/fields.tsx';
import { Notice } from '../../parts/notice.tsx';
import { isAllowed, reloadFor } from '../../session/policy.ts';
import { type SourceChoice, useSession } from '../../session/session.ts';
import { useWords } from '../../text/words.ts';
import { endpointFault } from './endpoint.ts';

/** `isAsked`: the reader has asked for a check, so what is missing is said. */
export function SourcePanel({ isAsked }: { isAsked: boolean }) {
  const words = useWords();
  const { source, host, update } = useSession();
  const name = useId();
  const change = (part: Partial<SourceChoice>) => update({ source: { ...source, ...part } });
  const radio = (kind: SourceChoice['kind']) => (
    <label class="radio">
      <input
        type="radio"
        name={name}
        checked={source.kind === kind}
        disabled={kind === 'endpoint' && host.isOffline}
        onChange={() => change({ kind })}
      />
      <span>{words.say(`source.${kind}`)}</span>
    </label>
  );
  return (
    <fieldset class="source">
      <legend>{words.say('source.title')}</legend>
      {radio('endpoint')}
      {radio('archive')}
      {source.kind === 'endpoint' ? (
        <EndpointPart isAsked={isAsked} change={change} />
      ) : (
        <ArchivePart isAsked={isAsked} change={change} />
      )}
    </fieldset>
  );
}

interface PartProps {
  isAsked: boolean;
  change(part: Partial<SourceChoice>): void;
}

function EndpointPart({ isAsked, change }: PartProps) {
  const words = useWords();
  const { source, host } = useSession();
  const fault = endpointFault(source.endpoint);
  const isOther = fault === null && !isAllowed(source.endpoint.trim());
  return (
    <div class="source-part">
      <TextField
        label={words.say('source.url')}
        hint={words.say(host.isFixed ? 'source.url.fixed' : 'source.url.hint')}
        error={isAsked && fault !== null ? words.say(fault) : undefined}
        type="url"
        inputMode="url"
        autocomplete="off"
        spellcheck={false}
        placeholder="https://"
        value={source.endpoint}
        readOnly={host.isFixed}
        onValue={(endpoint) => change({ endpoint })}
      />
      {isOther && (
        <Notice tone="note">
          <p>{words.say('source.other')}</p>
          <button type="button" onClick={() => reloadFor(source.endpoint.trim())}>
            {words.say('source.reload')}
          </button>
        </Notice>
      )}
      <details open={source.archive !== null}>
        <summary>{words.say('source.older')}</summary>
        <Drop
          compact
          label={words.say('source.archive.label')}
          hint={words.say('source.older.hint')}
          chosen={source.archive?.name}
          onFile={(file) => change({ archive: { blob: file, name: file.name } })}
        />
      </details>
    </div>
  );
}

function ArchivePart({ isAsked, change }: PartProps) {
  const words = useWords();
  const { source } = useSession();
  return (
    <div class="source-part">
      <Drop
        compact
        label={words.say('source.archive.label')}
        hint={words.say('source.archive.hint')}
        chosen={source.archive?.name}
        onFile={(file) => change({ archive: { blob: file, name: file.name } })}
      />
      {isAsked && source.archive === null && (
        <p class="field-error" role="alert">
          {words.say('source.archive.missing')}
        </p>
      )}
    </div>
  );
}
