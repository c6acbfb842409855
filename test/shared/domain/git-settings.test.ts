import { expect, test } from 'vitest';
import { gitSettingsOf } from '../../../shared/domain/git-settings.ts';
import { defaultSettings, settingsShape } from '../../../shared/domain/settings.ts';

test('without a word git is on, pushes to origin, and commits no consolidation by itself', () => {
  expect(gitSettingsOf(defaultSettings, {})).toEqual({
    enabled: true,
    hooks: true,
    autoPush: true,
    remote: 'origin',
    branch: undefined,
    commitConsolidations: false,
  });
});

test('the environment of reference/001 goes before skein.json', () => {
  const env = {
    KB_GIT_ENABLED: 'false',
    KB_GIT_AUTO_PUSH: '0',
    KB_GIT_REMOTE: 'backup',
    KB_GIT_BRANCH: 'notes',
  };
  expect(gitSettingsOf(defaultSettings, env)).toMatchObject({
    enabled: false,
    autoPush: false,
    remote: 'backup',
    branch: 'notes',
  });
  const nonsense = { KB_GIT_ENABLED: 'perhaps', KB_GIT_REMOTE: '' };
  expect(gitSettingsOf(defaultSettings, nonsense)).toMatchObject({ enabled: true, remote: 'origin' });
});

test.each(['--upload-pack=x', 'a b', '../x', 'a..b', 'a:b', ''])(
  '%j is no name of a remote or branch',
  (name) => {
    expect(settingsShape.safeParse({ git_remote: name }).success).toBe(false);
    expect(settingsShape.safeParse({ git_branch: name }).success).toBe(false);
  },
);

test('names with slashes and letters of any language are', () => {
  expect(settingsShape.safeParse({ git_branch: 'feature/überblick', git_remote: 'my-fork' }).success).toBe(
    true,
  );
});
