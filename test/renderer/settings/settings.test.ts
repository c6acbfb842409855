import { describe, expect, it } from 'vitest';
import { replaceRow, withoutRow, writtenRows } from '../../../renderer/src/settings/row-list.ts';
import {
  SettingsForm,
  type SettingsNow,
  valueBefore,
} from '../../../renderer/src/settings/settings-form.svelte.ts';
import { Toasts } from '../../../renderer/src/state/toasts.svelte.ts';
import { defaultSettings } from '../../../shared/domain/settings.ts';
import { err, ok, problem } from '../../../shared/result.ts';
import { settled } from '../manual-timers.ts';

const now = (part: Partial<SettingsNow> = {}): SettingsNow => ({
  settings: defaultSettings,
  from_file: {},
  file_exists: false,
  problem: null,
  ...part,
});

function aForm(refuse?: string) {
  const saved: Record<string, unknown>[] = [];
  const toasts = new Toasts();
  const form = new SettingsForm(async (changes) => {
    saved.push(changes);
    return refuse === undefined ? ok({}) : err(problem('bad-input', 'value', refuse, 'Give another.'));
  }, toasts);
  return { form, saved, toasts };
}

describe('saving a setting', () => {
  it('writes one key and offers the way back', async () => {
    const { form, saved, toasts } = aForm();
    expect(await form.save('consolidation_threshold', 9, now())).toBe(true);
    expect(toasts.items[0]?.actions[0]?.label).toBe('Undo');
    toasts.items[0]?.actions[0]?.run();
    await settled();
    expect(saved).toEqual([{ consolidation_threshold: 9 }, { consolidation_threshold: null }]);
  });

  it('shows a refusal at its key until a good value comes', async () => {
    const refusing = aForm('Too many.');
    expect(await refusing.form.save('reports_kept', 9_999, now())).toBe(false);
    expect(refusing.form.refusals.reports_kept?.message).toBe('Too many.');
    expect(refusing.toasts.items).toEqual([]);
    await refusing.form.save('reports_kept', defaultSettings.reports_kept, now());
    expect(refusing.form.refusals.reports_kept).toBeUndefined();
  });

  it('writes nothing when nothing changed', async () => {
    const { form, saved } = aForm();
    expect(await form.save('ignore', [], now())).toBe(true);
    expect(saved).toEqual([]);
  });
});

describe('the way back', () => {
  it('is the value of the file, or the removal of the key', () => {
    expect(valueBefore('locale', now({ from_file: { locale: 'fr' } }))).toBe('fr');
    expect(valueBefore('locale', now())).toBeNull();
  });

  it('is the default itself for the report file, where null means something', () => {
    expect(valueBefore('report_file', now())).toBe('SYNC_STATUS.md');
    expect(valueBefore('report_file', now({ from_file: { report_file: null } }))).toBeNull();
  });
});

describe('the rows of a list setting', () => {
  const rows = [
    { pattern: 'a/**', class: 'note' },
    { pattern: '  ', class: 'note' },
    { pattern: ' b ', class: 'status' },
  ];

  it('count only when something is written in them', () => {
    expect(writtenRows(rows, 'pattern')).toEqual([
      { pattern: 'a/**', class: 'note' },
      { pattern: 'b', class: 'status' },
    ]);
  });

  it('change and go without touching the others', () => {
    expect(replaceRow(rows, 0, { class: 'journal' })[0]).toEqual({ pattern: 'a/**', class: 'journal' });
    expect(withoutRow(rows, 1)).toEqual([rows[0], rows[2]]);
    expect(rows).toHaveLength(3);
  });
});
