import { describe, expect, it } from 'vitest';
import { chooseFiles, fileState } from '../../../renderer/src/files/file-list.ts';
import {
  choiceOf,
  completeChoice,
  isVersion,
  shortStamp,
} from '../../../renderer/src/files/version-choice.ts';
import { problem } from '../../../shared/result.ts';
import { aChange, aFile } from '../a-change.ts';

describe('choosing files', () => {
  const files = [
    aFile('docs/b.md', { last_modified_ms: 5, versions: 2 }),
    aFile('a.md', { last_modified_ms: 1, versions: 9, file_class: 'journal' }),
    aFile('C.md', { last_modified_ms: 9, versions: 2 }),
  ];
  const paths = (choice: Partial<Parameters<typeof chooseFiles>[1]>) =>
    chooseFiles(files, { text: '', fileClass: '', order: 'path', ...choice }).map((file) => file.file_path);

  it('finds letters anywhere in the path, in either case', () => {
    expect(paths({ text: ' c' })).toEqual(['C.md', 'docs/b.md']);
  });

  it('keeps one class', () => {
    expect(paths({ fileClass: 'journal' })).toEqual(['a.md']);
  });

  it('orders by path, by time, by versions', () => {
    expect(paths({})).toEqual(['C.md', 'a.md', 'docs/b.md']);
    expect(paths({ order: 'newest' })).toEqual(['C.md', 'docs/b.md', 'a.md']);
    expect(paths({ order: 'versions' })).toEqual(['a.md', 'C.md', 'docs/b.md']);
  });
});

describe('the state of a file in words', () => {
  const trouble = problem('too-large', 'a.md', 'Too large.', 'Split it.');

  it.each([
    [aFile('a.md'), 'In step'],
    [aFile('a.md', { state: 'out_of_sync', pending: 3 }), '3 pending'],
    [aFile('a.md', { state: 'out_of_sync' }), 'Changed'],
    [aFile('a.md', { deleted: true }), 'Deleted'],
    [aFile('a.md', { state: 'error', pending: 2, problem: trouble }), 'Problem'],
  ])('%#', (file, label) => {
    expect(fileState(file).label).toBe(label);
  });
});

describe('choosing two versions', () => {
  const versions = [3, 2, 1].map((position) => aChange(position, { stamp: `${position}`.repeat(32) }));
  const stampOf = (position: number) => shortStamp(`${position}`.repeat(32));

  it('starts with the newest against the one before', () => {
    expect(completeChoice(versions, { from: undefined, to: undefined })).toEqual({
      from: stampOf(3 - 1),
      to: stampOf(3),
    });
  });

  it('compares an old one with its own predecessor', () => {
    expect(completeChoice(versions, { from: undefined, to: stampOf(2) })).toEqual({
      from: stampOf(1),
      to: stampOf(2),
    });
  });

  it('leaves a full choice alone and completes a lone old side', () => {
    const full = { from: stampOf(1), to: stampOf(3) };
    expect(completeChoice(versions, full)).toEqual(full);
    expect(completeChoice(versions, { from: stampOf(1), to: undefined })).toEqual({
      from: stampOf(1),
      to: stampOf(3),
    });
  });

  it('compares the first version with nothing', () => {
    expect(choiceOf(versions, 2)).toEqual({ from: undefined, to: stampOf(1) });
  });

  it('names a version by the beginning of its stamp', () => {
    expect(isVersion(versions[0]!, stampOf(3))).toBe(true);
    expect(isVersion(versions[0]!, undefined)).toBe(false);
  });
});
