// Opening a consent file that was signed before.
import type { OpenedConsent } from '../../model/types.ts';
import { Drop } from '../../parts/drop.tsx';
import { Failure } from '../../parts/notice.tsx';
import { library, readText } from '../../session/library.ts';
import { useTask } from '../../session/task.ts';
import { useWords } from '../../text/words.ts';

export function OpenConsent({ onOpened }: { onOpened(consent: OpenedConsent): void }) {
  const words = useWords();
  const task = useTask();
  const open = (file: File) =>
    task.run(async () => {
      const { openConsent } = await library();
      onOpened(openConsent(await readText(file)));
    });
  return (
    <section class="card" aria-labelledby="open-consent-title">
      <h2 id="open-consent-title">{words.say('consent.file')}</h2>
      <Drop
        compact
        label={words.say('consent.file.drop')}
        hint={words.say('consent.file.hint')}
        accept=".json"
        onFile={open}
      />
      {task.error !== null && <Failure error={task.error} />}
    </section>
  );
}
