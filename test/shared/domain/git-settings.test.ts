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
    refused: undefined,
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
  const empty = { KB_GIT_ENABLED: '', KB_GIT_REMOTE: '' };
  expect(gitSettingsOf(defaultSettings, empty)).toMatchObject({ enabled: true, remote: 'origin' });
});

test.each(['KB_GIT_ENABLED', 'KB_GIT_AUTO_PUSH'])(
  'a %s that is neither true nor false switches git off and is refused by its name',
  (name) => {
    expect(gitSettingsOf(defaultSettings, { [name]: 'maybe' })).toMatchObject({
      enabled: false,
      refused: {
        code: 'settings-broken',
        subject: name,
        message: `${name} says "maybe", which is neither true nor false.`,
      },
    });
  },
);

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

test.each(['https://u:sekret@h.invalid/x', 'https://h.invalid/x?access_token=sekret'])(
  'an address with a password is no remote, and is nowhere to be seen: %s',
  (address) => {
    const settings = gitSettingsOf(defaultSettings, { KB_GIT_REMOTE: address });
    expect(settings).toMatchObject({ enabled: false, autoPush: false, refused: { code: 'settings-broken' } });
    expect(JSON.stringify(settings)).not.toContain('sekret');
  },
);
