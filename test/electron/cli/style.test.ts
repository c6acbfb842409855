import { expect, test } from 'vitest';
import { chooseStyle } from '../../../electron/cli/style.ts';

const terminal = { isTTY: true, columns: 100 };
const choose = (
  env: NodeJS.ProcessEnv,
  noColor = false,
  output: Parameters<typeof chooseStyle>[0] = terminal,
) => chooseStyle(output, { env, noColor, nowMs: 0 });

test('a terminal gets colours and its width', () => {
  expect(choose({}).colors.isColorSupported).toBe(true);
  expect(choose({}).width).toBe(100);
});

test('a pipe gets neither', () => {
  const style = choose({ FORCE_COLOR: '1' }, false, {});
  expect(style.colors.isColorSupported).toBe(false);
  expect(style.width).toBeUndefined();
});

test.each([[{ NO_COLOR: '1' }], [{ TERM: 'dumb' }]])('%o turns colours off', (env) => {
  expect(choose(env).colors.isColorSupported).toBe(false);
});

test('an empty NO_COLOR counts as none, as its convention says', () => {
  expect(choose({ NO_COLOR: '' }).colors.isColorSupported).toBe(true);
});

test('--no-color turns colours off', () => {
  expect(choose({}, true).colors.isColorSupported).toBe(false);
});
