import { expect, test } from 'vitest';
import { compileStrategies } from '../../../shared/domain/conflict-strategy.ts';
import { settingsShape } from '../../../shared/domain/settings.ts';

const strategyOf = (settings: object) => compileStrategies(settingsShape.parse(settings));

test('a path has the strategy of the workspace, merge unless it says otherwise', () => {
  expect(strategyOf({})('AGENTS.md')).toBe('merge');
  expect(strategyOf({ conflict_strategy: 'prefer-local' })('AGENTS.md')).toBe('prefer-local');
});

test('the first pattern that matches counts', () => {
  const of = strategyOf({
    conflicts: [
      { pattern: 'docs/**/*.md', strategy: 'last-writer-wins' },
      { pattern: 'docs/a.md', strategy: 'prefer-remote' },
    ],
  });
  expect(of('docs/a.md')).toBe('last-writer-wins');
  expect(of('a.md')).toBe('merge');
});

test('a pattern that cannot be read matches nothing', () => {
  const of = strategyOf({ conflicts: [{ pattern: '{'.repeat(40), strategy: 'prefer-remote' }] });
  expect(of('a.md')).toBe('merge');
});
