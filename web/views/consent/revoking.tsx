// Revoking a consent: what it does, what it costs, and the signature that does it.
import { useEffect, useState } from 'preact/hooks';
import type { OpenedConsent, RevocationCost } from '../../model/types.ts';
import { Failure } from '../../parts/notice.tsx';
import { TaskProgress } from '../../parts/progress.tsx';
import { library } from '../../session/library.ts';
import { useSession } from '../../session/session.ts';
import { useTask } from '../../session/task.ts';
import { useWords } from '../../text/words.ts';
import { type Signature, Signer } from './signer.tsx';

interface RevokingProps {
  consent: OpenedConsent;
  onRevoked(): void;
}

export function Revoking({ consent, onRevoked }: RevokingProps) {
  const words = useWords();
  const session = useSession();
  const asking = useTask();
  const revoking = useTask();
  const [cost, setCost] = useState<RevocationCost | null>(null);
  useEffect(() => {
    asking.run(async (how) => {
      const { revocationCost } = await library();
      setCost(await revocationCost(consent, await session.connect(consent.place, how)));
    });
  }, []);
  const revoke = (signature: Signature) =>
    revoking.run(async (how) => {
      const chain = await session.connect(consent.place, how);
      const { revokeWithKeystore, revokeWithWallet } = await library();
      if (signature.kind === 'keystore') await revokeWithKeystore(consent, chain, signature.secret);
      else await revokeWithWallet(consent, chain, signature.wallet);
      onRevoked();
    });
  return (
    <details class="revoking">
      <summary>{words.say('revoke.title')}</summary>
      <p>{words.say('revoke.lead')}</p>
      {cost !== null && (
        <p class="hint">
          {words.say('revoke.cost', {
            about: words.format.ether(cost.about),
            most: words.format.ether(cost.most),
            balance: words.format.ether(cost.balance),
          })}
        </p>
      )}
      {asking.error !== null && <Failure error={asking.error} />}
      <Signer action={words.say('revoke')} isBusy={revoking.isRunning} onSign={revoke} />
      <TaskProgress task={revoking} label={words.say('revoke.sending')} />
      {revoking.error !== null && <Failure error={revoking.error} />}
    </details>
  );
}
