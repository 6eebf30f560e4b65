// Checking the proof of a sum: anyone whom an insurer shows one can see whether it is right, and what it is about.
import { useState } from 'preact/hooks';
import type { ContractPlace, SumCheck } from '../../model/types.ts';
import { Amounts, amountsInWords } from '../../parts/amounts.tsx';
import { Drop } from '../../parts/drop.tsx';
import { Facts } from '../../parts/facts.tsx';
import { ViewHeading } from '../../parts/heading.tsx';
import { Account, Hash } from '../../parts/hex.tsx';
import { Failure, Notice } from '../../parts/notice.tsx';
import { TaskProgress } from '../../parts/progress.tsx';
import { library, placeOfProof, readText } from '../../session/library.ts';
import { useSession } from '../../session/session.ts';
import { useTask } from '../../session/task.ts';
import { useWords } from '../../text/words.ts';
import { isReady } from '../source/endpoint.ts';
import { SourcePanel } from '../source/source-panel.tsx';
import { ByWord } from '../source/word.tsx';

interface Found {
  check: SumCheck;
  place: ContractPlace;
}

export function SumView() {
  const words = useWords();
  const session = useSession();
  const task = useTask();
  const [file, setFile] = useState<File | null>(null);
  const [isAsked, setAsked] = useState(false);
  const [found, setFound] = useState<Found | null>(null);
  const choose = (chosen: File) => {
    setFile(chosen);
    setFound(null);
    task.clear();
  };
  const submit = (event: Event) => {
    event.preventDefault();
    setAsked(true);
    if (file === null || !isReady(session.source)) return;
    setFound(null);
    task.run(async (how) => {
      const { checkSumProof } = await library();
      const text = await readText(file);
      const chain = await session.connect(await placeOfProof(text), how);
      setFound({ check: await checkSumProof(text, chain), place: chain.place });
    });
  };
  return (
    <>
      <ViewHeading view="sum" title={words.say('sum.title')} lead={words.say('sum.lead')} />
      <section class="card open-panel" aria-label={words.say('sum.title')}>
        <div class="open-file">
          <Drop
            label={words.say('sum.drop')}
            hint={words.say('sum.drop.hint')}
            accept=".json"
            chosen={file?.name}
            onFile={choose}
          />
        </div>
        <form class="open-source" onSubmit={submit} noValidate>
          <SourcePanel isAsked={isAsked} />
          {isAsked && file === null && (
            <p class="field-error" role="alert">
              {words.say('sum.drop.missing')}
            </p>
          )}
          {task.error !== null && <Failure error={task.error} />}
          {task.isRunning ? (
            <TaskProgress task={task} />
          ) : (
            <button type="submit" class="primary">
              {words.say('sum.check')}
            </button>
          )}
        </form>
      </section>
      <div role="status">{found !== null && <Verdict found={found} />}</div>
    </>
  );
}

function Verdict({ found: { check: found, place } }: { found: Found }) {
  const words = useWords();
  if (!found.isRight) {
    return (
      <Notice tone="bad" title={words.say('sum.wrong')}>
        <p>{words.say('sum.wrong.advice')}</p>
        <p class="said" lang="en">
          {found.why}
        </p>
        <ByWord word={found.word} place={place} />
      </Notice>
    );
  }
  const { lanes, currency, sums, records } = found;
  return (
    <>
      <Notice
        tone="good"
        title={words.say('sum.right', { sum: amountsInWords(words, sums, lanes, currency), n: records })}
      >
        <p>{words.say('sum.right.positions')}</p>
        <ByWord word={found.word} place={place} />
      </Notice>
      <section class="card" aria-label={words.say('sum.about')}>
        <h2>{words.say('sum.about')}</h2>
        <Facts
          rows={[
            [words.say('sum.amount'), <Amounts key="s" amounts={sums} lanes={lanes} currency={currency} />],
            [words.say('sum.records'), words.say('bills.count', { n: records })],
            [words.say('signed.patient'), <Account key="p" address={found.patient} isWhole />],
            [words.say('signed.insurer'), <Account key="i" address={found.insurer} isWhole />],
            [words.say('ledger.hospital'), <Account key="h" address={found.hospital} isWhole />],
            [words.say('ledger.id'), <Hash key="l" value={found.ledgerId} isWhole />],
            [words.say('signed.query'), <Hash key="q" value={found.queryId} isWhole />],
          ]}
        />
      </section>
    </>
  );
}
