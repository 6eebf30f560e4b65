// A view's heading: takes the focus when the view is opened, so that screen readers begin there.
import type { ViewName } from '../frame/views.ts';

interface ViewHeadingProps {
  view: ViewName;
  title: string;
  lead?: string;
}

export function ViewHeading({ view, title, lead }: ViewHeadingProps) {
  return (
    <div class="view-head">
      <h1 id={`${view}-title`} tabIndex={-1}>
        {title}
      </h1>
      {lead !== undefined && <p class="lead">{lead}</p>}
    </div>
  );
}
