/** skein.json of one replica: read again whenever it may have changed; a broken one keeps the last good settings. */

import { assert } from '../../../shared/assert.ts';
import { defaultSettings, type Settings } from '../../../shared/domain/settings.ts';
import { editSettings, readSettings } from '../../../shared/domain/settings-file.ts';
import { temporaryLabel } from '../../../shared/domain/temporary-label.ts';
import { compileTrackedSet, type TrackedSet } from '../../../shared/domain/tracked-files.ts';
import { decodeUtf8, encodeUtf8 } from '../../../shared/domain/utf8.ts';
import { limits } from '../../../shared/limits.ts';
import { err, ok, type Problem, problem, type Result } from '../../../shared/result.ts';
import { swapFile } from '../apply/swap-file.ts';
import type { SettingsView } from '../engine-contract.ts';
import type { Codec, Files } from '../ports.ts';
import { readWhole } from '../scan/look.ts';

export const settingsFile = 'skein.json';

export type WorkspaceSettings = {
  current(): Settings;
  tracked(): TrackedSet;
  view(): SettingsView;
  problem(): Problem | undefined;
  /** Reads the file; true when the settings in force are others now. */
  reload(): Promise<boolean>;
  /** Edits the file; what it says counts only when it is whole and valid. */
  change(changes: Record<string, unknown>): Promise<Result<Settings>>;
};

type Loaded = { settings: Settings; fromFile: Record<string, unknown>; tracked: TrackedSet };

/** Remembers a write of skein.json from before it begins until it is over, so that the next start settles a crash. */
export type SettingsJournal = {
  begin(before: Uint8Array | undefined, after: Uint8Array): void;
  end(): void;
};

/** Whoever only reads the settings needs no journal. */
type SettingsDeps = { files: Files; codec: Codec; journal?: SettingsJournal };

export function createWorkspaceSettings(deps: SettingsDeps): WorkspaceSettings {
  const { files } = deps;
  let loaded = compile(defaultSettings, {});
  let text: string | undefined;
  let failure: Problem | undefined;

  async function reload(): Promise<boolean> {
    const read = await readText(files);
    if (!read.ok) {
      // What is being saved is hinted again, and read then.
      if (read.error.code !== 'changed-meanwhile') failure = read.error;
      return false;
    }
    if (read.value === text && failure === undefined) return false;
    text = read.value;
    const before = JSON.stringify(loaded.settings);
    const next = interpret(text);
    failure = next.ok ? undefined : next.error;
    if (next.ok) loaded = next.value;
    return JSON.stringify(loaded.settings) !== before;
  }

  return {
    current: () => loaded.settings,
    tracked: () => loaded.tracked,
    problem: () => failure,
    view: () => ({
      settings: loaded.settings,
      fromFile: loaded.fromFile,
      fileExists: text !== undefined,
      problem: failure?.message ?? null,
    }),
    reload,
    async change(changes) {
      const read = await readText(files);
      if (!read.ok) return read;
      const edited = editSettings(read.value, changes);
      if (!edited.ok) return edited;
      const checked = interpret(edited.value);
      if (!checked.ok) return checked;
      const written = await replaceText(deps, read.value, edited.value);
      if (!written.ok) return written;
      await reload();
      return ok(loaded.settings);
    },
  };
}

function interpret(text: string | undefined): Result<Loaded> {
  const read = text === undefined ? ok({ settings: defaultSettings, fromFile: {} }) : readSettings(text);
  if (!read.ok) return read;
  const tracked = compileTrackedSet(read.value.settings);
  return tracked.ok ? ok({ ...read.value, tracked: tracked.value }) : tracked;
}

function compile(settings: Settings, fromFile: Record<string, unknown>): Loaded {
  const tracked = compileTrackedSet(settings);
  assert(tracked.ok, 'the default patterns compile');
  return { settings, fromFile, tracked: tracked.value };
}

/**
 * Undefined when there is no skein.json. Fails with `changed-meanwhile` while somebody saves it, and with
 * `settings-broken` when it is no text file: neither may pass for a missing file, whose defaults would then count.
 */
async function readText(files: Files): Promise<Result<string | undefined>> {
  const stat = await files.stat(settingsFile);
  if (!stat.ok) return stat;
  if (stat.value === undefined) return ok(undefined);
  if (stat.value.kind !== 'file') return err(noFile(stat.value.kind));
  if (stat.value.size > limits.settingsBytes) return err(tooLarge());
  const read = await readWhole(files, settingsFile);
  if (!read.ok) return read;
  if (read.value === undefined) return err(savedMeanwhile());
  const { text, valid } = decodeUtf8(read.value.bytes);
  return valid ? ok(text) : err(notUtf8());
}

/** Somebody may save skein.json at the same moment: then theirs stays. */
async function replaceText(
  deps: SettingsDeps,
  before: string | undefined,
  after: string,
): Promise<Result<void>> {
  const { files, codec, journal } = deps;
  const stat = await files.stat(settingsFile);
  if (!stat.ok) return stat;
  const read = before === undefined ? undefined : await readWhole(files, settingsFile);
  const lying = read?.ok ? read.value?.bytes : undefined;
  if (before !== undefined && (lying === undefined || decodeUtf8(lying).text !== before)) {
    return err(savedMeanwhile());
  }
  const ours = encodeUtf8(after);
  journal?.begin(lying, ours);
  const temporary = await files.writeTemporary(
    '',
    ours,
    stat.value?.mode ?? 0o644,
    temporaryLabel(settingsFile),
  );
  if (!temporary.ok) return temporary;
  const expected = { old: lying === undefined ? null : codec.sha256(lying), ours: codec.sha256(ours) };
  const hash = async (bytes: Uint8Array): Promise<string> => codec.sha256(bytes);
  const swap = await swapFile({ files, hash }, temporary.value.path, settingsFile, expected);
  if (!swap.ok) return swap;
  if (swap.value.kind === 'again') return err(savedMeanwhile());
  if (swap.value.leftover !== undefined) await files.remove(swap.value.leftover);
  journal?.end();
  return ok(undefined);
}

const savedMeanwhile = (): Problem =>
  problem(
    'changed-meanwhile',
    settingsFile,
    'skein.json changed while it was being saved.',
    'Look at it and save again.',
  );

const noFile = (kind: string): Problem =>
  problem(
    'settings-broken',
    settingsFile,
    `skein.json is not a file${kind === 'other' ? '' : ` but a ${kind}`}.`,
    'Put a file in its place; until then the last good settings count.',
  );

const notUtf8 = (): Problem =>
  problem(
    'settings-broken',
    settingsFile,
    'skein.json is not valid UTF-8.',
    'Save it as UTF-8 in your editor; until then the last good settings count.',
  );

const tooLarge = (): Problem =>
  problem(
    'settings-broken',
    settingsFile,
    `skein.json is larger than ${limits.settingsBytes / 1024} KiB.`,
    'Shorten its lists of patterns; until then the last good settings count.',
  );
