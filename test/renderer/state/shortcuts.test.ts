import { describe, expect, it } from 'vitest';
import { Shortcuts } from '../../../renderer/src/state/shortcuts.ts';

function withKeys() {
  const shortcuts = new Shortcuts();
  const ran: string[] = [];
  const add = (keys: string, name = keys) => shortcuts.add({ keys, label: name, run: () => ran.push(name) });
  const press = (key: string, atMs = 0, part: object = {}) =>
    shortcuts.press({ key, atMs, typing: false, modified: false, ...part });
  return { shortcuts, ran, add, press };
}

describe('shortcuts', () => {
  it('run on single keys and on sequences', () => {
    const { ran, add, press } = withKeys();
    add('c');
    add('g c');
    expect(press('c')).toBe(true);
    expect(press('g', 10)).toBe(true);
    expect(press('c', 20)).toBe(true);
    expect(ran).toEqual(['c', 'g c']);
  });

  it('forget the beginning of a sequence after a while', () => {
    const { ran, add, press } = withKeys();
    add('c');
    add('g c');
    press('g', 0);
    press('c', 2_000);
    expect(ran).toEqual(['c']);
  });

  it('leave other keys, typing and system shortcuts alone', () => {
    const { ran, add, press } = withKeys();
    add('c');
    expect(press('x')).toBe(false);
    expect(press('c', 0, { typing: true })).toBe(false);
    expect(press('c', 0, { modified: true })).toBe(false);
    expect(ran).toEqual([]);
  });

  it('belong to the last one that asked, and return to the one before', () => {
    const { shortcuts, ran, add, press } = withKeys();
    add('j', 'list');
    const cancel = add('j', 'other list');
    press('j');
    cancel();
    press('j');
    expect(ran).toEqual(['other list', 'list']);
    expect(shortcuts.list().map((it) => it.label)).toEqual(['list']);
  });

  it('are gone when nobody wants them any more', () => {
    const { shortcuts, add, press } = withKeys();
    add('c')();
    expect(press('c')).toBe(false);
    expect(shortcuts.list()).toEqual([]);
  });
});
