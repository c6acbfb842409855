import { describe, expect, test } from 'vitest';
import { choosePlace, type Place, type Wish } from '../../../electron/cli/choose-workspace.ts';

const place = (id: string, folder: string): Place => ({ id, name: id, folder, realFolder: folder });
const site = place('a1', '/home/ann/site');
const inner = place('b2', '/home/ann/site/packages/core');
const other = place('c3', '/home/ann/other');

const standing = (realWorkingFolder: string, wanted?: string): Wish => ({
  wanted,
  wantedFolder: wanted,
  realWorkingFolder,
});

describe('the workspace of a command', () => {
  test('is the innermost one around the working folder', () => {
    expect(choosePlace([site, inner, other], standing('/home/ann/site/packages/core/src'))).toMatchObject({
      value: inner,
    });
    expect(choosePlace([site, inner, other], standing('/home/ann/site/docs'))).toMatchObject({ value: site });
  });

  test('is not one whose folder only begins like the working folder', () => {
    expect(choosePlace([site, other], standing('/home/ann/site-old')).ok).toBe(false);
  });

  test('is the only open one from anywhere', () => {
    expect(choosePlace([other], standing('/tmp'))).toMatchObject({ value: other });
  });

  test('is the one that was named, by id or by folder', () => {
    expect(choosePlace([site, other], standing('/home/ann/site', 'c3'))).toMatchObject({ value: other });
    expect(choosePlace([site, other], standing('/', '/home/ann/other'))).toMatchObject({ value: other });
  });

  test('is unclear between several', () => {
    const outcome = choosePlace([site, other], standing('/tmp'));
    expect(outcome).toMatchObject({ ok: false, error: { code: 'no-workspace' } });
    expect(!outcome.ok && outcome.error.message).toContain('/home/ann/other');
  });

  test('that was named and is not open is an error, even when another is the only one', () => {
    const outcome = choosePlace([other], standing('/home/ann/other', '/home/ann/site'));
    expect(outcome).toMatchObject({ ok: false, error: { code: 'no-workspace', subject: '/home/ann/site' } });
  });

  test('is none when none is open', () => {
    expect(choosePlace([], standing('/tmp'))).toMatchObject({ ok: false, error: { code: 'no-workspace' } });
  });
});
