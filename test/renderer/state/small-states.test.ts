import { describe, expect, it } from 'vitest';
import { applyTheme, Preferences } from '../../../renderer/src/state/preferences.svelte.ts';
import { Toasts } from '../../../renderer/src/state/toasts.svelte.ts';
import { Workspaces } from '../../../renderer/src/state/workspaces.svelte.ts';
import { problem } from '../../../shared/result.ts';

describe('toasts', () => {
  it('carry a problem with its advice, and leave when dismissed', () => {
    const toasts = new Toasts();
    toasts.fail(problem('disk-full', 'disk', 'The disk is full.', 'Make room.'));
    expect(toasts.items).toMatchObject([{ tone: 'bad', message: 'The disk is full.', detail: 'Make room.' }]);
    toasts.dismiss(toasts.items[0]!.id);
    expect(toasts.items).toEqual([]);
  });

  it('never pile up: the oldest make room', () => {
    const toasts = new Toasts();
    for (const number of [1, 2, 3, 4, 5]) toasts.say(`note ${number}`);
    expect(toasts.items.map((toast) => toast.message)).toEqual(['note 2', 'note 3', 'note 4', 'note 5']);
    expect(new Set(toasts.items.map((toast) => toast.id)).size).toBe(4);
  });
});

describe('preferences', () => {
  const aShelf = (values: Record<string, string> = {}) => {
    const kept = new Map(Object.entries(values));
    return {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    };
  };

  it('come back as they were left', () => {
    const shelf = aShelf();
    const before = new Preferences(shelf);
    before.chooseTheme('dark');
    before.chooseDiffLayout('side-by-side');
    before.choosePendingBy('agent');
    const after = new Preferences(shelf);
    expect([after.theme, after.diffLayout, after.pendingBy]).toEqual(['dark', 'side-by-side', 'agent']);
  });

  it('start calm when the shelf holds nonsense', () => {
    const preferences = new Preferences(aShelf({ 'skein.theme': 'neon', 'skein.diff-layout': '?' }));
    expect([preferences.theme, preferences.diffLayout]).toEqual(['system', 'inline']);
  });

  it('leave the theme to the system unless one was chosen', () => {
    const root = { dataset: {} as DOMStringMap };
    applyTheme(root, 'dark');
    expect(root.dataset['theme']).toBe('dark');
    applyTheme(root, 'system');
    expect('theme' in root.dataset).toBe(false);
  });
});

describe('workspaces', () => {
  const aWorkspace = (id: string) => ({
    id,
    name: id,
    workspace_id: null,
    folder: `/${id}`,
    state: 'watching' as const,
    pending_changes: 0,
    problem: null,
  });

  it('are unknown until the engine has answered', () => {
    expect(new Workspaces().known).toBe(false);
  });

  it('show the first when the address names none or a closed one', () => {
    const workspaces = new Workspaces();
    workspaces.take({ workspaces: [aWorkspace('w1'), aWorkspace('w2')], recent: [] });
    expect(workspaces.find('w2')?.id).toBe('w2');
    expect(workspaces.find('gone')?.id).toBe('w1');
    expect(workspaces.find(undefined)?.id).toBe('w1');
  });

  it('stay out of the address while there is only one', () => {
    const workspaces = new Workspaces();
    workspaces.take({ workspaces: [aWorkspace('w1')], recent: [] });
    expect(workspaces.addressOf('w1')).toBeUndefined();
    workspaces.take({ workspaces: [aWorkspace('w1'), aWorkspace('w2')], recent: [] });
    expect(workspaces.addressOf('w1')).toBe('w1');
  });
});
