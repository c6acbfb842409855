/** Which store this device uses: chosen by its user, never by a workspace, since vectors and names of notes go there. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import {
  embeddedChoice,
  type StoreChoice,
  storeChoiceShape,
} from '../../../../shared/domain/knowledge/store-choice.ts';
import { ok, type Result } from '../../../../shared/result.ts';
import type { JsonStore } from '../../json-store.ts';
import type { StorePlan } from './open-store.ts';
import { checkStoreUrl } from './store-url.ts';

const usual = { choice: embeddedChoice, device: '' };

/** `device` is what no other device calls its places, on whatever server. */
export const storedStoreShape = z
  .object({ choice: storeChoiceShape, device: z.string().max(64) })
  .catch(usual)
  .default(usual);

type Stored = { store: z.infer<typeof storedStoreShape> };

export type StoreSettings = {
  choice(): StoreChoice;
  /** For the index of one workspace. */
  plan(workspace: { id: string; name: string }): StorePlan;
  /** Fails with `bad-input` for an address that cannot be one, or as the disk does. */
  choose(choice: StoreChoice): Promise<Result<void>>;
};

export function createStoreSettings<Settings extends Stored>(settings: JsonStore<Settings>): StoreSettings {
  const stored = () => settings.current().store;
  return {
    choice: () => stored().choice,
    plan({ id, name }) {
      const { choice, device } = stored();
      return { choice, space: ['skein', slugOf(name), device, id.slice(0, 8)].join('-') };
    },
    async choose(wish) {
      const choice = checked(wish);
      if (!choice.ok) return choice;
      const device = stored().device || randomBytes(4).toString('hex');
      const written = await settings.change((it) => ({ ...it, store: { choice: choice.value, device } }));
      return written.ok ? ok(undefined) : written;
    },
  };
}

function checked(choice: StoreChoice): Result<StoreChoice> {
  if (choice.kind === 'embedded' || choice.url === null) return ok(choice);
  const url = checkStoreUrl(choice.kind, choice.url);
  return url.ok ? ok({ kind: choice.kind, url: url.value }) : url;
}

/** A part of the name that any server takes, for people who look there. */
const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 24) || 'notes';
