// What proves a bill, for those who want to see it: where its record stands on chain, the path from it to the root that the contract
// stores, and what opens its commitment.
import { useEffect, useState } from 'preact/hooks';
import type { Bill, BillProof, OpenedReceipts } from '../../model/types.ts';
import { Facts } from '../../parts/facts.tsx';
import { Hash } from '../../parts/hex.tsx';
import { Failure } from '../../parts/notice.tsx';
import { TaskProgress } from '../../parts/progress.tsx';
import { library } from '../../session/library.ts';
import { useSession } from '../../session/session.ts';
import { useTask } from '../../session/task.ts';
import { useWords } from '../../text/words.ts';

export function BillProofPart({ receipts, bill }: { receipts: OpenedReceipts; bill: Bill }) {
  const words = useWords();
  const session = useSession();
  const task = useTask();
  const [proof, setProof] = useState<BillProof | null>(null);
  useEffect(() => {
    task.run(async (how) => {
      const { billProof } = await library();
      setProof(await billProof(receipts, await session.connect(receipts.place, how), bill.recordId));
    });
  }, []);
  return (
    <section aria-label={words.say('proof.title')}>
      <h3>{words.say('proof.title')}</h3>
      <p class="hint">{words.say('proof.lead')}</p>
      <TaskProgress task={task} />
      {task.error !== null && <Failure error={task.error} />}
      {proof !== null && <ProofFacts proof={proof} />}
    </section>
  );
}

function ProofFacts({ proof }: { proof: BillProof }) {
  const words = useWords();
  const block = words.format.integer(proof.block);
  const hashes = (list: readonly string[]) => (
    <ol class="hashes">
      {list.map((value) => (
        <li key={value}>
          <Hash value={value} isWhole />
        </li>
      ))}
    </ol>
  );
  return (
    <>
      <Facts
        rows={[
          [words.say('proof.record'), String(proof.recordId)],
          [
            words.say('proof.batch'),
            words.say('proof.place', { batch: proof.batch, place: proof.place + 1, n: proof.batchRecords }),
          ],
          [words.say('proof.block'), proof.time === null ? block : `${block}, ${words.format.moment(proof.time)}`],
          [words.say('proof.transaction'), <Hash key="t" value={proof.transaction} isWhole />],
          [words.say('proof.root'), <Hash key="r" value={proof.root} isWhole />],
        ]}
      />
      <details>
        <summary>{words.say('proof.all')}</summary>
        <Facts
          rows={[
            [words.say('proof.leaf'), <Hash key="l" value={proof.leaf} isWhole />],
            [words.say('proof.path'), proof.path.length > 0 ? hashes(proof.path) : ''],
            [words.say('proof.commitments'), hashes(proof.commitments)],
            [words.say('proof.blinding'), <Hash key="b" value={proof.blinding} isWhole />],
            [words.say('proof.tag'), <Hash key="g" value={proof.tag} isWhole />],
            [words.say('proof.salt'), <Hash key="s" value={proof.salt} isWhole />],
            [words.say('proof.key'), <Hash key="k" value={proof.key} isWhole />],
          ]}
        />
      </details>
    </>
  );
}
