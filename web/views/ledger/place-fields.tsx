// The contract, typed in where neither the host, nor a receipts file, nor an archive names one.
import type { Hex } from '../../../src/bytes.ts';
import type { ContractPlace } from '../../model/types.ts';
import { TextField } from '../../parts/fields.tsx';
import { useWords } from '../../text/words.ts';

export interface PlaceText {
  contract: string;
  chainId: string;
}

export const emptyPlace: PlaceText = { contract: '', chainId: '' };

/** Undefined where one of the two is not as it must be. */
export function placeOf({ contract, chainId }: PlaceText): ContractPlace | undefined {
  return isContract(contract) && isChain(chainId)
    ? { contract: contract.trim().toLowerCase() as Hex, chainId: BigInt(chainId.trim()) }
    : undefined;
}

const isContract = (text: string) => /^0x[0-9a-fA-F]{40}$/.test(text.trim());
const isChain = (text: string) => /^[1-9]\d{0,77}$/.test(text.trim());

interface PlaceFieldsProps {
  typed: PlaceText;
  isAsked: boolean;
  onTyped(typed: PlaceText): void;
}

export function PlaceFields({ typed, isAsked, onTyped }: PlaceFieldsProps) {
  const words = useWords();
  return (
    <fieldset class="source">
      <legend>{words.say('place.title')}</legend>
      <TextField
        label={words.say('place.contract')}
        error={isAsked && !isContract(typed.contract) ? words.say('place.contract.wrong') : undefined}
        placeholder="0x"
        autocomplete="off"
        spellcheck={false}
        value={typed.contract}
        onValue={(contract) => onTyped({ ...typed, contract })}
      />
      <TextField
        label={words.say('place.chain')}
        hint={words.say('place.chain.hint')}
        error={isAsked && !isChain(typed.chainId) ? words.say('place.chain.wrong') : undefined}
        inputMode="numeric"
        autocomplete="off"
        value={typed.chainId}
        onValue={(chainId) => onTyped({ ...typed, chainId })}
      />
    </fieldset>
  );
}
