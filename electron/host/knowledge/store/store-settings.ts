/** Which store this device uses: chosen by its user, never by a workspace, since vectors and names of notes go there. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import {
  embeddedChoice,
  otherStoreMachine,
  type StoreChoice,
  type StoreWish,
  storeChoiceShape,
} from '../../../../shared/domain/knowledge/store-choice.ts';
import { err, ok, type Problem, problem, type Result } from '../../../../shared/result.ts';
import type { JsonStore } from '../../json-store.ts';
import { checkPatterns } from '../../peers/partial.ts';
import { addressOf, checkStore, type StorePlan } from './open-store.ts';
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
  /** What the names of all places of this device have in them; empty before the first choice. */
  device(): string;
  /** Where a store is, without a login; null of the embedded one, and where nothing says it. */
  address(choice: StoreWish): string | null;
  /** For the index of one workspace; `only` are lists of patterns besides that of the user. */
  plan(workspace: { id: string; name: string }, only: () => StorePlan['only']): StorePlan;
  /** Whether a server could be used; makes nothing there, and sends nothing of any note. */
  check(wish: StoreWish): Promise<Result<void>>;
  /**
   * `agreed` names the host that gets the vectors. Fails with `bad-input` for an address or a pattern that cannot be one,
   * with `no-permission` where that is another machine nobody agreed to, or as the disk does.
   */
  choose(choice: StoreWish, agreed?: string): Promise<Result<void>>;
};

export function createStoreSettings<Settings extends Stored>(
  settings: JsonStore<Settings>,
  env: NodeJS.ProcessEnv,
): StoreSettings {
  const stored = () => settings.current().store;
  return {
    choice: () => stored().choice,
    device: () => stored().device,
    address: (choice) => addressOf(choice, env),
    plan({ id, name }, only) {
      const { choice, device } = stored();
      const space = ['skein', slugOf(name), device, id.slice(0, 8)].join('-');
      const isElsewhere = otherStoreMachine(addressOf(choice, env)) !== undefined;
      return { choice, space, only: isElsewhere && 'only' in choice ? [choice.only, ...only()] : [] };
    },
    async check(wish) {
      const choice = checked(wish);
      return choice.ok ? checkStore(choice.value, env) : choice;
    },
    async choose(wish, agreed) {
      const choice = checked(wish);
      if (!choice.ok) return choice;
      const host = otherStoreMachine(addressOf(choice.value, env));
      if (host !== undefined && host !== agreed) return err(notAgreed(host));
      const device = stored().device || randomBytes(4).toString('hex');
      const written = await settings.change((it) => ({ ...it, store: { choice: choice.value, device } }));
      return written.ok ? ok(undefined) : written;
    },
  };
}

function checked(wish: StoreWish): Result<StoreChoice> {
  const choice = storeChoiceShape.parse(wish);
  if (choice.kind === 'embedded') return ok(choice);
  const bad = checkPatterns(choice.only);
  if (bad !== undefined) return err(bad);
  if (choice.url === null) return ok(choice);
  const url = checkStoreUrl(choice.kind, choice.url);
  return url.ok ? ok({ ...choice, url: url.value }) : url;
}

const notAgreed = (host: string): Problem =>
  problem(
    'no-permission',
    host,
    `Vectors of your notes, with their names and headings, would leave this device for ${host}; nobody agreed to that.`,
    'If they may, say so: on the Settings screen, or with `skein knowledge store … --yes`.',
  );

/** A part of the name that any server takes, for people who look there. */
const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 24) || 'notes';
