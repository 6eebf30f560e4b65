// What stands in the way of a release: each thing alone, all together, and nothing.
import { describe, expect, it } from 'vitest';
// @ts-expect-error: a script of the build, without types
import { problemsOf } from '../../src/package/release-checks.mjs';

const READY = {
  manifest: { version: '1.2.3', repository: 'https://example.org/mistore.git' },
  changelog: '# Changelog\n\n## Unreleased\n\n## 1.2.3\n\n- Something.\n\n## 1.2.2\n\n- Something else.\n',
  status: '',
  tags: ['v1.2.3', ''],
};

describe('a release', () => {
  it('can be made where nothing stands in its way', () => {
    expect(problemsOf(READY)).toEqual([]);
    expect(problemsOf({ ...READY, changelog: '# Changelog\n\n## 1.2.3\n\n- Something.\n' })).toEqual([]);
  });

  it.each([
    ['a changed file', { status: ' M README.md\n' }, 'the working tree has changes that are not committed'],
    ['no tag', { tags: [''] }, 'the commit does not have the tag v1.2.3'],
    ["another version's tag", { tags: ['v1.2.30'] }, 'the commit does not have the tag v1.2.3'],
    [
      'entries without a version',
      { changelog: '## Unreleased\n\n- New.\n\n## 1.2.3\n\n- Old.\n' },
      'CHANGELOG.md has entries under "Unreleased", which belong under a version',
    ],
    ['no heading', { changelog: '# Changelog\n\n## 1.2.30\n\n- Else.\n' }, 'CHANGELOG.md has no heading "1.2.3"'],
    [
      'an empty section',
      { changelog: '# Changelog\n\n## 1.2.3\n\n## 1.2.2\n\n- Old.\n' },
      'CHANGELOG.md says nothing under "1.2.3"',
    ],
    [
      'no repository',
      { manifest: { version: '1.2.3' } },
      'package.json has no "repository", which the statement of provenance needs',
    ],
  ])('cannot be made with %s', (_, change, problem) => {
    expect(problemsOf({ ...READY, ...change })).toEqual([problem]);
  });

  it('is told all that stands in its way', () => {
    const nothing = { manifest: { version: 'next' }, changelog: '', status: '?? x', tags: [] };
    expect(problemsOf(nothing)).toHaveLength(5);
  });
});
