// How the patient signs: with a keystore file and its password, or with a wallet of the browser. The password stays in this form and is
// gone after it was used.
import { useId, useState } from 'preact/hooks';
import { shown } from '../../format.ts';
import type { KeystoreSecret, Wallet } from '../../model/types.ts';
import { Drop } from '../../parts/drop.tsx';
import { Choice, TextField } from '../../parts/fields.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';
import { readText } from '../../session/library.ts';
import { useWords } from '../../text/words.ts';
import { useWallets } from './wallets.ts';

export type Signature = { kind: 'keystore'; secret: KeystoreSecret } | { kind: 'wallet'; wallet: Wallet };

interface SignerProps {
  /** What the button says. */
  action: string;
  isBusy: boolean;
  onSign(signature: Signature): void;
}

export function Signer(props: SignerProps) {
  const words = useWords();
  const name = useId();
  const [kind, setKind] = useState<Signature['kind']>('keystore');
  const radio = (value: Signature['kind']) => (
    <label class="radio">
      <input type="radio" name={name} checked={kind === value} onChange={() => setKind(value)} />
      <span>{words.say(`sign.${value}`)}</span>
    </label>
  );
  return (
    <div class="signer">
      <fieldset>
        <legend class="unseen">{words.say('sign.how')}</legend>
        {radio('keystore')}
        {radio('wallet')}
      </fieldset>
      {kind === 'keystore' ? <KeystorePart {...props} /> : <WalletPart {...props} />}
    </div>
  );
}

function KeystorePart({ action, isBusy, onSign }: SignerProps) {
  const words = useWords();
  const [file, setFile] = useState<{ name: string; text: string } | null>(null);
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [isAsked, setAsked] = useState(false);
  const open = async (chosen: File) => {
    setError(null);
    try {
      setFile({ name: chosen.name, text: await readText(chosen) });
    } catch (thrown) {
      setError(thrown);
    }
  };
  const submit = (event: Event) => {
    event.preventDefault();
    setAsked(true);
    if (file === null || password === '') return;
    setAsked(false);
    setPassword('');
    onSign({ kind: 'keystore', secret: { ...file, password } });
  };
  return (
    <form class="sign-form" onSubmit={submit} noValidate>
      <Drop compact label={words.say('sign.keystore.drop')} accept=".json" chosen={file?.name} onFile={open} />
      {error !== null && <Failure error={error} />}
      {isAsked && file === null && (
        <p class="field-error" role="alert">
          {words.say('sign.keystore.missing')}
        </p>
      )}
      <TextField
        label={words.say('sign.password')}
        hint={words.say('sign.password.hint')}
        error={isAsked && password === '' ? words.say('sign.password.missing') : undefined}
        type="password"
        autocomplete="off"
        value={password}
        onValue={setPassword}
      />
      <button type="submit" class="primary" disabled={isBusy}>
        {action}
      </button>
    </form>
  );
}

function WalletPart({ action, isBusy, onSign }: SignerProps) {
  const words = useWords();
  const wallets = useWallets();
  const [chosen, setChosen] = useState('');
  const wallet = wallets.find(({ id }) => id === chosen) ?? wallets[0];
  if (wallet === undefined) {
    return (
      <Notice tone="note" title={words.say('sign.wallet.none')}>
        <p>{words.say('sign.wallet.none.why')}</p>
      </Notice>
    );
  }
  return (
    <div class="sign-form">
      {wallets.length > 1 && (
        <Choice
          label={words.say('sign.wallet.which')}
          value={wallet.id}
          options={wallets.map(({ id, name }) => ({ value: id, label: shown(name) }))}
          onValue={setChosen}
        />
      )}
      <p class="hint">{words.say('sign.wallet.hint')}</p>
      <button
        type="button"
        class="primary"
        disabled={isBusy}
        onClick={() => onSign({ kind: 'wallet', wallet: wallet.wallet })}
      >
        {action}
      </button>
    </div>
  );
}
