// What must hold of the repository before a version is published. Pure: the caller reads the files and asks git.

/**
 * Everything that stands in the way, as sentences; empty if nothing does. `status`: what `git status --porcelain` prints;
 * `tags`: the tags of the commit.
 */
export function problemsOf({ manifest, changelog, status, tags }) {
  const { version, repository } = manifest;
  const problems = [];
  if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    problems.push(`the version ${version} is not of the form 1.2.3 or 1.2.3-rc.1`);
  if (status.trim() !== '') problems.push('the working tree has changes that are not committed');
  if (!tags.includes(`v${version}`)) problems.push(`the commit does not have the tag v${version}`);
  const sections = sectionsOf(changelog);
  if ((sections.get('Unreleased') ?? '') !== '') {
    problems.push('CHANGELOG.md has entries under "Unreleased", which belong under a version');
  }
  if (!sections.has(version)) problems.push(`CHANGELOG.md has no heading "${version}"`);
  else if (sections.get(version) === '') problems.push(`CHANGELOG.md says nothing under "${version}"`);
  if (!repository) problems.push('package.json has no "repository", which the statement of provenance needs');
  return problems;
}

/** The text under each heading of the second level, without space around it. */
function sectionsOf(changelog) {
  const parts = changelog.split(/^## /m).slice(1);
  return new Map(
    parts.map((part) => {
      const [heading, ...lines] = part.split('\n');
      return [heading.trim(), lines.join('\n').trim()];
    }),
  );
}
