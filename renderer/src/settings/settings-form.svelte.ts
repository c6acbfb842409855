/** Saving settings one by one: what is being saved, what was refused and why, and the way back. */
import type { Output } from '../../../shared/contracts/app-api.ts';
import type { Settings } from '../../../shared/domain/settings.ts';
import { settingsWords } from '../../../shared/domain/settings-words.ts';
import type { Problem, Result } from '../../../shared/result.ts';
import type { Toasts } from '../state/toasts.svelte.ts';

export type SettingKey = keyof Settings;
export type SettingsNow = Output<'getSettings'>;
export type SaveSettings = (changes: Record<string, unknown>) => Promise<Result<unknown>>;

export class SettingsForm {
  saving: SettingKey | undefined = $state();
  /** Counts the ways back that were taken: a field is made anew then, or it would keep what was typed into it. */
  restores = $state(0);
  /** Why a value was refused, under the key that it was meant for. */
  refusals: Partial<Record<SettingKey, Problem>> = $state.raw({});
  readonly #save: SaveSettings;
  readonly #toasts: Toasts;

  constructor(save: SaveSettings, toasts: Toasts) {
    this.#save = save;
    this.#toasts = toasts;
  }

  /** Saves one key; true when it was accepted. `now` is what the way back leads to. */
  async save(key: SettingKey, value: unknown, now: SettingsNow): Promise<boolean> {
    if (JSON.stringify(now.settings[key]) === JSON.stringify(value)) {
      this.#note(key, undefined);
      return true;
    }
    this.saving = key;
    const answer = await this.#save({ [key]: value });
    this.saving = undefined;
    this.#note(key, answer.ok ? undefined : answer.error);
    if (answer.ok) {
      this.#toasts.say(`Saved: ${settingsWords[key].title.toLowerCase()}`, [
        { label: 'Undo', run: () => void this.#restore(key, now) },
      ]);
    }
    return answer.ok;
  }

  async #restore(key: SettingKey, before: SettingsNow): Promise<void> {
    const answer = await this.#save({ [key]: valueBefore(key, before) });
    if (!answer.ok) {
      this.#toasts.fail(answer.error);
      return;
    }
    this.restores += 1;
    this.#toasts.say(`Back to the former value: ${settingsWords[key].title.toLowerCase()}`);
  }

  #note(key: SettingKey, problem: Problem | undefined): void {
    const { [key]: _, ...others } = this.refusals;
    this.refusals = problem === undefined ? others : { ...others, [key]: problem };
  }
}

/**
 * What to write to be where we were: the value of the file, or null, which removes the key. For the report file
 * null means something of its own, so the default is written out.
 */
export function valueBefore(key: SettingKey, before: SettingsNow): unknown {
  if (Object.hasOwn(before.from_file, key)) return before.from_file[key];
  return key === 'report_file' ? before.settings.report_file : null;
}
