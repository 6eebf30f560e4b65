// Work that is going on: what is being done, how far it is, and a button that ends it. Screen readers hear of each stage once.
import type { Task } from '../session/task.ts';
import { useWords } from '../text/words.ts';

/** `label`: what is being done, where the work tells no stages. */
export function TaskProgress({ task, label }: { task: Task; label?: string }) {
  const words = useWords();
  if (!task.isRunning) return null;
  const { stage = 'connecting', done = 0, total = null } = task.progress ?? {};
  const said = label ?? words.say(`progress.${stage}`);
  return (
    <div class="progress">
      <div class="progress-text">
        <p role="status">{said}</p>
        {total !== null && total > 1 && (
          <p class="hint">{words.say('progress.of', { done: Math.min(done, total), total })}</p>
        )}
      </div>
      <progress aria-label={said} {...(total !== null && total > 0 ? { value: done, max: total } : {})} />
      <button type="button" class="quiet" onClick={task.cancel}>
        {words.say('cancel')}
      </button>
    </div>
  );
}
