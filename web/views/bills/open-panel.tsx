// Opening a receipts file, choosing where to check it, and the check itself. Large while there is no file; one line afterwards.
import { useState } from 'preact/hooks';
import { Drop } from '../../parts/drop.tsx';
import { Failure } from '../../parts/notice.tsx';
import { TaskProgress } from '../../parts/progress.tsx';
import { library, readText } from '../../session/library.ts';
import { useSession } from '../../session/session.ts';
import { type Task, useTask } from '../../session/task.ts';
import { useWords } from '../../text/words.ts';
import { isReady } from '../source/endpoint.ts';
import { SourcePanel } from '../source/source-panel.tsx';
import { billsIn } from './bills-in.ts';

export function OpenPanel() {
  const words = useWords();
  const session = useSession();
  const { file } = session;
  const opening = useTask();
  const checking = useTask();
  const [isOpen, setOpen] = useState(true);

  const open = (chosen: File) =>
    opening.run(async () => {
      const { openReceipts } = await library();
      const opened = openReceipts(await readText(chosen));
      checking.cancel();
      session.update({ file: { name: chosen.name, opened, checked: null } });
      setOpen(true);
    });
  const check = () =>
    checking.run(async (how) => {
      const { opened, name } = file!;
      const chain = await session.connect(opened.place, how);
      const { checkBills } = await library();
      const checked = await checkBills(opened, chain, how);
      session.update({ file: { name, opened, checked } });
      setOpen(false);
    });

  if (file !== null && !isOpen) {
    return (
      <div class="opened">
        <p>
          <strong>
            <bdi>{file.name}</bdi>
          </strong>{' '}
          <span class="soft">{billsIn(words, file.opened)}</span>
        </p>
        <button type="button" class="quiet" onClick={() => setOpen(true)}>
          {words.say('bills.change')}
        </button>
      </div>
    );
  }
  return (
    <section class="card open-panel" aria-label={words.say('bills.open')}>
      <div class="open-file">
        <Drop
          label={words.say('bills.drop')}
          hint={file === null ? words.say('bills.drop.hint') : billsIn(words, file.opened)}
          chosen={file?.name}
          onFile={open}
        />
        {opening.error !== null && <Failure error={opening.error} />}
      </div>
      <CheckForm hasFile={file !== null} task={checking} check={check} />
    </section>
  );
}

interface CheckFormProps {
  hasFile: boolean;
  task: Task;
  check(): void;
}

function CheckForm({ hasFile, task, check }: CheckFormProps) {
  const words = useWords();
  const { source } = useSession();
  const [isAsked, setAsked] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    setAsked(true);
    if (hasFile && isReady(source)) check();
  };
  return (
    <form class="open-source" onSubmit={submit} noValidate>
      <SourcePanel isAsked={isAsked} />
      {isAsked && !hasFile && (
        <p class="field-error" role="alert">
          {words.say('bills.drop.missing')}
        </p>
      )}
      {task.error !== null && <Failure error={task.error} />}
      {task.isRunning ? (
        <TaskProgress task={task} />
      ) : (
        <button type="submit" class="primary">
          {words.say('bills.check')}
        </button>
      )}
    </form>
  );
}
