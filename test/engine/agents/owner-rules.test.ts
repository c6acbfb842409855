/** Owners that skein.json names. */
import { expect, test } from 'vitest';
import { createOwnerRules } from '../../../electron/engine/agents/owner-rules.ts';
import { defaultSettings, type Settings } from '../../../shared/domain/settings.ts';

const withOwners = (...owners: [string, string][]): Settings => ({
  ...defaultSettings,
  owners: owners.map(([pattern, agent]) => ({ pattern, agent })),
});

test('the first rule that fits counts, and is quoted', () => {
  const settings = withOwners(['docs/special.md', 'human'], ['docs/**', 'claude-code'], ['**/*.md', 'aider']);
  const owner = createOwnerRules(() => settings);
  expect(owner('docs/special.md')?.agent).toBe('human');
  expect(owner('docs/a/b.md')).toEqual({
    agent: 'claude-code',
    detail: 'skein.json names claude-code as the owner of docs/**.',
  });
  expect(owner('README.md')?.agent).toBe('aider');
  expect(owner('main.ts')).toBeUndefined();
});

test('no rules, no owner', () => {
  expect(createOwnerRules(() => defaultSettings)('AGENTS.md')).toBeUndefined();
});

test('other settings are other rules at once', () => {
  let settings = withOwners(['AGENTS.md', 'human']);
  const owner = createOwnerRules(() => settings);
  expect(owner('AGENTS.md')?.agent).toBe('human');
  settings = withOwners(['AGENTS.md', 'aider']);
  expect(owner('AGENTS.md')?.agent).toBe('aider');
  settings = defaultSettings;
  expect(owner('AGENTS.md')).toBeUndefined();
});
