import { describe, expect, it } from 'vitest';
import { findEntries } from '../../../renderer/src/shell/palette-entries.ts';

const paths = ['docs/passation_claude.md', 'ROADMAP.md', 'notes/reports.md'];
const labels = (typed: string) => findEntries(typed, paths).map((entry) => entry.label);

describe('the palette', () => {
  it('begins with the views', () => {
    expect(labels('').slice(0, 2)).toEqual(['Overview', 'Changes']);
  });

  it('puts the beginning of a name first, then its middle, then its letters in order', () => {
    expect(labels('rep')).toEqual(['Reports', 'notes/reports.md']);
    expect(labels('map')).toEqual(['ROADMAP.md']);
    expect(labels('pcl')).toEqual(['docs/passation_claude.md']);
  });

  it('finds nothing where nothing is', () => {
    expect(labels('zzz')).toEqual([]);
  });

  it('never lists more than fit', () => {
    const many = Array.from({ length: 500 }, (_, index) => `note-${index}.md`);
    expect(findEntries('note', many)).toHaveLength(15);
  });
});
